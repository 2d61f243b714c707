"""What the browser's tests of instalments find on their site; runs in the bench."""

from __future__ import annotations

from typing import Any

import frappe
import stage
from erpnext.accounts.doctype.payment_entry.payment_entry import get_payment_entry
from frappe.model.document import Document
from frappe.utils import add_days, nowdate

from saudi_crm_billing.demo import site_records as records

DAYS_LATE = 12
TEMPLATE = "6 equal months"


def late_plan(customer: str) -> str:
	"""A submitted invoice of six instalments, the first late, the second due soon, part of the first paid; its name."""
	first_due = add_days(nowdate(), -DAYS_LATE)
	invoice = planned(customer, add_days(nowdate(), -DAYS_LATE - 2), first_due)
	_pay(invoice, 70)
	return str(invoice.name)


def paid_plan(customer: str) -> str:
	"""The plan of an invoice that is paid in full; its name."""
	invoice = planned(customer, nowdate(), add_days(nowdate(), 30))
	_pay(invoice, invoice.outstanding_amount)
	return str(invoice.scb_instalment_plan)


def put_settings(company: str, **values: Any) -> None:
	"""Whatever another test has put there already."""
	filters = {"company": company}
	found = frappe.db.exists("Instalment Settings", filters)
	settings = (
		frappe.get_doc("Instalment Settings", found) if found else frappe.new_doc("Instalment Settings")
	)
	settings.update({**filters, **values}).save()


def template() -> str:
	if not frappe.db.exists("Instalment Plan Template", TEMPLATE):
		records.insert("Instalment Plan Template", template_name=TEMPLATE, instalment_count=6)
	return TEMPLATE


def planned(customer: str, posting_date: str, first_due: str | None = None) -> Document:
	invoice = frappe.get_doc("Sales Invoice", stage.draft_invoice(customer))
	invoice.update(
		{
			"posting_date": posting_date,
			"scb_plan_template": template(),
			"scb_first_due_date": first_due,
			"disable_rounded_total": 1,
		}
	)
	invoice.save()
	invoice.submit()
	frappe.db.commit()
	return invoice.reload()


def _pay(invoice: Document, amount: float) -> None:
	cash = frappe.db.get_value("Account", {"company": invoice.company, "account_type": "Cash", "is_group": 0})
	payment = get_payment_entry("Sales Invoice", invoice.name, bank_account=cash)
	payment.update(
		{
			"reference_no": "TEST",
			"reference_date": nowdate(),
			"paid_amount": amount,
			"received_amount": amount,
		}
	)
	payment.references[0].allocated_amount = amount
	payment.insert()
	payment.submit()
	frappe.db.commit()


def open_plan(customer: str) -> str:
	"""An invoice of six instalments that are not due yet, the first paid and the second in part; its name."""
	invoice = planned(customer, nowdate(), add_days(nowdate(), 10))
	_pay(invoice, invoice.payment_schedule[0].payment_amount + 20)
	return str(invoice.name)


def drafted_change(doctype: str, invoice: str) -> str:
	"""A draft of a reschedule, a quote or a write-off of the invoice's plan; its name."""
	plan = frappe.db.get_value("Sales Invoice", invoice, "scb_instalment_plan")
	values = {
		"Instalment Reschedule": {
			"reason": "Change of Income",
			"kind": "New Number of Instalments",
			"new_count": 8,
		},
		"Settlement Quote": {"rebate_kind": "Amount", "rebate_amount": 25, "rebate_reason": "Pays at once"},
		"Instalment Write-Off": {
			"reason": "Insolvency",
			"scope": "All That Is Owed",
			"efforts": "Three letters",
		},
	}
	return str(frappe.get_doc({"doctype": doctype, "plan": plan, **values[doctype]}).insert().name)


def withdraw_quote(name: str) -> None:
	"""Submit a draft of a quote without a rebate, and withdraw it."""
	quote = frappe.get_doc("Settlement Quote", name)
	quote.rebate_kind = "None"
	quote.submit()
	quote.cancel()
	frappe.db.commit()


def written_off_plan(customer: str) -> str:
	"""An open plan whose third instalment was written off, and 40 of it came after all; the invoice's name."""
	invoice = open_plan(customer)
	company, plan = frappe.db.get_value("Sales Invoice", invoice, ["company", "scb_instalment_plan"])
	accounts = {"company": company, "is_group": 0}
	expense = frappe.db.get_value("Account", {**accounts, "account_name": "Write Off"})
	income = frappe.db.get_value("Account", {**accounts, "root_type": "Income"})
	cash = frappe.db.get_value("Account", {**accounts, "account_type": "Cash"})
	put_settings(company, write_off_account=expense, recovery_account=income)
	values = {"reason": "Not Found", "scope": "Chosen Instalments", "rows": [{"number": 3, "chosen": 1}]}
	document = frappe.get_doc({"doctype": "Instalment Write-Off", "plan": plan, **values}).insert().submit()
	money = {"write_off": document.name, "amount": 40, "paid_to": cash}
	frappe.get_doc({"doctype": "Write-Off Recovery", **money}).insert().submit()
	return invoice
