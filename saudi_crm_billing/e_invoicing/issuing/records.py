"""What an issued e-invoice leaves behind is written once and kept: no form, import or API edits or deletes it.

Rows are made with `db_insert` by their only writers (issue.py, outbox.py), which never pass through here.
"""

from __future__ import annotations

from typing import Any, NoReturn

import frappe
from frappe import _
from frappe.model.document import Document


def refuse_edit(doc: Document) -> NoReturn:
	frappe.throw(
		_("{0} records are written by the system only and cannot be made or changed by hand.").format(
			_(doc.doctype)
		),
		frappe.PermissionError,
	)


def refuse_deletion(doc: Document) -> NoReturn:
	frappe.throw(
		_(
			"{0} {1} cannot be deleted: e-invoices and their log are kept for six years from the end of the tax"
			" period (VAT Implementing Regulations, article 66)."
		).format(_(doc.doctype), doc.name),
		frappe.PermissionError,
	)


def add(doctype: str, name: str | None = None, **values: Any) -> Document:
	"""Insert one row as it is: no permission, no hook, no sanitising of the XML."""
	doc = frappe.new_doc(doctype)
	doc.update(values)
	doc.name = name or frappe.generate_hash(length=16)
	doc.set_user_and_timestamp()
	doc.db_insert()
	return doc
