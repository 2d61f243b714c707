"""Who keeps the accounts may choose a branch on an invoice and on a ZATCA Unit: ERPNext lets HR roles only.

Given once, at install: a right that an administrator takes away stays away.
"""

from __future__ import annotations

import frappe
from frappe.permissions import reset_perms, rights, setup_custom_perms

BRANCH = "Branch"
ROLES = ("Accounts Manager", "Accounts User")


def grant() -> None:
	"""The right to select a branch, and nothing more."""
	for role in ROLES:
		if not _has_rule("DocPerm", role) and not _has_rule("Custom DocPerm", role):
			setup_custom_perms(BRANCH)
			rule = {**dict.fromkeys(rights, 0), "select": 1, "parent": BRANCH, "role": role}
			# Setup runs before anyone could hold a right on rights.
			frappe.get_doc({"doctype": "Custom DocPerm", **rule}).insert(ignore_permissions=True)
	frappe.clear_cache(doctype=BRANCH)


def take_back() -> None:
	"""Before uninstalling: what `grant` gave, and its copy of ERPNext's own rules where nobody has changed it."""
	for role in ROLES:
		frappe.db.delete(
			"Custom DocPerm", {"parent": BRANCH, "role": role, "select": 1, "read": 0, "write": 0}
		)
	if _rules("Custom DocPerm") == _rules("DocPerm"):
		reset_perms(BRANCH)
	frappe.clear_cache(doctype=BRANCH)


def _has_rule(doctype: str, role: str) -> bool:
	return bool(frappe.db.exists(doctype, {"parent": BRANCH, "role": role, "permlevel": 0}))


def _rules(doctype: str) -> list[tuple[str, ...]]:
	fields = ["role", "permlevel", "select", "read", "write", "create", "delete"]
	return sorted(frappe.get_all(doctype, {"parent": BRANCH}, fields, as_list=True))
