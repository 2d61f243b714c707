"""Plans of which a payment was requested, or that a promissory note names, say so: rooms that a plan does not concern are
no longer asked at each payment."""

from __future__ import annotations

import frappe

MARKED = (
	("Payment Request", "scb_instalment_plan", "has_requests"),
	("Promissory Note Instalment", "plan", "has_notes"),
)


def execute() -> None:
	for doctype, fieldname, mark in MARKED:
		if frappe.db.has_column(doctype, fieldname):
			plans = frappe.get_all(doctype, {fieldname: ("is", "set")}, pluck=fieldname, distinct=True)
			filters = {"name": ("in", [*plans, ""])}
			frappe.db.set_value("Instalment Plan", filters, mark, 1, update_modified=False)
