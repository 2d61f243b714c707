"""What the law keeps six years (VAT Regulations, article 66): export to files, and how much was never exported.

The only writer of `exported_on`.
"""

from __future__ import annotations

import csv
import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import frappe
from frappe.query_builder import DocType
from frappe.utils import now_datetime

from saudi_crm_billing.e_invoicing.clock import in_riyadh
from saudi_crm_billing.e_invoicing.engine.xml import parse, text_at
from saudi_crm_billing.e_invoicing.sending import states

DOCUMENT = "ZATCA Document"
BATCH = 200
MANIFEST = "manifest.csv"
COLUMNS = ("file", "unit", "icv", "uuid", "invoice_hash", "state", "reference_name")
SELLER_VAT = "cac:AccountingSupplierParty/cac:Party/cac:PartyTaxScheme/cbc:CompanyID"


def production_documents_not_exported() -> int:
	"""How many production e-invoices exist only on this site, open ones too; uninstalling would destroy them."""
	if not frappe.db.table_exists(DOCUMENT):
		return 0
	return frappe.db.count(DOCUMENT, {"environment": "Production", "exported_on": ("is", "not set")})


def export(folder: Path, company: str | None = None) -> int:
	"""Write every final e-invoice not exported yet into `folder`, as ZATCA names files, with a line in manifest.csv.

	An open one is left for a later export: only with ZATCA's answer is it known which XML is the legal one.
	A document is marked only when its file is on the disk; run it again after a failure. Returns how many.
	"""
	folder.mkdir(parents=True, exist_ok=True)
	count = 0
	for batch in _batches(company):
		written = [(row, _write(folder, row)) for row in batch]
		_note(folder, written)
		_mark([row.name for row in batch])
		count += len(batch)
		frappe.db.commit()  # nosemgrep: a batch whose files are on the disk
	return count


def file_name(vat_number: str, issued_at: datetime, number: str) -> str:
	"""ZATCA's form (Detailed Guideline, p. 26): VAT number, date and time of issue as the document says them, and the
	invoice's number with everything but letters and digits as dashes. `issued_at` is by the site's clock."""
	moment = in_riyadh(issued_at).strftime("%Y%m%dT%H%M%S")
	safe = "".join(letter if letter.isalnum() else "-" for letter in number)
	return f"{vat_number}_{moment}_{safe}.xml"


def _batches(company: str | None) -> Iterator[list[Any]]:
	document = DocType(DOCUMENT)
	query = (
		frappe.qb.from_(document)
		.select(document.star)
		.where(document.exported_on.isnull() & document.state.isin(states.FINAL))
		.orderby(document.unit)
		.orderby(document.icv)
		.limit(BATCH)
	)
	if company:
		query = query.where(document.company == company)
	while batch := query.run(as_dict=True):
		yield batch


def _write(folder: Path, row: Any) -> str:
	xml = (row.cleared_xml or row.xml).encode()
	name = file_name(text_at(parse(xml), SELLER_VAT), row.issued_at, row.reference_name)
	name = _free(folder, name, xml, row.icv)
	part = folder / f"{name}.part"
	with part.open("wb") as out:
		out.write(xml)
		out.flush()
		os.fsync(out.fileno())
	part.rename(folder / name)
	return name


def _free(folder: Path, name: str, xml: bytes, icv: int) -> str:
	"""`name`, or with the counter value where another document has it: A/1 and A-1 look alike in a file's name."""
	taken = folder / name
	if not taken.exists() or taken.read_bytes() == xml:
		return name
	return f"{taken.stem}_{icv}{taken.suffix}"


def _note(folder: Path, written: list[tuple[Any, str]]) -> None:
	manifest = folder / MANIFEST
	is_new = not manifest.exists()
	with manifest.open("a", newline="", encoding="utf-8") as out:
		lines = csv.writer(out)
		if is_new:
			lines.writerow(COLUMNS)
		lines.writerows([name, *(row[column] for column in COLUMNS[1:])] for row, name in written)
		out.flush()
		os.fsync(out.fileno())


def _mark(names: list[str]) -> None:
	document = DocType(DOCUMENT)
	frappe.qb.update(document).set(document.exported_on, now_datetime()).where(
		document.name.isin(names)
	).run()
