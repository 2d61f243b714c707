"""What the print format "Saudi Tax Invoice" shows: what the document itself says, so that paper and XML agree.

An issued document is read from its stored XML; only a draft is mapped from today's masters, through the same XML.
Jinja calls `scb_tax_invoice(doc)`; it reads and never writes.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import segno
from frappe.model.document import Document
from frappe.utils import getdate

from saudi_crm_billing.common.dates import hijri_or_blank
from saudi_crm_billing.common.money import to_money
from saudi_crm_billing.common.words import amount_in_words
from saudi_crm_billing.e_invoicing import drafts, issued
from saudi_crm_billing.e_invoicing.engine import ubl
from saudi_crm_billing.e_invoicing.engine.model import Party, Subtype, TypeCode
from saudi_crm_billing.e_invoicing.engine.reading import ReadInvoice, ReadLine, read
from saudi_crm_billing.instalments.terms import DOWN_PAYMENT_TERM

TITLES = {
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
class PrintedLine:
	name: str
	quantity: str
	unit: str
	price: str
	net: str
	rate: str
	tax: str
	gross: str
	reason: str


@dataclass(frozen=True)
class PrintedInstalment:
	number: int  # 0: the down payment
	due_date: date
	due_date_hijri: str
	amount: str
	outstanding: str


@dataclass(frozen=True)
class PrintedInvoice:
	"""Texts ready to print; amounts with two decimals and thousands commas.

	`tax_riyals` and `exchange_rate` stand on an invoice in another currency only: VAT must be stated in riyals too (VAT
	Implementing Regulations, article 53).
	"""

	title_en: str
	title_ar: str
	number: str
	issued: str
	hijri: str
	currency: str
	seller: Party
	buyer: Party
	lines: tuple[PrintedLine, ...]
	taxable: str
	tax: str
	tax_riyals: str
	exchange_rate: str
	discount: str
	rounding: str
	payable: str
	in_words_ar: str
	note_reason: str
	corrects: str
	instalments: tuple[PrintedInstalment, ...]
	qr_image: str
	is_draft: bool


def scb_tax_invoice(doc: Document) -> PrintedInvoice | None:
	"""The figures of `doc` as its e-invoice has them; None where it has none (a line of unknown VAT)."""
	xml = _issued(doc) or _draft(doc)
	if xml is None:
		return None
	invoice = read(xml)
	title_en, title_ar = TITLES[(invoice.type_code, invoice.subtype)]
	return PrintedInvoice(
		title_en=title_en,
		title_ar=title_ar,
		number=invoice.number,
		issued=f"{invoice.issue_date.isoformat()} {invoice.issue_time.isoformat('minutes')}",
		hijri=hijri_or_blank(invoice.issue_date),
		currency=invoice.currency,
		seller=invoice.seller,
		buyer=invoice.buyer,
		lines=_lines(doc, invoice),
		taxable=_amount(invoice.taxable),
		tax=_amount(invoice.tax),
		tax_riyals=_amount(invoice.tax_sar) if invoice.currency != "SAR" else "",
		exchange_rate=f"{invoice.exchange_rate:f}" if invoice.exchange_rate else "",
		discount=_amount(invoice.allowance) if invoice.allowance else "",
		rounding=_amount(invoice.rounding) if invoice.rounding else "",
		payable=_amount(invoice.payable),
		in_words_ar=amount_in_words(invoice.payable) if invoice.currency == "SAR" else "",
		note_reason=invoice.note_reason,
		corrects=", ".join(invoice.corrects),
		instalments=_instalments(doc),
		qr_image=scb_qr_image(invoice.qr),
		is_draft=doc.docstatus == 0,
	)


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


def _lines(doc: Document, invoice: ReadInvoice) -> tuple[PrintedLine, ...]:
	"""The document's lines; ERPNext's names of units, which UBL has no place for, come from the invoice's own rows."""
	rows = [item for item in doc.items if to_money(item.net_amount) * (-1 if doc.is_return else 1) >= 0]
	return tuple(
		PrintedLine(
			name=line.name,
			quantity=f"{line.quantity.normalize():f}",
			unit=row.uom or "",
			price=_amount(line.net / line.quantity) if line.quantity else _amount(line.net),
			net=_amount(line.net),
			rate=f"{line.rate.normalize():f}%",
			tax=_amount(line.tax),
			gross=_amount(line.gross),
			reason=_reason(line, row),
		)
		for line, row in zip(invoice.lines, rows, strict=True)
	)


def _reason(line: ReadLine, row: Any) -> str:
	"""Why the line bears no VAT; the row's code chooses where the document has two reasons for one category."""
	if len(line.exemptions) < 2:
		return "".join(line.exemptions.values())
	return line.exemptions.get(row.get("scb_vatex_code") or "") or " / ".join(line.exemptions.values())


def _instalments(doc: Document) -> tuple[PrintedInstalment, ...]:
	rows: list[Any] = list(doc.get("payment_schedule") or ())
	if len(rows) < 2:
		return ()
	down_payments = sum(row.payment_term == DOWN_PAYMENT_TERM for row in rows)
	return tuple(
		PrintedInstalment(
			number=number,
			due_date=getdate(row.due_date),
			due_date_hijri=hijri_or_blank(getdate(row.due_date)),
			amount=_amount(to_money(row.payment_amount)),
			outstanding=_amount(to_money(row.outstanding or 0)),
		)
		for number, row in enumerate(rows, start=1 - down_payments)
	)


def _amount(value: Decimal) -> str:
	return f"{to_money(value):,.2f}"
