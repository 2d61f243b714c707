"""Who may read which records, reports and prints of e-invoicing: one table, whose rows are found on the site.

A new doctype, report or print format fails `test_everything_has_a_row` until it has one.
"""

from __future__ import annotations

from types import ModuleType

import e_invoicing_helpers as zatca
import factories as make
import frappe
import pytest
from e_invoicing_fixtures import gateway, sandbox, unit
from frappe.model.document import Document
from test_e_invoicing_permission_matrix import (
	ACCOUNTS,
	SYSTEM_MANAGER,
	UNIT_KEEPERS,
	users,
)

__all__ = ["gateway", "sandbox", "unit"]

MODULE = "E-Invoicing"
BOOKS = ACCOUNTS | {SYSTEM_MANAGER}
RECORDS = {
	"ZATCA Advance Credit Note": ACCOUNTS,
	"ZATCA Advance Use": BOOKS,
	"ZATCA Alert": UNIT_KEEPERS,
	"ZATCA Attempt": BOOKS,
	"ZATCA Document": BOOKS,
	"ZATCA Expiry Notice": UNIT_KEEPERS,
	"ZATCA Unit": UNIT_KEEPERS,
	"ZATCA Unit Counter": frozenset({SYSTEM_MANAGER}),
}
REPORTS = {"E-Invoice Chain Audit": UNIT_KEEPERS}
PRINTS = {
	"Saudi Tax Invoice": ACCOUNTS,
	"Saudi POS Invoice": ACCOUNTS,
	"Saudi Advance Invoice": ACCOUNTS,
	"Saudi Advance Credit Note": ACCOUNTS,
}


def test_everything_has_a_row(site: ModuleType) -> None:
	of_module = {"module": MODULE}
	doctypes = frappe.get_all("DocType", {**of_module, "istable": 0}, pluck="name")
	assert sorted(doctypes) == sorted(RECORDS)
	assert sorted(frappe.get_all("Report", of_module, pluck="name")) == sorted(REPORTS)
	assert sorted(frappe.get_all("Print Format", of_module, pluck="name")) == sorted(PRINTS)


def a_record(doctype: str, unit: Document, document: str) -> Document:
	"""A row of the test's company, as it stands in the database."""
	if doctype == "ZATCA Unit":
		return unit
	if frappe.db.exists(doctype, {"unit": unit.name} if frappe.get_meta(doctype).has_field("unit") else {}):
		return frappe.get_last_doc(doctype)
	record = frappe.new_doc(doctype)
	known = {"company": make.COMPANY, "unit": unit.name, "document": document}
	record.update({field: value for field, value in known.items() if record.meta.has_field(field)})
	record.name = f"permission-{frappe.generate_hash(length=8)}"
	record.db_insert()
	return record


def readers(record: Document, callers: dict[str, str]) -> tuple[set[str], set[str]]:
	"""Who may open it, and who sees it in a list."""
	opens, lists = set(), set()
	for caller, user in callers.items():
		if frappe.has_permission(record.doctype, "read", doc=record, user=user):
			opens.add(caller)
		frappe.set_user(user)
		try:
			if frappe.get_list(record.doctype, {"name": record.name}):
				lists.add(caller)
		except frappe.PermissionError:
			pass
		finally:
			frappe.set_user("Administrator")
	return opens, lists


def test_the_table_of_records(unit: Document) -> None:
	invoice = zatca.submitted(zatca.an_invoice(zatca.a_business()))
	document = zatca.sent(invoice).name
	callers = users()
	found = {doctype: readers(a_record(doctype, unit, document), callers) for doctype in RECORDS}
	assert {doctype: (sorted(opens), sorted(lists)) for doctype, (opens, lists) in found.items()} == {
		doctype: (sorted(may), sorted(may)) for doctype, may in RECORDS.items()
	}


@pytest.mark.parametrize("report", REPORTS)
def test_the_table_of_reports(unit: Document, report: str) -> None:
	from frappe.desk.query_report import run

	found = set()
	for caller, user in users().items():
		frappe.set_user(user)
		try:
			run(report, {"company": make.COMPANY}, ignore_prepared_report=True)
			found.add(caller)
		except frappe.PermissionError:
			pass
		finally:
			frappe.set_user("Administrator")
	assert sorted(found) == sorted(REPORTS[report])


def test_the_table_of_prints(unit: Document) -> None:
	"""Core's own door to every print; what it asks for is the right to print the document."""
	from frappe.www.printview import get_html_and_style

	invoice = zatca.submitted(zatca.an_invoice(zatca.a_business()))
	found: dict[str, set[str]] = {print_format: set() for print_format in PRINTS}
	callers = users()
	for print_format, allowed in found.items():
		doctype = frappe.db.get_value("Print Format", print_format, "doc_type")
		record = invoice if doctype == invoice.doctype else a_record(doctype, unit, "")
		for caller, user in callers.items():
			if frappe.has_permission(doctype, "print", doc=record, user=user):
				allowed.add(caller)
			elif doctype == invoice.doctype:
				frappe.set_user(user)
				with pytest.raises(frappe.PermissionError):
					get_html_and_style(doc=doctype, name=record.name, print_format=print_format)
				frappe.set_user("Administrator")
	assert {name: sorted(who) for name, who in found.items()} == {
		name: sorted(who) for name, who in PRINTS.items()
	}
