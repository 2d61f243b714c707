"""From what was agreed to dated, exact instalments.

The due days are `start` and every `interval_months` after it, in the plan's calendar, on `day` where one is
given (then from the first such day on or after `start`). Without a down payment the first instalment falls on the
first due day. A down payment is number 0: due on `down_payment_on`, else on `start`; the instalments take the due
days after it. A down payment's day is never shifted.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from itertools import count as counter

from saudi_crm_billing.common.dates import (
	ONE_DAY,
	SAUDI_WEEKEND,
	Calendar,
	DateOutOfRange,
	Shift,
	add_months,
	shift_to_workday,
	to_hijri,
)
from saudi_crm_billing.common.money import HALALA, split, to_money

PORTION = Decimal("1e-9")
LIMIT = Decimal(10) ** 15
LAST_DAY = {Calendar.GREGORIAN: 31, Calendar.HIJRI: 30}

MESSAGES = {
	"total_not_positive": "The amount to spread over instalments is {total}. Enter an amount above zero.",
	"total_too_large": "A total of {total} is more than a plan can carry. Check the amount.",
	"total_too_fine": "The amount {total} has parts of a halala. Give it with two decimals at most.",
	"count_too_small": "A plan of {count} instalments cannot be made. Enter at least 1.",
	"amount_too_small": (
		"{amount} cannot be spread over {count} instalments of at least 0.01 each. "
		"Lower the number of instalments or the down payment."
	),
	"down_payment_negative": "The down payment is {down_payment}. Enter zero or more.",
	"down_payment_too_large": (
		"The down payment of {down_payment} must be less than the total of {total}. "
		"Lower it, or sell without a plan."
	),
	"down_payment_too_late": (
		"The down payment on {down_payment_on} would fall after the first instalment on {start}. "
		"Choose a later first due date."
	),
	"day_out_of_range": "Day {day} does not exist in a month. Choose a day from 1 to {last_day}.",
	"interval_too_small": "An interval of {interval_months} months cannot be used. Enter at least 1.",
	"date_out_of_range": (
		"The plan reaches {date}, outside 1343 to 1500 AH (1924-08-01 to 2077-11-16), the years of the "
		"Umm al-Qura calendar. Choose another first due date or fewer instalments."
	),
}
"""What each code says in English; also the source texts for translation."""


class PlanError(ValueError):
	"""Terms from which no schedule can be made: `code` (a key of MESSAGES) and the `params` of its text."""

	def __init__(self, code: str, **params: object) -> None:
		self.code = code
		self.params = params
		super().__init__(MESSAGES[code].format(**params))


@dataclass(frozen=True)
class PlanTerms:
	"""What was agreed. `total` and `down_payment` in the invoice's currency; the instalments share the rest."""

	total: Decimal
	count: int
	start: date
	calendar: Calendar = Calendar.GREGORIAN
	down_payment: Decimal = Decimal(0)
	day: int | None = None
	shift: Shift = Shift.NONE
	interval_months: int = 1
	weekend: Collection[int] = SAUDI_WEEKEND
	holidays: Collection[date] = frozenset()
	down_payment_on: date | None = None


@dataclass(frozen=True)
class ScheduledInstalment:
	"""One row: `number` 0 is the down payment; `portion` is its percentage of the total at nine digits.

	ERPNext recomputes amounts from percentages. At nine digits it finds the same halala for totals below
	1,000,000,000.
	"""

	number: int
	due_date: date
	due_date_hijri: str
	amount: Decimal
	portion: Decimal


def build_schedule(terms: PlanTerms) -> tuple[ScheduledInstalment, ...]:
	"""The rows of a plan, dates strictly rising, amounts adding up to the total. Raises PlanError."""
	_check(terms)
	try:
		dates = _due_dates(terms)
		return tuple(
			ScheduledInstalment(number, due, to_hijri(due), amount, portion_of(amount, terms.total))
			for (number, due), amount in zip(dates, _amounts(terms), strict=True)
		)
	except DateOutOfRange as error:
		raise PlanError("date_out_of_range", date=error.what) from error


def portion_of(amount: Decimal, total: Decimal) -> Decimal:
	"""`amount` as a percentage of `total`, at the nine digits that ERPNext's column keeps."""
	return (100 * amount / total).quantize(PORTION, rounding=ROUND_HALF_UP)


def _check(terms: PlanTerms) -> None:
	if not terms.total.is_finite() or terms.total <= 0:
		raise PlanError("total_not_positive", total=terms.total)
	if terms.total >= LIMIT:
		raise PlanError("total_too_large", total=terms.total)
	for amount in (terms.total, terms.down_payment):
		if amount != to_money(amount):
			raise PlanError("total_too_fine", total=amount)
	if terms.count < 1:
		raise PlanError("count_too_small", count=terms.count)
	if terms.down_payment < 0:
		raise PlanError("down_payment_negative", down_payment=terms.down_payment)
	if terms.down_payment >= terms.total:
		raise PlanError("down_payment_too_large", down_payment=terms.down_payment, total=terms.total)
	_check_amount_per_instalment(terms)
	_check_days(terms)


def _check_amount_per_instalment(terms: PlanTerms) -> None:
	rest = terms.total - terms.down_payment
	if rest < terms.count * HALALA:
		raise PlanError("amount_too_small", amount=rest, count=terms.count)


def _check_days(terms: PlanTerms) -> None:
	last_day = LAST_DAY[terms.calendar]
	if terms.day is not None and not 1 <= terms.day <= last_day:
		raise PlanError("day_out_of_range", day=terms.day, last_day=last_day)
	if terms.interval_months < 1:
		raise PlanError("interval_too_small", interval_months=terms.interval_months)
	if terms.down_payment_on and terms.down_payment_on > terms.start:
		raise PlanError("down_payment_too_late", down_payment_on=terms.down_payment_on, start=terms.start)


def _amounts(terms: PlanTerms) -> tuple[Decimal, ...]:
	instalments = split(terms.total - terms.down_payment, [1] * terms.count)
	return (terms.down_payment, *instalments) if terms.down_payment else instalments


def _due_dates(terms: PlanTerms) -> list[tuple[int, date]]:
	"""(number, due date) of every row."""
	rows: list[tuple[int, date]] = []
	earliest = terms.start
	if terms.down_payment:
		paid_down_on = terms.down_payment_on or terms.start
		rows.append((0, paid_down_on))
		earliest = max(terms.start, paid_down_on + ONE_DAY)
	days = _due_days(terms, earliest)
	for number in range(1, terms.count + 1):
		rows.append((number, _workday(terms, next(days), earliest)))
		earliest = rows[-1][1] + ONE_DAY
	return rows


def _due_days(terms: PlanTerms, earliest: date) -> Iterator[date]:
	"""The due days from `earliest` on, endless, before any shift; counted from `start`, never chained."""
	for index in counter():
		day = add_months(terms.start, index * terms.interval_months, terms.calendar, terms.day)
		if day >= earliest:
			yield day


def _workday(terms: PlanTerms, day: date, earliest: date) -> date:
	"""`day` on a workday, but never before `earliest`: no two equal dates, none before the plan begins."""
	shifted = shift_to_workday(day, terms.shift, terms.weekend, terms.holidays)
	if shifted >= earliest:
		return shifted
	later = Shift.NONE if terms.shift is Shift.NONE else Shift.NEXT
	return shift_to_workday(max(day, earliest), later, terms.weekend, terms.holidays)
