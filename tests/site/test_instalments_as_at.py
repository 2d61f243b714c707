"""What was known on a day beside what today's ledger says of it; events are only ever added; the two reports."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import factories as make
import frappe
import instalments_helpers as steps
import pytest
from frappe.client import delete, insert, set_value
from frappe.desk.query_report import run
from frappe.model.document import Document
from frappe.utils import add_days, getdate, nowdate

from saudi_crm_billing.instalments.api import recompute_plans
from saudi_crm_billing.instalments.balance_events import balances_as_known

EVENT = "Instalment Balance Event"
AS_AT = "Instalment Balances as at"
DRIFT = "Instalment Drift"


def day(offset: int) -> str:
	return str(add_days(nowdate(), offset))


@pytest.fixture
def invoice(site: ModuleType) -> Document:
	"""Three of 100, sold and recorded 20 days ago; 150 were paid today with the date of 10 days ago."""
	customer = make.a_customer("Known Customer")
	invoice = steps.a_plan_invoice(customer=customer, posting_date=day(-20), due_date=day(-20))
	frappe.db.set_value(EVENT, {"sales_invoice": invoice.name}, "recorded_at", f"{day(-20)} 12:00:00")
	payment = make.a_payment(invoice.name, 150)
	payment.posting_date = day(-10)
	steps.commit(payment.insert().submit())
	return invoice.reload()


def events(invoice: Document) -> list[Document]:
	names = frappe.get_all(EVENT, {"sales_invoice": invoice.name}, order_by="recorded_at", pluck="name")
	return [frappe.get_doc(EVENT, name) for name in names]


@pytest.mark.parametrize(
	("offset", "known", "restated"),
	[
		(-21, None, None),
		(-20, [100, 100, 100], 300),
		(-11, [100, 100, 100], 300),
		(-10, [100, 100, 100], 150),
		(-1, [100, 100, 100], 150),
		(0, [0, 50, 100], 150),
	],
)
def test_a_back_dated_payment_was_not_known_then(
	invoice: Document, offset: int, known: list[int] | None, restated: int | None
) -> None:
	plan = invoice.scb_instalment_plan
	then = balances_as_known([plan], getdate(day(offset))).get(plan)
	assert (list(then.outstanding.values()) if then else None) == known
	assert [one["restated"] for one in shown(invoice, day=day(offset))] == ([restated] if restated else [])


def test_what_is_beyond_the_plan_is_not_restated_as_owed_under_it(invoice: Document) -> None:
	steps.a_journal_receipt(invoice, -500)
	assert steps.outstanding(invoice) == [100, 100, 100]
	(row,) = shown(invoice, day=day(0))
	assert (row["known"], row["restated"]) == (300, 300)
	steps.a_journal_receipt(invoice, 650)
	assert shown(invoice, day=day(0)) == []


@pytest.mark.parametrize("later", [0, 1])
def test_of_two_events_of_one_moment_the_later_made_is_known(invoice: Document, later: int) -> None:
	plan = invoice.scb_instalment_plan
	events = frappe.get_all(EVENT, {"plan": plan}, ["name", "outstanding"], order_by="recorded_at, name")
	for number, event in enumerate(events):
		made = f"{day(-1)} 12:00:0{number == later:d}"
		frappe.db.set_value(EVENT, event.name, {"recorded_at": f"{day(-1)} 12:00:00", "creation": made})
	assert float(balances_as_known([plan], getdate(day(0)))[plan].owed) == events[later].outstanding


def shown(invoice: Document, **filters: Any) -> list[dict[str, Any]]:
	rows = run(AS_AT, {"company": make.COMPANY, "customer": invoice.customer, **filters})["result"]
	return [row for row in rows if isinstance(row, dict) and row.get("sales_invoice") == invoice.name]


def test_the_report_shows_both_and_their_difference(invoice: Document) -> None:
	(row,) = shown(invoice, day=day(-5))
	assert (row["known"], row["restated"], row["difference"]) == (300, 150, -150)
	assert row["cause"] == f"Sales Invoice {invoice.name}: Posted"
	payment = frappe.get_last_doc("Payment Entry")
	(row,) = shown(invoice, day=day(0))
	assert (row["known"], row["restated"], row["difference"]) == (150, 150, 0)
	assert row["cause"] == f"Payment Entry {payment.name}: Posted"
	assert shown(invoice, day=day(0), only_differences=1) == []
	assert len(shown(invoice, day=day(-5), only_differences=1)) == 1
	assert shown(invoice, day=day(-21)) == []


def test_a_page_of_the_plans_and_the_sums_of_all(invoice: Document) -> None:
	other = steps.a_plan_invoice(customer=invoice.customer, posting_date=day(-20), due_date=day(-20))
	filters = {"company": make.COMPANY, "customer": invoice.customer, "day": day(-5), "page_size": 1}
	answers = [run(AS_AT, {**filters, "page": page}) for page in (1, 2)]
	pages = [[row for row in answer["result"] if isinstance(row, dict)] for answer in answers]
	assert [len(rows) for rows in pages] == [1, 1]
	assert {rows[0]["sales_invoice"] for rows in pages} == {invoice.name, other.name}
	for answer in answers:
		figures = {figure["label"]: figure["value"] for figure in answer["report_summary"]}
		assert figures == {"Plans": 2, "Known Then": 300, "Restated Today": 450, "Difference": 150}
	assert answers[1]["message"].endswith("Rows 2 to 2 of 2. The figures above add up all of them.")


def test_a_cancelled_invoice_was_owed_then_and_is_not_in_todays_ledger(invoice: Document) -> None:
	steps.commit(invoice.cancel())
	(row,) = shown(invoice, day=day(-5))
	assert (row["known"], row["restated"], row["difference"]) == (300, 0, -300)
	assert shown(invoice, day=day(0)) == []
	last = events(invoice)[-1]
	assert (last.outstanding, last.action, last.cause_name) == (0, "Cancelled", invoice.name)
	assert frappe.parse_json(last.balances) == {"1": "0.00", "2": "0.00", "3": "0.00"}


def test_a_cancelled_payment_is_the_cause(invoice: Document) -> None:
	payment = frappe.get_last_doc("Payment Entry")
	payment.cancel()
	frappe.db.commit()
	made = [(one.action, one.cause_doctype, one.cause_name, one.outstanding) for one in events(invoice)]
	assert made == [
		("Posted", "Sales Invoice", invoice.name, 300),
		("Posted", "Payment Entry", payment.name, 150),
		("Cancelled", "Payment Entry", payment.name, 300),
	]


@pytest.mark.parametrize("user", ["Administrator", "System Manager", "Accounts Manager"])
def test_nobody_writes_or_deletes_an_event(invoice: Document, user: str) -> None:
	event = events(invoice)[0]
	before = event.as_dict(no_nulls=True)
	if user != "Administrator":
		frappe.set_user(make.a_user(f"{frappe.scrub(user)}-events@example.com", user))
	attempts = (
		lambda: event.save(),
		lambda: event.delete(),
		lambda: set_value(EVENT, event.name, "outstanding", 1),
		lambda: delete(EVENT, event.name),
		lambda: insert({"doctype": EVENT, "plan": event.plan, "recorded_at": day(0)}),
		lambda: frappe.get_doc({"doctype": EVENT, "plan": event.plan}).insert(),
		lambda: frappe.rename_doc(EVENT, event.name, "other"),
	)
	for attempt in attempts:
		with pytest.raises((frappe.PermissionError, frappe.ValidationError)):
			attempt()
	frappe.set_user("Administrator")
	assert frappe.get_doc(EVENT, event.name).as_dict(no_nulls=True) == before
	assert frappe.db.count(EVENT, {"plan": event.plan}) == 2


def test_the_drift_report_names_figure_and_cause_and_mends(invoice: Document) -> None:
	assert drifted(invoice) == []
	row = frappe.db.get_value("Instalment", {"parent": invoice.scb_instalment_plan, "number": 3})
	frappe.db.set_value("Instalment", row, "outstanding", 7)
	(found,) = drifted(invoice)
	assert (found["place"], found["figure"], found["stored"], found["true"]) == (
		"Instalment 3",
		"Outstanding",
		frappe.utils.fmt_money(7, precision=2, currency="SAR"),
		frappe.utils.fmt_money(100, precision=2, currency="SAR"),
	)
	assert found["cause"].startswith("instalment 3 was edited (Administrator, ")
	assert recompute_plans([invoice.scb_instalment_plan]) == []
	assert drifted(invoice) == []


def test_drift_is_sent_a_page_at_a_time(invoice: Document) -> None:
	for number in (2, 3):
		row = frappe.db.get_value("Instalment", {"parent": invoice.scb_instalment_plan, "number": number})
		frappe.db.set_value("Instalment", row, "outstanding", 7)
	pages = [drifted(invoice, page_size=1, page=page) for page in (1, 2, 3)]
	assert [[row["place"] for row in rows] for rows in pages] == [["Instalment 2"], ["Instalment 3"], []]


def test_what_a_recompute_cannot_mend_is_named(invoice: Document) -> None:
	row = frappe.db.get_value("Instalment", {"parent": invoice.scb_instalment_plan, "number": 3})
	frappe.db.set_value("Instalment", row, "amount", 7)
	assert recompute_plans(frappe.as_json([invoice.scb_instalment_plan])) == [invoice.scb_instalment_plan]


def drifted(invoice: Document, **filters: Any) -> list[dict[str, Any]]:
	result = run(DRIFT, {"company": make.COMPANY, "customer": invoice.customer, **filters})["result"]
	return [row for row in result if row["sales_invoice"] == invoice.name]


@pytest.mark.parametrize(
	("roles", "may"),
	[(("Accounts User",), True), (("Accounts Manager",), True), (("Sales User",), False), ((), False)],
)
def test_who_may_see_and_recompute(invoice: Document, roles: tuple[str, ...], may: bool) -> None:
	frappe.set_user(
		make.a_user("-".join(("drift", *roles)).replace(" ", "").lower() + "@example.com", *roles)
	)
	calls = (
		lambda: run(DRIFT, {"company": make.COMPANY}),
		lambda: run(AS_AT, {"company": make.COMPANY, "day": day(0)}),
		lambda: recompute_plans([invoice.scb_instalment_plan]),
	)
	for call in calls:
		if may:
			call()
		else:
			with pytest.raises(frappe.PermissionError):
				call()


def test_a_user_of_other_customers_sees_and_recomputes_nothing(invoice: Document) -> None:
	user = make.a_user("one-customer@example.com", "Accounts User")
	other = make.a_customer("Another Known Customer")
	make.insert("User Permission", user=user, allow="Customer", for_value=other)
	frappe.set_user(user)
	assert shown(invoice, day=day(-5), customer=None) == [] and drifted(invoice, customer=None) == []
	for report in (shown, drifted):
		with pytest.raises(frappe.PermissionError):
			report(invoice)
	with pytest.raises(frappe.PermissionError, match="may not see all of these plans"):
		recompute_plans([invoice.scb_instalment_plan])
