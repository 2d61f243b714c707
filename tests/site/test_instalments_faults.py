"""Faults of core's payment schedule that a plan must not inherit, each on a real site, as a user meets it."""

from __future__ import annotations

from types import ModuleType

import factories as make
import frappe
import instalments_helpers as steps
import pytest
from erpnext.accounts.doctype.sales_invoice.sales_invoice import create_dunning
from erpnext.selling.doctype.sales_order.sales_order import make_sales_invoice
from frappe.model.document import Document
from frappe.utils import add_days, nowdate

FIGURES = ("payment_amount", "paid_amount", "outstanding", "base_paid_amount", "base_outstanding")


def a_late_invoice() -> Document:
	"""Three of 100, the first two of them late."""
	start = add_days(nowdate(), -70)
	return steps.a_plan_invoice(posting_date=start, due_date=start)


def test_a_write_off_by_journal_reaches_the_rows(site: ModuleType) -> None:
	invoice = steps.a_plan_invoice()
	journal = steps.a_journal_receipt(invoice, 130.25, "Write Off")
	steps.assert_everywhere(invoice, [0, 69.75, 100], [100, 30.25, 0])
	journal.cancel()
	frappe.db.commit()
	steps.assert_everywhere(invoice, [100, 100, 100], [0, 0, 0])


def test_no_two_rows_share_a_term(site: ModuleType) -> None:
	"""Core lowers rows by invoice and term name, so two rows with one term would both be lowered."""
	invoice = steps.a_plan_invoice(1200, scb_instalment_count=60, scb_down_payment=20)
	terms = [term for (term,) in steps.schedule(invoice, "payment_term")]
	assert len(terms) == len(set(terms)) == 61 and all(terms)


def test_a_cancelled_dollar_payment_of_a_term_leaves_no_base_figure_wrong(site: ModuleType) -> None:
	"""Core takes the payment off `base_outstanding` when it is cancelled, instead of putting it back."""
	invoice = steps.a_dollar_invoice("Dollar Fault Customer", 300)
	before = steps.schedule(invoice, *FIGURES)
	payment = make.a_payment(invoice.name)
	payment.update({"paid_amount": 100, "received_amount": 375, "source_exchange_rate": 3.75})
	payment.references[0].update({"allocated_amount": 100, "payment_term": "Instalment 001"})
	steps.commit(payment.insert().submit())
	assert steps.schedule(invoice, *FIGURES)[0] == (100, 100, 0, 375, 0)
	payment.cancel()
	frappe.db.commit()
	assert steps.schedule(invoice, *FIGURES) == before == [(100, 0, 100, 0, 375)] * 3


def test_an_orders_paid_rows_are_not_paid_again_on_each_invoice(site: ModuleType) -> None:
	"""Core copies the paid amount of an order's row to every invoice, and gives rows without a portion no debt."""
	frappe.db.set_single_value("Accounts Settings", "automatically_fetch_payment_terms", 1)
	order = make.a_sales_order(
		items=[make.line(qty=2, rate=300)], scb_plan_template=steps.a_template(), disable_rounded_total=1
	)
	order.insert().submit()
	row = order.payment_schedule[0]
	frappe.db.set_value("Payment Schedule", row.name, {"paid_amount": 150, "outstanding": 50})
	for _half in range(2):
		invoice = make_sales_invoice(order.name)
		invoice.items[0].qty = 1
		steps.commit(invoice.insert().submit())
		steps.assert_everywhere(invoice, [100, 100, 100], [0, 0, 0])


def test_an_advance_settles_the_first_instalment_and_does_not_shrink_all(site: ModuleType) -> None:
	customer = make.a_customer("Advancing Customer")
	receipt = steps.a_receipt(customer, 130)
	invoice = steps.a_plan_invoice(customer=customer, allocate_advances_automatically=1)
	assert steps.outstanding(invoice) == [0, 70, 100]
	assert steps.schedule(invoice, "payment_term", "payment_amount", "paid_amount", "outstanding") == [
		("Instalment 002", 70, 0, 70),
		("Instalment 003", 100, 0, 100),
	]
	assert sorted(steps.receivable_by_term(invoice).values()) == [70, 100]

	steps.pay(invoice, 70)
	assert list(steps.receivable_by_term(invoice).values()) == [100]
	steps.unreconcile(receipt)
	assert steps.outstanding(invoice) == [30, 100, 100]
	assert sum(steps.receivable_by_term(invoice).values()) == 230


def test_undoing_another_reconciliation_does_not_forget_the_advance(site: ModuleType) -> None:
	"""Core deletes the invoice's whole table of advances, and at the next cancelled payment its Total Advance, while the
	ledger has it still: its report by terms then shows the advance as a payment without a row."""
	customer = make.a_customer("Undoing Customer")
	steps.a_receipt(customer, 130)
	invoice = steps.a_plan_invoice(customer=customer, allocate_advances_automatically=1)
	other = steps.a_receipt(customer, 30)
	steps.reconcile(customer)
	steps.unreconcile(other)
	steps.pay(invoice, 20).cancel()
	frappe.db.commit()
	assert invoice.reload().advances == []
	assert invoice.total_advance == 130
	assert steps.outstanding(invoice) == [0, 70, 100]
	assert sorted(steps.receivable_by_term(invoice).values()) == [70, 100]


def test_a_row_settled_by_journal_is_not_demanded_again(site: ModuleType) -> None:
	"""Core's dunning takes the rows whose `outstanding` is above zero."""
	invoice = a_late_invoice()
	assert [row.outstanding for row in create_dunning(invoice.name).overdue_payments] == [100, 100]
	steps.a_journal_receipt(invoice, 130)
	assert [row.outstanding for row in create_dunning(invoice.name).overdue_payments] == [70]
	steps.a_credit_note(invoice, 70)
	assert invoice.reload().status != "Overdue"
	assert create_dunning(invoice.name).overdue_payments == []


@pytest.mark.parametrize(("paid", "status"), [(199, "Overdue"), (200, "Partly Paid")])
def test_the_invoice_is_overdue_by_what_was_settled_whichever_way(
	site: ModuleType, paid: float, status: str
) -> None:
	invoice = a_late_invoice()
	steps.a_journal_receipt(invoice, paid - 50)
	steps.pay(invoice, 50)
	assert invoice.reload().status == status
