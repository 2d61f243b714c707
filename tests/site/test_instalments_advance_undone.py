"""An advance taken inside the invoice that no longer settles its instalments: the schedule carries them again."""

from __future__ import annotations

from types import ModuleType

import factories as make
import frappe
import instalments_helpers as steps
import pytest
import rescheduling_helpers as change
from frappe.model.document import Document

from saudi_crm_billing.instalments import drift
from saudi_crm_billing.instalments.directing.api import direct, withdraw

SHOWN = ("payment_term", "due_date", "payment_amount", "outstanding", "paid_amount", "invoice_portion", "idx")
months = change.months_on


def an_advanced_invoice(customer: str, advance: float) -> tuple[Document, Document]:
	"""Three of 100, of which the receipt settles the first ones inside the invoice."""
	receipt = steps.a_receipt(make.a_customer(customer), advance)
	invoice = steps.a_plan_invoice(customer=receipt.party, allocate_advances_automatically=1)
	return invoice, receipt.reload()


def assert_no_drift(invoice: Document) -> None:
	assert list(drift.differences([invoice.scb_instalment_plan])) == []


def test_an_unreconciled_advance_gives_the_schedule_its_rows_back(site: ModuleType) -> None:
	invoice, receipt = an_advanced_invoice("Advance Undone", 130)
	assert steps.schedule(invoice, "payment_amount") == [(70,), (100,)]
	steps.unreconcile(receipt)
	steps.assert_everywhere(invoice, [100, 100, 100], [0, 0, 0])
	assert [row[:3] for row in steps.schedule(invoice, *SHOWN)] == [
		(f"Instalment 00{number}", months(number), 100) for number in (1, 2, 3)
	]
	rows = steps.schedule(invoice, "idx", "base_payment_amount", "invoice_portion")
	assert rows == [(n, 100, pytest.approx(100 / 3)) for n in (1, 2, 3)]
	assert frappe.db.get_value("Sales Invoice", invoice.name, "total_advance") == 0
	assert_no_drift(invoice)

	steps.reconcile(invoice.customer)
	assert steps.outstanding(invoice) == [0, 70, 100]
	assert steps.schedule(invoice, "payment_amount", "outstanding") == [(70, 70), (100, 100)]
	assert frappe.db.get_value("Sales Invoice", invoice.name, "total_advance") == 130
	assert_no_drift(invoice)


def test_an_advance_directed_away_and_back(site: ModuleType) -> None:
	invoice, receipt = an_advanced_invoice("Advance Directed", 100)
	before = steps.schedule(invoice, *SHOWN)
	name = direct(invoice.name, receipt.doctype, receipt.name, 3, 100, "as the customer asks")
	frappe.db.commit()
	steps.assert_everywhere(invoice, [100, 100, 0], [0, 0, 100])
	assert_no_drift(invoice)
	withdraw(name)
	frappe.db.commit()
	assert steps.schedule(invoice, *SHOWN) == before
	assert steps.outstanding(invoice) == [0, 100, 100]
	assert_no_drift(invoice)


def test_a_missing_row_of_the_schedule_is_drift(site: ModuleType) -> None:
	invoice = steps.a_plan_invoice()
	frappe.db.delete("Payment Schedule", {"parent": invoice.name, "payment_term": "Instalment 002"})
	(found,) = drift.differences([invoice.scb_instalment_plan])
	assert (found.doctype, found.fieldname, found.number) == ("Payment Schedule", "payment_amount", 2)
	assert (found.stored, found.true) == (0, 100)


def test_what_an_undone_advance_had_settled_is_rescheduled_and_back(site: ModuleType) -> None:
	invoice, receipt = an_advanced_invoice("Advance Undone And Moved", 130)
	steps.unreconcile(receipt)
	before = steps.schedule(invoice, *SHOWN)
	document = change.rescheduled(invoice, "New Number of Instalments", new_count=2)
	assert change.plan_rows(invoice, "amount", "advance", "outstanding") == [(150, 0, 150), (150, 0, 150)]
	rows = steps.schedule(invoice, "payment_amount", "base_payment_amount", "outstanding")
	assert rows == [(150, 150, 150), (150, 150, 150)]
	document.cancel()
	frappe.db.commit()
	assert steps.schedule(invoice, *SHOWN) == before
	assert_no_drift(invoice)


def test_a_payment_in_place_of_an_undone_advance_stays_where_it_is(site: ModuleType) -> None:
	"""The instalment's advance was 100, of which a later payment has 70."""
	invoice, receipt = an_advanced_invoice("Advance Undone And Paid", 130)
	steps.unreconcile(receipt)
	steps.pay(invoice, 70)
	change.rescheduled(invoice, shift_months=6)
	assert change.plan_rows(invoice, "number", "due_date", "amount", "advance", "outstanding") == [
		(1, months(1), 70, 70, 0),
		(2, months(7), 30, 0, 30),
		(3, months(8), 100, 0, 100),
		(4, months(9), 100, 0, 100),
	]
	assert steps.schedule(invoice, "payment_amount", "outstanding") == [(30, 30), (100, 100), (100, 100)]
	assert_no_drift(invoice)
