from __future__ import annotations

from frappe.model.document import Document


class InstalmentBalanceEvent(Document):
	"""Append-only: what was known of a plan's balances at a time. Written by `balances` only."""
