"""Dates: Gregorian and Umm al-Qura months counted from an anchor, Hijri text, workdays.

Legal dates are Gregorian; Hijri serves scheduling and display only.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Collection
from datetime import date, timedelta, timezone
from enum import Enum
from functools import cache, lru_cache

from hijridate import Gregorian, Hijri

RIYADH = timezone(timedelta(hours=3))
"""Saudi local time: three hours ahead of UTC, all the year round."""

SAUDI_WEEKEND = frozenset({4, 5})
"""Friday and Saturday, Monday being 0."""

FIRST_HIJRI_YEAR, LAST_HIJRI_YEAR = 1343, 1500
FIRST_DATE, LAST_DATE = date(1924, 8, 1), date(2077, 11, 16)
"""What the Umm al-Qura tables cover."""

ONE_DAY = timedelta(days=1)


class Calendar(Enum):
	"""In which calendar the months of a plan are counted."""

	GREGORIAN = "gregorian"
	HIJRI = "hijri"


class Shift(Enum):
	"""Where a date goes that falls on a weekend or a holiday."""

	NONE = "none"
	PREVIOUS = "previous"
	NEXT = "next"
	NEAREST = "nearest"


class DateOutOfRange(ValueError):
	"""A date outside the Umm al-Qura tables: 1343 to 1500 AH (1924-08-01 to 2077-11-16)."""

	def __init__(self, what: str) -> None:
		super().__init__(
			f"{what} is outside 1343 to 1500 AH ({FIRST_DATE} to {LAST_DATE}), "
			"which the Umm al-Qura calendar covers"
		)
		self.what = what


def parse_date(text: str) -> date:
	"""A date written YYYY-MM-DD and in no other of ISO's forms, whatever the Python; ValueError for the rest."""
	parsed = date.fromisoformat(text)
	if parsed.isoformat() != text:
		raise ValueError(f"{text!r} is not written YYYY-MM-DD")
	return parsed


def add_months(anchor: date, months: int, calendar: Calendar, day: int | None = None) -> date:
	"""The date `months` after `anchor`, on `day` of that month or on the anchor's own day.

	Count from the anchor, never from the month before: a day that a month lacks becomes its last day, and the
	next month has the full day again. Raises DateOutOfRange.
	"""
	if calendar is Calendar.HIJRI:
		return _add_hijri_months(anchor, months, day)
	year, month = _month_after(anchor.year, anchor.month, months)
	if not FIRST_DATE.year <= year <= LAST_DATE.year:
		raise DateOutOfRange(f"{year:04d}-{month:02d}")
	return date(year, month, min(day or anchor.day, monthrange(year, month)[1]))


@lru_cache(maxsize=2**14)
def to_hijri(gregorian: date) -> str:
	"""`gregorian` in Umm al-Qura as "1448-06-10". Raises DateOutOfRange."""
	return str(_hijri(gregorian).isoformat())


def hijri_or_blank(gregorian: date) -> str:
	"""`gregorian` in Umm al-Qura, for show; "" where the tables end."""
	try:
		return to_hijri(gregorian)
	except DateOutOfRange:
		return ""


def is_workday(day: date, weekend: Collection[int], holidays: Collection[date]) -> bool:
	return day.weekday() not in weekend and day not in holidays


def shift_to_workday(
	day: date,
	shift: Shift,
	weekend: Collection[int] = SAUDI_WEEKEND,
	holidays: Collection[date] = frozenset(),
) -> date:
	"""`day` if it is a workday, else the workday that `shift` asks for.

	Nearest: of two at the same distance the later, which favours the debtor.
	"""
	if set(weekend) >= set(range(7)):
		raise ValueError("a week without a workday")
	if shift is Shift.NONE:
		return day
	before = after = day
	while not is_workday(before, weekend, holidays):
		before -= ONE_DAY
	while not is_workday(after, weekend, holidays):
		after += ONE_DAY
	if shift is Shift.NEAREST:
		return before if day - before < after - day else after
	return before if shift is Shift.PREVIOUS else after


def _add_hijri_months(anchor: date, months: int, day: int | None) -> date:
	start = _hijri(anchor)
	year, month = _month_after(start.year, start.month, months)
	if not FIRST_HIJRI_YEAR <= year <= LAST_HIJRI_YEAR:
		raise DateOutOfRange(f"{year:04d}-{month:02d} AH")
	first, length = _hijri_month(year, month)
	return date.fromordinal(first + min(day or start.day, length) - 1)


@cache
def _hijri_month(year: int, month: int) -> tuple[int, int]:
	"""The ordinal of its first day, and its length; the tables have 1,896 months."""
	begins = Hijri(year, month, 1)
	first = begins.to_gregorian()
	return date(first.year, first.month, first.day).toordinal(), begins.month_length()


def _month_after(year: int, month: int, months: int) -> tuple[int, int]:
	years, index = divmod(month - 1 + months, 12)
	return year + years, index + 1


@lru_cache(maxsize=2**14)
def _hijri(gregorian: date) -> Hijri:
	if not FIRST_DATE <= gregorian <= LAST_DATE:
		raise DateOutOfRange(gregorian.isoformat())
	return Gregorian.fromdate(gregorian).to_hijri()
