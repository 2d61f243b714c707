"""What an early settlement costs, and what of the margin it leaves unearned."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from saudi_crm_billing.instalments.engine.settlement import (
	OwedRow,
	SettlementError,
	amount_to_pay,
	lowered,
	oldest_first,
	percent_of,
	unearned,
)

D = Decimal
DAY = date(2026, 12, 15)
ROWS = (
	OwedRow(date(2026, 12, 1), D(100), D(100), D(10)),
	OwedRow(date(2026, 12, 15), D(100), D(100), D(10)),
	OwedRow(date(2027, 1, 1), D(100), D("33.33"), D(10)),
	OwedRow(date(2027, 2, 1), D(100), D(100), D(10)),
	OwedRow(date(2027, 3, 16), D(100), D(100), D(10)),
)


@pytest.mark.parametrize(
	("kept", "expected"),
	[
		(0, ["0", "0", "3.33", "10.00", "10.00"]),
		(1, ["0", "0", "0", "10.00", "10.00"]),
		(3, ["0", "0", "0", "0", "10.00"]),
	],
)
def test_margin_is_unearned_after_the_day_and_the_kept_months(kept: int, expected: list[str]) -> None:
	assert unearned(ROWS, DAY, kept) == tuple(map(D, expected))


def test_a_row_without_an_amount_has_no_margin() -> None:
	assert unearned([OwedRow(date(2027, 1, 1), D(0), D(0))], DAY, 0) == (0,)


@pytest.mark.parametrize(("by", "left"), [("0", ["20", "30"]), ("25", ["0", "25"]), ("60", ["0", "0"])])
def test_what_was_given_before_is_taken_from_the_first_parts(by: str, left: list[str]) -> None:
	assert lowered([D(20), D(30)], D(by)) == tuple(map(D, left))


def test_a_percentage_is_rounded_once() -> None:
	assert percent_of(D("100.30"), D("2.5")) == D("2.51")


@pytest.mark.parametrize("percent", ["0", "-1", "100"])
def test_a_percentage_out_of_range_is_refused(percent: str) -> None:
	with pytest.raises(SettlementError, match=f"A rebate of {percent} % cannot be given"):
		percent_of(D(100), D(percent))


def test_what_is_left_to_pay() -> None:
	assert amount_to_pay(D("300.00"), D("10.01")) == D("289.99")
	assert amount_to_pay(D("300.00"), D(0)) == D("300.00")


@pytest.mark.parametrize(
	("outstanding", "rebate", "code"),
	[
		("0", "0", "nothing_owed"),
		("300", "300", "rebate_too_large"),
		("300", "-0.01", "rebate_not_positive"),
		("300", "0.005", "rebate_too_fine"),
	],
)
def test_what_is_no_settlement_is_refused(outstanding: str, rebate: str, code: str) -> None:
	with pytest.raises(SettlementError) as raised:
		amount_to_pay(D(outstanding), D(rebate))
	assert raised.value.code == code


def test_a_write_off_takes_the_oldest_first() -> None:
	assert oldest_first([D(50), D(100), D(100)], D("120.50")) == (D(50), D("70.50"), D(0))


@pytest.mark.parametrize("amount", ["0", "-1", "250.01", "0.001"])
def test_a_write_off_out_of_range_is_refused(amount: str) -> None:
	with pytest.raises(SettlementError) as raised:
		oldest_first([D(50), D(100), D(100)], D(amount))
	assert raised.value.code == "write_off_out_of_range"


def test_nothing_owed_is_not_written_off() -> None:
	with pytest.raises(SettlementError, match="Nothing is owed"):
		oldest_first([], D(1))
