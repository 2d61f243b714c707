"""ERPNext's tax table as charges of a document: by VAT category, taxed as the items, or refused by row."""

from __future__ import annotations

from decimal import Decimal

import pytest
from e_invoice_samples import EXPORT, FINANCE, STANDARD_RATE
from hypothesis import given
from hypothesis import strategies as st

from saudi_crm_billing.e_invoicing.engine.errors import InvalidInvoice
from saudi_crm_billing.e_invoicing.engine.model import DocumentAllowance, Vat
from saudi_crm_billing.e_invoicing.engine.tax_table import (
	Basis,
	TaxedItem,
	TaxRow,
	charges,
	included_factor,
	vat_rate,
)

D = Decimal
FREIGHT = TaxRow(Basis.ACTUAL, D(100), is_vat=False, name="Freight")
VAT = TaxRow(Basis.NET, D(150), is_vat=True, name="VAT")
VAT_ON_BOTH = TaxRow(Basis.PREVIOUS_TOTAL, D(165), is_vat=True, of_row=1, name="VAT")
VAT_ON_FREIGHT = TaxRow(Basis.PREVIOUS_AMOUNT, D(15), is_vat=True, of_row=1, name="VAT on freight")


def an_item(*rates: int, net: str = "1000", vat: Vat = STANDARD_RATE, quantity: int = 1) -> TaxedItem:
	return TaxedItem(D(net), D(quantity), vat, tuple(D(rate) for rate in rates))


def test_vat_only_leaves_nothing_to_charge() -> None:
	assert charges([VAT], [an_item(15)]) == ()
	assert charges([], [an_item()]) == ()


def test_freight_under_the_vat_row_is_a_charge_of_the_document() -> None:
	found = charges([FREIGHT, VAT_ON_BOTH], [an_item(0, 15)])
	assert found == (DocumentAllowance(D("100.00"), "Freight", "ABK", charge=True, vat=STANDARD_RATE),)


def test_freight_with_a_vat_row_of_its_own_is_covered_too() -> None:
	assert charges([FREIGHT, VAT_ON_FREIGHT, VAT], [an_item(0, 15, 15)])[0].amount == 100


def test_a_row_that_lowers_the_total_is_a_discount() -> None:
	rebate = TaxRow(Basis.ACTUAL, D(-40), is_vat=False, name="Rebate")
	(found,) = charges([rebate, VAT_ON_BOTH], [an_item(0, 15)])
	assert (found.amount, found.charge, found.reason, found.reason_code) == (40, False, "Rebate", "95")


def test_freight_is_split_over_the_categories_of_the_items() -> None:
	items = [an_item(0, 15, net="200"), an_item(0, 0, net="100", vat=EXPORT)]
	found = charges([FREIGHT, VAT_ON_BOTH], items)
	assert [(row.vat, row.amount) for row in found] == [(STANDARD_RATE, D("66.67")), (EXPORT, D("33.33"))]


def test_service_charge_in_percent_follows_each_items_amount() -> None:
	service = TaxRow(Basis.NET, D(30), is_vat=False, name="Service 10%")
	items = [an_item(10, 15, net="200"), an_item(10, 0, net="100", vat=FINANCE)]
	found = charges([service, VAT_ON_BOTH], items)
	assert [(row.vat, row.amount) for row in found] == [(STANDARD_RATE, 20), (FINANCE, 10)]


def test_charge_by_quantity_follows_the_quantities() -> None:
	deposit = TaxRow(Basis.QUANTITY, D(8), is_vat=False, name="Deposit")
	items = [an_item(2, 15, quantity=3), an_item(2, 0, quantity=1, vat=EXPORT)]
	assert [row.amount for row in charges([deposit, VAT_ON_BOTH], items)] == [6, 2]


def test_freight_that_no_vat_covers_is_refused_by_row_and_amount() -> None:
	with pytest.raises(InvalidInvoice) as caught:
		charges([VAT, FREIGHT], [an_item(15, 0)])
	assert caught.value.code == "charge-without-vat"
	assert "Row 2 of Taxes and Charges (Freight, 100.00) bears VAT of 0%" in caught.value.message_en
	assert "items bear 15%" in caught.value.message_en and "Reference Row # 2" in caught.value.message_en
	assert "السطر 2" in caught.value.message_ar


def test_freight_on_untaxed_items_needs_no_vat() -> None:
	found = charges([VAT, FREIGHT], [an_item(0, 0, vat=EXPORT)])
	assert found == (DocumentAllowance(D("100.00"), "Freight", "ABK", charge=True, vat=EXPORT),)


def test_freight_is_refused_where_one_item_is_taxed() -> None:
	with pytest.raises(InvalidInvoice, match="Freight"):
		charges([VAT, FREIGHT], [an_item(0, 0, vat=EXPORT), an_item(15, 0)])


def test_freight_on_free_items_falls_on_the_last() -> None:
	items = [an_item(0, 15, net="0"), an_item(0, 0, net="0", vat=EXPORT)]
	assert [(row.vat, row.amount) for row in charges([FREIGHT, VAT_ON_BOTH], items)] == [(EXPORT, 100)]


def test_rates_of_items() -> None:
	assert vat_rate([FREIGHT, VAT_ON_BOTH], [D(0), D(15)]) == 15
	assert vat_rate([FREIGHT, VAT_ON_FREIGHT], [D(0), D(15)]) == 0, "VAT on the freight alone"


def test_prices_that_include_a_service_charge_and_vat_on_both() -> None:
	service = TaxRow(Basis.NET, D(10), is_vat=False, is_included=True)
	vat = TaxRow(Basis.PREVIOUS_TOTAL, D("16.5"), is_vat=True, of_row=1, is_included=True)
	assert included_factor([service, vat], [D(10), D(15)]) == D("1.265")
	assert included_factor([FREIGHT, VAT_ON_BOTH], [D(0), D(15)]) == 1


amounts = st.decimals("-500", "5000", places=2)
nets = st.lists(
	st.tuples(st.decimals("0.01", "99999", places=2), st.sampled_from([STANDARD_RATE, EXPORT, FINANCE])),
	min_size=1,
	max_size=8,
)


@given(amounts, nets)
def test_the_parts_of_a_row_are_the_row(amount: Decimal, rows: list[tuple[Decimal, Vat]]) -> None:
	items = [TaxedItem(net, D(1), vat, (D(0), vat.rate)) for net, vat in rows]
	freight = TaxRow(Basis.ACTUAL, amount, is_vat=False, name="Freight")
	found = charges([freight, VAT_ON_BOTH], items)
	assert sum((row.amount if row.charge else -row.amount) for row in found) == amount
	total = sum(net for net, _ in rows)
	for row in found:
		share = amount * sum(net for net, vat in rows if vat == row.vat) / total
		assert abs(row.amount - abs(share)) < D("0.01")
