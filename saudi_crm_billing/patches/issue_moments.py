"""E-invoices of before: the moment of their issue and the end of their 24 hours, from their own XML, in batches."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import frappe
from frappe.query_builder import DocType

from saudi_crm_billing.e_invoicing.clock import at_site
from saudi_crm_billing.e_invoicing.engine.deadlines import deadline
from saudi_crm_billing.e_invoicing.engine.errors import UnreadableInvoice
from saudi_crm_billing.e_invoicing.engine.xml import parse, text_at

DOCUMENT = "ZATCA Document"
BATCH = 500


def execute() -> None:
	last = ""
	while batch := _without_moment(last):
		for row in batch:
			_write(row)
		last = batch[-1].name
		frappe.db.commit()  # nosemgrep: a batch that is complete in itself


def _without_moment(after: str) -> list[Any]:
	table = DocType(DOCUMENT)
	# The column that told before which standard documents are reported; a younger site never had it.
	switched = [table.report_instead] if frappe.db.has_column(DOCUMENT, "report_instead") else []
	return (
		frappe.qb.from_(table)
		.select(table.name, table.xml, table.subtype, table.submitted_on, *switched)
		.where(table.issued_at.isnull() & (table.name > after))
		.orderby(table.name)
		.limit(BATCH)
	).run(as_dict=True)


def _write(row: Any) -> None:
	issued_at = _stated(row.xml) or row.submitted_on
	is_reported = row.subtype == "Simplified" or row.get("report_instead")
	values = {"issued_at": issued_at, "report_by": deadline(issued_at) if is_reported else None}
	frappe.db.set_value(DOCUMENT, row.name, values, update_modified=False)


def _stated(xml: str | None) -> datetime | None:
	"""What the XML says; none where it cannot be read, which the chain audit reports."""
	try:
		root = parse((xml or "").encode())
		stated = f"{text_at(root, 'cbc:IssueDate')}T{text_at(root, 'cbc:IssueTime').removesuffix('Z')}"
		return at_site(datetime.fromisoformat(stated))
	except (UnreadableInvoice, ValueError):
		return None
