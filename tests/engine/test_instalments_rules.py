"""Rules of a plan beyond equal months: frequency, day of the month, balloon, irregular rows, minimum, longest term."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from saudi_crm_billing.common.dates import Calendar, Shift
from saudi_crm_billing.instalments.engine.schedule import (
	LAST_DAY,
	Frequency,
	IrregularRow,
	PlanError,
	PlanTerms,
	build_schedule,
)

FOUR = PlanTerms(total=Decimal("1000.00"), count=4, start=date(2027, 1, 31))
HALVES = tuple(IrregularRow(months, Decimal(percent)) for months, percent in ((0, 50), (2, 25), (7, 25)))


def dates(terms: PlanTerms) -> list[str]:
	return [row.due_date.isoformat() for row in build_schedule(terms)]


def amounts(terms: PlanTerms) -> list[str]:
	return [str(row.amount) for row in build_schedule(terms)]


@pytest.mark.parametrize(
	("frequency", "every", "expected"),
	[
		(Frequency.DAY, 1, ["2027-01-31", "2027-02-01", "2027-02-02", "2027-02-03"]),
		(Frequency.DAY, 30, ["2027-01-31", "2027-03-02", "2027-04-01", "2027-05-01"]),
		(Frequency.WEEK, 1, ["2027-01-31", "2027-02-07", "2027-02-14", "2027-02-21"]),
		(Frequency.WEEK, 3, ["2027-01-31", "2027-02-21", "2027-03-14", "2027-04-04"]),
		(Frequency.FORTNIGHT, 1, ["2027-01-31", "2027-02-14", "2027-02-28", "2027-03-14"]),
		(Frequency.MONTH, 2, ["2027-01-31", "2027-03-31", "2027-05-31", "2027-07-31"]),
		(Frequency.QUARTER, 1, ["2027-01-31", "2027-04-30", "2027-07-31", "2027-10-31"]),
		(Frequency.YEAR, 1, ["2027-01-31", "2028-01-31", "2029-01-31", "2030-01-31"]),
	],
)
def test_every_frequency_counts_from_the_first_due_date(
	frequency: Frequency, every: int, expected: list[str]
) -> None:
	assert dates(replace(FOUR, frequency=frequency, every=every)) == expected


def test_a_hijri_quarter_and_year_count_hijri_months() -> None:
	hijri = replace(FOUR, start=date(2026, 12, 1), calendar=Calendar.HIJRI)  # 21 Jumada II 1448
	quarterly = build_schedule(replace(hijri, frequency=Frequency.QUARTER))
	assert [row.due_date_hijri for row in quarterly] == [
		"1448-06-21",
		"1448-09-21",
		"1448-12-21",
		"1449-03-21",
	]
	yearly = build_schedule(replace(hijri, frequency=Frequency.YEAR))
	assert [row.due_date_hijri for row in yearly] == ["1448-06-21", "1449-06-21", "1450-06-21", "1451-06-21"]


def test_days_after_a_down_payment_begin_with_the_next_step() -> None:
	terms = replace(FOUR, frequency=Frequency.WEEK, down_payment=Decimal("100.00"), count=2)
	assert dates(terms) == ["2027-01-31", "2027-02-07", "2027-02-14"]


def test_the_last_day_of_the_month_in_both_calendars() -> None:
	last = replace(FOUR, start=date(2028, 1, 15), day=LAST_DAY[Calendar.GREGORIAN])
	assert dates(last) == ["2028-01-31", "2028-02-29", "2028-03-31", "2028-04-30"]
	hijri = replace(FOUR, start=date(2026, 12, 1), calendar=Calendar.HIJRI, day=LAST_DAY[Calendar.HIJRI])
	assert [row.due_date_hijri for row in build_schedule(hijri)] == [
		"1448-06-29",
		"1448-07-30",
		"1448-08-30",
		"1448-09-29",
	]


def test_a_balloon_is_the_last_instalment_and_the_others_share_the_rest() -> None:
	assert amounts(replace(FOUR, balloon=Decimal("600.00"))) == ["133.34", "133.33", "133.33", "600.00"]
	paid_down = replace(FOUR, balloon=Decimal("600.00"), down_payment=Decimal("100.00"))
	assert amounts(paid_down) == ["100.00", "100.00", "100.00", "100.00", "600.00"]


def test_irregular_rows_have_their_own_months_and_shares() -> None:
	terms = replace(FOUR, count=3, rows=HALVES, down_payment=Decimal("200.01"))
	terms = replace(terms, down_payment_on=date(2027, 1, 1))
	assert amounts(terms) == ["200.01", "399.99", "200.00", "200.00"]
	assert dates(terms) == ["2027-01-01", "2027-01-31", "2027-03-31", "2027-08-31"]


def test_an_irregular_row_on_the_day_of_the_down_payment_waits_a_day() -> None:
	terms = replace(FOUR, count=3, rows=HALVES, down_payment=Decimal("200.00"), shift=Shift.NEXT)
	assert dates(terms)[:3] == ["2027-01-31", "2027-02-01", "2027-03-31"]


def test_the_minimum_counts_for_instalments_and_not_for_the_down_payment() -> None:
	terms = replace(FOUR, minimum=Decimal("225.00"), down_payment=Decimal("100.00"))
	assert amounts(terms) == ["100.00"] + ["225.00"] * 4
	assert len(build_schedule(replace(FOUR, minimum=Decimal("250.00")))) == 4


def test_the_longest_term_counts_from_the_agreement_in_the_plans_calendar() -> None:
	terms = replace(FOUR, down_payment_on=date(2027, 1, 1), maximum_months=4, start=date(2027, 2, 1))
	assert dates(terms)[-1] == "2027-05-01"
	assert dates(replace(FOUR, maximum_months=3))[-1] == "2027-04-30"
	near_the_end = replace(FOUR, start=date(2077, 7, 1), maximum_months=12)
	assert dates(near_the_end)[-1] == "2077-10-01"


@pytest.mark.parametrize(
	("change", "message"),
	[
		({"frequency": Frequency.WEEK, "day": 27}, "A day of the month cannot be kept"),
		({"frequency": Frequency.DAY, "every": 10**9}, "outside 1343 to 1500 AH"),
		({"frequency": Frequency.YEAR, "count": 60}, "The plan reaches 2078-01, outside 1343 to 1500 AH"),
		({"balloon": Decimal("-1")}, "last instalment is to be -1. Enter zero or more"),
		({"balloon": Decimal("10.005")}, "10.005 has parts of a halala"),
		({"balloon": Decimal("999.98")}, "999.98 leaves nothing of 1000.00 for the 3 instalments"),
		({"balloon": Decimal("250.00")}, "250.00 would not be larger than the others of 250.00"),
		({"balloon": Decimal("500.00"), "count": 1}, "needs at least 2 instalments; the plan has 1"),
		({"rows": HALVES, "count": 3, "balloon": Decimal("500.00")}, "not both"),
		({"rows": HALVES}, "sets 3 instalments one by one; 4 cannot be made"),
		({"rows": HALVES[:2], "count": 2}, "add up to 75 %. They must make exactly 100 %"),
		(
			{"rows": (HALVES[0], IrregularRow(0, Decimal(50))), "count": 2},
			r"Instalment 2 falls 0 months after the first due date, not later than the one before it \(0\)",
		),
		(
			{"rows": (IrregularRow(0, Decimal(0)), IrregularRow(1, Decimal(100))), "count": 2},
			"Instalment 1 has 0 %",
		),
		(
			{
				"rows": (IrregularRow(0, Decimal("99.9999")), IrregularRow(1, Decimal("0.0001"))),
				"count": 2,
			},
			"Instalment 2 would be 0.00, less than the minimum of 0.01",
		),
		(
			{"minimum": Decimal("250.01")},
			"Instalment 1 would be 250.00, less than the minimum of 250.01. 1000.00 allows 3 equal",
		),
		(
			{"minimum": Decimal("1000.01")},
			"1000.00 to spread is less than the minimum instalment of 1000.01. Lower the down payment",
		),
		(
			{"minimum": Decimal("150.00"), "balloon": Decimal("600.00")},
			"Instalment 1 would be 133.34, less than the minimum of 150.00",
		),
		(
			{"maximum_months": 2},
			"last instalment would fall due on 2027-04-30; 2 months allow 2027-03-31 at the latest",
		),
		({"maximum_months": 0}, "longest term of 0 months cannot be used"),
	],
)
def test_rules_that_cannot_be_met_are_refused_with_their_figures(
	change: dict[str, object], message: str
) -> None:
	with pytest.raises(PlanError, match=message):
		build_schedule(replace(FOUR, **change))
