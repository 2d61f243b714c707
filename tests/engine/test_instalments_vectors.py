"""The reference vectors of the Saudi rules: splits, Hijri months, the end of the calendar, dates in days."""

from __future__ import annotations

from collections import Counter
from datetime import date
from decimal import Decimal

import pytest

from saudi_crm_billing.common.dates import Calendar
from saudi_crm_billing.instalments.engine.schedule import Frequency, PlanError, PlanTerms, build_schedule


@pytest.mark.parametrize(
	("total", "count", "pieces"),
	[
		("11500.00", 7, {"1642.86": 5, "1642.85": 2}),
		("10000.00", 3, {"3333.34": 1, "3333.33": 2}),
		("1000000.00", 60, {"16666.67": 40, "16666.66": 20}),
		("99999.99", 36, {"2777.78": 27, "2777.77": 9}),
	],
)
def test_splits_by_largest_remainder_the_larger_pieces_first(
	total: str, count: int, pieces: dict[str, int]
) -> None:
	rows = build_schedule(PlanTerms(Decimal(total), count, date(2027, 1, 1)))
	amounts = [str(row.amount) for row in rows]
	assert Counter(amounts) == pieces
	assert amounts == sorted(amounts, reverse=True)
	assert sum(row.amount for row in rows) == Decimal(total)


def test_24_hijri_months_from_1_december_2026_end_23_days_early() -> None:
	terms = PlanTerms(Decimal("25.00"), 25, date(2026, 12, 1), Calendar.HIJRI)
	assert build_schedule(terms)[-1].due_date == date(2028, 11, 8)
	assert (date(2028, 12, 1) - date(2028, 11, 8)).days == 23


def test_day_30_in_a_hijri_month_of_29_days_is_its_last_and_comes_back() -> None:
	terms = PlanTerms(Decimal("4.00"), 4, date(2026, 12, 1), Calendar.HIJRI, day=30)
	assert [row.due_date_hijri[-2:] for row in build_schedule(terms)] == ["29", "30", "30", "29"]


def test_year_1501_is_a_clear_error() -> None:
	with pytest.raises(PlanError, match="outside 1343 to 1500 AH"):
		build_schedule(PlanTerms(Decimal("2.00"), 2, date(2077, 11, 16), Calendar.HIJRI))
	last = build_schedule(PlanTerms(Decimal("1.00"), 1, date(2077, 11, 16), Calendar.HIJRI))
	assert last[0].due_date_hijri == "1500-12-30"


def test_30_60_90_120_days_from_1_january_2026() -> None:
	terms = PlanTerms(Decimal("4.00"), 4, date(2026, 1, 31), frequency=Frequency.DAY, every=30)
	assert [row.due_date.isoformat() for row in build_schedule(terms)] == [
		"2026-01-31",
		"2026-03-02",
		"2026-04-01",
		"2026-05-01",
	]
