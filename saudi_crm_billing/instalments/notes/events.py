"""What the hooks call: a plan's changes, and who may send a note."""

from __future__ import annotations

from typing import Any

from frappe.model.document import Document

from saudi_crm_billing.instalments.notes import following
from saudi_crm_billing.instalments.notes.reading import may_read_id


def plan_recomputed(plan: Any) -> None:
	if plan.has_notes:
		following.follow(plan.name)


def plan_rescheduled(change: Any) -> None:
	following.follow(change.plan)


def has_permission(doc: Document, ptype: str, user: str) -> bool:
	"""A mail's attachment is printed by the system, with the IDs on it."""
	return ptype != "email" or may_read_id(doc, user)
