"""The final invoice of a supply that was paid for in advance: what it uses of which advance, and whose VAT it takes back."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.query_builder import DocType

from saudi_crm_billing.common.money import to_money
from saudi_crm_billing.e_invoicing.advances import ledger as advance_ledger
from saudi_crm_billing.e_invoicing.advances import settings as advance_settings
from saudi_crm_billing.e_invoicing.advances import uses as advance_uses
from saudi_crm_billing.e_invoicing.advances.uses import INVOICE, PAYMENT, USE, Advance, Piece
from saudi_crm_billing.e_invoicing.documents.taxes import CannotIssue
from saudi_crm_billing.e_invoicing.engine.advances import Amounts
from saudi_crm_billing.e_invoicing.engine.model import Prepayment
from saudi_crm_billing.e_invoicing.sending import states

# Flag of a document in memory.
PIECES = "scb_advance_pieces"
NAME = "دفعة مقدمة | Advance payment"

FOREIGN_INVOICE = (
	"The advance {entry} was invoiced in {currency}, and this invoice or its receivable account is in another currency."
	" Remove it from the Advances of this invoice, or make the invoice in {currency}."
)

REJECTED = (
	"ZATCA rejected {document}, the advance invoice of {entry}, so no invoice can settle it. Open {entry}, mend what the"
	" messages of its e-invoice name and press Issue Again. If this invoice is not for that supply, remove the payment"
	" from its Advances."
)


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
	is_recorded = doc.docstatus == 1 and doc.get("_action") != "submit"
	recorded = _recorded(doc.name) if is_recorded else ()
	return recorded or _proposed(doc)


def forget(doc: Document) -> None:
	"""A new validation asks anew."""
	doc.flags.pop(PIECES, None)


def tell_unused(doc: Document) -> None:
	"""On a draft: advances of the customer that were invoiced and that this invoice leaves out."""
	if doc.docstatus or doc.get("is_return") or not advance_settings.is_on(doc.company):
		return
	taken = {row.reference_name for row in doc.get("advances") or () if (row.allocated_amount or 0) > 0}
	table = DocType(PAYMENT)
	rows = (
		frappe.qb.from_(table)
		.select(table.name, table.scb_advance_left)
		.where((table.party_type == "Customer") & (table.party == doc.customer))
		.where((table.company == doc.company) & (table.docstatus == 1))
		.where((table.scb_is_advance == 1) & (table.scb_advance_left > table.scb_advance_to_credit))
		.where(table.scb_zatca_status != states.REJECTED)
		.orderby(table.name)
	).run()
	unused = [f"{name} ({to_money(left):,})" for name, left in rows if name not in taken]
	if unused:
		frappe.msgprint(
			_(
				"{0} has advances with an advance invoice that this invoice does not settle: {1}. If one is for this supply,"
				" press Get Advances Received, so that its VAT is not declared twice."
			).format(doc.customer_name or doc.customer, ", ".join(unused)),
			title=_("Advances Not Settled"),
			indicator="orange",
			alert=True,
		)


def after_rejection(entry: str, lang: str | None = None) -> str:
	"""What is to be done about the final invoices that have settled an advance whose invoice ZATCA rejected."""
	if not (invoices := advance_uses.invoices_using(entry)):
		return ""
	return str(
		_(
			"{0} names the rejected advance invoice of {1}. Press Issue Again on the e-invoice of {1} first. Then, if ZATCA"
			" has accepted the e-invoice of {0}, make a credit note for it and a new invoice; if ZATCA rejected it, issue"
			" it again.",
			lang=lang,
		)
	).format(", ".join(invoices), entry)


def reserve(doc: Document) -> None:
	"""Before submit: what the invoice uses, under the advances' locks; nobody takes it until this transaction ends."""
	forget(doc)
	if doc.get("is_return") or doc.get("is_debit_note"):
		return
	try:
		doc.flags[PIECES] = _proposed(doc, lock=True)
	except CannotIssue as error:
		advance_uses.refuse(error)


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
		advance_uses.add(piece, doc, journal_entry)
	if journal_entry:
		doc.db_set("scb_advance_vat_entry", journal_entry, update_modified=False)


def _proposed(doc: Document, *, lock: bool = False) -> tuple[Piece, ...]:
	asked: dict[str, Decimal] = {}
	for row in doc.get("advances") or ():
		if row.reference_type == PAYMENT and row.reference_name and (row.allocated_amount or 0) > 0:
			amount = to_money(row.allocated_amount)
			asked[row.reference_name] = asked.get(row.reference_name, Decimal(0)) + amount
	found = _own(doc, asked, lock=lock) if asked else {}
	if found:
		_refuse_foreign(doc, next(iter(found)))
	pieces = []
	for entry, advance in found.items():
		if gross := min(asked[entry], advance.left.gross):
			pieces.append(Piece(advance, advance.use(gross)))
	return tuple(pieces)


def _own(doc: Document, entries: Iterable[str], *, lock: bool) -> dict[str, Advance]:
	"""The advances among `entries`; core refuses another's payment only later, when its figures would be told already."""
	own = (doc.get("customer"), doc.company)
	found = advance_uses.look_up(entries, lock=lock)
	for entry, document in found.rejected.items():
		if frappe.db.get_value(PAYMENT, entry, ("party", "company")) == own:
			raise CannotIssue(REJECTED, entry=entry, document=document)
	return {name: row for name, row in found.standing.items() if (row.party, row.company) == own}


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
	found = advance_uses.look_up(row.payment_entry for row in rows)
	for entry, document in found.rejected.items():
		raise CannotIssue(REJECTED, entry=entry, document=document)
	return tuple(
		Piece(found.standing[row.payment_entry], Amounts(to_money(row.gross), to_money(row.vat)))
		for row in rows
		if row.payment_entry in found.standing
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
