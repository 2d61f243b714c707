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
from saudi_crm_billing.e_invoicing.checks import drafts, stored_findings, validating, warning_policy
from saudi_crm_billing.e_invoicing.devices import issuers

# Fields that name what the findings tell of.
NAMED = (
	("company", "Company"),
	("customer", "Customer"),
	("company_address", "Address"),
	("customer_address", "Address"),
)


def check(doc: Document) -> dict[str, Any]:
	"""`issues`: whether an e-invoice would be issued; `findings` with their places; `policy` and `accepts` for Submit."""
	if not (doc.get("company") and doc.get("customer") and doc.get("items")):
		frappe.throw(_("Choose the customer and at least one item first."), title=_("Nothing to Check"))
	# The number comes with the save.
	doc.name = doc.name or "draft"
	if hasattr(doc, "validate_posting_time"):
		doc.validate_posting_time()
	unit = issuers.issuing_unit_of(doc, anew=True)
	if not unit:
		return {"issues": False, "findings": [], "policy": warning_policy.ALLOW, "accepts": ""}
	validating.propose_reason(doc)
	apply.apply_tax_classes(doc)
	doc.set_missing_values(for_validate=True)
	doc.calculate_taxes_and_totals()
	apply.classify_added_lines(doc)
	return {"issues": True, **stored_findings.told(doc, drafts.remarks(doc, unit))}


def refuse_stranger(values: dict[str, Any]) -> None:
	"""Who may not save such a document, or not read what it names, is not told what is wrong with it."""
	doctype, name = values["doctype"], values.get("name")
	stored = name if name and frappe.db.exists(doctype, name) else None
	if stored:
		frappe.has_permission(doctype, "write", doc=stored, throw=True)
	frappe.has_permission(doctype, "write" if stored else "create", doc=frappe.get_doc(values), throw=True)
	for field, master in (*NAMED, ("return_against", doctype)):
		if (named := values.get(field)) and not _is_stored(doctype, stored, field, named):
			frappe.has_permission(master, "read", doc=named, throw=True)


def _is_stored(doctype: str, name: str | None, field: str, value: str) -> bool:
	"""What stands on the draft already is told to whoever may change it, as at each save."""
	return bool(name) and frappe.db.get_value(doctype, name, field) == value
