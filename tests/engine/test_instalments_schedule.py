"""Schedules: amounts, due days, the down payment, workdays, and refusals."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from saudi_crm_billing.common.dates import Calendar, Shift
from saudi_crm_billing.instalments.engine.schedule import PlanError, PlanTerms, build_schedule

SEVEN = PlanTerms(total=Decimal("11500.00"), count=7, start=date(2027, 1, 31))


def test_the_anchor_day_comes_back_after_a_short_month() -> None:
	rows = build_schedule(SEVEN)
	assert [row.due_date.isoformat() for row in rows[:4]] == [
		"2027-01-31",
		"2027-02-28",
		"2027-03-31",
		"2027-04-30",
	]
	assert [str(row.amount) for row in rows] == ["1642.86"] * 5 + ["1642.85"] * 2


def test_a_hijri_plan_ends_earlier_than_a_gregorian_one() -> None:
	terms = PlanTerms(Decimal("25000.00"), 25, date(2026, 12, 1), calendar=Calendar.HIJRI)
	assert build_schedule(terms)[-1].due_date == date(2028, 11, 8)
	assert build_schedule(terms)[-1].due_date_hijri == "1450-06-21"


def test_a_down_payment_is_number_0_and_the_rest_is_shared() -> None:
	rows = build_schedule(replace(SEVEN, down_payment=Decimal("1500.00")))
	assert [row.number for row in rows] == list(range(8))
	assert (rows[0].due_date, rows[0].amount) == (date(2027, 1, 31), Decimal("1500.00"))
	assert (rows[1].due_date, rows[1].amount) == (date(2027, 2, 28), Decimal("1428.58"))
	assert {row.amount for row in rows[2:]} == {Decimal("1428.57")}


def test_a_down_payment_on_its_own_day_leaves_the_first_instalment_on_start() -> None:
	terms = replace(SEVEN, down_payment=Decimal("1500.00"), down_payment_on=date(2027, 1, 2))
	rows = build_schedule(terms)
	assert [row.due_date for row in rows[:2]] == [date(2027, 1, 2), date(2027, 1, 31)]


def test_the_salary_day_begins_with_the_first_one_on_or_after_start() -> None:
	assert build_schedule(replace(SEVEN, day=27))[0].due_date == date(2027, 2, 27)
	early = replace(SEVEN, start=date(2027, 1, 27), day=27)
	assert build_schedule(early)[0].due_date == date(2027, 1, 27)
	paid_down = replace(early, down_payment=Decimal("1.00"))
	assert [row.due_date for row in build_schedule(paid_down)[:2]] == [date(2027, 1, 27), date(2027, 2, 27)]


def test_the_salary_day_moves_off_the_weekend() -> None:
	terms = PlanTerms(Decimal("300.00"), 3, date(2027, 8, 27), day=27, shift=Shift.PREVIOUS)
	# 27 August 2027 is a Friday: Thursday would be before the plan begins, so the first one moves on.
	assert [row.due_date.isoformat() for row in build_schedule(terms)] == [
		"2027-08-29",
		"2027-09-27",
		"2027-10-27",
	]
	begun = replace(terms, start=date(2027, 8, 1))
	assert build_schedule(begun)[0].due_date == date(2027, 8, 26)


def test_two_days_shifted_onto_one_are_kept_apart() -> None:
	holidays = frozenset(date(2027, 2, 1) + timedelta(days=step) for step in range(60))
	terms = PlanTerms(Decimal("300.00"), 3, date(2027, 2, 1), shift=Shift.NEXT, holidays=holidays)
	dates = [row.due_date for row in build_schedule(terms)]
	assert dates[0] == date(2027, 4, 4)
	assert dates[1] == date(2027, 4, 5)
	assert dates == sorted(set(dates))


@pytest.mark.parametrize(
	("change", "code", "message"),
	[
		({"total": Decimal("0")}, "total_not_positive", "is 0. Enter an amount above zero"),
		({"total": Decimal("NaN")}, "total_not_positive", "is NaN"),
		({"total": Decimal("1e15")}, "total_too_large", "more than a plan can carry"),
		({"total": Decimal("10.005")}, "total_too_fine", "10.005 has parts of a halala"),
		({"down_payment": Decimal("0.001")}, "total_too_fine", "0.001 has parts of a halala"),
		({"count": 0}, "count_too_small", "Enter at least 1"),
		({"total": Decimal("0.06")}, "amount_too_small", "0.06 cannot be spread over 7 instalments"),
		({"down_payment": Decimal("-1")}, "down_payment_negative", "Enter zero or more"),
		({"down_payment": Decimal("11500.00")}, "down_payment_too_large", "must be less than the total"),
		(
			{"down_payment": Decimal(1), "down_payment_on": date(2027, 2, 1)},
			"down_payment_too_late",
			"Choose a later first due date",
		),
		({"day": 32}, "day_out_of_range", "Choose a day from 1 to 31"),
		({"day": 31, "calendar": Calendar.HIJRI}, "day_out_of_range", "Choose a day from 1 to 30"),
		({"day": 0}, "day_out_of_range", "Day 0 does not exist"),
		({"every": 0}, "interval_too_small", "Enter at least 1"),
		({"start": date(2077, 6, 1)}, "date_out_of_range", "reaches 2077-12-01, outside 1343 to 1500 AH"),
		(
			{"start": date(2077, 6, 1), "calendar": Calendar.HIJRI},
			"date_out_of_range",
			"Choose another first due date or fewer instalments",
		),
		({"total": Decimal(10**9), "count": 10**6}, "date_out_of_range", "reaches 2078-01"),
	],
)
def test_terms_that_make_no_plan_are_refused(change: dict[str, object], code: str, message: str) -> None:
	with pytest.raises(PlanError, match=message) as caught:
		build_schedule(replace(SEVEN, **change))
	assert caught.value.code == code


def test_terms_that_just_make_a_plan_are_taken() -> None:
	assert len(build_schedule(replace(SEVEN, total=Decimal("0.07")))) == 7
	assert build_schedule(replace(SEVEN, count=1))[0].portion == 100
	assert build_schedule(replace(SEVEN, start=date(2077, 5, 16)))[-1].due_date_hijri == "1500-12-30"
