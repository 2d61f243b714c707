"""What of the sales of a month was late at the end of each month after."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from saudi_crm_billing.instalments.engine.vintage import (
	by_age,
	ends_of_months,
	month_after,
	months_between,
	share,
)

OCTOBER, NOVEMBER, JANUARY = date(2025, 10, 1), date(2025, 11, 1), date(2026, 1, 1)


def test_months_end_on_their_last_day_and_the_last_one_today() -> None:
	assert ends_of_months(OCTOBER, date(2026, 1, 15)) == [
		date(2025, 10, 31),
		date(2025, 11, 30),
		date(2025, 12, 31),
		date(2026, 1, 15),
	]
	assert ends_of_months(OCTOBER, date(2025, 10, 7)) == [date(2025, 10, 7)]


def test_late_amounts_begin_with_the_month_of_sale() -> None:
	late = [Decimal(amount) for amount in (0, 100, 100, 60)]
	assert by_age(OCTOBER, OCTOBER, late, 12) == late
	assert by_age(NOVEMBER, OCTOBER, late, 12) == late[1:]
	assert by_age(NOVEMBER, OCTOBER, late, 1) == late[1:3]
	assert by_age(JANUARY, OCTOBER, late, 1) == [60]


@pytest.mark.parametrize("months", [0, 1, 11, 12, 13, 30])
def test_months_are_counted_over_the_year(months: int) -> None:
	assert months_between(OCTOBER, month_after(OCTOBER, months)) == months


def test_a_share_is_to_a_tenth() -> None:
	assert share(Decimal(1), Decimal(3)) == Decimal("33.3")
	assert share(Decimal(1), Decimal(0)) is None
