"""What each instalment has paid and still owes: payments settle the oldest first, credit notes by the plan's rule."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum

from saudi_crm_billing.common.money import split

ZERO = Decimal(0)


class CreditRule(Enum):
	"""Which instalments a credit note settles; the values are those of the settings."""

	OLDEST = "Oldest first"
	LAST = "Last first"
	PROPORTIONAL = "Proportional"


@dataclass(frozen=True)
class CreditNote:
	"""What a credit note takes off the debt, and what payments posted before it had settled."""

	amount: Decimal
	paid_before: Decimal


@dataclass(frozen=True)
class InstalmentBalance:
	"""`paid` by payments of all kinds, `credited` by credit notes; what is left is `outstanding`."""

	amount: Decimal
	paid: Decimal
	credited: Decimal
	outstanding: Decimal


def settle(
	amounts: Sequence[Decimal],
	payments: Decimal,
	credits: Decimal,
	*,
	rule: CreditRule = CreditRule.OLDEST,
	notes: Sequence[CreditNote] = (),
	directed: Mapping[int, Decimal] | None = None,
) -> tuple[InstalmentBalance, ...]:
	"""Pour payments, then credit notes, over the instalments in the order given, and never more than one owes.

	`directed` says how much of the payments an instalment (by its place) gets before the others; it is honoured as
	far as there is money and debt. The proportional rule shares each of `notes` among what was owed when it was
	posted; the other rules need no order of time. What exceeds the sum of the amounts is left over; a negative sum (a
	debit against the invoice) settles nothing.
	"""
	settled = max(payments + credits, ZERO)
	money = max(min(payments, settled), ZERO)
	first = _directed_shares(amounts, money, directed or {})
	tank = _Tank(amounts, first, money - sum(first, ZERO))
	for paid_before, note in _in_turn(rule, notes, money, settled - money):
		tank.pay(paid_before - sum(first, ZERO))
		tank.credit(note, rule)
	tank.pay(tank.whole)
	return tuple(
		InstalmentBalance(amount, paid, credited, amount - paid - credited)
		for amount, paid, credited in zip(amounts, tank.paid, tank.credited, strict=True)
	)


class _Tank:
	"""Instalments that are being filled; `money` is what payments have not yet brought in."""

	def __init__(self, amounts: Sequence[Decimal], paid: Sequence[Decimal], money: Decimal) -> None:
		self.amounts, self.paid, self.money = amounts, list(paid), money
		self.credited = [ZERO] * len(amounts)
		self.whole = money

	def owed(self) -> list[Decimal]:
		return [
			amount - paid - credited
			for amount, paid, credited in zip(self.amounts, self.paid, self.credited, strict=True)
		]

	def pay(self, up_to: Decimal) -> None:
		"""Bring in what lacks until `up_to` of the whole money was poured."""
		part = min(max(up_to - (self.whole - self.money), ZERO), self.money)
		self.money -= part
		self.paid = _added(self.paid, _pour(self.owed(), part))

	def credit(self, note: Decimal, rule: CreditRule) -> None:
		self.credited = _added(self.credited, _spread(self.owed(), note, rule))


def _directed_shares(
	amounts: Sequence[Decimal], money: Decimal, directed: Mapping[int, Decimal]
) -> list[Decimal]:
	wanted = [min(directed.get(place, ZERO), amount) for place, amount in enumerate(amounts)]
	return _pour(wanted, money)


def _in_turn(
	rule: CreditRule, notes: Sequence[CreditNote], money: Decimal, credit: Decimal
) -> Iterator[tuple[Decimal, Decimal]]:
	"""Credit notes with what was paid before each; together they take `credit`, the rest of it after all payments."""
	if rule is CreditRule.PROPORTIONAL:
		for note in notes:
			part = min(max(note.amount, ZERO), credit)
			credit -= part
			yield note.paid_before, part
	yield money, credit


def _spread(owed: Sequence[Decimal], note: Decimal, rule: CreditRule) -> list[Decimal]:
	if rule is CreditRule.LAST:
		return _pour(owed[::-1], note)[::-1]
	whole = sum(owed, ZERO)
	if rule is CreditRule.PROPORTIONAL and whole:
		return list(split(min(note, whole), owed))
	return _pour(owed, note)


def _pour(amounts: Sequence[Decimal], money: Decimal) -> list[Decimal]:
	shares = []
	for amount in amounts:
		share = min(max(money, ZERO), amount)
		shares.append(share)
		money -= share
	return shares


def _added(first: Sequence[Decimal], second: Sequence[Decimal]) -> list[Decimal]:
	return [one + other for one, other in zip(first, second, strict=True)]
