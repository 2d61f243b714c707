"""The due dates of a plan, strictly rising: days of the plan's calendar, off the weekend, one a salary.

The due days are `start` and every step after it, counted from `start` and never chained, on the plan's day where it
has one (then from the first such day on or after `start`). Without a down payment the first instalment falls on the
first due day. A down payment is number 0: due on `down_payment_on`, else on `start`; the instalments take the due
days after it. A down payment's day is never shifted, and it counts for no salary.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import count as counter

from saudi_crm_billing.common.dates import (
	LAST_DATE,
	ONE_DAY,
	Calendar,
	DateOutOfRange,
	Shift,
	add_months,
	is_workday,
	shift_to_workday,
)
from saudi_crm_billing.instalments.engine.plan_errors import PlanError
from saudi_crm_billing.instalments.engine.plan_terms import PlanTerms


def due_dates(terms: PlanTerms) -> list[tuple[int, date]]:
	"""(number, due date) of every row. Raises DateOutOfRange, and PlanError beyond the longest term."""
	rows: list[tuple[int, date]] = []
	earliest = terms.start
	if terms.down_payment:
		paid_down_on = terms.down_payment_on or terms.start
		rows.append((0, paid_down_on))
		earliest = max(terms.start, paid_down_on + ONE_DAY)
	days = _due_days(terms, earliest)
	cycle: int | None = None
	for number in range(1, terms.count + 1):
		due = _workday(terms, next(days), earliest)
		if terms.one_per_salary:
			due, cycle = _in_a_cycle_of_its_own(terms, due, cycle)
		rows.append((number, due))
		earliest = due + ONE_DAY
	_check_term(terms, rows[-1][1])
	return rows


def _due_days(terms: PlanTerms, earliest: date) -> Iterator[date]:
	"""The due days before any shift. Irregular rows keep theirs; regular ones leave out what is before `earliest`."""
	day = terms.salary.day if terms.on_salary_day else terms.day
	if terms.rows:
		for row in terms.rows:
			yield add_months(terms.start, row.months, terms.calendar, day)
		return
	for index in counter():
		due = _step(terms, index * terms.every, day)
		if due >= earliest:
			yield due


def _step(terms: PlanTerms, steps: int, day: int | None) -> date:
	if terms.frequency.months:
		return add_months(terms.start, steps * terms.frequency.months, terms.calendar, day)
	days = steps * terms.frequency.days
	if terms.start.toordinal() + days > LAST_DATE.toordinal():
		raise DateOutOfRange(f"{terms.start} + {days}")
	return terms.start + timedelta(days=days)


def _workday(terms: PlanTerms, day: date, earliest: date) -> date:
	"""`day` on a workday, but never before `earliest`: no two equal dates, none before the plan begins."""
	if day >= earliest and is_workday(day, terms.weekend, terms.holidays):
		return day
	shift = terms.salary.shift if terms.on_salary_day else terms.shift
	shifted = shift_to_workday(day, shift, terms.weekend, terms.holidays)
	if shifted >= earliest:
		return shifted
	later = Shift.NONE if shift is Shift.NONE else Shift.NEXT
	return shift_to_workday(max(day, earliest), later, terms.weekend, terms.holidays)


def _in_a_cycle_of_its_own(terms: PlanTerms, due: date, taken: int | None) -> tuple[date, int]:
	"""`due`, or the day of the first salary after the `taken` one; and the salary that pays it."""
	cycle = salary_cycle(terms, due)
	while taken is not None and cycle <= taken:
		paid = _salary_date(terms, taken + 1)
		due = _workday(terms, max(paid, due), max(paid, due))
		cycle = salary_cycle(terms, due)
		taken = taken if cycle > taken else taken + 1
	return due, cycle


def salary_cycle(terms: PlanTerms, day: date) -> int:
	"""The last salary paid on or before `day`, as a month's number since year 0."""
	cycle = 12 * day.year + day.month + 1  # the next month's may be paid before it begins
	while _salary_date(terms, cycle) > day:
		cycle -= 1
	return cycle


def _salary_date(terms: PlanTerms, cycle: int) -> date:
	year, month = divmod(cycle - 1, 12)
	paid = add_months(date(year, month + 1, 1), 0, Calendar.GREGORIAN, terms.salary.day)
	return shift_to_workday(paid, terms.salary.shift, terms.weekend, terms.holidays)


def _check_term(terms: PlanTerms, last: date) -> None:
	if terms.maximum_months is None:
		return
	try:
		limit = add_months(terms.down_payment_on or terms.start, terms.maximum_months, terms.calendar)
	except DateOutOfRange:
		return  # every plan ends before the calendar does
	if last > limit:
		raise PlanError("term_too_long", last=last, months=terms.maximum_months, limit=limit)
