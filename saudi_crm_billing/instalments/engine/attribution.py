"""Which voucher settled which instalment: vouchers in the order of their dates, poured into what is known as settled."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True)
class Voucher:
	"""What a payment or a credit note took off an invoice's debt; below zero it added to it."""

	amount: Decimal
	is_credit_note: bool
	is_write_off: bool = False


@dataclass(frozen=True)
class Share:
	"""The part of a voucher that settled the instalment at this place of the plan."""

	place: int
	amount: Decimal


def attribute(
	paid: Sequence[Decimal],
	credited: Sequence[Decimal],
	vouchers: Sequence[Voucher],
	written_off: Sequence[Decimal] | None = None,
) -> list[tuple[Share, ...]]:
	"""The shares of each voucher, given what payments and credit notes settled of each instalment of one plan.

	The sums by instalment are the truth, by whatever rule they came about; the oldest voucher is taken to have settled
	the oldest of them, and a write-off what of `paid` was `written_off`. What a voucher has beyond them settled no instalment.
	"""
	gone = list(written_off or [Decimal(0)] * len(paid))
	money = [one - part for one, part in zip(paid, gone, strict=True)]
	notes = list(credited)
	return [
		tuple(_take(notes if one.is_credit_note else gone if one.is_write_off else money, one.amount))
		for one in vouchers
	]


def _take(left: list[Decimal], amount: Decimal) -> list[Share]:
	shares = []
	for place, open_amount in enumerate(left):
		part = min(open_amount, amount)
		if part > 0:
			left[place] -= part
			amount -= part
			shares.append(Share(place, part))
	return shares
