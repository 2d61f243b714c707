"""Which ZATCA Document a source has. It writes nothing.

A source whose document was rejected may have several; only the latest counts, and only one is not rejected.
"""

from __future__ import annotations

from typing import Any

import frappe
from frappe.model.document import Document

DOCUMENT = "ZATCA Document"
# The field of every source (documents/sources.py).
NAMED_IN = "scb_zatca_document"
LATEST = "creation desc, icv desc"


def document_of(doctype: str, name: str) -> str | None:
	"""The latest e-invoice of a source, whatever its state."""
	found: str | None = frappe.db.get_value(DOCUMENT, _of(doctype, name), "name", order_by=LATEST)
	return found


def values_of(doctype: str, name: str, *fields: str) -> Any | None:
	"""`fields` of the latest e-invoice of a source, by their names; None where it has none."""
	return frappe.db.get_value(DOCUMENT, _of(doctype, name), fields, order_by=LATEST, as_dict=True)


def current_of(doc: Document) -> str | None:
	"""The e-invoice that a source's row names, read under the row's lock; else the latest that is seen."""
	named: str | None = frappe.db.get_value(doc.doctype, doc.name, NAMED_IN, for_update=True)
	return named or document_of(doc.doctype, doc.name)


def _of(doctype: str, name: str) -> dict[str, str]:
	return {"reference_doctype": doctype, "reference_name": name}
