"""Which ZATCA Document a source has: the one that its own row names, and never another. It writes nothing.

A source whose document was rejected may have had several; its row names the latest. A document that names a source whose
row does not name it back is another's: its own source was deleted (a company's transactions before it goes live), and
its name was given again.
"""

from __future__ import annotations

from typing import Any

import frappe
from frappe.model.document import Document
from frappe.query_builder import DocType

DOCUMENT = "ZATCA Document"
# The field of every source (documents/sources.py).
NAMED_IN = "scb_zatca_document"


def document_of(doctype: str, name: str) -> str | None:
	"""The e-invoice of a source, whatever its state."""
	found: str | None = frappe.db.get_value(doctype, name, NAMED_IN)
	return found


def values_of(doctype: str, name: str, *fields: str) -> Any | None:
	"""`fields` of the e-invoice of a source, by their names; None where it has none."""
	source, document = DocType(doctype), DocType(DOCUMENT)
	rows = (
		frappe.qb.from_(source)
		.join(document)
		.on(document.name == source[NAMED_IN])
		.select(*(document[field] for field in fields))
		.where(source.name == name)
	).run(as_dict=True)
	return rows[0] if rows else None


def current_of(doc: Document) -> str | None:
	"""The same, read under the source's lock: one that another transaction issued a moment ago is seen."""
	named: str | None = frappe.db.get_value(doc.doctype, doc.name, NAMED_IN, for_update=True)
	return named


def source_of(document: str) -> tuple[str, str] | None:
	"""What a document was issued for, by doctype and name; None where that was deleted, also if another has its name."""
	fields = ("reference_doctype", "reference_name", "superseded")
	found: Any = frappe.db.get_value(DOCUMENT, document, fields)
	if not found:
		return None
	named = document_of(found[0], found[1])
	return found[:2] if named == document or (named and found[2]) else None


def of_another(doctype: str, name: str | None) -> str | None:
	"""Of a source that has no e-invoice: one that an earlier source of this name has left behind."""
	if not name:
		return None
	of_its_name = {"reference_doctype": doctype, "reference_name": name}
	found: str | None = frappe.db.get_value(DOCUMENT, of_its_name, "name", order_by="creation desc, icv desc")
	return found
