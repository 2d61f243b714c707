"""Salary days: paid on a day of the Gregorian month with its own shift, and one instalment a salary."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from saudi_crm_billing.common.dates import Calendar, Shift
from saudi_crm_billing.instalments.engine.schedule import (
	Frequency,
	PlanError,
	PlanTerms,
	Salary,
	build_schedule,
)

ON_SALARY = PlanTerms(Decimal("400.00"), 4, date(2027, 8, 1), on_salary_day=True, one_per_salary=True)


def dates(terms: PlanTerms) -> list[str]:
	return [row.due_date.isoformat() for row in build_schedule(terms)]


@pytest.mark.parametrize(
	("shift", "first", "third"),
	[  # 27 August 2027 is a Friday, 27 November 2027 a Saturday
		(Shift.NONE, "2027-08-27", "2027-11-27"),
		(Shift.PREVIOUS, "2027-08-26", "2027-11-25"),
		(Shift.NEXT, "2027-08-29", "2027-11-28"),
		(Shift.NEAREST, "2027-08-26", "2027-11-28"),
	],
)
def test_the_salary_day_has_a_shift_of_its_own(shift: Shift, first: str, third: str) -> None:
	terms = replace(ON_SALARY, salary=Salary(27, shift), shift=Shift.NEXT)
	found = dates(terms)
	assert (found[0], found[3]) == (first, third)


def test_a_salary_moved_before_the_plan_begins_pays_on_the_next_workday_after_it() -> None:
	terms = replace(ON_SALARY, start=date(2027, 8, 27))
	assert dates(terms)[:2] == ["2027-08-29", "2027-09-27"]


def test_two_days_shifted_into_one_salary_are_parted() -> None:
	# A Hijri month of 29 days brings the third one before the salary of 27 October.
	hijri = PlanTerms(Decimal("300.00"), 3, date(2027, 8, 28), calendar=Calendar.HIJRI)
	assert dates(hijri) == ["2027-08-28", "2027-09-27", "2027-10-26"]
	assert dates(replace(hijri, one_per_salary=True)) == ["2027-08-28", "2027-09-27", "2027-10-27"]


def test_a_workday_shift_over_the_salary_is_put_off_to_it() -> None:
	# Due on the 26th: Friday 26 November 2027 would be Sunday 28, after that month's salary of the same Sunday.
	terms = PlanTerms(Decimal("200.00"), 2, date(2027, 11, 28), day=26, shift=Shift.NEXT, one_per_salary=True)
	assert dates(terms) == ["2027-12-26", "2028-01-26"]
	begun = replace(terms, start=date(2027, 10, 28), salary=Salary(27, Shift.NEXT))
	# 26 November moves to the 28th, the salary's own day; 26 December is still of that salary.
	assert dates(begun) == ["2027-11-28", "2027-12-27"]


def test_a_down_payment_counts_for_no_salary() -> None:
	terms = replace(ON_SALARY, start=date(2027, 8, 26), down_payment=Decimal("100.00"), count=2)
	terms = replace(terms, down_payment_on=date(2027, 8, 26), on_salary_day=False, day=30)
	assert dates(terms) == ["2027-08-26", "2027-08-30", "2027-09-30"]


def test_one_instalment_needs_no_second_salary() -> None:
	single = PlanTerms(Decimal("9.00"), 1, date(2027, 8, 1), frequency=Frequency.WEEK, one_per_salary=True)
	assert dates(single) == ["2027-08-01"]


@pytest.mark.parametrize(
	("change", "message"),
	[
		({"calendar": Calendar.HIJRI}, "Salaries are paid by the Gregorian calendar"),
		({"salary": Salary(0)}, "Day 0 does not exist in a month"),
		({"salary": Salary(32)}, "Choose a day from 1 to 31"),
		({"frequency": Frequency.WEEK}, "A day of the month cannot be kept"),
		(
			{"frequency": Frequency.FORTNIGHT, "on_salary_day": False},
			"where the instalments follow every 14 days",
		),
		(
			{"frequency": Frequency.DAY, "every": 10, "on_salary_day": False},
			"where the instalments follow every 10 days",
		),
	],
)
def test_salary_rules_that_cannot_be_met_are_refused(change: dict[str, object], message: str) -> None:
	with pytest.raises(PlanError, match=message):
		build_schedule(replace(ON_SALARY, **change))


def test_a_salary_day_is_not_looked_at_where_no_rule_needs_it() -> None:
	terms = replace(ON_SALARY, salary=Salary(0), on_salary_day=False, one_per_salary=False)
	assert len(build_schedule(terms)) == 4


def test_a_salary_paid_before_its_month_begins_counts_for_what_is_due_after_it() -> None:
	# 1 April 2033 is a Friday: the salary comes on Thursday 31 March, where the first instalment is due.
	terms = PlanTerms(
		Decimal("200.00"),
		2,
		date(2033, 3, 31),
		calendar=Calendar.HIJRI,
		salary=Salary(1, Shift.PREVIOUS),
		one_per_salary=True,
	)
	assert dates(terms) == ["2033-03-31", "2033-05-01"]
