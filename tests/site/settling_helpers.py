"""Steps that the tests of early settlement, write-off and recovery share."""

from __future__ import annotations

from typing import Any

import factories as make
import frappe
import instalments_helpers as steps
from frappe.model.document import Document
from frappe.utils import nowdate

from saudi_crm_billing.instalments.settling.api import receive_payment

SETTINGS = "Instalment Settings"


def an_account(title: str, root: str = "Indirect Expenses") -> str:
	name = make.account(title)
	if not frappe.db.exists("Account", name):
		parent = make.account(root)
		make.insert("Account", account_name=title, parent_account=parent, company=make.COMPANY)
	return name


def settings(**values: Any) -> Document:
	accounts = {
		"rebate_account": an_account("Rebates Granted"),
		"write_off_account": an_account("Bad Debts"),
		"recovery_account": an_account("Bad Debts Recovered", "Indirect Income"),
	}
	if frappe.db.exists(SETTINGS, make.COMPANY):
		frappe.delete_doc(SETTINGS, make.COMPANY, force=True)
	return make.insert(SETTINGS, company=make.COMPANY, **{**accounts, **values})


def a_quote(invoice: Document, **values: Any) -> Document:
	"""A draft with a rebate of 30."""
	if not frappe.db.exists(SETTINGS, make.COMPANY):
		settings()
	defaults = {"rebate_kind": "Amount", "rebate_amount": 30, "rebate_reason": "Pays at once"}
	return frappe.get_doc(
		{
			"doctype": "Settlement Quote",
			"plan": invoice.scb_instalment_plan,
			"as_of": nowdate(),
			**{**defaults, **values},
		}
	).insert()


def an_open_quote(invoice: Document, **values: Any) -> Document:
	return steps.commit(a_quote(invoice, **values).submit())


def receive(quote: Document, **values: Any) -> Document:
	payment = receive_payment(quote.name, paid_to=make.account("Cash"), **values)
	frappe.db.commit()
	quote.reload()
	return frappe.get_doc("Payment Entry", payment)


def posted(voucher: Document) -> dict[str, float]:
	"""Debit less credit by account."""
	filters = {"voucher_no": voucher.name, "is_cancelled": 0}
	rows = frappe.get_all("GL Entry", filters=filters, fields=["account", "debit", "credit"])
	sums: dict[str, float] = {}
	for row in rows:
		sums[row.account] = round(sums.get(row.account, 0) + row.debit - row.credit, 2)
	return sums


def with_margin(invoice: Document, margin: float) -> None:
	"""As a template with a credit margin would have planned it."""
	rows = frappe.get_all("Instalment", {"parent": invoice.scb_instalment_plan}, ["name", "amount"])
	for row in rows:
		frappe.db.set_value("Instalment", row.name, {"margin": margin, "principal": row.amount - margin})


def a_write_off(invoice: Document, **values: Any) -> Document:
	"""A draft of all that is owed."""
	if not frappe.db.exists(SETTINGS, make.COMPANY):
		settings()
	defaults = {"scope": "All That Is Owed", "reason": "Insolvency", "efforts": "Three letters, two calls"}
	return frappe.get_doc(
		{
			"doctype": "Instalment Write-Off",
			"plan": invoice.scb_instalment_plan,
			"posting_date": nowdate(),
			**{**defaults, **values},
		}
	).insert()


def written_off(invoice: Document, **values: Any) -> Document:
	return steps.commit(a_write_off(invoice, **values).submit())


def a_recovery(write_off: Document, amount: float, **values: Any) -> Document:
	return frappe.get_doc(
		{
			"doctype": "Write-Off Recovery",
			"write_off": write_off.name,
			"posting_date": nowdate(),
			"amount": amount,
			"paid_to": make.account("Cash"),
			**values,
		}
	).insert()


def recovered(write_off: Document, amount: float) -> Document:
	return steps.commit(a_recovery(write_off, amount).submit())
