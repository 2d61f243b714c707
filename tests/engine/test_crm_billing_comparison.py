"""An invoice against its order: what was typed differently is found, what was billed in part is not accused."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from saudi_crm_billing.crm_billing.engine.comparison import Difference, SoldLine, compare

DESK = SoldLine(1, "so-row-1", "DESK", "Nos", Decimal(10), Decimal("450.00"))
HEAD = {"customer": "Najd Furniture", "currency": "SAR"}


def found(invoiced: SoldLine, head: dict[str, str] = HEAD) -> tuple[Difference, ...]:
	return compare(HEAD, head, {"so-row-1": DESK}, [invoiced])


def test_the_same_line_has_no_difference() -> None:
	assert found(DESK) == ()


def test_each_field_is_named_with_both_values() -> None:
	assert found(replace(DESK, item="CHAIR")) == (Difference(1, "item", "DESK", "CHAIR"),)
	assert found(replace(DESK, unit="Box")) == (Difference(1, "unit", "Nos", "Box"),)
	assert found(replace(DESK, rate=Decimal("455"))) == (Difference(1, "rate", "450", "455"),)
	assert found(replace(DESK, quantity=Decimal(11))) == (Difference(1, "quantity", "10", "11"),)


def test_a_part_of_the_order_and_a_rest_below_a_halala_are_no_difference() -> None:
	assert found(replace(DESK, quantity=Decimal(4))) == ()
	assert found(replace(DESK, rate=Decimal("450.004"))) == ()


def test_a_line_that_nobody_ordered_is_named() -> None:
	assert found(replace(DESK, number=3, ordered_as=None)) == (Difference(3, "line", "", "DESK"),)
	assert found(replace(DESK, ordered_as="of another order")) == (Difference(1, "line", "", "DESK"),)


def test_the_head_comes_first() -> None:
	differences = found(replace(DESK, item="CHAIR"), {"customer": "Hijaz Trading", "currency": "SAR"})
	assert differences[0] == Difference(0, "customer", "Najd Furniture", "Hijaz Trading")
	assert [difference.field for difference in differences] == ["customer", "item"]


@given(st.decimals(1, 1000, places=2), st.decimals(1, 1000, places=2))
def test_only_a_rate_a_halala_off_counts(ordered: Decimal, invoiced: Decimal) -> None:
	source = replace(DESK, rate=ordered)
	differences = compare({}, {}, {"so-row-1": source}, [replace(DESK, rate=invoiced)])
	assert bool(differences) == (ordered != invoiced)
