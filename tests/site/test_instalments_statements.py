"""What a plan adds to a payment of its invoice: a bounded number of statements, whatever the plan's length."""

from __future__ import annotations

from types import ModuleType

import factories as make
import instalments_helpers as steps
import pytest
from frappe.model.document import Document
from statements import statements_of_the_app

from saudi_crm_billing.instalments.notes import drafting
from saudi_crm_billing.instalments.requests import api as requests
from saudi_crm_billing.patches import plans_know_their_rooms

# Which plan; its lock, and what is owed; right before the commit the lock again, rows, ledger, schedule; and four writes.
# Requests, notes, quotes and write-offs ask nothing of a plan that has none of them.
OF_A_PAYMENT = 11


def statements_of_paying(site: ModuleType, patch: pytest.MonkeyPatch, invoice: Document) -> list[str]:
	payment = make.a_payment(invoice.name, 150)
	payment.insert()
	with statements_of_the_app(site, patch) as found:
		payment.submit()
		site.db.commit()
	return [one for one in found if "zatca" not in one and "scb_advance" not in one]


def test_a_payment_of_a_plan_costs_a_few_statements_whatever_its_length(
	site: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
	short = steps.a_plan_invoice(300)
	long = steps.a_plan_invoice(6000, template=steps.a_template("Test Sixty Months", instalment_count=60))
	of_short, of_long = (statements_of_paying(site, monkeypatch, one) for one in (short, long))
	assert steps.outstanding(short) == [0, 50, 100]
	assert steps.outstanding(long)[:3] == [0, 50, 100]
	assert sorted(of_short) == sorted(of_long)
	assert len(of_long) <= OF_A_PAYMENT, "\n".join(of_long)


def test_a_payment_of_an_invoice_without_a_plan_asks_only_for_the_plan(
	site: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
	invoice = make.a_sales_invoice(items=[make.line(rate=300)]).insert().submit()
	found = statements_of_paying(site, monkeypatch, invoice)
	assert len(found) <= 2 and all("instalment plan" in one for one in found), found


def marks(site: ModuleType, invoice: Document) -> tuple[int, int]:
	return site.db.get_value("Instalment Plan", invoice.scb_instalment_plan, ["has_requests", "has_notes"])


def test_plans_from_before_know_the_rooms_that_they_concern(site: ModuleType) -> None:
	asked, noted, neither = (steps.a_plan_invoice(300) for _number in range(3))
	(request,) = requests.request_instalments(asked.name, [1])
	drafting.draft(noted.name, each=False, platform="Paper")
	for invoice in (asked, noted):
		values = {"has_requests": 0, "has_notes": 0}
		site.db.set_value("Instalment Plan", invoice.scb_instalment_plan, values)
	plans_know_their_rooms.execute()
	assert [marks(site, invoice) for invoice in (asked, noted, neither)] == [(1, 0), (0, 1), (0, 0)]
	steps.a_journal_receipt(asked, 40)
	assert site.db.get_value("Payment Request", request["name"], "outstanding_amount") == 60
