"""Rights that e-invoicing needs and ERPNext does not give: who keeps the accounts may choose a branch, and his manager
the kind of an advance's e-invoice, as ERPNext lets him on invoices.

Given once, at install: a right that an administrator takes away stays away.
"""

from __future__ import annotations

from dataclasses import dataclass

import frappe
from frappe.permissions import reset_perms, rights, setup_custom_perms


@dataclass(frozen=True)
class Right:
	"""What a role may do with the fields of a permission level, and nothing more."""

	doctype: str
	role: str
	permlevel: int
	may: tuple[str, ...]


BRANCHES = (
	# On an invoice and on a ZATCA Unit: ERPNext lets HR roles only.
	Right("Branch", "Accounts Manager", 0, ("select",)),
	Right("Branch", "Accounts User", 0, ("select",)),
)
KINDS_OF_ADVANCES = (
	Right("Payment Entry", "Accounts Manager", 1, ("read", "write")),
	Right("Payment Entry", "Accounts User", 1, ("read",)),
)
GIVEN = (*BRANCHES, *KINDS_OF_ADVANCES)


def grant(given: tuple[Right, ...] = GIVEN) -> None:
	for right in given:
		if not _has_rule("DocPerm", right) and not _has_rule("Custom DocPerm", right):
			setup_custom_perms(right.doctype)
			# Setup runs before anyone could hold a right on rights.
			frappe.get_doc({"doctype": "Custom DocPerm", **_values(right)}).insert(ignore_permissions=True)
	for doctype in _doctypes(given):
		frappe.clear_cache(doctype=doctype)


def take_back(given: tuple[Right, ...] = GIVEN) -> None:
	"""Before uninstalling: what `grant` gave, and its copy of ERPNext's own rules where nobody has changed it."""
	for right in given:
		frappe.db.delete("Custom DocPerm", _values(right))
	for doctype in _doctypes(given):
		if _rules("Custom DocPerm", doctype) == _rules("DocPerm", doctype):
			reset_perms(doctype)
		frappe.clear_cache(doctype=doctype)


def _values(right: Right) -> dict[str, str | int]:
	may = {name: int(name in right.may) for name in rights}
	return {"parent": right.doctype, "role": right.role, "permlevel": right.permlevel, "if_owner": 0, **may}


def _doctypes(given: tuple[Right, ...]) -> list[str]:
	return sorted({right.doctype for right in given})


def _has_rule(kind: str, right: Right) -> bool:
	of = {"parent": right.doctype, "role": right.role, "permlevel": right.permlevel}
	return bool(frappe.db.exists(kind, of))


def _rules(kind: str, doctype: str) -> list[tuple[str, ...]]:
	fields = ["role", "permlevel", "if_owner", *rights]
	return sorted(frappe.get_all(kind, {"parent": doctype}, fields, as_list=True))
