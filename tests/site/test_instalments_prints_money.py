"""What prints call money: a rebate, a discount or a bank's charge settles a debt without any, a journal into the bank is some."""

from __future__ import annotations

import re
from typing import Any

import factories as make
import frappe
import instalments_helpers as plans
import pytest
import settling_helpers as settle
from frappe.model.document import Document
from frappe.translate import print_language
from frappe.utils import nowdate

from saudi_crm_billing.instalments.prints.clearance import scb_clearance_letter
from saudi_crm_billing.instalments.prints.receipts import scb_receipt_voucher
from saudi_crm_billing.instalments.prints.statement import scb_instalment_statement

pytestmark = pytest.mark.usefixtures("site")


def letter(invoice: Document) -> tuple[str, str]:
	"""What it says was paid, and what was settled otherwise."""
	view = scb_clearance_letter(frappe.get_doc("Instalment Plan", invoice.scb_instalment_plan))
	return view.paid, view.otherwise


def printed(doc: Document, print_format: str, language: str) -> str:
	with print_language(language):
		html = frappe.get_print(doc.doctype, doc.name, print_format=print_format)
	body = re.sub(r"<style>.*?</style>", " ", html[html.index('class="sti"') :], flags=re.S)
	return re.sub(r"\s+", " ", re.sub(r"<[^>]+>|\u200e", " ", body))


def a_deduction(amount: float) -> dict[str, Any]:
	cost_center = frappe.db.get_value("Company", make.COMPANY, "cost_center")
	return {"account": make.account("Marketing Expenses"), "cost_center": cost_center, "amount": amount}


def with_deduction(invoice: Document, received: float, deducted: float) -> Document:
	payment = make.a_payment(invoice.name, received)
	payment.references[0].allocated_amount = received + deducted
	payment.append("deductions", a_deduction(deducted))
	payment.insert().submit()
	return plans.commit(payment)


def a_journal(invoice: Document, **debits: float) -> Document:
	"""Settles as much as it debits; accounts by name with _ for a blank."""
	cost_center = frappe.db.get_value("Company", make.COMPANY, "cost_center")
	rows = [
		{
			"account": make.account(name.replace("_", " ")),
			"debit_in_account_currency": amount,
			"cost_center": cost_center,
		}
		for name, amount in debits.items()
	]
	party = {"party_type": "Customer", "party": invoice.customer, "account": make.account("Debtors")}
	settled = {"reference_type": "Sales Invoice", "reference_name": invoice.name}
	rows.append({**party, **settled, "credit_in_account_currency": sum(debits.values())})
	journal = make.insert("Journal Entry", company=make.COMPANY, posting_date=nowdate(), accounts=rows)
	return plans.commit(journal.submit())


def test_a_rebate_is_not_money() -> None:
	invoice = plans.a_plan_invoice(300)
	plans.pay(invoice, 50)
	payment = settle.receive(settle.an_open_quote(invoice))
	assert letter(invoice) == ("270.00", "30.00")
	view = scb_receipt_voucher(payment)
	assert (view.amount, view.deducted) == ("220.00", "30.00")
	assert [(row.label.en, row.settled) for row in view.settled] == [
		("Instalment 1", "50.00"),
		("Instalment 2", "100.00"),
		("Instalment 3", "100.00"),
	]
	english = printed(payment, "Instalment Receipt Voucher", "en")
	assert "Of this, rebate and deductions منها إبراء وخصومات 30.00" in english
	assert "Received المقبوض 220.00" in english
	plan = frappe.get_doc("Instalment Plan", invoice.scb_instalment_plan)
	arabic = printed(plan, "Instalment Clearance Letter", "ar")
	assert "المسدد بالدفعات Paid 270.00 SAR" in arabic
	assert "المسوّى بغير الدفعات Settled otherwise 30.00 SAR" in arabic


@pytest.mark.parametrize(
	("language", "money", "rebate"),
	[
		("en", "Payment (1, 2, 3)", "Rebates and Deductions (3)"),
		("ar", "السداد (1, 2, 3)", "الإبراء والخصومات (3)"),
	],
)
def test_the_statement_tells_a_rebate_from_the_money(language: str, money: str, rebate: str) -> None:
	invoice = plans.a_plan_invoice(300)
	settle.receive(settle.an_open_quote(invoice))
	frappe.defaults.set_user_default("Company", make.COMPANY)
	customer = frappe.get_doc("Customer", invoice.customer)
	text = printed(customer, "Customer Instalment Statement", language)
	text = re.sub(r"[\u2066-\u2069]", "", text)
	assert money in text and rebate in text, text
	view = scb_instalment_statement(customer)
	credits = [(row.credit, row.balance) for row in view.rows if row.credit]
	assert credits == [("270.00", "-270.00"), ("30.00", "-300.00")]
	assert (view.credits, view.owed) == ("300.00", "0.00")


def test_a_receipt_of_money_alone_has_no_line_of_deductions() -> None:
	payment = plans.pay(plans.a_plan_invoice(300), 120)
	assert scb_receipt_voucher(payment).deducted == ""
	assert "deductions" not in printed(payment, "Instalment Receipt Voucher", "en")


@pytest.mark.parametrize(("received", "deducted"), [(292.5, 7.5), (305, -5)])
def test_a_bank_charge_or_a_difference_is_not_money(received: float, deducted: float) -> None:
	invoice = plans.a_plan_invoice(300)
	payment = with_deduction(invoice, received, deducted)
	view = scb_receipt_voucher(payment)
	assert (view.amount, view.deducted) == (f"{received:.2f}", f"{deducted:.2f}")
	assert letter(invoice) == (("292.50", "7.50") if deducted > 0 else ("300.00", ""))


def test_a_payment_of_two_invoices_spreads_its_deductions() -> None:
	first, second = plans.a_plan_invoice(300), plans.a_plan_invoice(100)
	payment = make.a_payment(first.name, 360)
	payment.references[0].allocated_amount = 300
	row = {"reference_doctype": "Sales Invoice", "reference_name": second.name, "allocated_amount": 100}
	payment.append("references", row)
	payment.append("deductions", a_deduction(40))
	payment.insert().submit()
	plans.commit(payment)
	assert (letter(first), letter(second)) == (("270.00", "30.00"), ("90.00", "10.00"))


@pytest.mark.parametrize(
	("debits", "expected"),
	[
		({"Cash": 300}, ("300.00", "")),
		({"Cash": 200, "Marketing_Expenses": 100}, ("200.00", "100.00")),
		({"Marketing_Expenses": 300}, ("0.00", "300.00")),
	],
)
def test_a_journal_is_money_as_far_as_it_debits_bank_or_cash(
	debits: dict[str, float], expected: tuple[str, str]
) -> None:
	invoice = plans.a_plan_invoice(300)
	a_journal(invoice, **debits)
	assert letter(invoice) == expected


def test_money_paid_back_by_a_journal_is_taken_off_what_was_paid() -> None:
	invoice = plans.a_plan_invoice(300)
	plans.pay(invoice, 300)
	plans.a_journal_receipt(invoice.reload(), -20)
	plans.a_journal_receipt(invoice.reload(), 20, "Marketing Expenses")
	assert letter(invoice) == ("280.00", "20.00")


def test_a_bank_is_money_too() -> None:
	bank = settle.an_account("Rajhi Bank", "Bank Accounts")
	frappe.db.set_value("Account", bank, "account_type", "Bank")
	invoice = plans.a_plan_invoice(300)
	a_journal(invoice, Rajhi_Bank=300)
	assert letter(invoice) == ("300.00", "")


def test_dollars_paid_at_another_rate_are_all_money() -> None:
	invoice = plans.a_dollar_invoice("Dollar Letter Co", 300)
	plans.pay_dollars(invoice, 300, 3.7)
	assert letter(invoice) == ("300.00", "")
