"""The margin: flat a year, for the months that the instalments take, spread by their amounts."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saudi_crm_billing.instalments.engine.margin import margin_of, months_of, spread
from saudi_crm_billing.instalments.engine.schedule import Frequency, IrregularRow, PlanTerms

TWO_YEARS = PlanTerms(Decimal("12000.00"), 24, date(2027, 1, 1))
halalas = st.integers(1, 10**12).map(lambda number: Decimal(number) / 100)


@pytest.mark.parametrize(
	("change", "months"),
	[
		({}, 24),
		({"every": 2}, 48),
		({"frequency": Frequency.QUARTER, "count": 4}, 12),
		({"frequency": Frequency.YEAR, "count": 2}, 24),
		({"frequency": Frequency.WEEK, "count": 52}, Fraction(12 * 364, 365)),
		({"rows": (IrregularRow(0, Decimal(50)), IrregularRow(11, Decimal(50)))}, 12),
	],
)
def test_the_months_that_the_instalments_take(change: dict[str, object], months: Fraction) -> None:
	assert months_of(replace(TWO_YEARS, **change)) == months


@pytest.mark.parametrize(
	("financed", "percent", "months", "margin"),
	[
		("10000.00", "10", Fraction(24), "2000.00"),
		("10000.00", "7.5", Fraction(12), "750.00"),
		("100.00", "0.005", Fraction(12), "0.01"),  # half a halala goes up
		("99.99", "0.005", Fraction(12), "0.00"),
		("1000.00", "12", Fraction(12 * 364, 365), "119.67"),
		("10000.00", "0", Fraction(12), "0.00"),
	],
)
def test_a_margin_is_rounded_once(financed: str, percent: str, months: Fraction, margin: str) -> None:
	assert str(margin_of(Decimal(financed), Decimal(percent), months)) == margin


@given(halalas, st.lists(halalas, min_size=1, max_size=60))
def test_the_parts_of_the_margin_add_up_and_follow_the_amounts(
	margin: Decimal, amounts: list[Decimal]
) -> None:
	parts = spread(margin, [Decimal(0), *amounts])
	assert sum(parts) == margin
	assert parts[0] == 0
	for part, amount in zip(parts[1:], amounts, strict=True):
		assert abs(Fraction(part) - Fraction(margin) * Fraction(amount) / Fraction(sum(amounts))) < Fraction(
			1, 100
		)
