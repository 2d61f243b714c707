"""Tells rooms and higher slices that a plan owes something else than before, through the hook `scb_plan_recomputed`.

Each function named there is called with the plan's name, while the invoice and the plan are locked: what it has to lock
and write it enlists for a later phase.
"""

from __future__ import annotations

import frappe

HOOK = "scb_plan_recomputed"


def tell_recomputed(plan: str) -> None:
	for path in frappe.get_hooks(HOOK):
		frappe.get_attr(path)(plan)
