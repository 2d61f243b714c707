"""The waterfall: the table of payments and credit notes that ERPNext's own report must agree with."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saudi_crm_billing.instalments.engine.directions import Direction, by_place, honour
from saudi_crm_billing.instalments.engine.receivables import schedule_amounts
from saudi_crm_billing.instalments.engine.waterfall import CreditNote, CreditRule, InstalmentBalance, settle

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
	assert_oldest_first(balances)


def assert_oldest_first(balances: tuple[InstalmentBalance, ...]) -> None:
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


def owed(balances: tuple[InstalmentBalance, ...]) -> list[Decimal]:
	return [balance.outstanding for balance in balances]


@pytest.mark.parametrize(
	("rule", "outstanding"),
	[
		(CreditRule.OLDEST, [0, 80, 100]),
		(CreditRule.LAST, [100, 80, 0]),
		(CreditRule.PROPORTIONAL, [60, 60, 60]),
	],
)
def test_a_credit_note_of_120_by_each_rule(rule: CreditRule, outstanding: list[int]) -> None:
	notes = [CreditNote(Decimal(120), Decimal(0))]
	assert owed(settle(THREE, Decimal(0), Decimal(120), rule=rule, notes=notes)) == outstanding


@pytest.mark.parametrize(
	("paid_before", "outstanding"), [(0, [0, 20, 60]), (100, [0, 40, 40])], ids=["then paid", "paid before"]
)
def test_a_proportional_note_lowers_what_was_owed_when_it_came(
	paid_before: int, outstanding: list[int]
) -> None:
	notes = [CreditNote(Decimal(120), Decimal(paid_before))]
	rule = CreditRule.PROPORTIONAL
	assert owed(settle(THREE, Decimal(100), Decimal(120), rule=rule, notes=notes)) == outstanding


def test_a_directed_payment_settles_its_instalment_and_the_rest_the_oldest() -> None:
	directed = {2: Decimal(70)}
	balances = settle(THREE, Decimal(120), Decimal(0), directed=directed)
	assert [balance.paid for balance in balances] == [50, 0, 70]
	assert owed(settle(THREE, Decimal(40), Decimal(0), directed=directed)) == [100, 100, 60]


PE, JE = ("Payment Entry", "PE-1"), ("Journal Entry", "JE-1")


@pytest.mark.parametrize(
	("vouchers", "money", "given"),
	[
		({PE: 100, JE: 50}, 150, (60, 40, 40)),
		({PE: 70, JE: 50}, 120, (60, 10, 40)),
		({JE: 50}, 50, (0, 0, 50)),
		({PE: 100, JE: 50}, 90, (60, 30, 0)),
		({}, 0, (0, 0, 0)),
	],
	ids=["as asked", "its voucher shrank", "its voucher is gone", "a charge took money", "nothing"],
)
def test_directions_shrink_with_their_voucher(
	vouchers: dict[tuple[str, str], int], money: int, given: tuple[int, ...]
) -> None:
	"""The instalment of 100 has room for 40 of the last one, after 60 of the first."""
	asked = ((2, PE, 60), (1, PE, 40), (2, JE, 50))
	directions = [Direction(place, voucher, Decimal(amount)) for place, voucher, amount in asked]
	settled = {voucher: Decimal(amount) for voucher, amount in vouchers.items()}
	assert honour(directions, THREE, settled, Decimal(money)) == given


rules = st.sampled_from(CreditRule)
note_lists = st.lists(st.builds(CreditNote, money, money), max_size=4)


@given(st.lists(money, max_size=30), signed, signed, rules, note_lists, st.data())
def test_by_any_rule_and_direction_nothing_is_lost(
	amounts: list[Decimal],
	payments: Decimal,
	credits: Decimal,
	rule: CreditRule,
	notes: list[CreditNote],
	data: st.DataObject,
) -> None:
	directed = {place: data.draw(money) for place in range(len(amounts)) if data.draw(st.booleans())}
	balances = settle(amounts, payments, credits, rule=rule, notes=notes, directed=directed)
	for balance in balances:
		assert balance.paid + balance.credited + balance.outstanding == balance.amount
		assert min(balance.paid, balance.credited, balance.outstanding) >= 0
	whole, settled = sum(amounts, Decimal(0)), max(payments + credits, Decimal(0))
	assert sum(owed(balances), Decimal(0)) == whole - min(settled, whole)
	if (
		settled <= whole or rule is not CreditRule.PROPORTIONAL
	):  # else an earlier note may leave a payment no debt
		paid = max(min(payments, settled), Decimal(0))
		assert sum((balance.paid for balance in balances), Decimal(0)) == min(paid, whole)


def the_report(amounts: list[Decimal], paid: list[Decimal], credits: Decimal) -> list[Decimal]:
	"""ERPNext's Accounts Receivable by payment terms, restated: rows by paid amount, then as they are due."""
	rows = sorted(enumerate(zip(amounts, paid, strict=True)), key=lambda row: -row[1][1])
	left = {}
	for place, (amount, part) in rows:
		term = amount - part
		taken = term if credits > term else credits
		left[place], credits = term - taken, credits - taken
	return [left[place] for place in range(len(amounts))]


@given(st.lists(money, min_size=1, max_size=30), money, money, rules, note_lists, st.data())
def test_the_report_finds_the_plans_truth(
	amounts: list[Decimal],
	payments: Decimal,
	credits: Decimal,
	rule: CreditRule,
	notes: list[CreditNote],
	data: st.DataObject,
) -> None:
	directed = {data.draw(st.integers(0, len(amounts) - 1)): data.draw(money) for _number in range(2)}
	balances = settle(amounts, payments, credits, rule=rule, notes=notes, directed=directed)
	paid = [balance.paid for balance in balances]
	shown = schedule_amounts(amounts, paid, owed(balances), credits)
	assert sum(shown) == sum(amounts)
	assert the_report(shown, paid, credits) == owed(balances)


def test_planned_amounts_stay_where_the_report_is_right() -> None:
	balances = settle(THREE, Decimal(50), Decimal(100))
	assert schedule_amounts(THREE, [b.paid for b in balances], owed(balances), Decimal(100)) == THREE
	last = settle(THREE, Decimal(0), Decimal(120), rule=CreditRule.LAST)
	assert schedule_amounts(THREE, [Decimal(0)] * 3, owed(last), Decimal(120)) == [220, 80, 0]


def test_the_honoured_amounts_of_an_instalment_are_added() -> None:
	directions = [Direction(2, PE, Decimal(60)), Direction(0, PE, Decimal(5)), Direction(2, JE, Decimal(50))]
	assert by_place(directions, [Decimal(60), Decimal(5), Decimal(40)]) == {2: 100, 0: 5}
