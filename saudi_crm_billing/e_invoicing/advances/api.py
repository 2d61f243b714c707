"""What the Desk may ask about advances: permission first, then one call. Both make drafts that nobody has saved yet."""

from __future__ import annotations

from typing import Any

import frappe

from saudi_crm_billing.e_invoicing.advances import credits as advance_credits
from saudi_crm_billing.e_invoicing.advances import refunds as advance_refunds
from saudi_crm_billing.e_invoicing.advances.uses import PAYMENT


@frappe.whitelist()
def make_refund(source_name: str, target_doc: Any = None) -> Any:
	"""A Payment Entry that pays back what is left of an advance; who may read the one and make the other may ask."""
	frappe.has_permission(PAYMENT, "read", doc=source_name, throw=True)
	frappe.has_permission(PAYMENT, "create", throw=True)
	return advance_refunds.draft_of(source_name)


@frappe.whitelist()
def make_credit_note(source_name: str, target_doc: Any = None) -> Any:
	"""A credit note for what is to be credited of an advance; who may read the one and make the other may ask."""
	frappe.has_permission(PAYMENT, "read", doc=source_name, throw=True)
	frappe.has_permission(advance_credits.NOTE, "create", throw=True)
	return advance_credits.draft_of(source_name)
