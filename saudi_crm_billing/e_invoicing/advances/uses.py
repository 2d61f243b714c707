"""What uses up an advance that was invoiced: final invoices, refunds, credit notes. Never more than there is.

The only writer of ZATCA Advance Use and of what a Payment Entry says is left. Whoever uses an advance locks its ZATCA
Document and then its Payment Entry, each by its name alone, and reads what is left from the locked row: two invoices at
once never use the same riyal, and no lock of a range stands in the way of whoever issues another document.
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
from saudi_crm_billing.e_invoicing.advances import ledger as advance_ledger
from saudi_crm_billing.e_invoicing.advances import vat as advance_vat
from saudi_crm_billing.e_invoicing.documents.taxes import CannotIssue
from saudi_crm_billing.e_invoicing.engine import advances
from saudi_crm_billing.e_invoicing.engine.advances import NOTHING, Amounts
from saudi_crm_billing.e_invoicing.engine.model import Vat
from saudi_crm_billing.e_invoicing.engine.reading import read
from saudi_crm_billing.e_invoicing.issuing import records
from saudi_crm_billing.e_invoicing.sending import states
from saudi_crm_billing.unit_of_work import Phase, enlist

USE, PAYMENT, INVOICE = "ZATCA Advance Use", "Payment Entry", "Sales Invoice"
ORDERS = ("Sales Order",)


@dataclass(frozen=True)
class Advance:
	"""An advance with its invoice (386), and what is used of it; amounts in the company's currency."""

	entry: str
	party: str
	company: str
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
class Found:
	"""Of some Payment Entries, the advances whose invoice stands, and the invoices that ZATCA rejected, by entry."""

	standing: dict[str, Advance]
	rejected: dict[str, str]


@dataclass(frozen=True)
class Piece:
	"""What a document uses of one advance."""

	advance: Advance
	amounts: Amounts


def refuse(error: CannotIssue) -> NoReturn:
	"""As a message to the user, with a link to the advance."""
	params = dict(error.params)
	if entry := params.get("entry"):
		params["entry"] = frappe.utils.get_link_to_form(PAYMENT, entry)
	frappe.throw(_(error.template).format(**params), title=_("E-Invoice Refused"))


def release(doc: Document) -> None:
	"""On cancel: the uses are no more, and the VAT is owed with the advance again."""
	rows = frappe.get_all(
		USE,
		filters={"voucher_type": doc.doctype, "voucher_no": doc.name, "live": 1},
		fields=["name", "payment_entry", "journal_entry", "gross", "vat"],
		order_by="payment_entry",
	)
	# Uses are kept where a company's transactions are deleted: of an advance that is gone nothing is given back.
	rows = [row for row in rows if frappe.db.exists(PAYMENT, row.payment_entry)]
	for entry in {row.journal_entry for row in rows if row.journal_entry}:
		advance_ledger.undo(entry)
	for row in rows:
		frappe.db.set_value(USE, row.name, "live", 0)
		_move(row.payment_entry, NOTHING - Amounts(to_money(row.gross), to_money(row.vat)), doc.doctype)


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
	_move(piece.advance.entry, piece.amounts, voucher.doctype)


def find(entries: Iterable[str], *, lock: bool = False) -> dict[str, Advance]:
	"""Of these Payment Entries, those whose advance invoice stands: issued and not rejected."""
	return look_up(entries, lock=lock).standing


def look_up(entries: Iterable[str], *, lock: bool = False) -> Found:
	names = sorted(set(entries))
	documents = _documents(names, lock) if names else {}
	standing = {name: row for name, row in documents.items() if row.state != states.REJECTED}
	rows = _entries(sorted(standing), lock) if standing else []
	return Found(
		standing={row.name: _advance(row, standing[row.name]) for row in rows},
		rejected={name: row.name for name, row in documents.items() if name not in standing},
	)


def invoices_using(entry: str) -> list[str]:
	"""The final invoices that have settled the advance."""
	live = {"payment_entry": entry, "voucher_type": INVOICE, "live": 1}
	return sorted(set(frappe.get_all(USE, filters=live, pluck="voucher_no")))


def enlist_refresh(entry: str) -> None:
	"""Have what is to be credited brought up to date before this transaction commits; nothing for an ordinary payment."""
	enlist(Phase.SHOWN, f"advance\0{entry}", lambda: refresh(entry))


def refresh(entry: str) -> None:
	"""What of the advance must be credited; says so when that is new."""
	row = _totals(entry)
	if not row or not row.scb_advance_gross:
		return
	beyond = _beyond(entry, row) - to_money(row.scb_advance_declared or 0)
	credit = min(to_money(row.scb_advance_left or 0), max(Decimal(0), beyond))
	before = to_money(row.scb_advance_to_credit or 0)
	if credit == before:
		return
	frappe.db.set_value(PAYMENT, entry, "scb_advance_to_credit", float(credit), update_modified=False)
	if credit > before:
		_tell_to_credit(entry, credit)


def _move(entry: str, amounts: Amounts, voucher_type: str) -> None:
	"""What is left of the entry's advance less `amounts`; a refund declares no sale."""
	row = _totals(entry)
	declared = Decimal(0) if voucher_type == PAYMENT else amounts.gross
	values = {
		"scb_advance_left": to_money(row.scb_advance_left or 0) - amounts.gross,
		"scb_advance_vat_left": to_money(row.scb_advance_vat_left or 0) - amounts.tax,
		"scb_advance_declared": to_money(row.scb_advance_declared or 0) + declared,
	}
	values = {field: float(value) for field, value in values.items()}
	frappe.db.set_value(PAYMENT, entry, values, update_modified=False)
	refresh(entry)


def _totals(entry: str) -> Any:
	"""As they are now, whatever this transaction's first read has shown; locked."""
	fields = (
		"scb_advance_gross",
		"scb_advance_left",
		"scb_advance_vat_left",
		"scb_advance_declared",
		"scb_advance_to_credit",
		"total_allocated_amount",
		"unallocated_amount",
	)
	return frappe.db.get_value(PAYMENT, entry, fields, as_dict=True, for_update=True)


def _beyond(entry: str, row: Any) -> Decimal:
	"""What invoices have been given of the entry beyond what they had when its advance invoice was issued."""
	whole = to_money(row.total_allocated_amount or 0) + to_money(row.unallocated_amount or 0)
	at_first = whole - to_money(row.scb_advance_gross)
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
	"""The advance invoice of each entry, whatever its state."""
	named = frappe.get_all(PAYMENT, filters={"name": ("in", entries)}, pluck="scb_zatca_document")
	table = DocType("ZATCA Document")
	query = (
		frappe.qb.from_(table)
		.select(table.name, table.reference_name, table.uuid, table.xml, table.kind, table.state)
		.where(table.name.isin([name for name in named if name] or [""]))
		.orderby(table.name)
	)
	rows = (query.for_update() if lock else query).run(as_dict=True)
	return {row.reference_name: row for row in rows if row.kind == "Prepayment"}


def _entries(names: list[str], lock: bool) -> list[Any]:
	table = DocType(PAYMENT)
	fields = (
		"name",
		"party",
		"company",
		"scb_advance_gross",
		"scb_advance_vat",
		"scb_advance_left",
		"scb_advance_vat_left",
		"scb_vat_category",
		"scb_vat_rate",
		"scb_vatex_code",
		"scb_vat_reason",
		"docstatus",
	)
	query = (
		frappe.qb.from_(table)
		.select(*(table[field] for field in fields))
		.where(table.name.isin(names or [""]))
		.orderby(table.name)
	)
	rows = (query.for_update() if lock else query).run(as_dict=True)
	return [row for row in rows if row.docstatus == 1]


def _advance(row: Any, document: Any) -> Advance:
	issued = read(document.xml.encode())
	amounts = Amounts(to_money(row.scb_advance_gross), to_money(row.scb_advance_vat))
	left = Amounts(to_money(row.scb_advance_left or 0), to_money(row.scb_advance_vat_left or 0))
	return Advance(
		entry=row.name,
		party=row.party,
		company=row.company,
		uuid=document.uuid,
		issue_date=issued.issue_date,
		issue_time=issued.issue_time,
		vat=advance_vat.stored(row),
		amounts=amounts,
		used=amounts - left,
	)
