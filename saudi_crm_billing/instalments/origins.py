"""Reads where a selling document comes from: the one it amends, or those that it was mapped from. Writes nothing."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal

import frappe
from frappe.model.document import Document

from saudi_crm_billing.common.money import to_decimal

SOURCES = {"Sales Invoice": ("Sales Order", "sales_order"), "Sales Order": ("Quotation", "prevdoc_docname")}
"""Doctype of the source, and the field of a document's item rows that names it."""


@dataclass(frozen=True)
class Origin:
	"""The documents that a plan was agreed in before, and how much of their goods this one has: 1 for all."""

	doctype: str
	names: tuple[str, ...]
	share: Decimal


def origin_of(doc: Document) -> Origin | None:
	"""Where the document's template was agreed before, submitted or cancelled since; None where it is new here.

	What was agreed stands, though the template changed or expired meanwhile.
	"""
	if doc.get("amended_from"):
		return _agreed(doc, doc.doctype, {doc.amended_from}, amends=True)
	doctype, fieldname = SOURCES.get(doc.doctype, ("", ""))
	names = {row.get(fieldname) for row in doc.get("items") or [] if fieldname and row.get(fieldname)}
	return _agreed(doc, doctype, names) if names else None


def _agreed(doc: Document, doctype: str, names: Collection[str], amends: bool = False) -> Origin | None:
	filters = {
		"name": ("in", sorted(names)),
		"docstatus": (">", 0),
		"scb_plan_template": doc.get("scb_plan_template") or "",
	}
	totals = frappe.get_all(doctype, filters, pluck="net_total")
	if len(totals) != len(names):
		return None
	whole = sum((to_decimal(total or 0) for total in totals), Decimal(0))
	part = to_decimal(doc.get("net_total") or 0)
	share = Decimal(1) if amends or not whole else min(part / whole, Decimal(1))
	return Origin(doctype, tuple(sorted(names)), share)
