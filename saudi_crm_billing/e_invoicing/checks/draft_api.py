"""What the form of a draft may ask: permission first, then one call."""

from __future__ import annotations

from typing import Any

import frappe

from saudi_crm_billing.e_invoicing.checks import checking
from saudi_crm_billing.e_invoicing.documents import sources


@frappe.whitelist(methods=["POST"])
def check_draft(draft: str | dict[str, Any]) -> dict[str, Any]:
	"""What would be said of a draft as it stands on the form, saved or not; nothing is saved.

	Who may save it may do it, if the masters that it names may be read: the findings tell of them.
	"""
	values = frappe.parse_json(draft)
	sources.refuse_other(values.get("doctype") or "")
	checking.refuse_stranger(values)
	return checking.check(frappe.get_doc(values))
