"""A company's billing settings; None where the company has none, and then the guards are inert."""

from __future__ import annotations

import frappe
from frappe.model.document import Document

SETTINGS = "SCB Billing Settings"
DEFAULT_LINK_DAYS = 14


def settings_of(company: str) -> Document | None:
	if not company:
		return None
	try:
		return frappe.get_cached_doc(SETTINGS, company)
	except frappe.DoesNotExistError:
		frappe.clear_last_message()
		return None


def link_days(company: str) -> int:
	settings = settings_of(company)
	return int(settings.link_days) if settings else DEFAULT_LINK_DAYS
