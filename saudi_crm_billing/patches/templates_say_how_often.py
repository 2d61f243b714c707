"""Months between instalments become a frequency, counted: every so many months."""

from __future__ import annotations

import frappe
from frappe.model.utils.rename_field import rename_field


def execute() -> None:
	if frappe.db.has_column("Instalment Plan Template", "interval_months"):
		rename_field("Instalment Plan Template", "interval_months", "every")
