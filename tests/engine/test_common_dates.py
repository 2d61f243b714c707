"""Dates: anchored months in both calendars, and workdays."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saudi_crm_billing.common.dates import (
	FIRST_DATE,
	LAST_DATE,
	SAUDI_WEEKEND,
	Calendar,
	DateOutOfRange,
	Shift,
	add_months,
	hijri_or_blank,
	is_workday,
	shift_to_workday,
	to_hijri,
)

covered_dates = st.dates(min_value=FIRST_DATE, max_value=LAST_DATE)
early_dates = st.dates(min_value=FIRST_DATE, max_value=date(2060, 1, 1))
months = st.integers(min_value=0, max_value=180)


def test_24_hijri_months_end_23_days_before_24_gregorian_months() -> None:
	start = date(2026, 12, 1)
	assert add_months(start, 24, Calendar.HIJRI) == date(2028, 11, 8)
	assert add_months(start, 24, Calendar.GREGORIAN) == date(2028, 12, 1)
	assert (date(2028, 12, 1) - date(2028, 11, 8)).days == 23


def test_gregorian_month_end_is_clamped_from_the_anchor() -> None:
	anchor = date(2027, 1, 31)
	assert [add_months(anchor, index, Calendar.GREGORIAN) for index in range(4)] == [
		date(2027, 1, 31),
		date(2027, 2, 28),
		date(2027, 3, 31),
		date(2027, 4, 30),
	]


def test_hijri_day_30_is_clamped_to_29_and_comes_back() -> None:
	anchor = date(2026, 6, 15)
	assert to_hijri(anchor) == "1447-12-29"
	texts = [to_hijri(add_months(anchor, index, Calendar.HIJRI, day=30)) for index in range(8)]
	assert {text[-2:] for text in texts} == {"29", "30"}
	assert texts[3:5] == ["1448-03-29", "1448-04-30"]


@pytest.mark.parametrize("calendar", list(Calendar))
def test_a_given_day_replaces_the_anchors_day(calendar: Calendar) -> None:
	day = add_months(date(2027, 1, 31), 2, calendar, day=27)
	assert (day.isoformat() if calendar is Calendar.GREGORIAN else to_hijri(day))[-2:] == "27"


@given(early_dates, months, st.sampled_from(Calendar), st.one_of(st.none(), st.integers(1, 30)))
def test_months_rise_and_keep_their_day(
	anchor: date, index: int, calendar: Calendar, day: int | None
) -> None:
	this, following = (add_months(anchor, index + step, calendar, day) for step in (0, 1))
	assert timedelta(days=28) <= following - this <= timedelta(days=31)
	wanted = day or (anchor.day if calendar is Calendar.GREGORIAN else int(to_hijri(anchor)[-2:]))
	got = this.day if calendar is Calendar.GREGORIAN else int(to_hijri(this)[-2:])
	assert got <= wanted
	assert got == wanted or got >= 28


def test_the_tables_end_with_1500_ah() -> None:
	assert to_hijri(LAST_DATE) == "1500-12-30"
	assert to_hijri(FIRST_DATE) == "1343-01-01"
	with pytest.raises(DateOutOfRange, match="2077-11-17 is outside 1343 to 1500 AH"):
		to_hijri(LAST_DATE + timedelta(days=1))
	assert hijri_or_blank(LAST_DATE) == "1500-12-30"
	assert hijri_or_blank(LAST_DATE + timedelta(days=1)) == ""
	with pytest.raises(DateOutOfRange, match="1501-01 AH is outside"):
		add_months(LAST_DATE, 1, Calendar.HIJRI)
	with pytest.raises(DateOutOfRange, match="2078-01 is outside"):
		add_months(date(2077, 1, 1), 12, Calendar.GREGORIAN)


@pytest.mark.parametrize(
	("day", "shift", "expected"),
	[
		(date(2027, 8, 27), Shift.NEAREST, date(2027, 8, 26)),  # Friday to Thursday
		(date(2027, 8, 28), Shift.NEAREST, date(2027, 8, 29)),  # Saturday to Sunday
		(date(2027, 8, 27), Shift.NEXT, date(2027, 8, 29)),
		(date(2027, 8, 28), Shift.PREVIOUS, date(2027, 8, 26)),
		(date(2027, 8, 27), Shift.NONE, date(2027, 8, 27)),
		(date(2027, 8, 25), Shift.NEXT, date(2027, 8, 25)),
	],
)
def test_weekend_days_go_where_the_shift_says(day: date, shift: Shift, expected: date) -> None:
	assert shift_to_workday(day, shift) == expected


def test_a_lone_holiday_between_workdays_goes_to_the_later_of_equal_neighbours() -> None:
	holiday = date(2027, 8, 24)
	assert shift_to_workday(holiday, Shift.NEAREST, holidays={holiday}) == date(2027, 8, 25)


def test_a_week_without_a_workday_is_refused() -> None:
	with pytest.raises(ValueError, match="without a workday"):
		shift_to_workday(date(2027, 1, 1), Shift.NEXT, weekend=range(7))


@given(
	covered_dates,
	st.sampled_from([Shift.PREVIOUS, Shift.NEXT, Shift.NEAREST]),
	st.sets(st.integers(-9, 9)),
)
def test_a_shifted_day_is_the_workday_nearest_in_its_direction(
	day: date, shift: Shift, offsets: set[int]
) -> None:
	holidays = {day + timedelta(days=offset) for offset in offsets}
	shifted = shift_to_workday(day, shift, SAUDI_WEEKEND, holidays)
	assert is_workday(shifted, SAUDI_WEEKEND, holidays)
	low, high = min(day, shifted), max(day, shifted)
	between = [low + timedelta(days=step) for step in range(1, (high - low).days)]
	assert not any(is_workday(other, SAUDI_WEEKEND, holidays) for other in between)
	assert shift is not Shift.PREVIOUS or shifted <= day
	assert shift is not Shift.NEXT or shifted >= day
