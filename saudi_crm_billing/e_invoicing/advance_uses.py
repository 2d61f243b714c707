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
from frappe.query_builder.functions import Sum

from saudi_crm_billing.common.money import to_money
from saudi_crm_billing.e_invoicing import advance_ledger, advance_vat, records, states
from saudi_crm_billing.e_invoicing.engine import advances
from saudi_crm_billing.e_invoicing.engine.advances import NOTHING, AdvanceExceeded, Amounts
from saudi_crm_billing.e_invoicing.engine.model import Prepayment, Vat
from saudi_crm_billing.e_invoicing.engine.reading import read
from saudi_crm_billing.e_invoicing.taxes import CannotIssue
from saudi_crm_billing.unit_of_work import Phase, enlist

USE, PAYMENT, INVOICE = "ZATCA Advance Use", "Payment Entry", "Sales Invoice"
PIECES = "scb_advance_pieces"
ORDERS = ("Sales Order",)
NAME = "دفعة مقدمة | Advance payment"

FOREIGN_INVOICE = (
	"The advance {entry} was invoiced in {currency}, and this invoice or its receivable account is in another currency."
	" Remove it from the Advances of this invoice, or make the invoice in {currency}."
)
NOT_INVOICED = "{entry} has no advance invoice that ZATCA has not rejected, so there is nothing to credit. Refund it as an ordinary payment."
OTHER_PARTY = "The advance {entry} is of {party} in {company}. Its refund goes to the same customer, from the same company."
REFUND_ALLOCATED = (
	"A refund of an advance settles the advance only: remove the rows of the references of this entry."
)
TOO_MUCH = (
	"{asked} cannot be refunded: {left} is left of the advance invoice of {entry}. Lower the Paid Amount."
)
ALLOCATED = (
	"{asked} cannot be refunded: of {entry}, {left} is not allocated to invoices. Lower the Paid Amount, or take the"
	" allocation back first (Unreconcile on the invoice)."
)


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


def prepayments_of(doc: Document) -> tuple[Prepayment, ...]:
	"""The advances that an invoice settles, as its document states them [KSA-26 … KSA-34]."""
	return tuple(_prepayment(piece) for piece in pieces_of(doc))


def pieces_of(doc: Document) -> tuple[Piece, ...]:
	"""What the invoice uses: as recorded once it is submitted, else as it would be now."""
	if doc.doctype != INVOICE or doc.get("is_return") or doc.get("is_debit_note"):
		return ()
	kept: tuple[Piece, ...] | None = doc.flags.get(PIECES)
	if kept is not None:
		return kept
	recorded = _recorded(doc.name) if doc.docstatus == 1 else ()
	return recorded or _proposed(doc)


def forget(doc: Document) -> None:
	"""A new validation asks anew."""
	doc.flags.pop(PIECES, None)


def reserve(doc: Document) -> None:
	"""Before submit: what the invoice uses, under the advances' locks; nobody takes it until this transaction ends."""
	forget(doc)
	if doc.get("is_return") or doc.get("is_debit_note"):
		return
	try:
		doc.flags[PIECES] = _proposed(doc, lock=True)
	except CannotIssue as error:
		refuse(error)


def refuse(error: CannotIssue) -> NoReturn:
	frappe.throw(_(error.template).format(**error.params), title=_("E-Invoice Refused"))


def record(doc: Document) -> None:
	"""On submit: the uses, and the VAT taken back for the final invoice declares it."""
	pieces = doc.flags.get(PIECES) or ()
	if not pieces:
		return
	journal_entry = advance_ledger.take_back(
		doc,
		doc.posting_date,
		[(piece.advance.entry, piece.amounts.tax) for piece in pieces],
		_("VAT of advances that {0} settles: the invoice declares it").format(doc.name),
	)
	for piece in pieces:
		add(piece, doc, journal_entry)
	if journal_entry:
		doc.db_set("scb_advance_vat_entry", journal_entry, update_modified=False)


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


def to_refund(doc: Document, *, lock: bool = False) -> tuple[Vat, Amounts]:
	"""VAT and amounts of a refund; `CannotIssue` where it is more than is left, or not of this advance."""
	entry, gross = doc.scb_advance_refund_of, to_money(doc.paid_amount or 0)
	advance = find([entry], lock=lock).get(entry)
	if advance is None:
		raise CannotIssue(NOT_INVOICED, entry=entry)
	party, company = frappe.db.get_value(PAYMENT, entry, ("party", "company"))
	if (party, company) != (doc.party, doc.company):
		raise CannotIssue(OTHER_PARTY, entry=entry, party=party, company=company)
	if doc.references:
		raise CannotIssue(REFUND_ALLOCATED)
	if gross > (free := unallocated(entry)):
		raise CannotIssue(ALLOCATED, asked=f"{gross:,}", entry=entry, left=f"{free:,}")
	try:
		return advance.vat, advance.use(gross)
	except AdvanceExceeded as error:
		raise CannotIssue(TOO_MUCH, asked=f"{error.asked:,}", left=f"{error.left:,}", entry=entry) from error


def unallocated(entry: str) -> Decimal:
	"""What of an advance no invoice and no refund has been given by the ledger."""
	return sum((to_money(amount) for _row, amount in _free_rows(entry)), Decimal("0.00"))


def record_refund(doc: Document) -> None:
	"""On submit of a refund: its use, and the refund settled against the advance in the ledger."""
	advance = find([doc.scb_advance_refund_of], lock=True)[doc.scb_advance_refund_of]
	amounts = Amounts(to_money(doc.scb_advance_gross), to_money(doc.scb_advance_vat))
	_settle(doc, advance.entry)
	add(Piece(advance, amounts), doc)


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
	left = gross - _used([entry], lock=False).get(entry, NOTHING).gross
	credit = min(left, max(Decimal(0), _undeclared(entry, row, gross)))
	values = {"scb_advance_left": float(left), "scb_advance_to_credit": float(credit)}
	if all(to_money(row[field] or 0) == to_money(value) for field, value in values.items()):
		return
	frappe.db.set_value(PAYMENT, entry, values, update_modified=False)
	if credit > to_money(row.scb_advance_to_credit or 0):
		_tell_to_credit(entry, credit)


def _undeclared(entry: str, row: Any, gross: Decimal) -> Decimal:
	"""Allocated to invoices that declare their whole VAT, of what the advance invoice has declared already."""
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
	allocated = sum((to_money(amount or 0) for amount in references), Decimal(0))
	table = DocType(USE)
	covered = (
		frappe.qb.from_(table)
		.select(Sum(table.gross))
		.where((table.payment_entry == entry) & (table.live == 1) & (table.voucher_type != PAYMENT))
	).run()[0][0]
	return allocated - at_first - to_money(covered or 0)


def _tell_to_credit(entry: str, amount: Decimal) -> None:
	frappe.msgprint(
		_(
			"{0} of the advance {1} is now allocated to invoices that declare their whole VAT, and its advance invoice has"
			" declared VAT too. Open {1} and press Credit the Advance Invoice."
		).format(f"{amount:,}", frappe.utils.get_link_to_form(PAYMENT, entry)),
		title=_("Advance Invoice to Credit"),
		indicator="orange",
	)


def _proposed(doc: Document, *, lock: bool = False) -> tuple[Piece, ...]:
	asked: dict[str, Decimal] = {}
	for row in doc.get("advances") or ():
		if row.reference_type == PAYMENT and row.reference_name and (row.allocated_amount or 0) > 0:
			amount = to_money(row.allocated_amount)
			asked[row.reference_name] = asked.get(row.reference_name, Decimal(0)) + amount
	found = find(asked, lock=lock) if asked else {}
	if found:
		_refuse_foreign(doc, next(iter(found)))
	pieces = []
	for entry, advance in found.items():
		if gross := min(asked[entry], advance.left.gross):
			pieces.append(Piece(advance, advance.use(gross)))
	return tuple(pieces)


def _refuse_foreign(doc: Document, entry: str) -> None:
	currency = frappe.get_cached_value("Company", doc.company, "default_currency")
	account_currency = doc.get("party_account_currency") or currency
	if {doc.currency, account_currency} != {currency}:
		raise CannotIssue(FOREIGN_INVOICE, entry=entry, currency=currency)


def _recorded(invoice: str) -> tuple[Piece, ...]:
	rows = frappe.get_all(
		USE,
		filters={"voucher_type": INVOICE, "voucher_no": invoice, "live": 1},
		fields=["payment_entry", "gross", "vat"],
		order_by="payment_entry",
	)
	found = find(row.payment_entry for row in rows)
	return tuple(
		Piece(found[row.payment_entry], Amounts(to_money(row.gross), to_money(row.vat)))
		for row in rows
		if row.payment_entry in found
	)


def _prepayment(piece: Piece) -> Prepayment:
	advance = piece.advance
	return Prepayment(
		number=advance.entry,
		issue_date=advance.issue_date,
		issue_time=advance.issue_time,
		taxable_amount=piece.amounts.taxable,
		tax_amount=piece.amounts.tax,
		vat=advance.vat,
		uuid=advance.uuid,
		name=NAME,
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
	table = DocType(USE)
	query = (
		frappe.qb.from_(table)
		.select(table.payment_entry, table.gross, table.vat)
		.where(table.payment_entry.isin(entries) & (table.live == 1))
	)
	used: dict[str, Amounts] = {}
	for entry, gross, vat in (query.for_update() if lock else query).run():
		used[entry] = used.get(entry, NOTHING) + Amounts(to_money(gross), to_money(vat))
	return used


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


def _free_rows(entry: str) -> list[tuple[str | None, float]]:
	"""The advance's parts without an invoice: unallocated (no row), and each row of an order."""
	rows = frappe.get_all(
		"Payment Entry Reference",
		filters={"parent": entry, "parenttype": PAYMENT, "reference_doctype": ("in", ORDERS)},
		fields=["name", "allocated_amount"],
		order_by="idx",
	)
	free = frappe.db.get_value(PAYMENT, entry, "unallocated_amount") or 0
	return [(None, free), *((row.name, row.allocated_amount or 0) for row in rows)]


def _settle(refund: Document, entry: str) -> None:
	"""Core's own reconciliation of the advance with its refund: neither stays open, and no order keeps what was paid back."""
	from erpnext.accounts.utils import reconcile_against_document

	left, rows = to_money(refund.paid_amount), []
	for row, free in _free_rows(entry):
		amount = min(left, to_money(free))
		if amount <= 0:
			continue
		left -= amount
		rows.append(
			frappe._dict(
				voucher_type=PAYMENT,
				voucher_no=entry,
				voucher_detail_no=row,
				against_voucher_type=PAYMENT,
				against_voucher=refund.name,
				account=refund.paid_to,
				party_type=refund.party_type,
				party=refund.party,
				is_advance="Yes",
				dr_or_cr="credit_in_account_currency",
				unadjusted_amount=float(free),
				allocated_amount=float(amount),
				exchange_rate=1,
				grand_total=float(refund.paid_amount),
				outstanding_amount=float(refund.paid_amount),
				difference_amount=0,
				exchange_gain_loss=0,
				difference_account=None,
				precision=2,
			)
		)
	reconcile_against_document(rows)
