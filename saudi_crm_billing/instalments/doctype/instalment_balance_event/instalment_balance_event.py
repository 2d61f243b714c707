from __future__ import annotations

import frappe
from frappe import _
from frappe.model.document import Document


class InstalmentBalanceEvent(Document):
	"""Append-only: what was known of a plan's balances at a time. Written by `balance_events` only."""

	def validate(self) -> None:
		_refuse()

	def on_trash(self) -> None:
		_refuse()


def _refuse() -> None:
	frappe.throw(
		_(
			"Balance events are only ever added, by the recompute of a plan. They cannot be written or deleted."
		),
		frappe.PermissionError,
	)


def on_doctype_update() -> None:
	frappe.db.add_index("Instalment Balance Event", ["plan", "recorded_at"])
