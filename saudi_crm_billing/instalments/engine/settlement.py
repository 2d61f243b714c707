"""What a plan costs on the day on which its customer wants to be free of it, and what of its margin is not earned yet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from saudi_crm_billing.common.dates import Calendar, add_months
from saudi_crm_billing.common.money import to_money
from saudi_crm_billing.instalments.engine.refusal import Refusal

ZERO = Decimal(0)

MESSAGES = {
	"nothing_owed": "Nothing is owed under this plan any more, so there is nothing to settle.",
	"percent_out_of_range": "A rebate of {percent} % cannot be given. Enter more than 0 and less than 100.",
	"rebate_not_positive": "The rebate is {rebate}. Enter an amount above zero, or choose no rebate.",
	"rebate_too_fine": "The rebate of {rebate} has parts of a halala. Give it with two decimals.",
	"rebate_too_large": "The rebate of {rebate} leaves nothing of {outstanding} to pay. Lower it, or write the debt off.",
	"write_off_out_of_range": "{amount} cannot be written off. Enter an amount above zero, and at most the {outstanding} owed.",
}
"""What each code says in English; also the source texts for translation."""


class SettlementError(Refusal):
	"""A settlement that cannot be quoted: `code` (a key of MESSAGES) and the `params` of its text."""

	messages = MESSAGES


@dataclass(frozen=True)
class OwedRow:
	"""A row of a plan; `margin` is the part of `amount` that is credit margin."""

	due_date: date
	amount: Decimal
	outstanding: Decimal
	margin: Decimal = ZERO

	@property
	def owed_margin(self) -> Decimal:
		"""Of what is outstanding, by the row's own proportion."""
		return to_money(self.margin * self.outstanding / self.amount) if self.amount else ZERO


def unearned(rows: Sequence[OwedRow], day: date, kept_months: int) -> tuple[Decimal, ...]:
	"""The margin of each row that settling on `day` leaves unearned.

	A row that is due by then is earned, and so are the rows of the next `kept_months` months: SAMA allows a
	supervised creditor the cost of three months at most.
	"""
	earned_until = add_months(day, kept_months, Calendar.GREGORIAN)
	return tuple(row.owed_margin if row.due_date > earned_until else ZERO for row in rows)


def lowered(parts: Sequence[Decimal], by: Decimal) -> tuple[Decimal, ...]:
	"""The parts less an amount, the first of them first, none below zero."""
	left = []
	for part in parts:
		taken = min(part, by)
		left.append(part - taken)
		by -= taken
	return tuple(left)


def percent_of(outstanding: Decimal, percent: Decimal) -> Decimal:
	if not 0 < percent < 100:
		raise SettlementError("percent_out_of_range", percent=str(percent))
	return to_money(outstanding * percent / 100)


def amount_to_pay(outstanding: Decimal, rebate: Decimal) -> Decimal:
	"""Raises SettlementError for what is no settlement."""
	if outstanding <= 0:
		raise SettlementError("nothing_owed")
	if rebate < 0:
		raise SettlementError("rebate_not_positive", rebate=rebate)
	if rebate != to_money(rebate):
		raise SettlementError("rebate_too_fine", rebate=str(rebate))
	if rebate >= outstanding:
		raise SettlementError("rebate_too_large", rebate=rebate, outstanding=outstanding)
	return outstanding - rebate


def oldest_first(outstanding: Sequence[Decimal], amount: Decimal) -> tuple[Decimal, ...]:
	"""What of each row an amount takes, the rows by age; refused where it is nothing or more than all of them."""
	total = sum(outstanding, ZERO)
	if total <= 0:
		raise SettlementError("nothing_owed")
	if amount <= 0 or amount != to_money(amount) or amount > total:
		raise SettlementError("write_off_out_of_range", amount=to_money(amount), outstanding=total)
	shares = []
	for owed in outstanding:
		shares.append(min(owed, amount))
		amount -= shares[-1]
	return tuple(shares)
