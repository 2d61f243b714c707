"""Files of another system's plans, and the imports that carry them."""

from __future__ import annotations

import csv
import io
from typing import Any

import factories as make
import frappe
from frappe.model.document import Document
from frappe.utils.xlsxutils import make_xlsx

from saudi_crm_billing.instalments.engine.opening_model import COLUMNS
from saudi_crm_billing.instalments.importing import api, running

DOCTYPE = "Instalment Opening Import"
HEADINGS = [column.en for column in COLUMNS]


def rows_of(invoice: str = "OLD-1", count: int = 3, amount: float = 100, **values: Any) -> list[list[Any]]:
	"""A plan of `count` equal instalments from February 2026 on, none paid; `paid` is a list by instalment."""
	paid = values.pop("paid", [])
	common = {
		"invoice": invoice,
		"customer": make.a_customer(),
		"posting_date": "2026-01-10",
		"total": round(count * amount, 2),
		**values,
	}
	rows = []
	for number in range(1, count + 1):
		year, month = divmod(number, 12)
		row = {
			**common,
			"number": number,
			"due_date": f"{2026 + year}-{month + 1:02d}-10",
			"amount": amount,
			"paid": paid[number - 1] if number <= len(paid) else None,
		}
		rows.append([row.get(column.key) for column in COLUMNS])
	return rows


def as_csv(rows: list[list[Any]], delimiter: str = ",") -> bytes:
	text = io.StringIO()
	csv.writer(text, delimiter=delimiter).writerows([HEADINGS, *rows])
	return text.getvalue().encode("utf-8-sig")


def as_xlsx(rows: list[list[Any]]) -> bytes:
	return make_xlsx([HEADINGS, *rows], "Plans").getvalue()


def an_import(content: bytes, file_name: str = "plans.csv", **values: Any) -> Document:
	"""A draft with the file attached."""
	file = make.insert("File", file_name=file_name, content=content, is_private=1)
	return make.insert(DOCTYPE, company=make.COMPANY, file=file.file_url, **values)


def checked(content: bytes, **values: Any) -> Document:
	doc = an_import(content, **values)
	api.check(doc.name)
	return doc.reload()


def imported(content: bytes, **values: Any) -> Document:
	"""Checked, started, and run by the job; the state is for the test to assert."""
	doc = checked(content, **values)
	assert doc.status == "Checked", errors(doc)
	start(doc)
	running.run(doc.name)
	return doc.reload()


def start(doc: Document) -> None:
	"""As the request does, which commits before the job begins."""
	api.start(doc.name)
	frappe.db.commit()


def errors(doc: Document) -> list[tuple[Any, ...]]:
	"""Row, column and both reasons of the attached error file."""
	from openpyxl import load_workbook

	if not doc.error_file:
		return []
	file = frappe.get_doc("File", {"file_url": doc.error_file})
	sheet = load_workbook(file.get_full_path()).active
	return [(line[0], line[1], line[4], line[5]) for line in sheet.iter_rows(min_row=2, values_only=True)]


def invoices(doc: Document, **filters: Any) -> list[Document]:
	names = frappe.get_all(
		"Sales Invoice",
		{"scb_opening_import": doc.name, **filters},
		pluck="name",
		order_by="scb_opening_number",
	)
	return [frappe.get_doc("Sales Invoice", name) for name in names]
