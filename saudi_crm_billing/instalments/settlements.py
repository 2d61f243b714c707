"""Reads which Sales Invoices a voucher or a ledger entry settles, and holds them until it is written."""

from __future__ import annotations

from frappe import _
from frappe.model.document import Document

from saudi_crm_billing.instalments import balances
from saudi_crm_billing.instalments.balance_events import Cause
from saudi_crm_billing.instalments.errors import refuse

VOUCHERS = ("Payment Entry", "Journal Entry", "Sales Invoice")


def lock_settled(doc: Document) -> None:
	"""Before `doc` writes: lock what it settles. Core checked its references before it may have waited here."""
	plans = doc.flags.scb_settled_plans = balances.plans_of(settled_invoices(doc))
	states = balances.lock_plans(plans, saved=doc.name if doc.doctype == "Sales Invoice" else None)
	if doc.doctype not in VOUCHERS or doc.docstatus != 1:
		return
	for invoice, docstatus in states.items():
		if docstatus == 2:
			refuse(_("Sales Invoice {0} was cancelled meanwhile. Take it off this document.").format(invoice))


def settled_plans(doc: Document) -> dict[str, str]:
	"""Plan by settled invoice: for a new ledger entry those that were locked a moment ago."""
	known = doc.flags.scb_settled_plans if doc.doctype == "Payment Ledger Entry" else None
	return balances.plans_of(settled_invoices(doc)) if known is None else known


def cause_of(doc: Document) -> Cause:
	"""What a change of balances is put down to: the voucher, also where its ledger entry tells of it."""
	if doc.doctype == "Payment Ledger Entry":
		return Cause(doc.voucher_type, doc.voucher_no, "Cancelled" if doc.delinked else "Posted")
	return Cause(doc.doctype, doc.name, "Cancelled" if doc.docstatus == 2 else "Posted")


def settled_invoices(doc: Document) -> list[str | None]:
	"""Sales Invoices whose debt a ledger entry or voucher changes, wherever its doctype names them."""
	if doc.doctype == "Sales Invoice":
		return [doc.name, doc.get("return_against")]
	if doc.doctype == "Payment Ledger Entry":
		return [doc.against_voucher_no] if doc.against_voucher_type == "Sales Invoice" else []
	if doc.doctype == "Journal Entry":
		return [row.reference_name for row in doc.accounts if row.reference_type == "Sales Invoice"]
	rows = doc.get("references") or doc.get("allocations") or []
	return [row.reference_name for row in rows if row.reference_doctype == "Sales Invoice"]
