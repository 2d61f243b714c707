"""*Reads* what of a plan's margin credit notes that stand gave back already. Writes nothing."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from typing import Any

import frappe

from saudi_crm_billing.common.money import to_decimal, to_money
from saudi_crm_billing.instalments.settings import margin_items

ZERO = Decimal(0)


def margin_given(invoice: str, company: str) -> Decimal:
	"""With its VAT, by changes of price. With returned goods their margin goes, of which the instalments that the note
	settles are free.
	"""
	items = list(margin_items(company))
	filters = {"parent": invoice, "item_code": ("in", items)}
	lines = frappe.get_all("Sales Invoice Item", filters, ["name", "net_amount"]) if items else []
	whole = sum((to_decimal(line.net_amount) for line in lines), ZERO)
	if not whole:
		return _rebated(invoice)
	margin = to_decimal(frappe.db.get_value("Sales Invoice", invoice, "scb_margin") or 0)
	return to_money(_taken(invoice, {line.name for line in lines}) * margin / whole)


def _rebated(invoice: str) -> Decimal:
	"""Where the margin has no line of its own, its rebates lowered other lines."""
	filters = {"sales_invoice": invoice, "rebate_kind": "Unearned Margin", "credit_note": ("is", "set")}
	notes = frappe.get_all("Settlement Quote", filters, pluck="credit_note")
	standing = {"name": ("in", notes), "docstatus": 1}
	totals = frappe.get_all("Sales Invoice", standing, pluck="grand_total") if notes else []
	return sum((abs(to_money(total)) for total in totals), ZERO)


def _taken(invoice: str, lines: set[str]) -> Decimal:
	"""Off the margin's lines, without VAT, by notes that return no goods."""
	notes = defaultdict(list)
	for row in _credited_rows(invoice):
		notes[row.parent].append(row)
	taken = [
		-to_decimal(row.net_amount)
		for rows in notes.values()
		if all(row.sales_invoice_item in lines or not row.qty for row in rows)
		for row in rows
		if row.sales_invoice_item in lines
	]
	return sum(taken, ZERO)


def _credited_rows(invoice: str) -> list[Any]:
	row, note = frappe.qb.DocType("Sales Invoice Item"), frappe.qb.DocType("Sales Invoice")
	query = frappe.qb.from_(row).join(note).on(note.name == row.parent)
	query = query.select(row.parent, row.sales_invoice_item, row.qty, row.net_amount)
	of_it = (note.return_against == invoice) & (note.is_return == 1) & (note.docstatus == 1)
	return query.where(of_it).run(as_dict=True)
