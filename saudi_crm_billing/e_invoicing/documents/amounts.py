"""Items, discounts and charges of a Sales Invoice as lines and document allowances, from ERPNext's own figures.

A line's net amount is the item's before the document's discount; that discount stands by itself, by VAT category, so
that each category's taxable amount is ERPNext's net amount to the halala. It writes nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from frappe.model.document import Document

from saudi_crm_billing.common.money import to_decimal, to_money
from saudi_crm_billing.e_invoicing.documents import taxes
from saudi_crm_billing.e_invoicing.engine.model import Allowance, DocumentAllowance, Line, Vat
from saudi_crm_billing.e_invoicing.engine.tax_table import (
	DISCOUNT,
	MISCELLANEOUS,
	TaxedItem,
	charges,
	included_factor,
)
from saudi_crm_billing.e_invoicing.engine.totals import price_for

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
DISCOUNT_REASON = "Discount | خصم"
SURCHARGE_REASON = "Surcharge | إضافة"


@dataclass(frozen=True)
class ItemAmounts:
	"""One item row without VAT, a return's as positive as an invoice's.

	`net` is after the document's discount, `before` it, and `listed` before the item's own discount too. `price` is
	the unit price of `listed`, where it is asked without VAT.
	"""

	row: Any
	taxed: TaxedItem
	before: Decimal
	listed: Decimal
	price: Decimal | None

	@property
	def net(self) -> Decimal:
		return self.taxed.net

	@property
	def is_deduction(self) -> bool:
		"""A row that lowers the total (a negative quantity or price) is a document discount: UBL lines are positive."""
		return self.net < 0


def read(doc: Document) -> tuple[tuple[Line, ...], tuple[DocumentAllowance, ...]]:
	"""The lines, in the order of their item rows, and what stands on the document: discounts, deductions, charges."""
	table = taxes.table_of(doc)
	items = [_amounts(doc, table, row) for row in doc.items]
	sold = [item for item in items if not item.is_deduction]
	return tuple(_line(item) for item in sold), (
		*_document_discount(sold),
		*(_deduction(item) for item in items if item.is_deduction),
		*charges(table.rows, [item.taxed for item in items]),
	)


def _amounts(doc: Document, table: taxes.Table, row: Any) -> ItemAmounts:
	sign = taxes.sign(doc)
	rates = table.rates_of(row)
	net = to_money(row.net_amount) * sign
	factor = included_factor(table.rows, rates) if table.is_inclusive else Decimal(1)
	# ERPNext's debit note adjusts a price: quantity 0, the amount in the rate.
	quantity = abs(to_decimal(row.qty)) or Decimal(1)
	before = to_money(to_decimal(row.amount) * sign / factor) if doc.discount_amount else net
	price = _list_price(row)
	listed = to_money(price * quantity / factor) if row.qty else before
	if listed <= before:
		price, listed = abs(to_decimal(row.rate)), before
	taxed = TaxedItem(net, quantity, taxes.vat_of(row, table, rates), rates)
	return ItemAmounts(row, taxed, before, listed, price if factor == 1 else None)


def _list_price(row: Any) -> Decimal:
	"""What a unit costs before the item's own discount: the list price with its margin."""
	return to_decimal(row.get("rate_with_margin") or row.get("price_list_rate") or 0)


def _line(item: ItemAmounts) -> Line:
	row, discount = item.row, item.listed - item.before
	price, base_quantity = price_for(item.listed, item.taxed.quantity, item.price)
	return Line(
		name=row.item_name or row.item_code,
		quantity=item.taxed.quantity,
		unit_price=price,
		base_quantity=base_quantity,
		vat=item.taxed.vat,
		unit_code=UNIT_CODES.get(row.uom, "PCE"),
		allowances=(Allowance(discount, DISCOUNT_REASON, DISCOUNT),) if discount else (),
		seller_item_id=row.item_code or "",
	)


def _document_discount(sold: Sequence[ItemAmounts]) -> list[DocumentAllowance]:
	"""The document's discount by VAT category; a negative one is a charge."""
	by_vat: dict[Vat, Decimal] = {}
	for item in sold:
		by_vat[item.taxed.vat] = by_vat.get(item.taxed.vat, Decimal(0)) + item.before - item.net
	return [
		DocumentAllowance(amount, DISCOUNT_REASON, DISCOUNT, vat=vat)
		if amount > 0
		else DocumentAllowance(-amount, SURCHARGE_REASON, MISCELLANEOUS, charge=True, vat=vat)
		for vat, amount in by_vat.items()
		if amount
	]


def _deduction(item: ItemAmounts) -> DocumentAllowance:
	return DocumentAllowance(
		-item.net, item.row.item_name or item.row.item_code, DISCOUNT, vat=item.taxed.vat
	)
