"""Whitelisted functions of the register of promissory notes."""

from __future__ import annotations

import frappe
from frappe import _

from saudi_crm_billing.instalments.notes import drafting, moves
from saudi_crm_billing.instalments.notes.reading import DOCTYPE

PLATFORMS = ("Paper", "Nafith")


@frappe.whitelist(methods=["POST"])
def draft_notes(sales_invoice: str, each_instalment: bool = False, platform: str = "Paper") -> list[str]:
	"""Drafts for what the invoice's plan owes and no note stands for; their names."""
	frappe.has_permission(DOCTYPE, "create", throw=True)
	frappe.has_permission("Sales Invoice", "read", doc=sales_invoice, throw=True)
	if platform not in PLATFORMS:
		frappe.throw(_("There is no platform {0}.").format(platform))
	return drafting.draft(sales_invoice, bool(each_instalment), platform)


@frappe.whitelist(methods=["POST"])
def draft_replacement(note: str) -> str:
	"""A draft in place of a note that is to be replaced; its name."""
	frappe.has_permission(DOCTYPE, "create", throw=True)
	frappe.has_permission(DOCTYPE, "write", doc=note, throw=True)
	return drafting.draft_replacement(note)


@frappe.whitelist(methods=["POST"])
def move_note(note: str, to: str, reason: str = "") -> None:
	"""Move a note to another state, with a reason for its history."""
	frappe.has_permission(DOCTYPE, "write", doc=note, throw=True)
	moves.move(note, to, reason)
