"""Attaches the legal XML of each accepted e-invoice to its source as a private file, under the name that ZATCA asks for.

The only writer of `xml_file`. A clock does it, never the submit or the answer: a File costs more than everything else
of an e-invoice together. The text in the document's row stays the record; the file is a copy for those who look there.
"""

from __future__ import annotations

import time
from typing import Any

import frappe
from frappe import _

from saudi_crm_billing.e_invoicing.devices import units
from saudi_crm_billing.e_invoicing.issuing import archive, issued
from saudi_crm_billing.e_invoicing.sending import contention, states

DOCUMENT = "ZATCA Document"
BATCH = 100
MOST_SECONDS = 120
MOST_FAILURES = 5
FIELDS = (
	"name",
	"unit",
	"xml",
	"cleared_xml",
	"xml_file",
	"reference_doctype",
	"reference_name",
	"issued_at",
)


def make_all() -> int:
	"""Files of accepted documents that have none, oldest first, for two minutes at most; how many were made.

	One that fails is logged and passed over until the next round; where many do (a full disk), the round ends.
	"""
	started, count, failed = time.monotonic(), 0, [""]
	while names := _without_file(failed):
		for name in names:
			if time.monotonic() - started > MOST_SECONDS or len(failed) > MOST_FAILURES:
				return count
			if _made(name):
				count += 1
			else:
				failed.append(name)
	return count


def _without_file(failed: list[str]) -> list[str]:
	missing = {"state": ("in", states.ACCEPTED), "xml_file": ("is", "not set"), "name": ("not in", failed)}
	names: list[str] = frappe.get_all(DOCUMENT, missing, pluck="name", order_by="creation", limit=BATCH)
	return names


def forget_gone() -> None:
	"""Daily: a document whose file is gone, by force or with a lost backup, is given one anew by the next round."""
	table, file = frappe.qb.DocType(DOCUMENT), frappe.qb.DocType("File")
	gone = (
		frappe.qb.from_(table)
		.left_join(file)
		.on(file.name == table.xml_file)
		.select(table.name)
		.where((table.xml_file != "") & file.name.isnull())
	).run(pluck=True)
	for name in gone:
		frappe.db.set_value(DOCUMENT, name, "xml_file", None, update_modified=False)


def _made(document: str) -> bool:
	try:
		contention.committed(lambda: make(document))
	except Exception:
		frappe.db.rollback()
		frappe.log_error(title=_("The file of e-invoice {0} could not be made").format(document))
		frappe.db.commit()  # nosemgrep: keep the log entry
		return False
	return True


def make(document: str) -> str:
	"""The file of one accepted document, under its row lock: made once, however often this is called. Its name."""
	row: Any = frappe.db.get_value(DOCUMENT, document, FIELDS, as_dict=True, for_update=True)
	if row.xml_file and frappe.db.exists("File", row.xml_file):
		return str(row.xml_file)
	vat_number = frappe.db.get_value(units.UNIT, row.unit, "vat_number")
	file = frappe.get_doc(
		{
			"doctype": "File",
			"file_name": archive.file_name(vat_number, row.issued_at, row.reference_name),
			"content": (row.cleared_xml or row.xml).encode(),
			"is_private": 1,
			**_attached_to(document, row),
		}
	).insert(ignore_permissions=True)  # the clock attaches what the system issued
	frappe.db.set_value(DOCUMENT, document, "xml_file", file.name, update_modified=False)
	return str(file.name)


def _attached_to(document: str, row: Any) -> dict[str, str]:
	"""The source, if it is still there; where it was deleted, another may have its name by now."""
	source = (row.reference_doctype, row.reference_name)
	if issued.document_of(*source) != document:
		source = (DOCUMENT, document)
	return {"attached_to_doctype": source[0], "attached_to_name": source[1]}
