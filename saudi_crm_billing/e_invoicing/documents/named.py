"""What a document names, and whether its user may be told of it: names follow one another, so they can be guessed."""

from __future__ import annotations

import frappe
from frappe.model.document import Document


def may_be_told(doc: Document, doctype: str, name: str) -> bool:
	"""Whether who works on `doc` may read this record; what is not there is told apart by nobody."""
	return bool(doc.flags.ignore_permissions) or may_read(doctype, name)


def may_read(doctype: str, name: object) -> bool:
	"""False for what is not there, and for what is no name at all."""
	if not isinstance(name, str) or not frappe.db.exists(doctype, name):
		return False
	return bool(frappe.has_permission(doctype, "read", doc=name))
