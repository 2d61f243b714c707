"""Reads a Sales Invoice and its masters into the engine's `Invoice`. It writes nothing.

Amounts come from ERPNext's own figures: a line's net amount already carries its part of any document discount. VAT
comes from the snapshot that customer_tax left on the line, else from ERPNext's tax rows.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import frappe
from frappe.model.document import Document
from frappe.utils import get_time, getdate

from saudi_crm_billing.common.money import to_money
from saudi_crm_billing.e_invoicing import parties, taxes
from saudi_crm_billing.e_invoicing.clock import in_riyadh
from saudi_crm_billing.e_invoicing.engine.draft import DRAFT_UUID
from saudi_crm_billing.e_invoicing.engine.hashing import FIRST_PREVIOUS_HASH
from saudi_crm_billing.e_invoicing.engine.model import (
	Allowance,
	BillingReference,
	DocumentAllowance,
	Invoice,
	Line,
	PaymentMeans,
	PaymentMeansCode,
	Subtype,
	TransactionCode,
	TypeCode,
)
from saudi_crm_billing.e_invoicing.engine.totals import price_for

KINDS = {
	TypeCode.INVOICE: "Invoice",
	TypeCode.CREDIT_NOTE: "Credit Note",
	TypeCode.DEBIT_NOTE: "Debit Note",
}
SUBTYPES = {Subtype.STANDARD: "Standard", Subtype.SIMPLIFIED: "Simplified"}

EXPORTS = ("VATEX-SA-32", "VATEX-SA-33")

# UN/ECE recommendation 20 for ERPNext's own units; any other is a piece.
UNIT_CODES = {
	"Box": "BX",
	"Day": "DAY",
	"Hour": "HUR",
	"Kg": "KGM",
	"Litre": "LTR",
	"Meter": "MTR",
	"Month": "MON",
	"Set": "SET",
	"Square Meter": "MTK",
	"Week": "WEE",
	"Year": "ANN",
}
PAYMENT_CODES = {
	"Bank": PaymentMeansCode.BANK_ACCOUNT,
	"Cash": PaymentMeansCode.CASH,
	"Phone": PaymentMeansCode.CARD,
}

# Arabic of install.NOTE_REASONS: the document is in Arabic by law, whatever the user's language.
REASONS_AR = {
	"Cancellation or suspension of the supply": "إلغاء التوريد أو وقفه",
	"Essential change or amendment of the supply": "تغيير أو تعديل جوهري في التوريد",
	"Amendment of the supply value agreed in advance": "تعديل قيمة التوريد المتفق عليه مسبقًا",
	"Refund of goods or services": "إرجاع السلع أو الخدمات",
	"Change of the seller's or buyer's information": "تغيير بيانات البائع أو المشتري",
}


def to_invoice(doc: Document) -> Invoice:
	"""What `doc` says, at no place in a chain yet; `rounding` closes ERPNext's total to the halala (taxes.py)."""
	kind = type_code(doc)
	lines = tuple(_line(doc, item) for item in doc.items if not _is_deduction(doc, item))
	allowances = tuple(_deduction(doc, item) for item in doc.items if _is_deduction(doc, item))
	subtype = parties.subtype(doc)
	issued = issued_at(doc.posting_date, doc.posting_time)
	exported = subtype is Subtype.STANDARD and any(line.vat.exemption_code in EXPORTS for line in lines)
	return Invoice(
		number=doc.name or "",
		uuid=DRAFT_UUID,
		issue_date=issued.date(),
		issue_time=issued.time(),
		type_code=kind,
		transaction=TransactionCode(subtype, export=exported),
		icv=1,
		previous_hash=FIRST_PREVIOUS_HASH,
		seller=parties.seller(doc),
		buyer=parties.buyer(doc),
		lines=lines,
		allowances=allowances,
		currency=doc.currency,
		exchange_rate=Decimal(str(doc.conversion_rate)) if doc.currency != "SAR" else None,
		payment_means=_payment_means(doc),
		note_reason=_reason(doc) if kind is not TypeCode.INVOICE else "",
		billing_references=_billing_references(doc),
		supply_date=issued.date(),
		order_reference=_order_reference(doc),
	)


def type_code(doc: Document) -> TypeCode:
	if doc.is_return:
		return TypeCode.CREDIT_NOTE
	return TypeCode.DEBIT_NOTE if doc.get("is_debit_note") else TypeCode.INVOICE


def issued_at(posting_date: date | str, posting_time: timedelta | str | None) -> datetime:
	"""Posting date and time, which are by the site's clock, in Riyadh."""
	at = str(posting_time) if isinstance(posting_time, timedelta) else posting_time
	return in_riyadh(datetime.combine(getdate(posting_date), get_time(at or "00:00:00")))


def _sign(doc: Document) -> int:
	"""A return's figures are negative in ERPNext; a credit note's are positive."""
	return -1 if doc.is_return else 1


def _is_deduction(doc: Document, item: Any) -> bool:
	"""A line that lowers the total (a negative quantity or price) is a document discount: UBL lines are positive."""
	return to_money(item.net_amount) * _sign(doc) < 0


def _line(doc: Document, item: Any) -> Line:
	net = abs(to_money(item.net_amount))
	before_discount = net if taxes.is_inclusive(doc) else max(abs(to_money(item.amount)), net)
	# ERPNext's debit note adjusts a price: quantity 0, the amount in the rate.
	quantity = abs(Decimal(str(item.qty))) or Decimal(1)
	price, base_quantity = price_for(before_discount, quantity)
	discount = before_discount - net
	return Line(
		name=item.item_name or item.item_code,
		quantity=quantity,
		unit_price=price,
		base_quantity=base_quantity,
		vat=taxes.vat_of(doc, item),
		unit_code=UNIT_CODES.get(item.uom, "PCE"),
		allowances=(Allowance(discount, "Discount | خصم"),) if discount else (),
		seller_item_id=item.item_code or "",
	)


def _deduction(doc: Document, item: Any) -> DocumentAllowance:
	return DocumentAllowance(
		amount=abs(to_money(item.net_amount)),
		reason=item.item_name or item.item_code,
		vat=taxes.vat_of(doc, item),
	)


def _payment_means(doc: Document) -> tuple[PaymentMeans, ...]:
	kinds = {frappe.get_cached_value("Mode of Payment", mode, "type") for mode in _modes(doc)}
	codes = {PAYMENT_CODES.get(kind, PaymentMeansCode.UNDEFINED) for kind in kinds}
	codes = codes or {PaymentMeansCode.CREDIT}
	return tuple(PaymentMeans(code) for code in sorted(codes, key=lambda code: code.value))


def _modes(doc: Document) -> Iterator[str]:
	if doc.is_pos:
		yield from (row.mode_of_payment for row in doc.payments if row.mode_of_payment and row.amount)


def _reason(doc: Document) -> str:
	reason = doc.get("scb_zatca_note_reason") or ""
	arabic = REASONS_AR.get(reason)
	return f"{arabic} | {reason}" if arabic else reason


def _billing_references(doc: Document) -> tuple[BillingReference, ...]:
	if not doc.return_against:
		return ()
	posted = frappe.db.get_value(doc.doctype, doc.return_against, ("posting_date", "posting_time"))
	return (BillingReference(doc.return_against, issued_at(*posted).date() if posted else None),)


def _order_reference(doc: Document) -> str:
	orders = {item.sales_order for item in doc.items if item.sales_order}
	return orders.pop() if len(orders) == 1 else ""
