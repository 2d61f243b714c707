"""Decides whether who drafted a change may approve it as well."""

from __future__ import annotations

import frappe
from frappe.model.document import Document
from frappe.utils.user import get_users_with_role


def is_own_with_others(doc: Document, role: str) -> bool:
	"""Whether the user drafted the document or saved it last, and another holder of the role could approve it.

	Where all who may approve had a hand in it, the one who did not save it last has seen another's work. The
	Administrator stands for the site itself.
	"""
	user, drafted = frappe.session.user, doc.get_doc_before_save()
	saver = drafted.modified_by if drafted else doc.owner
	concerned, approvers = {doc.owner, saver}, set(get_users_with_role(role))
	others = (approvers - concerned or approvers - {saver}) - {user}
	return user in concerned - {"Administrator"} and bool(others)
