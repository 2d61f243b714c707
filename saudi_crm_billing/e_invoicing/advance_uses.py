"""What uses up an advance that was invoiced: final invoices, refunds, credit notes. Never more than there is.

The only writer of ZATCA Advance Use and of what a Payment Entry says is left. Whoever uses an advance locks its ZATCA
Document first, by name, and reads the uses under that lock; so two invoices at once never use the same riyal.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal
from typing import Any, NoReturn

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.query_builder import DocType

from saudi_crm_billing.common.money import to_money
from saudi_crm_billing.e_invoicing import advance_ledger, advance_vat, records, states
from saudi_crm_billing.e_invoicing.engine import advances
from saudi_crm_billing.e_invoicing.engine.advances import NOTHING, Amounts
from saudi_crm_billing.e_invoicing.engine.model import Vat
from saudi_crm_billing.e_invoicing.engine.reading import read
from saudi_crm_billing.e_invoicing.taxes import CannotIssue
from saudi_crm_billing.unit_of_work import Phase, enlist

USE, PAYMENT, INVOICE = "ZATCA Advance Use", "Payment Entry", "Sales Invoice"
ORDERS = ("Sales Order",)


@dataclass(frozen=True)
class Advance:
	"""An advance with its invoice (386), and what is used of it; amounts in the company's currency."""

	entry: str
	uuid: str
	issue_date: date
	issue_time: time
	vat: Vat
	amounts: Amounts
	used: Amounts

	@property
	def left(self) -> Amounts:
		return self.amounts - self.used

	def use(self, gross: Decimal) -> Amounts:
		return advances.use(self.amounts, self.used, gross, self.vat.rate)


@dataclass(frozen=True)
class Piece:
	"""What a document uses of one advance."""

	advance: Advance
	amounts: Amounts


def refuse(error: CannotIssue) -> NoReturn:
	frappe.throw(_(error.template).format(**error.params), title=_("E-Invoice Refused"))


def release(doc: Document) -> None:
	"""On cancel: the uses are no more, and the VAT is owed with the advance again."""
	rows = frappe.get_all(
		USE,
		filters={"voucher_type": doc.doctype, "voucher_no": doc.name, "live": 1},
		fields=["name", "payment_entry", "journal_entry"],
		order_by="payment_entry",
	)
	for entry in {row.journal_entry for row in rows if row.journal_entry}:
		advance_ledger.undo(entry)
	for row in rows:
		frappe.db.set_value(USE, row.name, "live", 0)
		refresh(row.payment_entry)


def add(piece: Piece, voucher: Document, journal_entry: str | None = None) -> None:
	records.add(
		USE,
		payment_entry=piece.advance.entry,
		company=voucher.company,
		voucher_type=voucher.doctype,
		voucher_no=voucher.name,
		gross=str(piece.amounts.gross),
		taxable=str(piece.amounts.taxable),
		vat=str(piece.amounts.tax),
		journal_entry=journal_entry,
		live=1,
	)
	refresh(piece.advance.entry)


def find(entries: Iterable[str], *, lock: bool = False) -> dict[str, Advance]:
	"""Of these Payment Entries, those whose advance invoice stands: issued and not rejected."""
	names = sorted(set(entries))
	if not names:
		return {}
	documents = _documents(names, lock)
	used = _used(names, lock) if documents else {}
	return {
		row.name: _advance(row, documents[row.name], used.get(row.name, NOTHING))
		for row in _entries(list(documents))
	}


def enlist_refresh(entry: str) -> None:
	"""Have what is left brought up to date before this transaction commits; nothing for an ordinary payment."""
	enlist(Phase.MIRRORS, f"advance\0{entry}", lambda: refresh(entry))


def refresh(entry: str) -> None:
	"""What is left of the invoiced advance, and what of it must be credited; says so when that is new."""
	row = frappe.db.get_value(
		PAYMENT,
		entry,
		(
			"scb_advance_gross",
			"scb_advance_left",
			"scb_advance_to_credit",
			"total_allocated_amount",
			"unallocated_amount",
		),
		as_dict=True,
	)
	if not row or not row.scb_advance_gross:
		return
	gross = to_money(row.scb_advance_gross)
	uses = _uses([entry], lock=True)
	left = gross - sum((_amounts(use).gross for use in uses), Decimal(0))
	declared = sum((_amounts(use).gross for use in uses if use.voucher_type != PAYMENT), Decimal(0))
	credit = min(left, max(Decimal(0), _beyond(entry, row, gross) - declared))
	values = {"scb_advance_left": float(left), "scb_advance_to_credit": float(credit)}
	if all(to_money(row[field] or 0) == to_money(value) for field, value in values.items()):
		return
	frappe.db.set_value(PAYMENT, entry, values, update_modified=False)
	if credit > to_money(row.scb_advance_to_credit or 0):
		_tell_to_credit(entry, credit)


def _beyond(entry: str, row: Any, gross: Decimal) -> Decimal:
	"""What invoices have been given of the entry beyond what they had when its advance invoice was issued."""
	at_first = to_money(row.total_allocated_amount or 0) + to_money(row.unallocated_amount or 0) - gross
	references = frappe.get_all(
		"Payment Entry Reference",
		filters={
			"parent": entry,
			"parenttype": PAYMENT,
			"reference_doctype": ("not in", (*ORDERS, PAYMENT)),
		},
		pluck="allocated_amount",
	)
	return sum((to_money(amount or 0) for amount in references), Decimal(0)) - at_first


def _tell_to_credit(entry: str, amount: Decimal) -> None:
	frappe.msgprint(
		_(
			"{0} of the advance {1} is now allocated to invoices that declare their whole VAT, and its advance invoice has"
			" declared VAT too. Open {1} and press Credit the Advance Invoice."
		).format(f"{amount:,}", frappe.utils.get_link_to_form(PAYMENT, entry)),
		title=_("Advance Invoice to Credit"),
		indicator="orange",
	)


def _documents(entries: list[str], lock: bool) -> dict[str, Any]:
	"""The standing advance invoice of each entry."""
	table = DocType("ZATCA Document")
	query = (
		frappe.qb.from_(table)
		.select(table.reference_name, table.uuid, table.xml)
		.where((table.reference_doctype == PAYMENT) & table.reference_name.isin(entries))
		.where((table.kind == "Prepayment") & (table.state != states.REJECTED))
		.orderby(table.name)
	)
	rows = (query.for_update() if lock else query).run(as_dict=True)
	return {row.reference_name: row for row in rows}


def _used(entries: list[str], lock: bool) -> dict[str, Amounts]:
	used: dict[str, Amounts] = {}
	for row in _uses(entries, lock):
		used[row.payment_entry] = used.get(row.payment_entry, NOTHING) + _amounts(row)
	return used


def _uses(entries: list[str], lock: bool) -> list[Any]:
	"""The uses in force; under a lock as they are now, whatever this transaction's first read has shown."""
	table = DocType(USE)
	query = (
		frappe.qb.from_(table)
		.select(table.payment_entry, table.voucher_type, table.gross, table.vat)
		.where(table.payment_entry.isin(entries) & (table.live == 1))
	)
	return (query.for_update() if lock else query).run(as_dict=True)


def _amounts(use: Any) -> Amounts:
	return Amounts(to_money(use.gross), to_money(use.vat))


def _entries(names: list[str]) -> list[Any]:
	if not names:
		return []
	return frappe.get_all(
		PAYMENT,
		filters={"name": ("in", names), "docstatus": 1},
		fields=[
			"name",
			"scb_advance_gross",
			"scb_advance_vat",
			"scb_vat_category",
			"scb_vat_rate",
			"scb_vatex_code",
			"scb_vat_reason",
		],
		order_by="name",
	)


def _advance(row: Any, document: Any, used: Amounts) -> Advance:
	issued = read(document.xml.encode())
	return Advance(
		entry=row.name,
		uuid=document.uuid,
		issue_date=issued.issue_date,
		issue_time=issued.issue_time,
		vat=advance_vat.stored(row),
		amounts=Amounts(to_money(row.scb_advance_gross), to_money(row.scb_advance_vat)),
		used=used,
	)
