"""Steps and readings that the tests of instalments share."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import factories as make
import frappe
from frappe.model.document import Document
from frappe.utils import nowdate

PLAN = "Test Three Months"


def a_template(name: str = PLAN, **values: Any) -> str:
	if not frappe.db.exists("Instalment Plan Template", name):
		defaults = {"template_name": name, "instalment_count": 3, "first_due_after_months": 1}
		make.insert("Instalment Plan Template", **{**defaults, **values})
	return name


def a_plan_invoice(total: float = 300, template: str | None = None, **values: Any) -> Document:
	"""A submitted Sales Invoice of one line, spread over three months unless said otherwise."""
	invoice = make.a_sales_invoice(
		items=[make.line(rate=total)],
		scb_plan_template=template or a_template(),
		disable_rounded_total=1,
		**values,
	)
	return commit(invoice.insert().submit())


def commit(doc: Document) -> Document:
	"""What a commit does before it: the recompute. Then the document as it is stored."""
	frappe.db.commit()
	return doc.reload()


def a_receipt(customer: str, amount: float) -> Document:
	"""A submitted Payment Entry that settles nothing yet."""
	payment = make.insert(
		"Payment Entry",
		payment_type="Receive",
		party_type="Customer",
		party=customer,
		company=make.COMPANY,
		posting_date=nowdate(),
		paid_from=make.account("Debtors"),
		paid_to=make.account("Cash"),
		paid_amount=amount,
		received_amount=amount,
		source_exchange_rate=1,
		target_exchange_rate=1,
	)
	payment.submit()
	return commit(payment)


def a_journal_receipt(invoice: Document, amount: float, account: str = "Cash") -> Document:
	"""A submitted Journal Entry that pays the invoice; a negative amount charges it."""
	party = {
		"account": make.account("Debtors"),
		"party_type": "Customer",
		"party": invoice.customer,
		"reference_type": "Sales Invoice",
		"reference_name": invoice.name,
	}
	sides = ("credit_in_account_currency", "debit_in_account_currency")
	credit, debit = sides if amount > 0 else sides[::-1]
	cost_center = frappe.db.get_value("Company", make.COMPANY, "cost_center")
	cash = {"account": make.account(account), "cost_center": cost_center}
	journal = make.insert(
		"Journal Entry",
		company=make.COMPANY,
		posting_date=nowdate(),
		accounts=[{**party, credit: abs(amount)}, {**cash, debit: abs(amount)}],
	)
	journal.submit()
	return commit(journal)


def a_credit_note(invoice: Document, amount: float) -> Document:
	"""A submitted credit note that lowers what the invoice owes."""
	from erpnext.accounts.doctype.sales_invoice.sales_invoice import make_sales_return

	note = make_sales_return(invoice.name)
	note.update_outstanding_for_self = 0
	note.disable_rounded_total = 1
	note.items[0].update({"qty": -1, "rate": amount, "price_list_rate": amount})
	# Core compares the note's total with the debt before it computes the total.
	note.calculate_taxes_and_totals()
	note.insert()
	note.submit()
	return commit(note)


def pay(invoice: Document, amount: float) -> Document:
	payment = make.a_payment(invoice.name, amount)
	payment.insert()
	payment.submit()
	return commit(payment)


def a_dollar_account() -> str:
	"""A receivable account kept in dollars; the exchange's gain and loss has an account then, too."""
	name = make.account("Debtors USD")
	if not frappe.db.exists("Account", name):
		parent = frappe.db.get_value("Account", make.account("Debtors"), "parent_account")
		values = {"parent_account": parent, "company": make.COMPANY, "account_currency": "USD"}
		make.insert("Account", account_name="Debtors USD", account_type="Receivable", **values)
	if not frappe.db.get_value("Company", make.COMPANY, "exchange_gain_loss_account"):
		account = make.account("Exchange Gain/Loss")
		frappe.db.set_value("Company", make.COMPANY, "exchange_gain_loss_account", account)
	return name


def a_dollar_customer(name: str) -> str:
	"""Whose receivable account is in dollars."""
	if frappe.db.exists("Customer", {"customer_name": name}):
		return make.a_customer(name)
	accounts = [{"company": make.COMPANY, "account": a_dollar_account()}]
	return make.a_customer(name, default_currency="USD", accounts=accounts)


def a_dollar_invoice(customer: str, total: float, rate: float = 3.75, **values: Any) -> Document:
	"""A submitted plan in dollars, on a receivable account in dollars, over three months unless said otherwise."""
	dollars = {"currency": "USD", "conversion_rate": rate, "plc_conversion_rate": 1}
	account = a_dollar_account()
	return a_plan_invoice(total, customer=a_dollar_customer(customer), debit_to=account, **dollars, **values)


def pay_dollars(invoice: Document, amount: float, rate: float) -> Document:
	"""Dollars received in cash at `rate` riyals each."""
	payment = make.a_payment(invoice.name)
	payment.update({"paid_amount": amount, "source_exchange_rate": rate, "target_exchange_rate": 1})
	payment.received_amount = float(money(amount * rate))
	payment.references[0].allocated_amount = amount
	payment.insert()
	payment.submit()
	return commit(payment)


def reconcile(customer: str, account: str | None = None) -> None:
	"""Settle the customer's invoices by what is unallocated, as Payment Reconciliation pairs them."""
	tool = frappe.get_doc("Payment Reconciliation")
	tool.company, tool.party_type, tool.party = make.COMPANY, "Customer", customer
	tool.receivable_payable_account = account or make.account("Debtors")
	tool.get_unreconciled_entries()
	entries = {
		"invoices": [row.as_dict() for row in tool.invoices],
		"payments": [row.as_dict() for row in tool.payments],
	}
	tool.allocate_entries(frappe._dict(entries))
	tool.reconcile()
	frappe.db.commit()


def unreconcile(receipt: Document) -> None:
	undo = frappe.get_doc(
		{
			"doctype": "Unreconcile Payment",
			"company": make.COMPANY,
			"voucher_type": receipt.doctype,
			"voucher_no": receipt.name,
		}
	)
	undo.add_references()
	undo.insert()
	undo.submit()
	frappe.db.commit()


def outstanding(invoice: Document) -> list[float]:
	"""What each instalment owes; checked to add up to what the invoice owes."""
	plan = frappe.get_doc("Instalment Plan", invoice.scb_instalment_plan)
	rows = [row.outstanding for row in plan.instalments]
	owed = frappe.db.get_value("Sales Invoice", invoice.name, "outstanding_amount")
	assert sum(map(money, rows)) + money(plan.not_scheduled) == money(owed)
	return rows


def schedule(invoice: Document, *fields: str) -> list[tuple[Any, ...]]:
	rows = frappe.get_all(
		"Payment Schedule", filters={"parent": invoice.name}, fields=list(fields), order_by="idx"
	)
	return [tuple(row[field] for field in fields) for row in rows]


def receivable_by_term(invoice: Document) -> dict[str, float]:
	"""What ERPNext's own Accounts Receivable report says each row owes; settled rows are not listed."""
	from erpnext.accounts.report.accounts_receivable.accounts_receivable import execute

	filters = {
		"company": make.COMPANY,
		"report_date": nowdate(),
		"ageing_based_on": "Due Date",
		"range": "30, 60, 90, 120",
		"in_party_currency": 1,
		"party_type": "Customer",
		"party": [invoice.customer],
		"based_on_payment_terms": 1,
	}
	rows = [row for row in execute(filters)[1] if row.get("voucher_no") == invoice.name]
	return {row.payment_term: row.outstanding for row in rows if money(row.outstanding)}


def assert_everywhere(invoice: Document, owed: list[float], paid: list[float]) -> None:
	"""Instalments, healed schedule rows and core's receivables report show these figures, row by row."""
	assert outstanding(invoice) == owed
	assert schedule(invoice, "outstanding", "paid_amount") == list(zip(owed, paid, strict=True))
	described = [text for (text,) in schedule(invoice, "description")]
	expected = {text: amount for text, amount in zip(described, owed, strict=True) if amount}
	shown = {text: float(money(amount)) for text, amount in receivable_by_term(invoice).items()}
	assert shown == expected


def money(value: float) -> Decimal:
	return Decimal(str(value)).quantize(Decimal("0.01"), ROUND_HALF_UP)
