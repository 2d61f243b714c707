"""What the print format "Saudi Tax Invoice" shows: what the document itself says, so that paper and XML agree.

An issued document is read from its stored XML; only a draft is mapped from today's masters, through the same XML.
Jinja calls `scb_tax_invoice(doc)`; it reads and never writes.
"""

from __future__ import annotations

from dataclasses import dataclass

import segno
from frappe.model.document import Document

from saudi_crm_billing.common.dates import hijri_or_blank
from saudi_crm_billing.common.words import amount_in_words
from saudi_crm_billing.e_invoicing.checks import drafts
from saudi_crm_billing.e_invoicing.documents import exempt
from saudi_crm_billing.e_invoicing.engine import ubl
from saudi_crm_billing.e_invoicing.engine.model import Party, Subtype, TypeCode
from saudi_crm_billing.e_invoicing.engine.reading import ReadInvoice, read
from saudi_crm_billing.e_invoicing.issuing import issued
from saudi_crm_billing.e_invoicing.prints import printed_parts
from saudi_crm_billing.e_invoicing.prints.printed_parts import (
	PrintedAdjustment,
	PrintedAdvance,
	PrintedInstalment,
	PrintedLine,
	PrintedVat,
	amount,
)
from saudi_crm_billing.e_invoicing.sending import states

TITLES = {
	(TypeCode.PREPAYMENT, Subtype.STANDARD): ("Tax Invoice for an Advance", "فاتورة ضريبية لدفعة مقدمة"),
	(TypeCode.PREPAYMENT, Subtype.SIMPLIFIED): (
		"Simplified Tax Invoice for an Advance",
		"فاتورة ضريبية مبسطة لدفعة مقدمة",
	),
	(TypeCode.INVOICE, Subtype.STANDARD): ("Tax Invoice", "فاتورة ضريبية"),
	(TypeCode.INVOICE, Subtype.SIMPLIFIED): ("Simplified Tax Invoice", "فاتورة ضريبية مبسطة"),
	(TypeCode.CREDIT_NOTE, Subtype.STANDARD): ("Credit Note", "إشعار دائن للفاتورة الضريبية"),
	(TypeCode.CREDIT_NOTE, Subtype.SIMPLIFIED): (
		"Simplified Credit Note",
		"إشعار دائن للفاتورة الضريبية المبسطة",
	),
	(TypeCode.DEBIT_NOTE, Subtype.STANDARD): ("Debit Note", "إشعار مدين للفاتورة الضريبية"),
	(TypeCode.DEBIT_NOTE, Subtype.SIMPLIFIED): (
		"Simplified Debit Note",
		"إشعار مدين للفاتورة الضريبية المبسطة",
	),
}


@dataclass(frozen=True)
class PrintedInvoice:
	"""Texts ready to print; amounts with two decimals and thousands commas.

	`tax_riyals` and `exchange_rate` stand on an invoice in another currency only: VAT must be stated in riyals too (VAT
	Implementing Regulations, article 53). `is_uncleared`: a standard invoice that ZATCA has not accepted yet; a rejected
	one is no invoice and has no QR code.
	"""

	title_en: str
	title_ar: str
	number: str
	issued: str
	hijri: str
	supplied: str
	currency: str
	seller: Party
	buyer: Party
	lines: tuple[PrintedLine, ...]
	adjustments: tuple[PrintedAdjustment, ...]
	vat_rows: tuple[PrintedVat, ...]
	advances: tuple[PrintedAdvance, ...]
	line_net: str
	taxable: str
	tax: str
	tax_riyals: str
	exchange_rate: str
	inclusive: str
	prepaid: str
	rounding: str
	payable: str
	in_words_ar: str
	order: str
	contract: str
	payment_means: str
	note_reason: str
	corrects: str
	instalments: tuple[PrintedInstalment, ...]
	qr_image: str
	is_draft: bool
	is_rejected: bool
	is_uncleared: bool


def scb_tax_invoice(doc: Document) -> PrintedInvoice | None:
	"""The figures of `doc` as its e-invoice has them; None where it has none: a line of unknown VAT, or an invoice that
	sums up sales which have their own.
	"""
	xml = None if exempt.is_consolidated(doc) else _issued(doc) or _draft(doc)
	if xml is None:
		return None
	invoice = read(xml)
	title_en, title_ar = TITLES[(invoice.type_code, invoice.subtype)]
	state = _state(doc)
	return PrintedInvoice(
		title_en=title_en,
		title_ar=title_ar,
		number=invoice.number,
		issued=f"{invoice.issue_date.isoformat()} {invoice.issue_time.isoformat('minutes')}",
		hijri=hijri_or_blank(invoice.issue_date),
		supplied=_supplied(invoice),
		currency=invoice.currency,
		seller=invoice.seller,
		buyer=invoice.buyer,
		lines=printed_parts.lines(doc, invoice),
		adjustments=printed_parts.adjustments(invoice),
		vat_rows=printed_parts.vat_rows(invoice),
		advances=printed_parts.advances(invoice),
		line_net=amount(invoice.line_net),
		taxable=amount(invoice.taxable),
		tax=amount(invoice.tax),
		tax_riyals=amount(invoice.tax_sar) if invoice.currency != "SAR" else "",
		exchange_rate=f"{invoice.exchange_rate:f}" if invoice.exchange_rate else "",
		inclusive=amount(invoice.inclusive),
		prepaid=amount(invoice.prepaid) if invoice.prepaid else "",
		rounding=amount(invoice.rounding) if invoice.rounding else "",
		payable=amount(invoice.payable),
		in_words_ar=amount_in_words(invoice.payable, invoice.currency),
		order=invoice.order,
		contract=invoice.contract,
		payment_means=printed_parts.payment_means(invoice),
		note_reason=invoice.note_reason,
		corrects=", ".join(invoice.corrects),
		instalments=printed_parts.instalments(doc),
		qr_image="" if state == states.REJECTED else scb_qr_image(invoice.qr),
		is_draft=doc.docstatus == 0,
		is_rejected=state == states.REJECTED,
		is_uncleared=state in states.OPEN and invoice.subtype is Subtype.STANDARD,
	)


def _state(doc: Document) -> str:
	"""Of the document that is printed; empty where none is issued."""
	found = issued.values_of(doc.doctype, doc.name, "state") if doc.docstatus else None
	return str(found.state) if found else ""


def _supplied(invoice: ReadInvoice) -> str:
	"""The day of the supply, or the first and the last; empty where it is the day of issue."""
	first, last = invoice.supply_date, invoice.supply_end
	if first and last and first != last:
		return f"{first.isoformat()} – {last.isoformat()}"
	return first.isoformat() if first and first != invoice.issue_date else ""


def scb_qr_image(text: str | None) -> str:
	"""The QR code of an e-invoice's base64 text as an image for `src`; empty without one."""
	if not text:
		return ""
	return str(segno.make(text, error="m", micro=False).png_data_uri(scale=4, border=2))


def scb_one_line(party: Party) -> str:
	"""A party's address on one line, in the order of the national address."""
	address = party.address
	if not address:
		return ""
	parts = (
		address.building_number,
		address.street,
		address.additional_street,
		address.district,
		address.city,
		address.postal_code,
		address.country_code,
	)
	return ", ".join(part for part in parts if part)


def _issued(doc: Document) -> bytes | None:
	"""The document as ZATCA has cleared it, or else as it was issued: it is the record, whatever masters say today."""
	if doc.docstatus == 0:
		return None
	found = issued.values_of(doc.doctype, doc.name, "cleared_xml", "xml")
	return (found.cleared_xml or found.xml).encode() if found else None


def _draft(doc: Document) -> bytes | None:
	"""What would be issued now."""
	try:
		return ubl.build(drafts.make(doc)[0])
	except ValueError:
		return None
