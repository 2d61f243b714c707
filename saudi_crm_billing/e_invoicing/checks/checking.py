"""Checks what stands on a form, saved or not, as its save would: nothing is written.

Rows get their taxes by class and the totals are computed as when the document is saved, because the form alone does
not know them.
"""

from __future__ import annotations

from typing import Any

import frappe
from frappe import _
from frappe.model.document import Document

from saudi_crm_billing.customer_tax import apply
from saudi_crm_billing.e_invoicing.advances import entries as advances
from saudi_crm_billing.e_invoicing.checks import drafts, stored_findings, validating, warning_policy
from saudi_crm_billing.e_invoicing.devices import issuers
from saudi_crm_billing.e_invoicing.documents import named

# Fields that name what the findings tell of.
NAMED = (
	("company", "Company"),
	("customer", "Customer"),
	("party", "Customer"),
	("company_address", "Address"),
	("customer_address", "Address"),
	(advances.REFUND_OF, advances.PAYMENT),
)
# The same in rows of tables: table, the field that holds the kind (if it varies), the field that names, what may be named.
NAMED_IN_ROWS = (
	("scb_zatca_references", "", "sales_invoice", ("Sales Invoice",)),
	("advances", "reference_type", "reference_name", (advances.PAYMENT,)),
	# Of an order it is told whether its lines bear different VAT.
	("references", "reference_doctype", "reference_name", advances.ORDERS),
	# Whether an order is of government, and its contract.
	("items", "", "sales_order", ("Sales Order",)),
)


def check(doc: Document) -> dict[str, Any]:
	"""`issues`: whether an e-invoice would be issued; `findings` with their places; `policy` and `accepts` for Submit."""
	is_payment = doc.doctype == advances.PAYMENT
	_refuse_empty(doc, is_payment)
	# The number comes with the save.
	doc.name = doc.name or "draft"
	unit = issuers.issuing_unit_of(doc, anew=True)
	issues = bool(unit) and (_complete_payment(doc) if is_payment else _complete_invoice(doc))
	if not (unit and issues):
		return {"issues": False, "findings": [], "policy": warning_policy.ALLOW, "accepts": ""}
	return {"issues": True, **stored_findings.told(doc, drafts.remarks(doc, unit))}


def _refuse_empty(doc: Document, is_payment: bool) -> None:
	if is_payment:
		if not (doc.get("company") and doc.get("party") and doc.get("paid_amount")):
			frappe.throw(_("Choose the customer and enter the amount first."), title=_("Nothing to Check"))
	elif not (doc.get("company") and doc.get("customer") and doc.get("items")):
		frappe.throw(_("Choose the customer and at least one item first."), title=_("Nothing to Check"))


def _complete_invoice(doc: Document) -> bool:
	if hasattr(doc, "validate_posting_time"):
		doc.validate_posting_time()
	validating.propose_reason(doc)
	apply.apply_tax_classes(doc)
	doc.set_missing_values(for_validate=True)
	doc.calculate_taxes_and_totals()
	apply.classify_added_lines(doc)
	return True


def _complete_payment(doc: Document) -> bool:
	"""As core's validate and ours do; whether it is an advance, which alone of payments has an e-invoice."""
	doc.setup_party_account_field()
	doc.set_missing_values()
	doc.set_missing_ref_details(force=True)
	doc.set_exchange_rate()
	doc.set_amounts()
	return advances.prepare(doc)


def refuse_stranger(values: dict[str, Any]) -> None:
	"""Who may not save such a document, or not read what it names, is not told what is wrong with it."""
	doctype, name = values["doctype"], values.get("name")
	stored = name if isinstance(name, str) and frappe.db.exists(doctype, name) else None
	if stored:
		frappe.has_permission(doctype, "write", doc=stored, throw=True)
	frappe.has_permission(doctype, "write" if stored else "create", doc=frappe.get_doc(values), throw=True)
	for field, master in (*NAMED, ("return_against", doctype)):
		if (value := values.get(field)) and not _is_stored(doctype, stored, field, value):
			_refuse_unless(named.may_read(master, value))
	for table, kind, field, masters in NAMED_IN_ROWS:
		kept = _stored_in_rows(doctype, stored, table, field)
		for row in values.get(table) or ():
			master, value = row.get(kind, masters[0]), row.get(field)
			if value and master in masters and value not in kept:
				_refuse_unless(_is_own_payment(values, master, value) or named.may_read(master, value))


def _refuse_unless(allowed: bool) -> None:
	"""What is not there is not told from what may not be read."""
	if not allowed:
		frappe.throw(_("Not permitted"), frappe.PermissionError)


def _is_stored(doctype: str, name: str | None, field: str, value: object) -> bool:
	"""What stands on the draft already is told to whoever may change it, as at each save."""
	return bool(name) and frappe.db.get_value(doctype, name, field) == value


def _stored_in_rows(doctype: str, name: str | None, table: str, field: str) -> list[str]:
	"""The same, of what stands in the rows of a table."""
	if not name or not (of := frappe.get_meta(doctype).get_field(table)):
		return []
	rows: list[str] = frappe.get_all(of.options, {"parent": name, "parenttype": doctype}, pluck=field)
	return rows


def _is_own_payment(values: dict[str, Any], master: str, name: object) -> bool:
	"""ERPNext offers a customer's payments to whoever makes his invoice (Get Advances Received)."""
	own = {"company": values.get("company"), "party": values.get("customer")}
	return (
		master == advances.PAYMENT
		and isinstance(name, str)
		and bool(frappe.db.exists(advances.PAYMENT, {"name": name, **own}))
	)
