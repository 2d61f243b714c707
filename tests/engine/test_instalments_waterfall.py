"""The waterfall: the table of payments and credit notes that ERPNext's own report must agree with."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saudi_crm_billing.instalments.engine.waterfall import settle

money = st.integers(min_value=0, max_value=10**9).map(lambda halalas: Decimal(halalas) / 100)
signed = st.integers(min_value=-(10**9), max_value=10**9).map(lambda halalas: Decimal(halalas) / 100)
THREE = [Decimal(100)] * 3


@pytest.mark.parametrize(
	("payments", "credits", "paid", "outstanding"),
	[
		(100, 0, [100, 0, 0], [0, 100, 100]),
		(0, 100, [0, 0, 0], [0, 100, 100]),
		(50, 100, [50, 0, 0], [0, 50, 100]),
		(150, 50, [100, 50, 0], [0, 0, 100]),
		(250, 20, [100, 100, 50], [0, 0, 30]),
		(0, 120, [0, 0, 0], [0, 80, 100]),
		(0, 0, [0, 0, 0], [100, 100, 100]),
		(300, 0, [100, 100, 100], [0, 0, 0]),
		(400, 10, [100, 100, 100], [0, 0, 0]),
		(-50, 0, [0, 0, 0], [100, 100, 100]),
		(-50, 100, [0, 0, 0], [50, 100, 100]),
		(150, -100, [50, 0, 0], [50, 100, 100]),
	],
)
def test_three_of_100(payments: int, credits: int, paid: list[int], outstanding: list[int]) -> None:
	balances = settle(THREE, Decimal(payments), Decimal(credits))
	assert [balance.paid for balance in balances] == paid
	assert [balance.outstanding for balance in balances] == outstanding


@given(st.lists(money, max_size=60), signed, signed)
def test_nothing_is_lost_and_the_oldest_goes_first(
	amounts: list[Decimal], payments: Decimal, credits: Decimal
) -> None:
	balances = settle(amounts, payments, credits)
	for balance in balances:
		assert balance.paid + balance.credited + balance.outstanding == balance.amount
		assert min(balance.paid, balance.credited, balance.outstanding) >= 0
	settled = sum((balance.amount - balance.outstanding for balance in balances), Decimal(0))
	assert settled == min(max(payments + credits, Decimal(0)), sum(amounts, Decimal(0)))
	still_owed = [index for index, balance in enumerate(balances) if balance.outstanding]
	touched = [index for index, balance in enumerate(balances) if balance.outstanding < balance.amount]
	assert not still_owed or not touched or max(touched) <= min(still_owed)


@given(st.lists(money, min_size=1, max_size=60), money, money, money)
def test_more_money_never_raises_what_is_owed(
	amounts: list[Decimal], payments: Decimal, credits: Decimal, more: Decimal
) -> None:
	before = settle(amounts, payments, credits)
	for after in (settle(amounts, payments + more, credits), settle(amounts, payments, credits + more)):
		assert all(new.outstanding <= old.outstanding for new, old in zip(after, before, strict=True))
