"""What the Desk asks this slice."""

from __future__ import annotations

import frappe
from frappe import _

from saudi_crm_billing.common.documents import TAXED_DOCTYPES
from saudi_crm_billing.customer_tax import explain as explanations
from saudi_crm_billing.customer_tax import propose


@frappe.whitelist()
def explain(doctype: str, name: str) -> dict[str, list[str]]:
	"""Why a document is taxed as it is, in the reader's language: `sentences`, and `treatments` without the why."""
	if doctype not in TAXED_DOCTYPES:
		frappe.throw(_("{0} has no tax decision.").format(doctype), frappe.PermissionError)
	doc = frappe.get_doc(doctype, name)
	doc.check_permission("read")
	return {"sentences": explanations.sentences_of(doc), "treatments": explanations.treatments_of(doc)}


@frappe.whitelist(methods=["POST"])
def propose_setup(company: str) -> propose.Proposal:
	"""A setup to look at and save; makes the company's VAT account if it has none."""
	frappe.has_permission("Customer Tax Setup", "write", throw=True)
	frappe.has_permission("Company", "read", company, throw=True)
	return propose.propose(company)
