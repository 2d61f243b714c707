"""Which voucher settled which instalment."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from saudi_crm_billing.instalments.engine.attribution import Share, Voucher, attribute

HUNDRED = [Decimal(100)] * 3
NOTHING = [Decimal(0)] * 3


def payment(amount: int) -> Voucher:
	return Voucher(Decimal(amount), is_credit_note=False)


def note(amount: int) -> Voucher:
	return Voucher(Decimal(amount), is_credit_note=True)


def test_the_oldest_voucher_settles_the_oldest_instalment() -> None:
	assert attribute(HUNDRED, NOTHING, [payment(150), payment(150)]) == [
		(Share(0, Decimal(100)), Share(1, Decimal(50))),
		(Share(1, Decimal(50)), Share(2, Decimal(100))),
	]


def test_a_credit_note_settles_what_credit_notes_settled() -> None:
	credited = [Decimal(0), Decimal(0), Decimal(40)]
	paid = [Decimal(100), Decimal(10), Decimal(0)]
	assert attribute(paid, credited, [note(40), payment(110)]) == [
		(Share(2, Decimal(40)),),
		(Share(0, Decimal(100)), Share(1, Decimal(10))),
	]


def test_what_was_paid_beyond_the_plan_settles_nothing() -> None:
	assert attribute(HUNDRED, NOTHING, [payment(300), payment(5), payment(-5)])[1:] == [(), ()]


@given(st.lists(st.integers(0, 500), min_size=1, max_size=12), st.lists(st.integers(-50, 900), max_size=12))
def test_no_instalment_gets_more_than_was_settled(paid: list[int], amounts: list[int]) -> None:
	vouchers = [payment(amount) for amount in amounts]
	found = attribute([Decimal(one) for one in paid], [Decimal(0)] * len(paid), vouchers)
	for place, settled in enumerate(paid):
		assert sum(share.amount for shares in found for share in shares if share.place == place) <= settled
	for voucher, shares in zip(vouchers, found, strict=True):
		assert sum(share.amount for share in shares) <= max(voucher.amount, 0)
	enough = sum(amount for amount in amounts if amount > 0)
	assert sum(share.amount for shares in found for share in shares) == min(enough, sum(paid))


def test_a_write_off_takes_what_it_wrote_off_and_money_the_rest() -> None:
	paid, gone = [Decimal(100), Decimal(100), Decimal(50)], [Decimal(0), Decimal(100), Decimal(0)]
	vouchers = [Voucher(Decimal(100), False, is_write_off=True), Voucher(Decimal(150), False)]
	assert attribute(paid, [Decimal(0)] * 3, vouchers, gone) == [
		(Share(1, Decimal(100)),),
		(Share(0, Decimal(100)), Share(2, Decimal(50))),
	]
