"""Whitelisted functions of the settlement forms."""

from __future__ import annotations

from typing import Any

import frappe

from saudi_crm_billing.instalments.settling import receiving, write_offs


@frappe.whitelist(methods=["GET", "POST"])
def write_off_choices(plan: str) -> list[dict[str, Any]]:
	"""What of a plan can be chosen in a write-off: rows of Instalment Write-Off Row, none chosen."""
	frappe.has_permission("Instalment Write-Off", "create", throw=True)
	frappe.has_permission("Instalment Plan", "read", doc=plan, throw=True)
	return write_offs.choices(plan)


@frappe.whitelist(methods=["POST"])
def receive_payment(
	quote: str,
	mode_of_payment: str | None = None,
	paid_to: str | None = None,
	reference_no: str | None = None,
	reference_date: str | None = None,
	posting_date: str | None = None,
) -> str:
	"""Pay an open quote in one go; the name of the Payment Entry. For who may submit quotes and Payment Entries, and
	Sales Invoices where the rebate is a credit note.
	"""
	frappe.has_permission("Settlement Quote", "submit", doc=quote, throw=True)
	frappe.has_permission("Payment Entry", "submit", throw=True)
	how = {
		"mode_of_payment": mode_of_payment,
		"paid_to": paid_to,
		"reference_no": reference_no,
		"reference_date": reference_date,
		"posting_date": posting_date,
	}
	return receiving.receive(frappe.get_doc("Settlement Quote", quote), how)
