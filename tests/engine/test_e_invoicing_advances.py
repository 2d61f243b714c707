"""The VAT inside an advance, and its pieces: exact to the halala, whatever is used when."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saudi_crm_billing.common.money import HALALA, to_money
from saudi_crm_billing.e_invoicing.engine import advances
from saudi_crm_billing.e_invoicing.engine.advances import NOTHING, AdvanceExceeded, Amounts

RATE = Decimal(15)


@pytest.mark.parametrize(
	("gross", "rate", "taxable", "tax"),
	[
		("2300", "15", "2000.00", "300.00"),
		("1000", "15", "869.57", "130.43"),
		("1050", "5", "1000.00", "50.00"),
		("1000", "0", "1000.00", "0.00"),
		("0.19", "15", "0.17", "0.02"),
	],
)
def test_vat_is_the_tax_fraction_of_what_was_received(gross: str, rate: str, taxable: str, tax: str) -> None:
	found = advances.received(Decimal(gross), Decimal(rate))
	assert (found.taxable, found.tax) == (Decimal(taxable), Decimal(tax))


def test_pieces_take_their_vat_from_the_running_total() -> None:
	whole = advances.received(Decimal("100.00"), RATE)
	first = advances.use(whole, NOTHING, Decimal("33.33"), RATE)
	second = advances.use(whole, first, Decimal("33.33"), RATE)
	third = advances.use(whole, first + second, Decimal("33.34"), RATE)
	assert (whole.tax, first.tax, second.tax, third.tax) == tuple(
		map(Decimal, ("13.04", "4.35", "4.34", "4.35"))
	)


def test_no_more_than_what_is_left_can_be_used() -> None:
	whole = advances.received(Decimal("100.00"), RATE)
	used = advances.use(whole, NOTHING, Decimal("60.00"), RATE)
	with pytest.raises(AdvanceExceeded) as refusal:
		advances.use(whole, used, Decimal("40.01"), RATE)
	assert (refusal.value.asked, refusal.value.left) == (Decimal("40.01"), Decimal("40.00"))


@given(
	gross=st.integers(1, 10**9),
	rate=st.sampled_from([Decimal(15), Decimal(5), Decimal(0)]),
	cuts=st.lists(st.integers(1, 10**9), max_size=8),
)
def test_all_pieces_together_are_the_whole(gross: int, rate: Decimal, cuts: list[int]) -> None:
	whole = advances.received(gross * HALALA, rate)
	used = NOTHING
	for cut in (*cuts, gross):
		piece = advances.use(whole, used, min(cut * HALALA, whole.gross - used.gross), rate)
		assert abs(piece.tax - piece.gross * rate / (100 + rate)) < HALALA
		assert abs(to_money(piece.taxable * rate / 100) - piece.tax) <= HALALA  # BR-KSA-79
		used = used + piece
	assert used == whole


@given(gross=st.integers(1, 10**9), rate=st.sampled_from([Decimal(15), Decimal(5), Decimal(0)]))
def test_a_document_states_the_vat_that_was_received(gross: int, rate: Decimal) -> None:
	amounts = advances.received(gross * HALALA, rate)
	stated = advances.stated(amounts, rate)
	assert to_money(stated.taxable * rate / 100) == amounts.tax
	assert stated.taxable + amounts.tax + stated.rounding == amounts.gross
	assert abs(stated.rounding) <= HALALA


@given(gross=st.integers(2, 10**7), part=st.integers(1, 10**7))
def test_a_piece_can_be_stated_too(gross: int, part: int) -> None:
	whole = advances.received(gross * HALALA, RATE)
	first = advances.use(whole, NOTHING, min(part, gross - 1) * HALALA, RATE)
	for piece in (first, advances.use(whole, first, whole.gross - first.gross, RATE)):
		stated = advances.stated(piece, RATE)
		assert to_money(stated.taxable * RATE / 100) == piece.tax
		assert abs(stated.rounding) <= 6 * HALALA


def test_a_tax_of_no_rate_is_refused() -> None:
	with pytest.raises(ValueError, match=r"is not 15% of about 90\.00"):
		advances.stated(Amounts(Decimal("100.00"), Decimal("10.00")), RATE)
