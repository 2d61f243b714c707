"""The invoices that a credit or debit note corrects: ERPNext's own one, several, or an older system's. Reads only.

What is to be said against them is said on the draft, and an error refuses the submit (drafts.py).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import frappe
from frappe.model.document import Document
from frappe.query_builder import DocType
from frappe.query_builder.functions import Coalesce
from frappe.utils import getdate

from saudi_crm_billing.common.money import to_money
from saudi_crm_billing.e_invoicing.checks.own_remarks import OwnRemark
from saudi_crm_billing.e_invoicing.clock import issued_at
from saudi_crm_billing.e_invoicing.documents.named import may_be_told
from saudi_crm_billing.e_invoicing.engine.model import BillingReference
from saudi_crm_billing.e_invoicing.engine.rules import WARNING
from saudi_crm_billing.e_invoicing.issuing import issued
from saudi_crm_billing.e_invoicing.sending import states

TABLE, ROW = "scb_zatca_references", "ZATCA Billing Reference"
WHERE = "cac:BillingReference"

MISSING = (
	"{note} corrects an invoice and must name it (BR-KSA-56). Choose it under Invoices Corrected; for an invoice of an"
	" older system enter its number and date there."
)
MISSING_AT_TILL = (
	"{note} corrects a sale and must name it (BR-KSA-56). Make the return from the POS Invoice of that sale."
)
NOT_SUBMITTED = "Invoices Corrected, {number}: it is not submitted. A note corrects an issued invoice; mend a draft itself."
OTHER_PARTY = "Invoices Corrected, {number}: it belongs to {customer} and {company}. A note has the customer and company of its invoice."
IS_A_RETURN = "Invoices Corrected, {number}: it is a credit note. Name the invoice that it corrects."
SUMMED_UP = (
	"Invoices Corrected, {number}: it sums up sales at a till and has no e-invoice of its own. Make the return from the"
	" POS Invoice."
)
REJECTED = (
	"Invoices Corrected, {number}: ZATCA rejected its e-invoice {document}, so there is nothing to correct. Mend the"
	" invoice itself."
)
TWICE = "Invoices Corrected: {number} is named twice."
INCOMPLETE = (
	"Invoices Corrected, row {row}: choose a Sales Invoice, or for an invoice of an older system enter its number and"
	" the date of its issue."
)
OURS = "Invoices Corrected, row {row}: {number} is an invoice of this site. Choose it as the Sales Invoice of the row."
LATER = "Invoices Corrected, row {row}: {number} was issued on {date}, after this note. Correct the date."
EXCEEDS = (
	"This credit note of {total} exceeds what is left of the invoices it corrects: {left} (they total {originals},"
	" earlier credit notes {earlier})."
)


@dataclass(frozen=True)
class Original:
	"""One invoice that a note corrects, by its doctype and name; an older system's has no `doctype`.

	`row` is its row in the table, 0 for ERPNext's own link. `total` is positive, None where it is not known.
	"""

	number: str
	doctype: str = ""
	row: int = 0
	issue_date: date | None = None
	total: Decimal | None = None
	stored: Any = None


def is_note(doc: Document) -> bool:
	return bool(doc.get("is_return") or doc.get("is_debit_note"))


def billing_references(doc: Document) -> tuple[BillingReference, ...]:
	"""As the document names them [BT-25, BT-26]; none on an invoice."""
	named = (row for row in originals(doc) if row.number)
	return tuple(BillingReference(row.number, row.issue_date) for row in named)


def originals(doc: Document) -> tuple[Original, ...]:
	"""All that `doc` corrects, ERPNext's own link first."""
	if not is_note(doc):
		return ()
	linked = [Original(doc.return_against, doc.doctype)] if doc.get("return_against") else []
	rows = [_of_row(row) for row in doc.get(TABLE) or ()]
	return tuple(_with_stored(doc, row) if row.doctype else row for row in (*linked, *rows))


def remarks(doc: Document) -> Iterator[OwnRemark]:
	"""Errors of what a note names, and a warning where a credit note exceeds it."""
	if not is_note(doc):
		return
	named = originals(doc)
	if not named:
		missing = MISSING if doc.meta.has_field(TABLE) else MISSING_AT_TILL
		yield _remark(missing, note=doc.name or doc.doctype)
	for row in named:
		yield from _of_ours(doc, row) if row.doctype else _of_older(doc, row)
	seen = [row.number for row in named if row.number]
	for number in sorted({number for number in seen if seen.count(number) > 1}):
		yield _remark(TWICE, number=number)
	if doc.get("is_return"):
		yield from _exceeding(doc, named)


def _of_row(row: Any) -> Original:
	if row.sales_invoice:
		return Original(row.sales_invoice, "Sales Invoice", row.idx)
	total = to_money(row.older_total) if row.older_total else None
	issue_date = getdate(row.older_date) if row.older_date else None
	return Original((row.older_number or "").strip(), "", row.idx, issue_date, total)


def _with_stored(doc: Document, row: Original) -> Original:
	"""With what the site knows of it; nothing where the user may not read it, as where it is not there."""
	fields = ["docstatus", "customer", "company", "is_return", "posting_date", "posting_time", "grand_total"]
	fields += ["rounded_total", *(["is_consolidated"] if row.doctype == "Sales Invoice" else [])]
	stored = frappe.db.get_value(row.doctype, row.number, fields, as_dict=True)
	if not (stored and may_be_told(doc, row.doctype, row.number)):
		return row
	day = issued_at(stored.posting_date, stored.posting_time).date()
	total = abs(to_money(stored.rounded_total or stored.grand_total or 0))
	return Original(row.number, row.doctype, row.row, day, total, stored)


def _of_ours(doc: Document, row: Original) -> Iterator[OwnRemark]:
	of = row.stored
	if not of or of.docstatus != 1:
		yield _remark(NOT_SUBMITTED, number=row.number)
		return
	if (of.customer, of.company) != (doc.customer, doc.company):
		yield _remark(OTHER_PARTY, number=row.number, customer=of.customer, company=of.company)
	if of.is_return:
		yield _remark(IS_A_RETURN, number=row.number)
	if of.get("is_consolidated"):
		yield _remark(SUMMED_UP, number=row.number)
	document = issued.values_of(row.doctype, row.number, "name", "state")
	if document and document.state == states.REJECTED:
		yield _remark(REJECTED, number=row.number, document=document.name)


def _of_older(doc: Document, row: Original) -> Iterator[OwnRemark]:
	if not (row.number and row.issue_date):
		yield _remark(INCOMPLETE, row=row.row)
		return
	if row.issue_date > getdate(doc.posting_date):
		yield _remark(LATER, row=row.row, number=row.number, date=row.issue_date.isoformat())
	ours = {"name": row.number, "company": doc.company, "docstatus": 1}
	if frappe.db.exists("Sales Invoice", ours) and may_be_told(doc, "Sales Invoice", row.number):
		yield _remark(OURS, row=row.row, number=row.number)


def _exceeding(doc: Document, named: tuple[Original, ...]) -> Iterator[OwnRemark]:
	"""Only where every total is known."""
	totals = [row.total for row in named]
	if not totals or None in totals:
		return
	sum_of_originals = sum((total for total in totals if total), Decimal(0))
	earlier = _credited(doc, named)
	total, left = _total(doc), max(sum_of_originals - earlier, Decimal(0))
	if total > left:
		amounts = {"total": total, "left": left, "originals": sum_of_originals, "earlier": earlier}
		yield OwnRemark(
			"SCB-REFERENCE-TOTAL",
			EXCEEDS,
			{key: f"{value:,.2f}" for key, value in amounts.items()},
			WHERE,
			WARNING,
		)


def _total(doc: Any) -> Decimal:
	return abs(to_money(doc.rounded_total or doc.grand_total or 0))


def _credited(doc: Document, named: tuple[Original, ...]) -> Decimal:
	"""What submitted credit notes that correct nothing but invoices among `named` have credited."""
	ours = {row.number for row in named if row.doctype == doc.doctype}
	notes = _notes_on(doc.doctype, ours) - {doc.name}
	if not notes:
		return Decimal(0)
	table = DocType(doc.doctype)
	rows = (
		frappe.qb.from_(table)
		.select(table.grand_total, table.rounded_total)
		.where(table.name.isin(notes) & (table.docstatus == 1) & (table.is_return == 1))
		.where(Coalesce(table.return_against, "").isin({"", *ours}))
	).run(as_dict=True)
	return sum((_total(note) for note in rows), Decimal(0))


def _notes_on(doctype: str, ours: set[str]) -> set[str]:
	"""Notes that name one of `ours`, by ERPNext's link or in the table, and in the table no other invoice."""
	table, row = DocType(doctype), DocType(ROW)
	linked = frappe.qb.from_(table).select(table.name).where(table.return_against.isin(ours or {""}))
	listed = frappe.qb.from_(row).select(row.parent).where(row.sales_invoice.isin(ours or {""}))
	notes = {*linked.run(pluck=True), *listed.where(row.parenttype == doctype).run(pluck=True)}
	other = row.sales_invoice.isnull() | row.sales_invoice.notin(ours or {""})
	others = frappe.qb.from_(row).select(row.parent).where(row.parent.isin(notes or {""}) & other)
	return notes - set(others.where(row.parenttype == doctype).run(pluck=True))


def _remark(template: str, **params: object) -> OwnRemark:
	return OwnRemark("SCB-REFERENCE", template, params, WHERE)
