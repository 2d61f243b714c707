"""Payments that a customer wants to go to a certain instalment, and not to the oldest: how far each can be honoured."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

ZERO = Decimal(0)


@dataclass(frozen=True)
class Direction:
	"""`amount` of what `voucher` settles goes to the instalment at `place`."""

	place: int
	voucher: tuple[str, str]
	amount: Decimal


def honour(
	directions: Sequence[Direction],
	amounts: Sequence[Decimal],
	vouchers: Mapping[tuple[str, str], Decimal],
	money: Decimal,
) -> tuple[Decimal, ...]:
	"""What each direction still moves, the earlier first: never more than its voucher settles, than its instalment is
	due for, or than all payments bring in. A voucher that is gone settles nothing.
	"""
	left = dict(vouchers)
	room = dict(enumerate(amounts))
	given = []
	for one in directions:
		part = max(min(one.amount, left.get(one.voucher, ZERO), room.get(one.place, ZERO), money), ZERO)
		left[one.voucher] = left.get(one.voucher, ZERO) - part
		room[one.place] = room.get(one.place, ZERO) - part
		money -= part
		given.append(part)
	return tuple(given)


def by_place(directions: Sequence[Direction], given: Sequence[Decimal]) -> dict[int, Decimal]:
	"""What `settle` takes: the honoured amount of each instalment."""
	sums: dict[int, Decimal] = {}
	for one, part in zip(directions, given, strict=True):
		sums[one.place] = sums.get(one.place, ZERO) + part
	return sums
