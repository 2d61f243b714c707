"""An advance received before the supply: the VAT inside it, and how later invoices and refunds use it up.

VAT falls due when the advance is received (GCC VAT Agreement, article 23) and is the tax fraction of what was received,
rate / (100 + rate), rounded half up once. What is used later takes its VAT from a running total, so that the pieces
add up to the whole to the halala however many there are and in whatever order. Amounts are riyals, rates percent.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from itertools import chain

from saudi_crm_billing.common.money import HALALA, to_money

HUNDRED = Decimal(100)
ZERO = Decimal("0.00")
# The VAT of a piece is off its own tax fraction by less than this many halalas, so this far the search has to go.
REACH = 12


class AdvanceExceeded(ValueError):
	"""More is to be used than is left of an advance; `asked` and `left` are gross amounts."""

	def __init__(self, asked: Decimal, left: Decimal) -> None:
		super().__init__(f"{asked} asked, {left} left")
		self.asked, self.left = asked, left


@dataclass(frozen=True)
class Amounts:
	"""`gross` with the VAT inside it; what is not `tax` is `taxable`."""

	gross: Decimal
	tax: Decimal

	@property
	def taxable(self) -> Decimal:
		return self.gross - self.tax

	def __add__(self, other: Amounts) -> Amounts:
		return Amounts(self.gross + other.gross, self.tax + other.tax)

	def __sub__(self, other: Amounts) -> Amounts:
		return Amounts(self.gross - other.gross, self.tax - other.tax)


NOTHING = Amounts(ZERO, ZERO)


@dataclass(frozen=True)
class Stated:
	"""What a document states: its VAT is `taxable` x rate exactly [BR-CO-17]; `rounding` [BT-114] closes it to gross."""

	taxable: Decimal
	rounding: Decimal


def received(gross: Decimal, rate: Decimal) -> Amounts:
	"""An advance of `gross` at a rate of `rate` percent."""
	return Amounts(to_money(gross), to_money(gross * rate / (HUNDRED + rate)))


def use(advance: Amounts, used: Amounts, gross: Decimal, rate: Decimal) -> Amounts:
	"""The next piece of `advance` after `used`; `AdvanceExceeded` if less is left. What empties it takes all VAT left."""
	left = advance - used
	if gross > left.gross:
		raise AdvanceExceeded(gross, left.gross)
	if gross == left.gross:
		return left
	tax = received(used.gross + gross, rate).tax - used.tax
	return Amounts(gross, min(max(tax, ZERO), left.tax, gross))


def stated(amounts: Amounts, rate: Decimal) -> Stated:
	"""The taxable amount nearest to `amounts.taxable` of which `rate` percent is exactly `amounts.tax`.

	For two gross amounts in twenty-three there is none that also adds up to the gross: the rounding then closes the
	document. `ValueError` for a tax that is not the rate of anything near.
	"""
	steps = chain((0,), *((step, -step) for step in range(1, REACH)))
	for step in steps:
		taxable = amounts.taxable + step * HALALA
		if taxable >= 0 and to_money(taxable * rate / HUNDRED) == amounts.tax:
			return Stated(taxable, amounts.gross - taxable - amounts.tax)
	raise ValueError(f"{amounts.tax} is not {rate}% of about {amounts.taxable}")
