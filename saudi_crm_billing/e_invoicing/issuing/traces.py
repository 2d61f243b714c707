"""What the rest of the site knows of e-invoices that are not in their chain. Reads only, a few statements for all units.

A chain whose end was deleted, with its counter set back, is whole in itself. But sources name their documents, attempts
name what was sent, and files of what was accepted stay with their source. And a source that was submitted without a
document was never in a chain. What these statements bring is what is wrong, so it is little.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

import frappe
from frappe.query_builder import DocType
from frappe.query_builder.functions import Coalesce, Max
from pypika import Criterion, Table

from saudi_crm_billing.e_invoicing.devices import issuers, units
from saudi_crm_billing.e_invoicing.documents import sources
from saudi_crm_billing.e_invoicing.engine.audit import AuditFinding
from saudi_crm_billing.e_invoicing.engine.errors import Problem

DOCUMENT, ATTEMPT = "ZATCA Document", "ZATCA Attempt"
# As issue.py names a document: its unit, then its counter value.
NAME = re.compile(r"(?P<unit>.+)-(?P<icv>[0-9]{6,})")
# As archive.py names a file; the site may have added letters and digits to the end.
FILE = "^[0-9]{15}_[0-9]{8}T[0-9]{6}_.+[.]xml$"

SCOPE = ("company", "branch", "pos_profile", "invoice_types", "status", "onboarded_on", "replaced_by")


def of_units(chosen: Sequence[str]) -> dict[str, list[AuditFinding]]:
	"""By unit: documents that are missing, by counter value; then sources that have none."""
	found: dict[str, list[AuditFinding]] = defaultdict(list)
	for document, problem in sorted(_missing(), key=lambda row: row[0]):
		place = NAME.fullmatch(document)
		if place and place["unit"] in chosen:
			found[place["unit"]].append(AuditFinding(document, int(place["icv"]), problem))
	for unit in chosen:
		found[unit] += (AuditFinding("", 0, problem) for problem in _without_document(unit))
	return found


def _missing() -> Iterator[tuple[str, Problem]]:
	"""Documents that are not there, with who names them."""
	for doctype in sources.SOURCES:
		for document, source in _dangling(doctype, sources.DOCUMENT, "name"):
			yield document, Problem("audit-missing-named", {"document": document, "source": source})
	for document, sent_on in _dangling(ATTEMPT, "document", "sent_on"):
		yield document, Problem("audit-missing-sent", {"document": document, "moment": str(sent_on)[:19]})


def _dangling(doctype: str, field: str, witness: str) -> tuple[tuple[str, Any], ...]:
	table, document = DocType(doctype), DocType(DOCUMENT)
	return (
		frappe.qb.from_(table)
		.left_join(document)
		.on(document.name == table[field])
		.select(table[field], Max(table[witness]))
		.where((Coalesce(table[field], "") != "") & document.name.isnull())
		.groupby(table[field])
	).run()


def _without_document(unit: str) -> Iterator[Problem]:
	for doctype in sources.SOURCES:
		for name in _never_issued(doctype, unit):
			yield Problem("audit-not-issued", {"source": name})
		for name, file in _filed(doctype, unit):
			yield Problem("audit-missing-filed", {"source": name, "file": file})


def _never_issued(doctype: str, unit: str) -> list[str]:
	"""Submitted sources that name the unit that issues them, or no unit though one issues for the whole company."""
	table = DocType(doctype)
	names: list[str] = (
		frappe.qb.from_(table)
		.select(table.name)
		.where((table.docstatus == 1) & (Coalesce(table[sources.DOCUMENT], "") == ""))
		.where((table[issuers.UNIT_FIELD] == unit) | _nobodys(table, unit))
		.where(_to_be_issued(table, doctype))
		.orderby(table.name)
	).run(pluck=True)
	return names


def _nobodys(table: Table, unit: str) -> Criterion:
	"""Of the time in which the unit issued every kind of document for its whole company."""
	nobodys = Coalesce(table[issuers.UNIT_FIELD], "") == ""
	of: Any = frappe.db.get_value(units.UNIT, unit, SCOPE, as_dict=True)
	wide = not (of.branch or of.pos_profile) and (of.invoice_types or "").startswith(issuers.EVERY_KIND)
	if not (wide and of.onboarded_on and (of.status == units.ACTIVE or of.replaced_by)):
		return nobodys & (table.name == "")
	criterion = nobodys & (table.company == of.company) & (table.creation >= of.onboarded_on)
	end = of.replaced_by and frappe.db.get_value(units.UNIT, of.replaced_by, "onboarded_on")
	return criterion & (table.creation < end) if end else criterion


def _to_be_issued(table: Table, doctype: str) -> Criterion:
	"""As exempt.py and advances.py say, by the source's own marks."""
	meta, criterion = frappe.get_meta(doctype), table.docstatus == 1
	if meta.has_field("is_opening"):
		criterion &= Coalesce(table.is_opening, "No") != "Yes"
	if meta.has_field("is_consolidated"):
		criterion &= Coalesce(table.is_consolidated, 0) == 0
	if meta.has_field("scb_is_advance"):
		criterion &= table.scb_is_advance == 1
	return criterion


def _filed(doctype: str, unit: str) -> tuple[tuple[str, str], ...]:
	"""Sources that name no document, but have the file of one that was accepted."""
	table, file = DocType(doctype), DocType("File")
	return (
		frappe.qb.from_(file)
		.join(table)
		.on(table.name == file.attached_to_name)
		.select(table.name, file.file_name)
		.where((file.attached_to_doctype == doctype) & file.file_name.regexp(FILE))
		.where((Coalesce(table[sources.DOCUMENT], "") == "") & (table[issuers.UNIT_FIELD] == unit))
		.orderby(table.name)
	).run()
