"""Documents that never get an e-invoice, though their doctype is a source's. Reads only."""

from __future__ import annotations

import frappe
from frappe.model.document import Document
from frappe.query_builder import DocType
from frappe.query_builder.functions import Coalesce


def is_exempt(doc: Document) -> bool:
	"""An opening balance, and an invoice that only sums up sales at a till, each of which has its own e-invoice."""
	return doc.get("is_opening") == "Yes" or is_consolidated(doc)


def is_consolidated(doc: Document) -> bool:
	"""Whether every row comes from a submitted POS Invoice that no other invoice sums up: a mark alone proves nothing."""
	if not doc.get("is_consolidated"):
		return False
	sold = {row.get("pos_invoice") for row in doc.items}
	table = DocType("POS Invoice")
	found = (
		frappe.qb.from_(table)
		.select(table.name)
		.where(table.name.isin([name or "" for name in sold]) & (table.docstatus == 1))
		.where(
			(table.company == doc.company)
			& Coalesce(table.consolidated_invoice, "").isin(["", doc.name or ""])
		)
	).run(pluck=True)
	return bool(sold) and sold == set(found)
