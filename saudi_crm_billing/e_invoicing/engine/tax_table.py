"""ERPNext's table of taxes and charges, read as an e-invoice needs it: which rate a line bears, and what is no VAT.

A row that is no VAT (freight, a service charge) becomes charges on the document [BG-21], or discounts [BG-20] where it
lowers the total: one for each VAT category, in the proportion in which ERPNext itself spreads the row over the items.
VAT must cover it there as it covers the items.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum

from saudi_crm_billing.common.money import split, to_money
from saudi_crm_billing.e_invoicing.engine.errors import InvalidInvoice
from saudi_crm_billing.e_invoicing.engine.model import DocumentAllowance, Vat

ZERO = Decimal(0)
HUNDRED = Decimal(100)
# UNTDID 7161 and 5189; a charge must have a code (BR-KSA-19).
MISCELLANEOUS, DISCOUNT = "ABK", "95"


class Basis(Enum):
	"""What a row is computed on; the values are ERPNext's."""

	ACTUAL = "Actual"
	NET = "On Net Total"
	PREVIOUS_AMOUNT = "On Previous Row Amount"
	PREVIOUS_TOTAL = "On Previous Row Total"
	QUANTITY = "On Item Quantity"


@dataclass(frozen=True)
class TaxRow:
	"""One row. `amount` is what it adds to the document, a return's as positive as an invoice's; `of_row` counts from 1."""

	basis: Basis
	amount: Decimal
	is_vat: bool
	of_row: int = 0
	is_included: bool = False
	name: str = ""


@dataclass(frozen=True)
class TaxedItem:
	"""An item row: its net amount, its VAT, and the rate of every row of the table for it (percent, or per unit)."""

	net: Decimal
	quantity: Decimal
	vat: Vat
	rates: tuple[Decimal, ...]


def vat_rate(rows: Sequence[TaxRow], rates: Sequence[Decimal]) -> Decimal:
	"""The VAT rate of an item, in percent."""
	on_items = (Basis.NET, Basis.PREVIOUS_TOTAL)
	return sum(
		(rate for row, rate in zip(rows, rates, strict=True) if row.is_vat and row.basis in on_items), ZERO
	)


def included_factor(rows: Sequence[TaxRow], rates: Sequence[Decimal]) -> Decimal:
	"""By what a price that includes rows of the table is divided to be net of them."""
	only = tuple(rate if row.is_included else ZERO for row, rate in zip(rows, rates, strict=True))
	return 1 + sum(_shares(rows, only, Decimal(1), ZERO, ZERO), ZERO)


def charges(rows: Sequence[TaxRow], items: Sequence[TaxedItem]) -> tuple[DocumentAllowance, ...]:
	"""The rows that are no VAT, by VAT category; `InvalidInvoice` where VAT does not cover one as it covers its items."""
	if not items or all(row.is_vat or not row.amount for row in rows):
		return ()
	net_total = sum((item.net for item in items), ZERO)
	shares = [_shares(rows, item.rates, item.net, item.quantity, net_total) for item in items]
	found: list[DocumentAllowance] = []
	for index, row in enumerate(rows):
		if row.is_vat or not row.amount:
			continue
		parts: dict[Vat, Decimal] = {}
		for item, share in zip(items, shares, strict=True):
			if share[index]:
				_refuse_untaxed(rows, index, item)
			parts[item.vat] = parts.get(item.vat, ZERO) + share[index]
		found.extend(_by_category(row, parts))
	return tuple(found)


def _by_category(row: TaxRow, parts: dict[Vat, Decimal]) -> list[DocumentAllowance]:
	weights = [abs(part) for part in parts.values()]
	if not any(weights):
		# A table on items that cost nothing: ERPNext puts the whole row on the last of them.
		weights[-1] = Decimal(1)
	code = MISCELLANEOUS if row.amount > 0 else DISCOUNT
	pieces = split(abs(to_money(row.amount)), weights)
	return [
		DocumentAllowance(piece, row.name, code, charge=row.amount > 0, vat=vat)
		for vat, piece in zip(parts, pieces, strict=True)
		if piece
	]


def _refuse_untaxed(rows: Sequence[TaxRow], index: int, item: TaxedItem) -> None:
	covered = sum(
		(rate for row, rate in zip(rows, item.rates, strict=True) if row.is_vat and _covers(row, index + 1)),
		ZERO,
	)
	if covered != item.vat.rate:
		row = rows[index]
		raise InvalidInvoice(
			"charge-without-vat",
			row=index + 1,
			name=row.name,
			amount=f"{row.amount:,.2f}",
			covered=f"{covered.normalize():f}",
			rate=f"{item.vat.rate.normalize():f}",
		)


def _covers(vat: TaxRow, number: int) -> bool:
	"""Whether a VAT row is computed on the row of that number too."""
	if vat.basis is Basis.PREVIOUS_TOTAL:
		return vat.of_row >= number
	return vat.basis is Basis.PREVIOUS_AMOUNT and vat.of_row == number


def _shares(
	rows: Sequence[TaxRow], rates: Sequence[Decimal], net: Decimal, quantity: Decimal, net_total: Decimal
) -> list[Decimal]:
	"""What each row puts on one item, as ERPNext computes it before it rounds."""
	amounts: list[Decimal] = []
	totals: list[Decimal] = []
	for row, rate in zip(rows, rates, strict=True):
		if row.basis is Basis.ACTUAL:
			share = net * row.amount / net_total if net_total else ZERO
		elif row.basis is Basis.QUANTITY:
			share = rate * quantity
		elif row.basis is Basis.NET:
			share = rate * net / HUNDRED
		else:
			bases = amounts if row.basis is Basis.PREVIOUS_AMOUNT else totals
			share = rate * bases[row.of_row - 1] / HUNDRED if 0 < row.of_row <= len(bases) else ZERO
		amounts.append(share)
		totals.append((totals[-1] if totals else net) + share)
	return amounts
