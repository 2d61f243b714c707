"""Plans in dollars in a company that keeps its books in riyals."""

from __future__ import annotations

from types import ModuleType

import factories as make
import frappe
import instalments_helpers as steps
import pytest
from frappe.model.document import Document
from frappe.utils import nowdate

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
