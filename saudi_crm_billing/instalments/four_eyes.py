"""Decides whether who drafted a change may approve it as well."""

from __future__ import annotations

import frappe
from frappe.model.document import Document
from frappe.utils.user import get_users_with_role


def is_own_with_others(doc: Document, role: str) -> bool:
	"""Whether the user drafted it and another enabled user could approve it.

	A company with one manager must not stand still, and the Administrator stands for the site itself.
	"""
	user = frappe.session.user
	return user == doc.owner != "Administrator" and bool(set(get_users_with_role(role)) - {user})
