"""Reads a Sales Invoice and its masters into the engine's `Invoice`. It writes nothing.

Amounts come from ERPNext's own figures (amounts.py), VAT from the snapshot that customer_tax left on the line, else
from ERPNext's tax rows (taxes.py).
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import frappe
from frappe.model.document import Document

from saudi_crm_billing.e_invoicing.advances import settlement as advance_settlement
from saudi_crm_billing.e_invoicing.clock import issued_at
from saudi_crm_billing.e_invoicing.documents import amounts, buyer_kind, parties, references, transactions
from saudi_crm_billing.e_invoicing.engine.draft import DRAFT_UUID
from saudi_crm_billing.e_invoicing.engine.hashing import FIRST_PREVIOUS_HASH
from saudi_crm_billing.e_invoicing.engine.model import (
	Invoice,
	PaymentMeans,
	PaymentMeansCode,
	Subtype,
	TypeCode,
)

KINDS = {
	TypeCode.INVOICE: "Invoice",
	TypeCode.PREPAYMENT: "Prepayment",
	TypeCode.CREDIT_NOTE: "Credit Note",
	TypeCode.DEBIT_NOTE: "Debit Note",
}
SUBTYPES = {Subtype.STANDARD: "Standard", Subtype.SIMPLIFIED: "Simplified"}

PAYMENT_CODES = {
	"Bank": PaymentMeansCode.BANK_ACCOUNT,
	"Cash": PaymentMeansCode.CASH,
	"Phone": PaymentMeansCode.CARD,
}

# Arabic of source_fields.NOTE_REASONS: the document is in Arabic by law, whatever the user's language.
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
	lines, allowances = amounts.read(doc)
	subtype = buyer_kind.subtype(doc)
	issued = issued_at(doc.posting_date, doc.posting_time)
	period = transactions.period_of(doc, issued.date())
	return Invoice(
		number=doc.name or "",
		uuid=DRAFT_UUID,
		issue_date=issued.date(),
		issue_time=issued.time(),
		type_code=kind,
		transaction=transactions.code_of(doc, subtype, (line.vat for line in lines)),
		icv=1,
		previous_hash=FIRST_PREVIOUS_HASH,
		seller=parties.seller(doc),
		buyer=parties.buyer(doc),
		lines=lines,
		allowances=allowances,
		prepayments=advance_settlement.prepayments_of(doc),
		currency=doc.currency,
		exchange_rate=Decimal(str(doc.conversion_rate)) if doc.currency != "SAR" else None,
		payment_means=_payment_means(doc),
		note_reason=_reason(doc) if kind is not TypeCode.INVOICE else "",
		billing_references=references.billing_references(doc),
		supply_date=period.start,
		supply_end=period.end,
		contract_reference=transactions.contract_of(doc),
		order_reference=_order_reference(doc),
	)


def type_code(doc: Document) -> TypeCode:
	if doc.is_return:
		return TypeCode.CREDIT_NOTE
	return TypeCode.DEBIT_NOTE if doc.get("is_debit_note") else TypeCode.INVOICE


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


def _order_reference(doc: Document) -> str:
	orders = {item.sales_order for item in doc.items if item.sales_order}
	return orders.pop() if len(orders) == 1 else ""
