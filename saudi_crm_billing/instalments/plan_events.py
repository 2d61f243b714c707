"""Tells rooms and higher slices that a plan was recomputed, through the hook `scb_plan_recomputed`.

Each function named there is called with the plan's header, `name` and MARKS, while the invoice and the plan are locked:
what it has to lock and write it enlists for a later phase. So a room that has nothing of a plan asks nothing.
"""

from __future__ import annotations

from typing import Any

import frappe

HOOK = "scb_plan_recomputed"
MARKS = ("has_directions", "has_requests", "has_notes", "settlement_quote", "written_off")
"""Fields of the header by which a room knows that a plan concerns it."""


def tell_recomputed(header: Any) -> None:
	for path in frappe.get_hooks(HOOK):
		frappe.get_attr(path)(header)


def tell_ended(plan: str) -> None:
	"""The same of a plan whose document was cancelled."""
	tell_recomputed(
		frappe.db.get_value("Instalment Plan", plan, ("name", *MARKS), as_dict=True, for_update=True)
	)


def mark(plan: str, fieldname: str) -> None:
	"""From now on a room has something of the plan; the caller holds it."""
	frappe.db.set_value("Instalment Plan", plan, fieldname, 1, update_modified=False)
