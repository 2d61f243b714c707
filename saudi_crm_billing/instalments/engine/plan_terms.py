"""What was agreed, and the checks that need no schedule: PlanTerms in, PlanError out."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import Enum

from saudi_crm_billing.common.dates import SAUDI_WEEKEND, Calendar, Shift
from saudi_crm_billing.common.money import HALALA, to_money
from saudi_crm_billing.instalments.engine.plan_errors import PlanError

LIMIT = Decimal(10) ** 15
LAST_DAY = {Calendar.GREGORIAN: 31, Calendar.HIJRI: 30}
"""As the `day` of a plan: the last of every month, for a day that a month lacks becomes its last day."""


class Frequency(Enum):
	"""The step from one instalment to the next: `days`, or else `months` of the plan's calendar."""

	DAY = (1, 0)
	WEEK = (7, 0)
	FORTNIGHT = (14, 0)
	MONTH = (0, 1)
	QUARTER = (0, 3)
	YEAR = (0, 12)

	@property
	def days(self) -> int:
		return self.value[0]

	@property
	def months(self) -> int:
		return self.value[1]


@dataclass(frozen=True)
class Salary:
	"""When salaries are paid: a day of the Gregorian month, moved by `shift` off weekends and holidays."""

	day: int = 27
	shift: Shift = Shift.NEAREST


@dataclass(frozen=True)
class IrregularRow:
	"""One instalment of a plan of unequal ones: months of the plan's calendar after `start`, and its percentage of
	what the down payment leaves."""

	months: int
	percent: Decimal


@dataclass(frozen=True)
class PlanTerms:
	"""What was agreed, in the invoice's currency; the instalments share what the down payment leaves.

	`balloon` is the amount of a larger last instalment. `rows` take the place of equal instalments and of the
	frequency. `minimum` holds for every instalment, not for the down payment. `maximum_months` are counted from
	`down_payment_on`, else from `start`. With `on_salary_day` the salary's day and shift take the place of the plan's
	own; with `one_per_salary` no two instalments fall between one salary and the next.
	"""

	total: Decimal
	count: int
	start: date
	calendar: Calendar = Calendar.GREGORIAN
	down_payment: Decimal = Decimal(0)
	day: int | None = None
	shift: Shift = Shift.NONE
	frequency: Frequency = Frequency.MONTH
	every: int = 1
	weekend: Collection[int] = SAUDI_WEEKEND
	holidays: Collection[date] = frozenset()
	down_payment_on: date | None = None
	balloon: Decimal = Decimal(0)
	rows: tuple[IrregularRow, ...] = ()
	minimum: Decimal = Decimal(0)
	maximum_months: int | None = None
	salary: Salary = Salary()
	on_salary_day: bool = False
	one_per_salary: bool = False

	@property
	def rest(self) -> Decimal:
		"""What the instalments share."""
		return self.total - self.down_payment


def check_terms(terms: PlanTerms) -> None:
	"""Raises PlanError for what no dates or amounts have to be computed for."""
	_check_total(terms)
	_check_down_payment(terms)
	if terms.rows:
		_check_rows(terms)
	if terms.rest < terms.count * HALALA:
		raise PlanError("amount_too_small", amount=terms.rest, count=terms.count)
	if terms.balloon:
		_check_balloon(terms)
	_check_days(terms)


def _check_total(terms: PlanTerms) -> None:
	if not terms.total.is_finite() or terms.total <= 0:
		raise PlanError("total_not_positive", total=terms.total)
	if terms.total >= LIMIT:
		raise PlanError("total_too_large", total=terms.total)
	for amount in (terms.total, terms.down_payment, terms.balloon):
		if amount != to_money(amount):
			raise PlanError("total_too_fine", total=amount)
	if terms.count < 1:
		raise PlanError("count_too_small", count=terms.count)


def _check_down_payment(terms: PlanTerms) -> None:
	if terms.down_payment < 0:
		raise PlanError("down_payment_negative", down_payment=terms.down_payment)
	if terms.down_payment >= terms.total:
		raise PlanError("down_payment_too_large", down_payment=terms.down_payment, total=terms.total)
	if terms.down_payment_on and terms.down_payment_on > terms.start:
		raise PlanError("down_payment_too_late", down_payment_on=terms.down_payment_on, start=terms.start)


def _check_rows(terms: PlanTerms) -> None:
	if terms.balloon:
		raise PlanError("balloon_with_rows")
	if terms.count != len(terms.rows):
		raise PlanError("rows_count", rows=len(terms.rows), count=terms.count)
	before = -1
	for number, row in enumerate(terms.rows, start=1):
		if row.percent <= 0:
			raise PlanError("rows_percent", number=number, percent=str(row.percent))
		if row.months <= before:
			raise PlanError("rows_not_rising", number=number, months=row.months, before=before)
		before = row.months
	total = sum((row.percent for row in terms.rows), Decimal(0))
	if total != 100:
		raise PlanError("rows_percent_sum", sum=f"{total.normalize():f}")


def _check_balloon(terms: PlanTerms) -> None:
	if terms.balloon < 0:
		raise PlanError("balloon_negative", balloon=terms.balloon)
	others = terms.count - 1
	if not others:
		raise PlanError("balloon_alone", count=terms.count)
	if terms.rest - terms.balloon < others * HALALA:
		raise PlanError("balloon_too_large", balloon=terms.balloon, rest=terms.rest, others=others)
	equal = to_money((terms.rest - terms.balloon) / others)
	if terms.balloon <= equal:
		raise PlanError("balloon_too_small", balloon=terms.balloon, amount=equal)


def _check_days(terms: PlanTerms) -> None:
	_check_day(terms.day, terms.calendar)
	if terms.every < 1:
		raise PlanError("interval_too_small", every=terms.every)
	if terms.maximum_months is not None and terms.maximum_months < 1:
		raise PlanError("term_too_small", months=terms.maximum_months)
	if terms.on_salary_day or terms.one_per_salary:
		_check_day(terms.salary.day, Calendar.GREGORIAN)
	if terms.on_salary_day and terms.calendar is Calendar.HIJRI:
		raise PlanError("salary_in_hijri")
	if terms.rows or terms.frequency.months:
		return
	if terms.day or terms.on_salary_day:
		raise PlanError("day_without_months")
	if terms.one_per_salary and terms.count > 1:
		raise PlanError("cycle_too_short", step=terms.every * terms.frequency.days)


def _check_day(day: int | None, calendar: Calendar) -> None:
	last_day = LAST_DAY[calendar]
	if day is not None and not 1 <= day <= last_day:
		raise PlanError("day_out_of_range", day=day, last_day=last_day)
