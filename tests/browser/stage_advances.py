"""What the browser's tests of advances, sales at a till and prints find on their site; runs in the bench."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import frappe
import stage
from erpnext.accounts.utils import get_account_currency
from frappe.model.document import Document
from frappe.utils import now_datetime, nowdate

from saudi_crm_billing.demo import site_records as records
from saudi_crm_billing.demo.company import COMPANY
from saudi_crm_billing.e_invoicing.advances import credits
from saudi_crm_billing.e_invoicing.engine.answers import Call, Outcome
from saudi_crm_billing.e_invoicing.issuing import records as issuing_records
from saudi_crm_billing.e_invoicing.sending import outbox

PROFILE = "Riyadh Till"


def company_invoices_advances() -> str:
	company = frappe.get_doc("Company", COMPANY)
	if not company.scb_advance_invoices:
		company.scb_advance_invoices = 1
		company.save()
	return str(company.scb_advance_vat_account)


def draft_advance(customer: str, amount: str = "2300") -> str:
	company_invoices_advances()
	return str(_receipt(customer, float(amount)).insert().name)


def cleared_advance(customer: str) -> str:
	company_invoices_advances()
	return str(_sent(_submitted(_receipt(customer, 2300))).name)


def advance_credit_note(customer: str) -> str:
	"""To an advance that was allocated after the final invoice was issued; cleared."""
	entry = frappe.get_doc("Payment Entry", cleared_advance(customer))
	invoice = _submitted(frappe.get_doc("Sales Invoice", stage.draft_invoice(customer)))
	_reconcile(entry, invoice, 1150)
	return str(_sent(_submitted(credits.draft_of(entry.name))).name)


def advance_to_be_credited(customer: str) -> str:
	entry = frappe.get_doc("Payment Entry", cleared_advance(customer))
	invoice = _submitted(frappe.get_doc("Sales Invoice", stage.draft_invoice(customer)))
	_reconcile(entry, invoice, 1150)
	return str(entry.name)


def sale_at_the_till() -> str:
	"""A simplified invoice, paid in cash, reported."""
	_open_till()
	sale = frappe.get_doc(
		{
			"doctype": "POS Invoice",
			"customer": _walk_in(),
			"company": COMPANY,
			"pos_profile": PROFILE,
			"is_pos": 1,
			"posting_date": nowdate(),
			"items": [{"item_code": stage.desk_item(), "qty": 1, "rate": 200}],
		}
	)
	sale.set_missing_values()
	# With its VAT of 15 %, which the customer's class adds at the save; core takes no part of a payment.
	sale.set("payments", [{"mode_of_payment": "Cash", "account": _account("Cash"), "amount": 230}])
	sale.insert()
	return str(_sent(_submitted(sale)).name)


def unanswered_invoice(customer: str) -> str:
	"""A tax invoice sent an hour ago, of which nobody knows whether ZATCA has it."""
	invoice = _submitted(frappe.get_doc("Sales Invoice", stage.draft_invoice(customer)))
	document = invoice.scb_zatca_document
	attempt = {"document": document, "unit": records.UNIT, "call": Call.CLEAR.value}
	issuing_records.add(
		"ZATCA Attempt", f"ATT-{document}", outcome=Outcome.TRY_LATER.value, sent_on=now_datetime(), **attempt
	)
	later = now_datetime() + timedelta(days=1)
	issued = {"submitted_on": now_datetime() - timedelta(hours=1), "next_attempt_on": later}
	frappe.db.set_value("ZATCA Document", document, {"answer_unknown": 1, "attempts": 1, **issued})
	return str(invoice.name)


def rejected_invoice(customer: str) -> str:
	invoice = _submitted(frappe.get_doc("Sales Invoice", stage.draft_invoice(customer)))
	frappe.db.set_value("ZATCA Document", invoice.scb_zatca_document, {"state": "Rejected"})
	frappe.db.set_value("Sales Invoice", invoice.name, {"scb_zatca_status": "Rejected"})
	return str(invoice.name)


def document_of(doctype: str, name: str) -> str:
	return str(frappe.db.get_value(doctype, name, "scb_zatca_document"))


def _receipt(customer: str, amount: float) -> Document:
	values: dict[str, Any] = {
		"paid_from": _account("Debtors"),
		"paid_to": _account("Cash"),
		"paid_from_account_currency": get_account_currency(_account("Debtors")),
		"paid_to_account_currency": get_account_currency(_account("Cash")),
		"paid_amount": amount,
		"received_amount": amount,
		"source_exchange_rate": 1,
		"target_exchange_rate": 1,
	}
	return frappe.get_doc(
		{
			"doctype": "Payment Entry",
			"payment_type": "Receive",
			"party_type": "Customer",
			"party": customer,
			"company": COMPANY,
			"posting_date": nowdate(),
			"mode_of_payment": "Cash",
			**values,
		}
	)


def _account(title: str) -> str:
	return str(frappe.db.get_value("Account", {"account_name": title, "company": COMPANY, "is_group": 0}))


def _submitted(doc: Document) -> Document:
	if doc.is_new():
		doc.insert()
	doc.submit()
	frappe.db.commit()
	return doc.reload()


def _sent(doc: Document) -> Document:
	outbox.send(doc.scb_zatca_document, at_once=True)
	return doc.reload()


def _reconcile(entry: Document, invoice: Document, amount: float) -> None:
	tool = frappe.get_doc(
		{
			"doctype": "Payment Reconciliation",
			"company": COMPANY,
			"party_type": "Customer",
			"party": entry.party,
			"receivable_payable_account": _account("Debtors"),
		}
	)
	tool.get_unreconciled_entries()
	payments = [row.as_dict() for row in tool.payments if row.reference_name == entry.name]
	invoices = [row.as_dict() for row in tool.invoices if row.invoice_number == invoice.name]
	tool.allocate_entries(frappe._dict(payments=payments, invoices=invoices))
	tool.allocation[0].allocated_amount = amount
	tool.reconcile()
	frappe.db.commit()


def _walk_in() -> str:
	name = "Sara Al-Harbi"
	if not frappe.db.exists("Customer", name):
		values = {
			"customer_group": "Individual",
			"territory": "All Territories",
			"customer_type": "Individual",
		}
		records.insert("Customer", customer_name=name, scb_tax_class="Taxable 15%", **values)
	return name


def _open_till() -> None:
	if frappe.db.exists("POS Profile", PROFILE):
		return
	cash = frappe.get_doc("Mode of Payment", "Cash")
	if not any(row.company == COMPANY for row in cash.accounts):
		cash.append("accounts", {"company": COMPANY, "default_account": _account("Cash")})
		cash.save()
	cost_center = frappe.get_cached_value("Company", COMPANY, "cost_center")
	records.insert(
		"POS Profile",
		__newname=PROFILE,
		company=COMPANY,
		warehouse=frappe.db.get_value("Warehouse", {"company": COMPANY, "is_group": 0}),
		currency="SAR",
		selling_price_list="Standard Selling",
		write_off_account=_account("Write Off"),
		write_off_cost_center=cost_center,
		update_stock=0,
		disable_rounded_total=1,
		payments=[{"mode_of_payment": "Cash", "default": 1}],
	)
	opening = records.insert(
		"POS Opening Entry",
		pos_profile=PROFILE,
		company=COMPANY,
		user="Administrator",
		period_start_date=now_datetime(),
		balance_details=[{"mode_of_payment": "Cash", "opening_amount": 0}],
	)
	opening.submit()
