"""What a reschedule makes of a plan's rows: what is settled stays where it is, what is owed gets new dates and shares.

A row that is settled in part is split: its settled part stays as a row of its own amount, the rest moves.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from itertools import count, pairwise

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
from saudi_crm_billing.common.money import split, to_money
from saudi_crm_billing.instalments.engine.refusal import Refusal

ZERO = Decimal(0)

MESSAGES = {
	"nothing_owed": "Nothing is owed under this plan any more, so there is nothing to reschedule.",
	"unknown_row": "The plan has no instalment {number}. Choose one of its rows.",
	"settled_row": "Instalment {number} of {amount} is settled. Only what is still owed can be moved.",
	"no_rows": "Enter the rows of the new schedule: a due date and an amount each.",
	"sum_differs": "The new rows add up to {sum}, but {owed} is owed on what moves. The difference is {difference}.",
	"amount_not_positive": "Row {row} has the amount {amount}. Enter an amount above zero.",
	"amount_too_fine": "Row {row} has the amount {amount} with parts of a halala. Give it with two decimals.",
	"not_rising": "Row {row} is due on {date}, not later than the row before it on {before}.",
	"too_early": "Row {row} would be due on {date}, before the effective date {effective}. Choose a later date.",
	"before_settled": (
		"Row {row} would be due on {date}. It must be later than instalment {number}, which is paid and due on {settled}."
	),
	"same_date": "Row {row} would be due on {date}, the same day as instalment {number}. Choose another day.",
	"no_months": "Enter by how many months the instalments are to move.",
	"nothing_changes": "The new schedule is the old one. Change a date or the number of instalments.",
	"date_out_of_range": (
		"The new schedule reaches {date}, outside 1343 to 1500 AH (1924-08-01 to 2077-11-16), the years of the "
		"Umm al-Qura calendar. Choose an earlier date or fewer instalments."
	),
}
"""What each code says in English; also the source texts for translation."""


class RescheduleError(Refusal):
	"""A change that cannot be made: `code` (a key of MESSAGES) and the `params` of its text."""

	messages = MESSAGES


@dataclass(frozen=True)
class PlanRow:
	"""A row as it is: `settled` by payments and credit notes; `margin` is the part of `amount` that is credit margin."""

	number: int
	due_date: date
	amount: Decimal
	settled: Decimal = ZERO
	margin: Decimal = ZERO

	@property
	def owed(self) -> Decimal:
		return self.amount - self.settled

	@property
	def settled_margin(self) -> Decimal:
		return to_money(self.margin * self.settled / self.amount) if self.amount else ZERO


@dataclass(frozen=True)
class Part:
	"""What is to be owed on a day."""

	due_date: date
	amount: Decimal


@dataclass(frozen=True)
class NewRow(PlanRow):
	"""A row as it will be; `stays` where it is an old row, or the settled part of one, that keeps its day."""

	due_date_hijri: str = ""
	stays: bool = False


@dataclass(frozen=True)
class DayRule:
	"""How the plan places a due day in a month."""

	calendar: Calendar = Calendar.GREGORIAN
	day: int | None = None
	shift: Shift = Shift.NONE
	weekend: Collection[int] = SAUDI_WEEKEND
	holidays: Collection[date] = frozenset()


def owed_rows(rows: Sequence[PlanRow], number: int | None = None) -> tuple[PlanRow, ...]:
	"""The rows of which something is owed, or the one asked for. Raises RescheduleError where that is none."""
	if number is None:
		owed = tuple(row for row in rows if row.owed > 0)
		if not owed:
			raise RescheduleError("nothing_owed")
		return owed
	found = next((row for row in rows if row.number == number), None)
	if found is None:
		raise RescheduleError("unknown_row", number=number)
	if found.owed <= 0:
		raise RescheduleError("settled_row", number=number, amount=found.amount)
	return (found,)


def shifted(moving: Sequence[PlanRow], months: int, rule: DayRule) -> tuple[Part, ...]:
	"""Every row `months` later, counted from its own date in the plan's calendar; amounts as they are owed."""
	if not months:
		raise RescheduleError("no_months")
	try:
		usual = max(_day_of(row.due_date, rule.calendar) for row in moving)
		wanted = [add_months(row.due_date, months, rule.calendar, _day(row, rule, usual)) for row in moving]
	except DateOutOfRange as error:
		raise RescheduleError("date_out_of_range", date=error.what) from error
	parts: list[Part] = []
	for row, day in zip(moving, wanted, strict=True):
		parts.append(Part(_workday(day, rule, after=parts[-1].due_date if parts else None), row.owed))
	return tuple(parts)


def reschedule(
	rows: Sequence[PlanRow], moving: Sequence[PlanRow], parts: Sequence[Part], effective: date, first: int = 1
) -> tuple[NewRow, ...]:
	"""All rows of the plan after what is owed on `moving` became `parts`, by date; numbers that are free from `first`
	on go to the parts in turn. Raises RescheduleError.
	"""
	_check_parts(parts, sum((row.owed for row in moving), ZERO), effective)
	leaving = {row.number for row in moving}
	staying = [
		_settled_part(row) if row.number in leaving else _as_it_is(row)
		for row in rows
		if row.number not in leaving or row.settled > 0
	]
	_check_against(parts, staying, _paid_until(rows))
	try:
		new = sorted([*staying, *_number(parts, moving, staying, first)], key=lambda row: row.due_date)
		dated = tuple(replace(row, due_date_hijri=to_hijri(row.due_date)) for row in new)
	except DateOutOfRange as error:
		raise RescheduleError("date_out_of_range", date=error.what) from error
	if _shape(dated) == _shape(rows):
		raise RescheduleError("nothing_changes")
	return dated


def _as_it_is(row: PlanRow) -> NewRow:
	return NewRow(row.number, row.due_date, row.amount, row.settled, row.margin, stays=True)


def _settled_part(row: PlanRow) -> NewRow:
	return NewRow(row.number, row.due_date, row.settled, row.settled, row.settled_margin, stays=True)


def _number(
	parts: Sequence[Part], moving: Sequence[PlanRow], staying: Sequence[NewRow], first: int
) -> Iterator[NewRow]:
	taken = {row.number for row in staying}
	numbers = (number for number in count(first) if number not in taken)
	margin = sum((row.margin - row.settled_margin for row in moving), ZERO)
	margins = split(margin, [part.amount for part in parts])
	for part, number, share in zip(parts, numbers, margins, strict=False):
		yield NewRow(number, part.due_date, part.amount, ZERO, share)


def _check_parts(parts: Sequence[Part], owed: Decimal, effective: date) -> None:
	if not parts:
		raise RescheduleError("no_rows")
	for row, part in enumerate(parts, start=1):
		if part.amount <= 0:
			raise RescheduleError("amount_not_positive", row=row, amount=part.amount)
		if part.amount != to_money(part.amount):
			raise RescheduleError("amount_too_fine", row=row, amount=str(part.amount))
		if part.due_date < effective:
			raise RescheduleError("too_early", row=row, date=part.due_date, effective=effective)
	for row, (before, part) in enumerate(pairwise(parts), start=2):
		if part.due_date <= before.due_date:
			raise RescheduleError("not_rising", row=row, date=part.due_date, before=before.due_date)
	total = sum((part.amount for part in parts), ZERO)
	if total != owed:
		raise RescheduleError("sum_differs", sum=total, owed=owed, difference=abs(total - owed))


def _check_against(parts: Sequence[Part], staying: Sequence[NewRow], paid_until: PlanRow | None) -> None:
	taken = {row.due_date: row.number for row in staying}
	for row, part in enumerate(parts, start=1):
		if part.due_date in taken:
			raise RescheduleError("same_date", row=row, date=part.due_date, number=taken[part.due_date])
		if paid_until and part.due_date < paid_until.due_date:
			raise RescheduleError(
				"before_settled",
				row=row,
				date=part.due_date,
				number=paid_until.number,
				settled=paid_until.due_date,
			)


def _paid_until(rows: Sequence[PlanRow]) -> PlanRow | None:
	"""The last of the rows that payments, oldest first, have reached: an older row would draw them to itself."""
	last = None
	for row in rows:
		if not row.settled:
			break
		last = row
	return last


def _shape(rows: Sequence[PlanRow]) -> list[tuple[date, Decimal]]:
	return [(row.due_date, row.amount) for row in rows]


def _day(row: PlanRow, rule: DayRule, usual: int) -> int | None:
	"""The 28th of February of a plan on the 31st becomes the 31st of March again."""
	if rule.day:
		return rule.day
	is_last_of_month = _day_of(row.due_date + ONE_DAY, rule.calendar) == 1
	return usual if is_last_of_month else None


def _day_of(day: date, calendar: Calendar) -> int:
	return int(to_hijri(day)[8:]) if calendar is Calendar.HIJRI else day.day


def _workday(day: date, rule: DayRule, after: date | None) -> date:
	"""`day` on a workday, later than `after`."""
	found = shift_to_workday(day, rule.shift, rule.weekend, rule.holidays)
	if after is None or found > after:
		return found
	later = Shift.NONE if rule.shift is Shift.NONE else Shift.NEXT
	return shift_to_workday(max(day, after + ONE_DAY), later, rule.weekend, rule.holidays)
