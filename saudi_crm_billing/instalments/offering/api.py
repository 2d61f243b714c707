"""Whitelisted functions of the selling forms: which templates a sale may have, and what each comes to."""

from __future__ import annotations

from typing import Any

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import getdate

from saudi_crm_billing.common.documents import SELLING_DOCTYPES
from saudi_crm_billing.common.money import to_decimal
from saudi_crm_billing.instalments.agreement import document_date
from saudi_crm_billing.instalments.offering.eligibility import customer_of, eligible, readable_templates
from saudi_crm_billing.instalments.offering.simulation import shown, simulate
from saudi_crm_billing.instalments.templates import TEMPLATE


@frappe.whitelist(methods=["GET", "POST"])
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
	names = eligible(
		readable_templates(),
		customer,
		filters["company"],
		getdate(filters.get("date")),
		to_decimal(total) if total else None,
	)
	found = [_shown(name) for name in names]
	return [row for row in found if txt.casefold() in " ".join(row).casefold()][start : start + page_len]


@frappe.whitelist(methods=["GET", "POST"])
def compare(doc: str) -> list[dict[str, object]]:
	"""What the sale on the form, saved or not, would come to under each template that it may have.

	`doc`: the form's document as JSON. For whoever may write it, and reads templates and the customer.
	"""
	sale = _sale(doc)
	frappe.has_permission(TEMPLATE, "read", throw=True)
	customer = customer_of(sale)
	if customer:
		frappe.has_permission("Customer", "read", doc=customer, throw=True)
	total = to_decimal(sale.get("rounded_total") or sale.get("grand_total") or 0)
	cash_total = total - to_decimal(sale.get("scb_margin") or 0)
	names = eligible(readable_templates(), customer, sale.company, document_date(sale), cash_total or None)
	return [shown(found) for found in simulate(sale, names)]


def _sale(doc: str) -> Document:
	values = frappe.parse_json(doc)
	doctype, name = values.get("doctype"), values.get("name")
	if doctype not in SELLING_DOCTYPES:
		frappe.throw(_("{0} cannot carry an instalment plan.").format(_(doctype)), frappe.PermissionError)
	stored = name if name and frappe.db.exists(doctype, name) else None
	frappe.has_permission(doctype, "write", doc=stored, throw=True)
	return frappe.get_doc(values)


def _shown(name: str) -> tuple[str, str, str]:
	template = frappe.get_cached_doc(TEMPLATE, name)
	return name, str(template.instalment_count), _(template.calendar)
