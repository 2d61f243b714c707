"""Whitelisted functions of the selling forms: which templates a sale may have."""

from __future__ import annotations

from typing import Any

import frappe
from frappe.utils import getdate

from saudi_crm_billing.common.money import to_decimal
from saudi_crm_billing.instalments.offering.eligibility import eligible_templates
from saudi_crm_billing.instalments.templates import TEMPLATE


@frappe.whitelist()
@frappe.validate_and_sanitize_search_inputs
def templates_query(
	doctype: str,
	txt: str,
	searchfield: str,
	start: int,
	page_len: int,
	filters: dict[str, Any],
	as_dict: bool = False,
) -> list[tuple[str, str, str]]:
	"""For a Link field: name, number and calendar of the templates that the sale in `filters` may have.

	`filters`: company, date, and, where known, customer and total. For whoever reads templates and the customer.
	"""
	frappe.has_permission(TEMPLATE, "read", throw=True)
	customer = filters.get("customer") or None
	if customer:
		frappe.has_permission("Customer", "read", doc=customer, throw=True)
	total = filters.get("total")
	names = eligible_templates(
		customer,
		filters["company"],
		getdate(filters.get("date")),
		to_decimal(total) if total else None,
	)
	found = [_shown(name) for name in names]
	return [row for row in found if txt.casefold() in " ".join(row).casefold()][start : start + page_len]


def _shown(name: str) -> tuple[str, str, str]:
	template = frappe.get_cached_doc(TEMPLATE, name)
	return name, str(template.instalment_count), frappe._(template.calendar)
