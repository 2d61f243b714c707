"""What a customer pays before the supply: whether a Payment Entry is an advance, of which VAT, and its document.

An advance becomes a prepayment invoice (386), its refund a credit note (381) to it. The only writer of the fields of a
Payment Entry that say so. It never decides on a submitted one: what was issued stays what it was.
"""

from __future__ import annotations

from datetime import datetime, time
from decimal import Decimal

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import getdate

from saudi_crm_billing.common.money import to_money
from saudi_crm_billing.e_invoicing.advances import ledger as advance_ledger
from saudi_crm_billing.e_invoicing.advances import refunds as advance_refunds
from saudi_crm_billing.e_invoicing.advances import settings as advance_settings
from saudi_crm_billing.e_invoicing.advances import uses as advance_uses
from saudi_crm_billing.e_invoicing.advances import vat as advance_vat
from saudi_crm_billing.e_invoicing.advances.fields import (
	ALL_ALLOCATED,
	NOT_ASKED,
	RECEIVED,
	REFUND,
	REFUSED,
)
from saudi_crm_billing.e_invoicing.clock import riyadh_now
from saudi_crm_billing.e_invoicing.devices import issuers
from saudi_crm_billing.e_invoicing.documents import buyer_kind, parties, transactions
from saudi_crm_billing.e_invoicing.documents.mapping import PAYMENT_CODES, REASONS_AR
from saudi_crm_billing.e_invoicing.documents.taxes import CannotIssue
from saudi_crm_billing.e_invoicing.engine import advances
from saudi_crm_billing.e_invoicing.engine.advances import Amounts
from saudi_crm_billing.e_invoicing.engine.draft import DRAFT_UUID
from saudi_crm_billing.e_invoicing.engine.hashing import FIRST_PREVIOUS_HASH
from saudi_crm_billing.e_invoicing.engine.model import (
	BillingReference,
	Invoice,
	Line,
	PaymentMeans,
	PaymentMeansCode,
	TypeCode,
)
from saudi_crm_billing.e_invoicing.engine.reading import ReadInvoice, read
from saudi_crm_billing.e_invoicing.engine.totals import Totals, compute
from saudi_crm_billing.e_invoicing.issuing import issued
from saudi_crm_billing.e_invoicing.sending import states

PAYMENT = "Payment Entry"
REFUND_OF = "scb_advance_refund_of"
LINE_NAME = "دفعة مقدمة | Advance payment"
UNIT_CODE = "PCE"
FIGURES = (
	"scb_advance_gross",
	"scb_advance_taxable",
	"scb_advance_vat",
	"scb_advance_left",
	"scb_advance_vat_left",
)
# What an advance is refunded for, unless the user says otherwise.
REFUND_REASON = "Cancellation or suspension of the supply"
# An order is no invoice: what is allocated to it is still received before the supply.
ORDERS = ("Sales Order",)

FOREIGN = (
	"An advance invoice can only be issued for what is received in {currency}. Choose No as Issue an Advance Invoice,"
	" or receive the money into an account in {currency}."
)


def prepare(doc: Document) -> bool:
	"""In validate, after core's: decide, write the VAT rows, and say whether there is a document to be issued."""
	doc.update({"scb_is_advance": 0, "scb_advance_why": _why(doc)})
	doc.scb_is_advance = int(doc.scb_advance_why in (RECEIVED, REFUND))
	if not doc.scb_is_advance:
		_clear(doc)
		return False
	try:
		_write(doc)
	except CannotIssue:
		# What is to be said of it is said by the draft's check, which asks again.
		_clear(doc)
		doc.scb_is_advance = 1
	return True


def is_one(doc: Document) -> bool:
	return bool(doc.get("scb_is_advance"))


def amounts_of(doc: Document) -> Amounts:
	"""As the entry states them."""
	return Amounts(to_money(doc.scb_advance_gross or 0), to_money(doc.scb_advance_vat or 0))


def to_invoice(doc: Document) -> Invoice:
	"""The entry's document at no place in a chain; `CannotIssue` says what stands against it."""
	if not doc.get("scb_vat_category"):
		# Nothing could be written at the save: say why, or write it now.
		_write(doc)
	return document(doc)


def document(doc: Document) -> Invoice:
	"""The document of an entry, or of a credit note to an advance (advance_credits.py), by the amounts on it."""
	vat = advance_vat.stored(doc)
	refund, original = bool(doc.get(REFUND_OF)), _original(doc)
	stated = advances.stated(amounts_of(doc), vat.rate)
	issued_at = _issued_at(doc)
	return Invoice(
		number=doc.name or "",
		uuid=DRAFT_UUID,
		issue_date=issued_at.date(),
		issue_time=issued_at.time(),
		type_code=TypeCode.CREDIT_NOTE if refund else TypeCode.PREPAYMENT,
		transaction=original.transaction
		if original
		else transactions.code_of(doc, buyer_kind.subtype(doc), (vat,)),
		icv=1,
		previous_hash=FIRST_PREVIOUS_HASH,
		seller=parties.seller(doc),
		buyer=parties.buyer(doc),
		lines=(Line(LINE_NAME, Decimal(1), stated.taxable, vat, UNIT_CODE),),
		rounding=stated.rounding,
		payment_means=(PaymentMeans(_payment_code(doc)),),
		note_reason=_reason(doc) if refund else "",
		billing_references=_corrected(doc, original) if refund else (),
		supply_date=issued_at.date(),
		contract_reference=original.contract if original else transactions.contract_of(doc),
		order_reference=_order(doc),
	)


def close(doc: Document, invoice: Invoice) -> tuple[Invoice, Totals]:
	"""Its totals: the rounding that closes them to what was received is in it already."""
	return invoice, compute(invoice)


def _why(doc: Document) -> str:
	"""One of the reasons above; empty for an entry that has nothing to do with advances."""
	if doc.party_type != "Customer" or issuers.unit_of(doc, anew=True) is None:
		return ""
	if doc.payment_type == "Pay":
		return REFUND if doc.get(REFUND_OF) else ""
	if doc.payment_type != "Receive":
		return ""
	choice = doc.get("scb_advance_choice") or "Automatic"
	if not gross_of(doc):
		return ALL_ALLOCATED if advance_settings.is_on(doc.company) else ""
	if choice == "No":
		return REFUSED
	if choice == "Yes" or advance_settings.is_on(doc.company):
		return RECEIVED
	return NOT_ASKED


def gross_of(doc: Document) -> Decimal:
	"""What the entry leaves with the customer's account before any invoice, in the company's currency."""
	ordered = sum(
		(to_money(row.allocated_amount or 0) for row in doc.references if row.reference_doctype in ORDERS),
		Decimal(0),
	)
	return to_money(doc.unallocated_amount or 0) + ordered


def _write(doc: Document) -> None:
	"""VAT, amounts and the rows of the ledger; `CannotIssue` where one of them cannot be known."""
	_refuse_foreign(doc)
	accounts = advance_settings.accounts_of(doc.company)
	advance_ledger.refuse_own_vat_rows(doc, accounts)
	if doc.get(REFUND_OF):
		doc.scb_zatca_note_reason = doc.get("scb_zatca_note_reason") or REFUND_REASON
		vat, amounts = advance_refunds.to_refund(doc)
	else:
		vat = advance_vat.of_entry(doc)
		amounts = advances.received(gross_of(doc), vat.rate)
	advance_vat.store(doc, vat)
	doc.update(
		{
			"scb_advance_gross": float(amounts.gross),
			"scb_advance_taxable": float(amounts.taxable),
			"scb_advance_vat": float(amounts.tax),
			"scb_advance_left": 0 if doc.get(REFUND_OF) else float(amounts.gross),
			"scb_advance_vat_left": 0 if doc.get(REFUND_OF) else float(amounts.tax),
		}
	)
	advance_ledger.write_rows(doc, amounts.tax, accounts)


def _clear(doc: Document) -> None:
	advance_ledger.drop_rows(doc)
	advance_vat.store(doc, None)
	doc.update(dict.fromkeys(FIGURES, 0))
	doc.scb_zatca_findings = None


def _refuse_foreign(doc: Document) -> None:
	currency = frappe.get_cached_value("Company", doc.company, "default_currency")
	if {doc.paid_from_account_currency, doc.paid_to_account_currency} != {currency}:
		raise CannotIssue(FOREIGN, currency=currency)


def _issued_at(doc: Document) -> datetime:
	"""On the day of the receipt; the time is now's, for an entry has none. Midnight for an earlier day."""
	now = riyadh_now()
	posted = getdate(doc.posting_date)
	return now if posted == now.date() else datetime.combine(posted, time())


def _payment_code(doc: Document) -> PaymentMeansCode:
	mode = doc.get("mode_of_payment")
	kind = mode and frappe.get_cached_value("Mode of Payment", mode, "type")
	return PAYMENT_CODES.get(kind or "", PaymentMeansCode.UNDEFINED)


def _reason(doc: Document) -> str:
	reason = doc.scb_zatca_note_reason or ""
	return f"{REASONS_AR[reason]} | {reason}" if reason in REASONS_AR else reason


def _original(doc: Document) -> ReadInvoice | None:
	"""The advance invoice that a refund or a credit note corrects: both are about the same transaction."""
	advance = doc.get(REFUND_OF)
	document = issued.values_of(PAYMENT, advance, "xml") if advance else None
	return read(document.xml.encode()) if document else None


def _corrected(doc: Document, original: ReadInvoice | None) -> tuple[BillingReference, ...]:
	return (BillingReference(doc.get(REFUND_OF), original.issue_date if original else None),)


def _order(doc: Document) -> str:
	rows = doc.get("references") or ()
	orders = {row.reference_name for row in rows if row.reference_doctype in ORDERS}
	return orders.pop() if len(orders) == 1 else ""


def refuse_changed(doc: Document) -> None:
	"""Before submit of a refund: what it takes of the advance, under the advance's lock."""
	if not doc.get(REFUND_OF):
		return
	try:
		_vat, amounts = advance_refunds.to_refund(doc, lock=True)
	except CannotIssue as error:
		advance_uses.refuse(error)
	if amounts != amounts_of(doc):
		frappe.throw(
			_("What is left of the advance {0} has changed meanwhile. Save this refund again.").format(
				doc.get(REFUND_OF)
			),
			title=_("E-Invoice Refused"),
		)


def refuse_cancel(doc: Document) -> None:
	"""Only a rejected document frees its entry; else the advance is refunded, and its invoice credited."""
	document = issued.current_of(doc)
	if not document or frappe.db.get_value(issued.DOCUMENT, document, "state") == states.REJECTED:
		return
	if doc.get(REFUND_OF):
		frappe.throw(
			_(
				"{0} cannot be cancelled: its credit note {1} is issued. If the customer pays again, record a new"
				" Payment Entry: it gets an advance invoice of its own."
			).format(doc.name, document),
			title=_("E-Invoice Issued"),
		)
	frappe.throw(
		_(
			"{0} cannot be cancelled: its advance invoice {1} is issued. Refund the advance instead: Create > Refund"
			" Advance credits the advance invoice."
		).format(doc.name, document),
		title=_("E-Invoice Issued"),
	)
