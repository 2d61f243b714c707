"""Money: the split vectors of the reference table, and what must hold for any split."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saudi_crm_billing.common.money import HALALA, converted, split, to_money, to_moneys

totals = st.integers(min_value=0, max_value=10**14).map(lambda halalas: halalas * HALALA)
weights = st.lists(
	st.one_of(
		st.integers(min_value=0, max_value=10**6),
		st.decimals(min_value=0, max_value=1000, places=3, allow_nan=False),
	),
	min_size=1,
	max_size=80,
).filter(any)


@pytest.mark.parametrize(
	("total", "count", "expected"),
	[
		("11500.00", 7, [(5, "1642.86"), (2, "1642.85")]),
		("10000.00", 3, [(1, "3333.34"), (2, "3333.33")]),
		("1000000.00", 60, [(40, "16666.67"), (20, "16666.66")]),
		("99999.99", 36, [(27, "2777.78"), (9, "2777.77")]),
	],
)
def test_reference_splits(total: str, count: int, expected: list[tuple[int, str]]) -> None:
	pieces = split(Decimal(total), [1] * count)
	assert list(pieces) == [Decimal(amount) for times, amount in expected for _ in range(times)]
	assert sum(pieces) == Decimal(total)


@given(totals, weights)
def test_pieces_add_up_and_stay_within_a_halala_of_their_share(
	total: Decimal, shares: list[Decimal | int]
) -> None:
	pieces = split(total, shares)
	assert sum(pieces) == total
	whole = sum(Decimal(share) for share in shares)
	for piece, share in zip(pieces, shares, strict=True):
		assert abs(piece - total * share / whole) < HALALA


@given(totals, st.integers(min_value=1, max_value=120))
def test_equal_weights_give_larger_pieces_first(total: Decimal, count: int) -> None:
	pieces = split(total, [1] * count)
	assert list(pieces) == sorted(pieces, reverse=True)
	assert pieces[0] - pieces[-1] <= HALALA


def test_a_negative_total_mirrors_the_positive() -> None:
	assert split(Decimal("-10.00"), [1, 1, 1]) == (Decimal("-3.34"), Decimal("-3.33"), Decimal("-3.33"))


def test_weights_of_another_size_take_the_halala_by_largest_remainder() -> None:
	assert split(Decimal("0.10"), [Decimal("1"), Decimal("1"), Decimal("4")]) == (
		Decimal("0.02"),
		Decimal("0.02"),
		Decimal("0.06"),
	)


@pytest.mark.parametrize("shares", [[], [0, 0], [1, -1]])
def test_split_refuses_weights_that_share_nothing(shares: list[int]) -> None:
	with pytest.raises(ValueError, match="weights must be given"):
		split(Decimal("1.00"), shares)


@pytest.mark.parametrize("total", ["1.005", "1e21"])
def test_split_refuses_a_total_that_is_no_money(total: str) -> None:
	with pytest.raises(ValueError, match="finer than a halala, or too large"):
		split(Decimal(total), [1])


@pytest.mark.parametrize(
	("value", "expected"),
	[(2.675, "2.68"), (0.125, "0.13"), ("-0.125", "-0.13"), (1, "1.00"), (0.1 + 0.2, "0.30"), (1e22, "1e22")],
)
def test_to_money_rounds_half_up_through_text(value: float | str, expected: str) -> None:
	assert to_money(value) == Decimal(expected)


@pytest.mark.parametrize("value", ["", "abc", "nan", float("inf"), "1,000"])
def test_to_money_refuses_what_is_no_number(value: str | float) -> None:
	with pytest.raises(ValueError, match="not an amount of money"):
		to_money(value)


def test_many_amounts_are_converted_as_each_would_be() -> None:
	assert [str(one) for one in to_moneys([2.675, None, 0.0, -0.0, 2.675, 100])] == [
		"2.68",
		"0.00",
		"0.00",
		"0.00",
		"2.68",
		"100.00",
	]
	with pytest.raises(ValueError, match="not an amount"):
		to_moneys([1.0, float("nan")])


def test_an_amount_in_another_currency_is_rounded_once() -> None:
	assert converted(Decimal("33.34"), Decimal("3.75")) == Decimal("125.03")
	assert converted(Decimal("33.34"), Decimal(1)) == Decimal("33.34")
