"""Reads the attached file into rows of cells, and writes the error file and the template. Knows CSV and XLSX."""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Iterable, Sequence
from io import BytesIO
from itertools import islice
from pathlib import Path

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils.xlsxutils import make_xlsx
from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from saudi_crm_billing.instalments.engine.opening_csv import read_csv
from saudi_crm_billing.instalments.engine.opening_findings import Finding
from saudi_crm_billing.instalments.engine.opening_model import COLUMNS
from saudi_crm_billing.instalments.importing.wording import column_title, reason

MOST_BYTES = 20 * 1024 * 1024
MOST_ROWS = 100_000
Grid = list[Sequence[object]]


def content_of(doc: Document) -> bytes:
	"""The bytes of the import's attached file; whoever asks must be allowed to read it."""
	if not doc.file:
		frappe.throw(_("Attach the file first."))
	attached = {"attached_to_doctype": doc.doctype, "attached_to_name": doc.name}
	name = frappe.db.get_value("File", {"file_url": doc.file, **attached})
	if not name or not doc.file.startswith(("/files/", "/private/files/")):
		frappe.throw(_("Attach the file itself: {0} is not a file of this site.").format(doc.file))
	file = frappe.get_doc("File", name)
	file.check_permission("read")
	content = Path(file.get_full_path()).read_bytes()
	if len(content) > MOST_BYTES:
		frappe.throw(
			_("The file has {0} MB; {1} MB are the most. Split it.").format(
				len(content) >> 20, MOST_BYTES >> 20
			)
		)
	return content


def hash_of(content: bytes) -> str:
	return hashlib.sha256(content).hexdigest()


def grid_of(content: bytes) -> Grid:
	"""The rows of the file, or of the workbook's first sheet."""
	try:
		rows = _workbook_rows(content) if content.startswith(b"PK") else read_csv(content)
	except (ValueError, KeyError, zipfile.BadZipFile, InvalidFileException) as error:
		frappe.throw(_("The file is neither CSV nor XLSX, or it is damaged: {0}").format(error))
	if len(rows) > MOST_ROWS + 1:
		frappe.throw(_("The file has more than {0} rows. Split it.").format(MOST_ROWS))
	return rows


def error_file(findings: Iterable[Finding]) -> bytes:
	"""One line a finding, in English and Arabic side by side."""
	headings = ["Row", "Column", "العمود", "Value", "What is wrong", "الخطأ"]
	lines = [
		[
			finding.row or "",
			finding.column,
			column_title(finding, "ar"),
			_as_text(finding.value),
			reason(finding).en,
			reason(finding).ar,
		]
		for finding in findings
	]
	return make_xlsx([headings, *lines], "Errors").getvalue()


def attach_errors(doc: Document, findings: Iterable[Finding]) -> str:
	"""Attach the error file to the import in place of an earlier one; its address."""
	drop_errors(doc)
	file = frappe.get_doc(
		{
			"doctype": "File",
			"file_name": f"{doc.name}-errors.xlsx",
			"content": error_file(findings),
			"is_private": 1,
			"attached_to_doctype": doc.doctype,
			"attached_to_name": doc.name,
			"attached_to_field": "error_file",
		}
	)
	return str(file.insert().file_url)


def drop_errors(doc: Document) -> None:
	filters = {
		"attached_to_doctype": doc.doctype,
		"attached_to_name": doc.name,
		"attached_to_field": "error_file",
	}
	for name in frappe.get_all("File", filters, pluck="name"):
		frappe.delete_doc("File", name)


def template(arabic: bool, example: Sequence[Sequence[object]]) -> bytes:
	"""An XLSX file with the headings in the reader's language and the rows of an example."""
	headings = [column.ar if arabic else column.en for column in COLUMNS]
	return make_xlsx([headings, *example], "Plans").getvalue()


def _workbook_rows(content: bytes) -> Grid:
	workbook = load_workbook(BytesIO(content), read_only=True, data_only=True)
	sheet = workbook.worksheets[0]
	sheet.reset_dimensions()  # some programs write a wrong one
	return list(islice(sheet.iter_rows(values_only=True), MOST_ROWS + 2))


def _as_text(value: str) -> str:
	"""A foreign text never becomes a formula."""
	return f"'{value}" if value[:1] in "=+-@" and value else value
