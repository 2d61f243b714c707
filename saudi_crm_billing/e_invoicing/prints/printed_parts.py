"""The parts of the print that repeat: lines, VAT by category, discounts and charges, settled advances, instalments.

Texts ready to print; amounts with two decimals and thousands commas. It reads and never writes.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import frappe
from frappe.model.document import Document
from frappe.utils import getdate

from saudi_crm_billing.common.dates import hijri_or_blank
from saudi_crm_billing.common.money import to_money
from saudi_crm_billing.e_invoicing.engine.model import PaymentMeansCode, VatCategory
from saudi_crm_billing.e_invoicing.engine.reading import ReadInvoice, ReadLine
from saudi_crm_billing.e_invoicing.engine.reading_parts import ReadAdjustment
from saudi_crm_billing.instalments.terms import DOWN_PAYMENT_TERM

CATEGORIES = {
	VatCategory.STANDARD: ("Standard rate", "النسبة الأساسية"),
	VatCategory.ZERO: ("Zero rate", "نسبة الصفر"),
	VatCategory.EXEMPT: ("Exempt", "معفى من الضريبة"),
	VatCategory.OUT_OF_SCOPE: ("Outside the scope of VAT", "خارج نطاق الضريبة"),
}
PAYMENT_MEANS = {
	PaymentMeansCode.CASH: ("Cash", "نقدًا"),
	PaymentMeansCode.CREDIT: ("On credit", "آجل"),
	PaymentMeansCode.BANK_ACCOUNT: ("Bank account", "حساب بنكي"),
	PaymentMeansCode.CARD: ("Card", "بطاقة"),
}
"""The one that says "not defined" is not printed."""
PRICE_DECIMALS = Decimal("0.0001")


@dataclass(frozen=True)
class PrintedLine:
	"""`price` is before `discount`, which is empty without one and has a minus sign where it is a charge."""

	name: str
	quantity: str
	unit: str
	price: str
	discount: str
	net: str
	rate: str
	tax: str
	gross: str
	reason: str


@dataclass(frozen=True)
class PrintedVat:
	name_en: str
	name_ar: str
	rate: str
	taxable: str
	tax: str
	reason: str


@dataclass(frozen=True)
class PrintedAdjustment:
	"""A discount on the whole invoice, or a charge."""

	reason: str
	amount: str
	is_charge: bool


@dataclass(frozen=True)
class PrintedAdvance:
	number: str
	issued: str
	hijri: str
	taxable: str
	tax: str
	gross: str


@dataclass(frozen=True)
class PrintedInstalment:
	number: int  # 0: the down payment
	due_date: date
	due_date_hijri: str
	amount: str
	outstanding: str


def lines(doc: Document, invoice: ReadInvoice) -> tuple[PrintedLine, ...]:
	"""The document's lines; ERPNext's names of units, which UBL has no place for, come from the source's own rows."""
	rows = [
		item
		for item in doc.get("items") or ()
		if to_money(item.net_amount) * (-1 if doc.get("is_return") else 1) >= 0
	]
	if len(rows) != len(invoice.lines):  # what the document says stands; the rows only add to it
		rows = [frappe._dict() for _line in invoice.lines]
	return tuple(_line(line, row) for line, row in zip(invoice.lines, rows, strict=True))


def _line(line: ReadLine, row: Any) -> PrintedLine:
	discount = sum((_signed(each) for each in line.adjustments), Decimal(0))
	return PrintedLine(
		name=line.name,
		quantity=f"{line.quantity.normalize():f}",
		unit=row.get("uom") or "",
		price=_price(line.price),
		discount=amount(discount) if discount else "",
		net=amount(line.net),
		rate=percent(line.rate),
		tax=amount(line.tax),
		gross=amount(line.gross),
		reason=_reason(line, row),
	)


def _signed(adjustment: ReadAdjustment) -> Decimal:
	return -adjustment.amount if adjustment.is_charge else adjustment.amount


def _reason(line: ReadLine, row: Any) -> str:
	"""Why the line bears no VAT; the row's code chooses where the document has two reasons for one category."""
	if len(line.exemptions) < 2:
		return "".join(line.exemptions.values())
	return line.exemptions.get(row.get("scb_vatex_code") or "") or " / ".join(line.exemptions.values())


def vat_rows(invoice: ReadInvoice) -> tuple[PrintedVat, ...]:
	return tuple(
		PrintedVat(
			*CATEGORIES[row.category],
			rate=percent(row.rate),
			taxable=amount(row.taxable),
			tax=amount(row.tax),
			reason=row.reason,
		)
		for row in invoice.vat_rows
	)


def adjustments(invoice: ReadInvoice) -> tuple[PrintedAdjustment, ...]:
	return tuple(
		PrintedAdjustment(row.reason, amount(row.amount), row.is_charge) for row in invoice.adjustments
	)


def payment_means(invoice: ReadInvoice) -> str:
	"""In both languages, Arabic first; empty where the document defines none."""
	names = [PAYMENT_MEANS[code] for code in invoice.payment_means if code in PAYMENT_MEANS]
	return "، ".join(f"{arabic} {english}" for english, arabic in names)


def advances(invoice: ReadInvoice) -> tuple[PrintedAdvance, ...]:
	return tuple(
		PrintedAdvance(
			number=row.number,
			issued=row.issue_date.isoformat() if row.issue_date else "",
			hijri=hijri_or_blank(row.issue_date) if row.issue_date else "",
			taxable=amount(row.taxable),
			tax=amount(row.tax),
			gross=amount(row.taxable + row.tax),
		)
		for row in invoice.advances
	)


def instalments(doc: Document) -> tuple[PrintedInstalment, ...]:
	"""When the buyer is to pay; nothing where it is one payment."""
	rows: list[Any] = list(doc.get("payment_schedule") or ())
	if len(rows) < 2:
		return ()
	down_payments = sum(row.payment_term == DOWN_PAYMENT_TERM for row in rows)
	return tuple(
		PrintedInstalment(
			number=number,
			due_date=getdate(row.due_date),
			due_date_hijri=hijri_or_blank(getdate(row.due_date)),
			amount=amount(to_money(row.payment_amount)),
			outstanding=amount(to_money(row.outstanding or 0)),
		)
		for number, row in enumerate(rows, start=1 - down_payments)
	)


def amount(value: Decimal) -> str:
	return f"{to_money(value):,.2f}"


def percent(rate: Decimal) -> str:
	return f"{rate.normalize():f}%"


def _price(value: Decimal) -> str:
	"""Two decimals; up to four where the price has them."""
	exact = value.quantize(PRICE_DECIMALS)
	return f"{exact:,.2f}" if exact == to_money(exact) else f"{exact:,.4f}".rstrip("0")
