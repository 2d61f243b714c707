"""VAT of a line, and ERPNext's total against the document's: they agree to the halala or nothing is issued."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal
from typing import Any

from frappe.model.document import Document
from frappe.utils import cstr

from saudi_crm_billing.common.money import HALALA, to_money
from saudi_crm_billing.e_invoicing.engine.model import Invoice, Vat, VatCategory
from saudi_crm_billing.e_invoicing.engine.totals import Totals, compute

# ERPNext itself shifts up to this much into a total whose prices include VAT.
INCLUSIVE_TOLERANCE = Decimal("0.05")


UNCLASSIFIED = (
	"Row {row}: item {item} bears no VAT and does not say why. Give the customer or the item a Customer Tax Class, or"
	" add the VAT row under Taxes and Charges."
)
TOTALS_DIFFER = (
	"The e-invoice would total {document}, but this invoice totals {erpnext}. Every amount must be on an item row or be"
	" VAT: move other charges ({charges}) from Taxes and Charges to an item row."
)


class CannotIssue(ValueError):
	"""An invoice that has no e-invoice; `template` (English, translatable) and `params` say what to mend."""

	def __init__(self, template: str, **params: object) -> None:
		super().__init__(template.format(**params))
		self.template, self.params = template, params


def is_inclusive(doc: Document) -> bool:
	return any(row.included_in_print_rate for row in doc.get("taxes") or ())


def vat_of(doc: Document, item: Any) -> Vat:
	"""The line's snapshot by customer_tax; without one, a positive rate of ERPNext's tax rows is standard VAT."""
	if category := item.get("scb_vat_category"):
		taxed = category == VatCategory.STANDARD.value
		return Vat(
			category=VatCategory(category),
			rate=Decimal(str(item.get("scb_vat_rate") or 0)),
			exemption_code="" if taxed else item.get("scb_vatex_code") or "",
			exemption_reason="" if taxed else item.get("scb_vat_reason") or "",
		)
	if rate := sum((_rate(row, item) for row in doc.get("taxes") or ()), Decimal(0)):
		return Vat(VatCategory.STANDARD, rate)
	raise CannotIssue(UNCLASSIFIED, row=item.idx, item=item.item_code or item.item_name)


def payable(doc: Document) -> Decimal:
	"""What the buyer owes by ERPNext: the rounded total where there is one, positive also for a return."""
	return abs(to_money(doc.rounded_total or doc.grand_total))


def close_rounding(doc: Document, invoice: Invoice) -> tuple[Invoice, Totals]:
	"""The invoice with the rounding [BT-114] that brings its payable amount to ERPNext's, and its totals.

	The rounding carries ERPNext's own rounding adjustment, one halala for each VAT category (ERPNext may round half to
	even, ZATCA rounds half up), and with prices that include VAT what ERPNext moved. More than that is refused.
	"""
	totals = compute(invoice)
	difference = payable(doc) - totals.payable
	allowed = HALALA * len(totals.categories) + (INCLUSIVE_TOLERANCE if is_inclusive(doc) else Decimal(0))
	if abs(difference - _own_rounding(doc)) > allowed:
		raise CannotIssue(
			TOTALS_DIFFER,
			document=f"{totals.payable:,}",
			erpnext=f"{payable(doc):,}",
			charges=_other_charges(doc) or "-",
		)
	if not difference:
		return invoice, totals
	closed = replace(invoice, rounding=difference)
	return closed, compute(closed)


def _own_rounding(doc: Document) -> Decimal:
	"""ERPNext's rounding to a whole amount, in the document's sign."""
	if not doc.rounded_total:
		return Decimal(0)
	adjustment = to_money(doc.rounding_adjustment or 0)
	return -adjustment if doc.is_return else adjustment


def _rate(row: Any, item: Any) -> Decimal:
	rates = item.item_tax_rate
	rates = json.loads(rates) if isinstance(rates, str) and rates else rates or {}
	if row.account_head in rates:
		return Decimal(str(rates[row.account_head] or 0))
	return Decimal(str(row.rate or 0)) if row.charge_type == "On Net Total" else Decimal(0)


def _other_charges(doc: Document) -> str:
	rows = [row for row in doc.get("taxes") or () if row.charge_type != "On Net Total"]
	return ", ".join(cstr(row.description or row.account_head) for row in rows)
