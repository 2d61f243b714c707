"""Core's own Email dialog attaches core's print; of an issued document our copy (PDF/A-3b with its XML) goes instead.

Where none may be given, or none can be made, core's print goes, on which the state of the document stands.
"""

from __future__ import annotations

import json
from typing import Any

import frappe
from frappe.model.document import Document

from saudi_crm_billing.crm_billing import invoice_mail
from saudi_crm_billing.crm_billing.sendable import DOCUMENT, SENDABLES
from saudi_crm_billing.e_invoicing.prints import handover

MODULE = "E-Invoicing"
"""Of the print formats that show an e-invoice: another format is what the sender chose."""


def attach_our_copy(queue: Document) -> None:
	"""Before the message is queued."""
	rows: list[dict[str, Any]] = json.loads(queue.attachments or "[]")
	if queue.reference_doctype not in SENDABLES or not any(map(_is_ours, rows)):
		return
	kept = [(_copy_of(row, queue.communication) or row) if _is_ours(row) else row for row in rows]
	queue.attachments = json.dumps(kept)


def _is_ours(row: dict[str, Any]) -> bool:
	name = row.get("print_format_attachment") and row.get("print_format")
	return bool(name) and frappe.get_cached_value("Print Format", name, "module") == MODULE


def _copy_of(row: dict[str, Any], message: str | None) -> dict[str, Any] | None:
	source = frappe.get_doc(row["doctype"], row["name"])
	if source.docstatus != 1 or not source.get(DOCUMENT) or not _may_go(source):
		return None
	try:
		attachment = invoice_mail.print_of(source)
	except invoice_mail.NoPdf:
		frappe.clear_last_message()
		return None
	return invoice_mail.attach(message, attachment)


def _may_go(source: Document) -> bool:
	"""Of the document alone: recipient and account are what the sender chose in the dialog."""
	try:
		handover.refuse_unready(source)
	except frappe.ValidationError:
		frappe.clear_last_message()
		return False
	return not handover.lacks_its_stamp(source)
