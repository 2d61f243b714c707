"""Plans in dollars in a company that keeps its books in riyals."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType

import factories as make
import frappe
import instalments_helpers as steps
import pytest
import settling_helpers as settle
from erpnext.accounts.doctype.sales_invoice.sales_invoice import make_sales_return
from frappe.model.document import Document
from frappe.utils import nowdate

from saudi_crm_billing.instalments.drift import differences
from saudi_crm_billing.instalments.errors import InstalmentPlanError

BASE = ("base_payment_amount", "base_paid_amount", "base_outstanding")


def test_a_payment_at_another_rate_settles_in_dollars(site: ModuleType) -> None:
	"""The loss of 22.50 is core's exchange journal; no instalment sees it, in dollars or in riyals."""
	invoice = steps.a_dollar_invoice("Dollar Payer", 300)
	payment = steps.pay_dollars(invoice, 150, 3.6)
	assert exchange_journals(invoice) == [(22.5, 0)]
	steps.assert_everywhere(invoice, [0, 50, 100], [100, 50, 0])
	assert steps.schedule(invoice, *BASE) == [(375, 375, 0), (375, 187.5, 187.5), (375, 0, 375)]
	assert base_outstanding(invoice) == [0, 187.5, 375]
	assert in_riyals(invoice) == [(187.5, 187.5, "SAR"), (0, 375, "SAR")]

	payment.cancel()
	frappe.db.commit()
	assert exchange_journals(invoice) == []
	steps.assert_everywhere(invoice, [100, 100, 100], [0, 0, 0])
	assert steps.schedule(invoice, *BASE) == [(375, 0, 375)] * 3
	assert base_outstanding(invoice) == [375, 375, 375]


def test_a_journal_and_a_credit_note_in_dollars(site: ModuleType) -> None:
	invoice = steps.a_dollar_invoice("Dollar Mixer", 300, rate=3.7512)
	steps.pay_dollars(invoice, 33.33, 3.8)
	steps.a_credit_note(invoice, 100)
	steps.assert_everywhere(invoice, [0, 66.67, 100], [33.33, 0, 0])
	assert base_outstanding(invoice) == [0, 250.09, 375.12]
	assert sum(row[1] for row in in_riyals(invoice)) == pytest.approx(625.21, abs=0.011)


def test_halalas_of_dollars_add_up_in_riyals(site: ModuleType) -> None:
	invoice = steps.a_dollar_invoice("Dollar Divider", 1000, rate=3.7517)
	assert steps.schedule(invoice, "payment_amount", "base_payment_amount") == [
		(333.34, 1250.59),
		(333.33, 1250.56),
		(333.33, 1250.55),
	]
	assert invoice.base_grand_total == 3751.7


def a_dollar_journal(invoice: Document, amount: float, rate: float) -> Document:
	"""Dollars received by Journal Entry: core takes the invoice's rate for them, so the difference is a line."""
	cash, owed = (float(steps.money(amount * each)) for each in (rate, invoice.conversion_rate))
	cost_center = frappe.db.get_value("Company", make.COMPANY, "cost_center")
	journal = make.insert(
		"Journal Entry",
		company=make.COMPANY,
		posting_date=nowdate(),
		multi_currency=1,
		accounts=[
			{
				"account": steps.a_dollar_account(),
				"party_type": "Customer",
				"party": invoice.customer,
				"reference_type": "Sales Invoice",
				"reference_name": invoice.name,
				"credit_in_account_currency": amount,
			},
			{"account": make.account("Cash"), "debit_in_account_currency": cash},
			{
				"account": make.account("Exchange Gain/Loss"),
				"cost_center": cost_center,
				"debit_in_account_currency": max(owed - cash, 0),
				"credit_in_account_currency": max(cash - owed, 0),
			},
		],
	)
	journal.submit()
	return steps.commit(journal)


def a_dollar_note(invoice: Document, amount: float, _rate: float) -> Document:
	return steps.a_credit_note(invoice, amount)


def a_reconciled_receipt(invoice: Document, amount: float, rate: float) -> Document:
	receipt = make.insert(
		"Payment Entry",
		payment_type="Receive",
		party_type="Customer",
		party=invoice.customer,
		company=make.COMPANY,
		posting_date=nowdate(),
		paid_from=steps.a_dollar_account(),
		paid_from_account_currency="USD",
		paid_to=make.account("Cash"),
		paid_amount=amount,
		received_amount=float(steps.money(amount * rate)),
		source_exchange_rate=rate,
		target_exchange_rate=1,
	)
	receipt.submit()
	frappe.db.commit()
	steps.reconcile(invoice.customer, steps.a_dollar_account())
	return receipt.reload()


def a_partial_write_off(invoice: Document, amount: float, _rate: float) -> Document:
	return settle.written_off(invoice, scope="Amount", wished_amount=amount)


def cancelled(voucher: Document) -> None:
	voucher.reload().cancel()
	frappe.db.commit()


WAYS: dict[str, tuple[Callable[..., Document], Callable[[Document], None]]] = {
	"payment": (steps.pay_dollars, cancelled),
	"journal": (a_dollar_journal, cancelled),
	"credit note": (a_dollar_note, cancelled),
	"reconciliation": (a_reconciled_receipt, steps.unreconcile),
	"write-off": (a_partial_write_off, cancelled),
}


@pytest.mark.parametrize("rate", [3.6, 3.9017])
@pytest.mark.parametrize("way", WAYS)
def test_every_way_of_settling_agrees_in_both_currencies(site: ModuleType, way: str, rate: float) -> None:
	"""In dollars whatever the rate; in riyals at the invoice's own, as core has the rows."""
	invoice = steps.a_dollar_invoice(f"Dollars by {way}", 1000, rate=3.7517)
	settled, undo = WAYS[way]
	voucher = settled(invoice, 400.01, rate)
	paid = [0.0] * 3 if way == "credit note" else [333.34, 66.67, 0]
	assert_in_both(invoice, [0, 266.66, 333.33], paid)
	undo(voucher)
	assert_in_both(invoice, [333.34, 333.33, 333.33], [0, 0, 0])


def test_core_lets_no_credit_note_have_another_rate(site: ModuleType) -> None:
	invoice = steps.a_dollar_invoice("Dollar Returner", 300)
	note = make_sales_return(invoice.name)
	note.update({"update_outstanding_for_self": 0, "conversion_rate": 3.9})
	with pytest.raises(frappe.ValidationError, match="Exchange Rate must be same as Sales Invoice"):
		note.insert()


def test_one_after_the_other_settles_all_of_it(site: ModuleType) -> None:
	invoice = steps.a_dollar_invoice("Dollars by All Ways", 1000, rate=3.7517)
	for settled, _undo in WAYS.values():
		settled(invoice, 200, 3.8)
	# The note took 66.67 and 133.33 of the last two; the write-off stays on the 200 that was owed then.
	assert_in_both(invoice, [0, 0, 0], [333.34, 266.66, 200])
	assert (invoice.reload().outstanding_amount, invoice.status) == (0, "Credit Note Issued")
	posted = {"party": invoice.customer, "account": steps.a_dollar_account(), "is_cancelled": 0}
	entries = frappe.get_all("GL Entry", posted, ["debit", "credit"])
	assert sum(row.debit - row.credit for row in entries) == pytest.approx(0, abs=0.02)


def assert_in_both(invoice: Document, owed: list[float], paid: list[float]) -> None:
	steps.assert_everywhere(invoice, owed, paid)
	rate = invoice.conversion_rate
	assert base_outstanding(invoice) == [float(steps.money(amount * rate)) for amount in owed]
	rows = steps.schedule(invoice, "payment_amount", "outstanding", *BASE)
	assert sum(row[2] for row in rows) == pytest.approx(invoice.base_grand_total, abs=0.001)
	for (amount, left, base, base_paid, base_left), of_it in zip(rows, paid, strict=True):
		assert base_paid == float(steps.money(of_it * rate))
		assert base_left == (base if left == amount else float(steps.money(left * rate)))
	assert list(differences([invoice.scb_instalment_plan])) == []


def exchange_journals(invoice: Document) -> list[tuple[float, float]]:
	"""What core's exchange journals take off the invoice, in riyals and in dollars."""
	filters = {"against_voucher_no": invoice.name, "voucher_type": "Journal Entry", "delinked": 0}
	rows = frappe.get_all("Payment Ledger Entry", filters, ["amount", "amount_in_account_currency"])
	return [(-row.amount, row.amount_in_account_currency) for row in rows]


def base_outstanding(invoice: Document) -> list[float]:
	filters = {"parent": invoice.scb_instalment_plan}
	return frappe.get_all("Instalment", filters, order_by="idx", pluck="base_outstanding")


def in_riyals(invoice: Document) -> list[tuple[float, float, str]]:
	"""Paid, outstanding and currency of each row of core's receivables by terms, in company currency."""
	return [(row.paid, row.outstanding, row.currency) for row in receivables(invoice)]


def receivables(invoice: Document) -> list[frappe._dict]:
	from erpnext.accounts.report.accounts_receivable.accounts_receivable import execute

	filters = {
		"company": make.COMPANY,
		"report_date": nowdate(),
		"ageing_based_on": "Due Date",
		"range": "30, 60, 90, 120",
		"party_type": "Customer",
		"party": [invoice.customer],
		"based_on_payment_terms": 1,
	}
	return [row for row in execute(filters)[1] if row.get("voucher_no") == invoice.name]


@pytest.fixture
def one_account_for_all(site: ModuleType) -> None:
	"""Core lets an invoice in dollars stand on a receivable account in riyals."""
	setting = "allow_multi_currency_invoices_against_single_party_account"
	frappe.db.set_single_value("Accounts Settings", setting, 1)


def a_draft_in_dollars(**values: object) -> Document:
	customer = make.a_customer("Dollars on Riyals")
	dollars = {"currency": "USD", "conversion_rate": 3.75, "plc_conversion_rate": 1}
	items = [make.line(rate=300)]
	return make.a_sales_invoice(customer, items, **dollars, disable_rounded_total=1, **values)


def test_dollars_on_an_account_in_riyals_are_refused(one_account_for_all: None) -> None:
	invoice = a_draft_in_dollars(scb_plan_template=steps.a_template())
	message = r"in USD but the receivable account Debtors - RTC is kept in SAR.* account in USD in Debit To"
	with pytest.raises(InstalmentPlanError, match=message):
		invoice.insert()


def test_why_core_cannot_tell_what_a_term_owes_in_two_currencies(one_account_for_all: None) -> None:
	"""It owes 1,125 riyals; core's receivables by terms adds up the rows' 300 dollars and calls them riyals.

	No plan can heal that: the rows' amounts are in the invoice's currency, and the report takes them as the account's.
	"""
	for number in (1, 2, 3):
		make.insert("Payment Term", payment_term_name=f"Third {number}")
	terms = [
		{"payment_term": f"Third {number}", "invoice_portion": portion, "credit_days": 30 * number}
		for number, portion in ((1, 33.33), (2, 33.33), (3, 33.34))
	]
	make.insert("Payment Terms Template", template_name="Thirds", terms=terms)
	invoice = a_draft_in_dollars(payment_terms_template="Thirds").insert()
	steps.commit(invoice.submit())
	assert (invoice.outstanding_amount, invoice.party_account_currency) == (1125, "SAR")
	rows = receivables(invoice)
	assert {row.currency for row in rows} == {"SAR"}
	assert sum(row.outstanding for row in rows) == 300
