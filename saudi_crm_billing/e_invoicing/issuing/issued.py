"""Which ZATCA Document a source has. It writes nothing.

A source whose document was rejected may have several; only the latest counts, and only one is not rejected.
"""

from __future__ import annotations

from typing import Any

import frappe

DOCUMENT = "ZATCA Document"
LATEST = "creation desc, icv desc"


def document_of(doctype: str, name: str) -> str | None:
	"""The latest e-invoice of a source, whatever its state."""
	found: str | None = frappe.db.get_value(DOCUMENT, _of(doctype, name), "name", order_by=LATEST)
	return found


def values_of(doctype: str, name: str, *fields: str) -> Any | None:
	"""`fields` of the latest e-invoice of a source, by their names; None where it has none."""
	return frappe.db.get_value(DOCUMENT, _of(doctype, name), fields, order_by=LATEST, as_dict=True)


def _of(doctype: str, name: str) -> dict[str, str]:
	return {"reference_doctype": doctype, "reference_name": name}
