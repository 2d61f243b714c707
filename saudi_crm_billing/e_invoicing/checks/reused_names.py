"""The number of a document is used once: one that an issued e-invoice bears already is refused. Reads only.

That happens where the transactions of a company were deleted after its tests and a series counts from 1 again: ERPNext
deletes the invoices, and their e-invoices are kept.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NoReturn

import frappe
from frappe import _
from frappe.model.document import Document

from saudi_crm_billing.e_invoicing.checks.own_remarks import OwnRemark
from saudi_crm_billing.e_invoicing.issuing import issued

WHERE = "cbc:ID"
REUSED = (
	"{name} is the number of an e-invoice that was issued already ({document}); the document that it was issued for has"
	" been deleted. A number is used once: open Document Naming Settings, set the counter of the series to the last"
	" number that was used, and make this document anew, so that it gets the next number."
)


def remarks(doc: Document) -> Iterator[OwnRemark]:
	"""An error on a stored draft; a new one does not come so far."""
	if not doc.is_new() and (document := _of_another(doc)):
		yield OwnRemark("SCB-NUMBER", REUSED, {"name": doc.name, "document": document}, WHERE)


def refuse_new(doc: Document) -> None:
	"""When a document is made: its form keeps what was typed, and is saved once the series goes on."""
	if doc.is_new():
		refuse(doc)


def refuse(doc: Document) -> None:
	if document := _of_another(doc):
		_throw(doc, document)


def _throw(doc: Document, document: str) -> NoReturn:
	frappe.throw(
		_(REUSED).format(name=doc.name, document=frappe.utils.get_link_to_form(issued.DOCUMENT, document)),
		title=_("Number Used Already"),
	)


def _of_another(doc: Document) -> str | None:
	return None if doc.get(issued.NAMED_IN) else issued.of_another(doc.doctype, doc.name)
