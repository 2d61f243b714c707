"""Weeks and months in which amounts by day are added up."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from saudi_crm_billing.instalments.engine.periods import Period, add_up, start_of

SUNDAY = date(2026, 11, 22)


@pytest.mark.parametrize("days", range(7))
def test_a_week_begins_on_sunday(days: int) -> None:
	assert start_of(SUNDAY + timedelta(days=days), Period.WEEK) == SUNDAY


def test_or_on_the_day_that_is_said() -> None:
	assert start_of(SUNDAY, Period.WEEK, first_weekday=0) == date(2026, 11, 16)


def test_a_month_begins_on_its_first() -> None:
	assert start_of(date(2028, 2, 29), Period.MONTH) == date(2028, 2, 1)


def test_amounts_are_added_up_in_order() -> None:
	one, two = Decimal("0.1"), Decimal("0.2")
	amounts = {
		SUNDAY + timedelta(days=7): (one, two),
		SUNDAY: (one, two),
		SUNDAY + timedelta(days=6): (two, two),
	}
	assert list(add_up(amounts, Period.WEEK).items()) == [
		(SUNDAY, (Decimal("0.3"), Decimal("0.4"))),
		(SUNDAY + timedelta(days=7), (one, two)),
	]
	assert add_up({}, Period.MONTH) == {}
