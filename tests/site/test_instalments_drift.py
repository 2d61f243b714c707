"""The daily check finds every figure that is not the ledger's, and says what is known of the cause."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import factories as make
import frappe
import instalments_helpers as steps
import pytest
import settling_helpers as settle
from frappe.model.document import Document
from frappe.utils import add_days, getdate, now_datetime

from saudi_crm_billing.instalments import drift
from saudi_crm_billing.instalments.directing.api import direct
from saudi_crm_billing.instalments.plan_states import outlines
from saudi_crm_billing.instalments.prints.clearance import scb_clearance_letter
from saudi_crm_billing.instalments.screening import agreeing
from saudi_crm_billing.instalments.tasks import check_instalment_drift, plans_off_the_ledger


@pytest.fixture
def invoice(site: ModuleType) -> Document:
	"""Three of 100, of which 150 are paid."""
	invoice = steps.a_plan_invoice(customer=make.a_customer("Drifting Customer"))
	steps.pay(invoice, 150)
	return invoice.reload()


def found(invoice: Document) -> list[tuple[Any, ...]]:
	"""What differs of this invoice's plan: document, figure, instalment, stored, true."""
	return [
		(one.doctype, one.fieldname, one.number, one.stored, one.true)
		for one in drift.differences([invoice.scb_instalment_plan])
	]


def sure_of(invoice: Document) -> bool:
	return bool(agreeing(outlines([invoice.scb_instalment_plan])))


def row(invoice: Document, number: int) -> str:
	return frappe.db.get_value("Instalment", {"parent": invoice.scb_instalment_plan, "number": number})


def test_all_is_well_after_documents(invoice: Document) -> None:
	assert found(invoice) == []
	steps.a_credit_note(invoice, 60)
	steps.a_journal_receipt(invoice, -20)
	assert found(invoice) == []


def test_a_ledger_entry_taken_out_is_named(invoice: Document) -> None:
	entry = {"against_voucher_no": invoice.name, "voucher_type": "Payment Entry"}
	payment = frappe.db.get_value("Payment Ledger Entry", entry, "voucher_no")
	frappe.db.set_value("Payment Ledger Entry", entry, "delinked", 1)
	assert ("Sales Invoice", "outstanding_amount", None, 150, 300) in found(invoice)
	assert ("Instalment", "outstanding", 1, 0, 100) in found(invoice)
	assert ("Payment Schedule", "paid_amount", 2, 50, 0) in found(invoice)
	(cause,) = {one.cause for one in drift.differences([invoice.scb_instalment_plan])}
	assert cause.startswith(f"Payment Entry {payment} was taken out of the ledger (Administrator, ")

	assert check_instalment_drift() == [invoice.scb_instalment_plan]
	assert found(invoice) == []
	log = frappe.get_last_doc("Error Log", {"method": "Instalment plans differed from the ledger"})
	assert f"{invoice.scb_instalment_plan}: Payment Entry {payment} was taken out" in log.error


@pytest.mark.parametrize(
	("doctype", "fieldname", "value", "difference"),
	[
		("Instalment", "outstanding", 1, ("Instalment", "outstanding", 2, 1, 50)),
		("Instalment", "paid", 7, ("Instalment", "paid", 2, 7, 50)),
		("Instalment", "base_outstanding", 0, ("Instalment", "base_outstanding", 2, 0, 50)),
		("Instalment", "written_off", 50, ("Instalment", "written_off", 2, 50, 0)),
		("Payment Schedule", "outstanding", 90, ("Payment Schedule", "outstanding", 2, 90, 50)),
		("Payment Schedule", "paid_amount", 0, ("Payment Schedule", "paid_amount", 2, 0, 50)),
		("Payment Schedule", "base_outstanding", 3, ("Payment Schedule", "base_outstanding", 2, 3, 50)),
		("Instalment Plan", "next_due_amount", 9, ("Instalment Plan", "next_due_amount", None, 9, 50)),
		("Payment Schedule", "base_paid_amount", 3, ("Payment Schedule", "base_paid_amount", 2, 3, 50)),
		("Instalment Plan", "credited", 5, ("Instalment Plan", "credited", None, 5, 0)),
		("Instalment Plan", "written_off", 5, ("Instalment Plan", "written_off", None, 5, 0)),
		(
			"Instalment Plan",
			"status",
			"Completed",
			("Instalment Plan", "status", None, "Completed", "Active"),
		),
		("Sales Invoice", "total_advance", 7, ("Sales Invoice", "total_advance", None, 7, 0)),
		("Sales Invoice", "outstanding_amount", 1, ("Sales Invoice", "outstanding_amount", None, 1, 150)),
	],
)
def test_a_figure_written_past_its_writer_is_found_and_mended(
	invoice: Document, doctype: str, fieldname: str, value: float, difference: tuple[Any, ...]
) -> None:
	names = {
		"Instalment": row(invoice, 2),
		"Payment Schedule": invoice.payment_schedule[1].name,
		"Instalment Plan": invoice.scb_instalment_plan,
		"Sales Invoice": invoice.name,
	}
	frappe.db.set_value(doctype, names[doctype], fieldname, value)
	assert found(invoice) == [difference]
	assert check_instalment_drift() == [invoice.scb_instalment_plan]
	assert found(invoice) == []


def test_a_base_amount_in_the_company_currency_is_the_amount(invoice: Document) -> None:
	last = invoice.payment_schedule[2].name
	frappe.db.set_value("Payment Schedule", last, "base_payment_amount", 99)
	assert found(invoice) == [("Payment Schedule", "base_payment_amount", 3, 99, 100)]
	assert check_instalment_drift() == [invoice.scb_instalment_plan]
	assert found(invoice) == []


def test_a_moved_due_date_goes_back_to_what_the_plan_says(invoice: Document) -> None:
	second = invoice.payment_schedule[1]
	frappe.db.set_value("Payment Schedule", second.name, "due_date", "2020-01-01")
	assert not sure_of(invoice)
	assert found(invoice) == [("Payment Schedule", "due_date", 2, getdate("2020-01-01"), second.due_date)]
	assert check_instalment_drift() == [invoice.scb_instalment_plan]
	assert found(invoice) == []


FIGURES = {
	"Instalment": ("amount", "paid", "credited", "outstanding", "base_outstanding", "written_off"),
	"Payment Schedule": (
		"payment_amount",
		"base_payment_amount",
		"paid_amount",
		"base_paid_amount",
		"outstanding",
		"base_outstanding",
	),
	"Instalment Plan": (
		"total",
		"paid",
		"credited",
		"outstanding",
		"not_scheduled",
		"next_due_amount",
		"written_off",
	),
	"Sales Invoice": ("outstanding_amount", "total_advance"),
	"Payment Ledger Entry": ("amount_in_account_currency",),
}


@pytest.mark.parametrize("number", [1, 2, 3])
def test_the_screening_is_sure_of_no_plan_with_a_changed_figure(invoice: Document, number: int) -> None:
	"""Paid, paid in part, or open: the database's own comparison sees a halala in each figure, and which way it moved."""
	keys = {
		"Instalment": row(invoice, number),
		"Payment Schedule": invoice.payment_schedule[number - 1].name,
		"Instalment Plan": invoice.scb_instalment_plan,
		"Sales Invoice": invoice.name,
		"Payment Ledger Entry": {"against_voucher_no": invoice.name, "voucher_type": "Payment Entry"},
	}
	assert sure_of(invoice)
	for doctype, names in FIGURES.items():
		for name in names:
			stored = frappe.db.get_value(doctype, keys[doctype], name)
			for halalas in (-0.01, 0.01):
				frappe.db.set_value(doctype, keys[doctype], name, stored + halalas)
				assert not sure_of(invoice), (doctype, name)
			frappe.db.set_value(doctype, keys[doctype], name, stored)
	assert sure_of(invoice)


def test_the_screening_sees_that_a_later_instalment_was_paid_first(invoice: Document) -> None:
	"""All sums are right, and each row agrees with itself and with its row of the schedule."""
	for number, paid in ((1, 50), (2, 100)):
		left = {"outstanding": 100 - paid, "base_outstanding": 100 - paid}
		frappe.db.set_value("Instalment", row(invoice, number), {"paid": paid, **left})
		shown = {"paid_amount": paid, "base_paid_amount": paid, **left}
		frappe.db.set_value("Payment Schedule", invoice.payment_schedule[number - 1].name, shown)
	first_due = invoice.payment_schedule[0].due_date
	frappe.db.set_value("Instalment Plan", invoice.scb_instalment_plan, "next_due_date", first_due)
	assert not sure_of(invoice)
	assert ("Instalment", "paid", 1, 50, 100) in found(invoice)


def test_the_screening_sees_rows_that_are_missing_doubled_or_of_another_term(invoice: Document) -> None:
	second, third = (one.name for one in invoice.payment_schedule[1:])
	values = frappe.db.get_value("Payment Schedule", third, "*", as_dict=True)
	halves = ("payment_amount", "base_payment_amount", "outstanding", "base_outstanding")
	frappe.db.set_value("Payment Schedule", third, dict.fromkeys(halves, 50))
	twin = frappe.get_doc(
		{**values, **dict.fromkeys(halves, 50), "doctype": "Payment Schedule", "name": "twin"}
	)
	twin.db_insert()
	assert not sure_of(invoice)  # together they are right
	frappe.db.delete("Payment Schedule", {"name": "twin"})
	frappe.db.set_value("Payment Schedule", third, dict.fromkeys(halves, 100))
	assert sure_of(invoice)
	frappe.db.set_value("Payment Schedule", second, "payment_term", None)
	assert not sure_of(invoice)
	frappe.db.delete("Payment Schedule", {"name": second})
	assert not sure_of(invoice)
	assert ("Payment Schedule", "payment_amount", 2, 0, 100) in found(invoice)


def test_the_screening_leaves_credit_notes_and_directions_to_the_exact_comparison(invoice: Document) -> None:
	frappe.db.set_value("Instalment Plan", invoice.scb_instalment_plan, "has_directions", 1)
	assert (sure_of(invoice), found(invoice)) == (False, [])
	frappe.db.set_value("Instalment Plan", invoice.scb_instalment_plan, "has_directions", 0)
	assert sure_of(invoice)
	steps.a_credit_note(invoice, 60)
	assert (sure_of(invoice), found(invoice)) == (False, [])


def test_the_screening_is_sure_of_dollars_and_of_advances_taken_inside(site: ModuleType) -> None:
	dollars = steps.a_dollar_invoice("Drifting Dollar Customer", 100, rate=3.7505)
	steps.pay_dollars(dollars, 50, 3.76)
	assert sure_of(dollars)
	frappe.db.set_value("Payment Schedule", dollars.payment_schedule[1].name, "base_paid_amount", 62.51)
	assert not sure_of(dollars)
	customer = make.a_customer("Drifting Customer in Advance")
	steps.a_receipt(customer, 120)
	advanced = steps.a_plan_invoice(customer=customer, allocate_advances_automatically=1)
	assert steps.outstanding(advanced) == [0, 80, 100]
	assert advanced.total_advance == 120
	assert sure_of(advanced)


def test_an_edited_instalment_says_who_edited_it(invoice: Document) -> None:
	frappe.set_user(make.a_user("editor@example.com", "System Manager"))
	frappe.db.set_value("Instalment", row(invoice, 3), "outstanding", 0)
	frappe.set_user("Administrator")
	(one,) = drift.differences([invoice.scb_instalment_plan])
	assert one.cause.startswith("instalment 3 was edited (editor@example.com, ")


def test_an_edited_amount_is_no_truth_and_stays_reported(invoice: Document) -> None:
	"""Nothing says what the amount was, so the check cannot mend it, and core's schedule keeps its own."""
	frappe.db.set_value("Instalment", row(invoice, 3), "amount", 130)
	assert ("Instalment Plan", "total", None, 300, 330) in found(invoice)
	check_instalment_drift()
	assert ("Instalment Plan", "total", None, 300, 330) in found(invoice)
	assert steps.schedule(invoice, "payment_amount") == [(100,), (100,), (100,)]


@pytest.mark.parametrize("status", ["Active", "Completed", "Written Off"])
def test_a_cancelled_invoice_ends_a_live_plan(invoice: Document, status: str) -> None:
	plan = invoice.scb_instalment_plan
	steps.commit(invoice.cancel())
	frappe.db.set_value("Instalment Plan", plan, {"status": status, "outstanding": 150})
	frappe.db.set_value("Instalment", row(invoice, 3), "outstanding", 100)
	assert found(invoice) == [("Instalment Plan", "status", None, status, "cancelled")]
	assert check_instalment_drift() == [plan]
	stored = frappe.db.get_value("Instalment Plan", plan, ["status", "outstanding"])
	assert stored == ("Cancelled", 0)
	assert frappe.db.get_value("Instalment", row(invoice, 3), "outstanding") == 0
	assert plans_off_the_ledger() == []


@pytest.mark.parametrize(
	("forgotten", "differences"),
	[
		({"written_off": 0}, [("written_off", 0, 150)]),
		({"has_directions": 0}, [("has_directions", 0, 1)]),
		({"status": "Completed"}, [("status", "Completed", "Written Off")]),
		(
			{"has_directions": 0, "written_off": 0, "status": "Active"},
			[("status", "Active", "Written Off"), ("written_off", 0, 150), ("has_directions", 0, 1)],
		),
	],
)
def test_a_plan_that_forgot_its_write_off_knows_it_again(
	invoice: Document, forgotten: dict[str, Any], differences: list[tuple[Any, ...]]
) -> None:
	settle.written_off(invoice)
	plan = invoice.scb_instalment_plan
	assert found(invoice) == []
	frappe.db.set_value("Instalment Plan", plan, forgotten)
	assert not sure_of(invoice)
	assert found(invoice) == [("Instalment Plan", name, None, *values) for name, *values in differences]
	assert check_instalment_drift() == [plan]
	assert found(invoice) == []
	stored = frappe.db.get_value("Instalment Plan", plan, ["status", "written_off", "has_directions"])
	assert stored == ("Written Off", 150, 1)


def test_a_plan_that_forgot_what_is_directed_knows_it_again(invoice: Document) -> None:
	payment = steps.pay(invoice, 60)
	direct(invoice.name, payment.doctype, payment.name, 3, 60, "As the customer asks")
	frappe.db.commit()
	assert steps.outstanding(invoice) == [0, 50, 40]
	frappe.db.set_value("Instalment Plan", invoice.scb_instalment_plan, "has_directions", 0)
	assert not sure_of(invoice)
	assert found(invoice) == [("Instalment Plan", "has_directions", None, 0, 1)]
	assert check_instalment_drift() == [invoice.scb_instalment_plan]
	assert found(invoice) == [] and steps.outstanding(invoice) == [0, 50, 40]


def test_a_written_off_plan_that_forgot_how_much_still_owes_again(invoice: Document) -> None:
	payment = steps.pay(invoice, 30)
	settle.written_off(invoice)
	plan = invoice.scb_instalment_plan
	frappe.db.set_value("Instalment Plan", plan, "written_off", 0)
	payment.cancel()
	frappe.db.commit()
	stored = frappe.db.get_value("Instalment Plan", plan, ["status", "outstanding", "written_off"])
	assert stored == ("Active", 30, 120)


def test_a_written_off_plan_follows_the_ledger(invoice: Document) -> None:
	status = "Written Off"
	plan = invoice.scb_instalment_plan
	frappe.db.set_value("Instalment Plan", plan, "status", status)
	steps.pay(invoice, 30)
	assert steps.outstanding(invoice) == [0, 20, 100]
	assert frappe.db.get_value("Instalment Plan", plan, "status") == status
	frappe.db.set_value("Instalment", row(invoice, 3), "outstanding", 0)
	assert plans_off_the_ledger() == [plan]


def long_settled(invoice: Document) -> None:
	steps.pay(invoice, 150)
	plan = invoice.scb_instalment_plan
	assert frappe.db.get_value("Instalment Plan", plan, "status") == "Completed"
	make_old(plan)


def make_old(plan: str) -> None:
	before = add_days(now_datetime(), -40)
	frappe.db.set_value("Instalment Plan", plan, "modified", before, update_modified=False)


def test_a_payment_taken_out_long_after_the_plan_was_settled_is_found(invoice: Document) -> None:
	long_settled(invoice)
	plan = invoice.scb_instalment_plan
	assert plan not in drift.followed(make.COMPANY)
	entry = {"against_voucher_no": invoice.name, "voucher_type": "Payment Entry", "amount": -150}
	last = frappe.get_all("Payment Ledger Entry", entry, order_by="creation desc", pluck="name")[0]
	frappe.db.set_value("Payment Ledger Entry", last, "delinked", 1)
	with pytest.raises(frappe.ValidationError, match=f"150.00 SAR of {invoice.name} is still owed"):
		scb_clearance_letter(frappe.get_doc("Instalment Plan", plan))
	assert plan in drift.followed(make.COMPANY)
	assert check_instalment_drift() == [plan]
	stored = frappe.db.get_value("Instalment Plan", plan, ["status", "outstanding"])
	assert stored == ("Active", 150) and found(invoice) == []


def test_what_was_overpaid_on_a_plan_settled_long_ago_is_no_drift(invoice: Document) -> None:
	long_settled(invoice)
	plan = invoice.scb_instalment_plan
	entry = {"against_voucher_no": invoice.name, "voucher_type": "Payment Entry"}
	last = frappe.get_all("Payment Ledger Entry", entry, pluck="name")[-1]
	frappe.db.set_value("Payment Ledger Entry", last, "amount_in_account_currency", -210)
	assert plan in drift.followed(make.COMPANY)
	assert check_instalment_drift() == [plan]
	make_old(plan)
	stored = frappe.db.get_value("Instalment Plan", plan, ["status", "not_scheduled"])
	assert stored == ("Completed", -60) and plan not in drift.followed(make.COMPANY)


def test_the_check_loads_no_document_and_asks_a_few_times_a_batch(
	invoice: Document, monkeypatch: pytest.MonkeyPatch
) -> None:
	for _number in range(3):
		steps.a_plan_invoice(customer=invoice.customer)
	asked: list[str] = []
	ask = frappe.db.sql
	monkeypatch.setattr(
		frappe.local.db, "sql", lambda query, *a, **k: asked.append(str(query)) or ask(query, *a, **k)
	)
	monkeypatch.setattr(frappe, "get_doc", lambda *a, **k: pytest.fail(f"loaded {a}"))
	assert list(drift.differences(drift.followed(make.COMPANY))) == []
	assert len(asked) <= 6, asked
