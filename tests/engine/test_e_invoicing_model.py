"""The arithmetic of documents: figures worked by hand, properties, and what is refused."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, time
from decimal import Decimal
from string import Formatter

import pytest
from e_invoice_samples import (
	EXPORT,
	FINANCE,
	MEDICINE,
	STANDARD_RATE,
	a_line,
	a_simplified_invoice,
	a_standard_invoice,
)
from hypothesis import given
from hypothesis import strategies as st

from saudi_crm_billing.e_invoicing.engine.errors import InvalidInvoice
from saudi_crm_billing.e_invoicing.engine.model import (
	Allowance,
	DocumentAllowance,
	Invoice,
	Prepayment,
	Subtype,
	TransactionCode,
	TypeCode,
	Vat,
	VatCategory,
)
from saudi_crm_billing.e_invoicing.engine.texts import TERMS, TEXTS
from saudi_crm_billing.e_invoicing.engine.totals import compute, line_totals, price_for

D = Decimal


def an_advance(**changes: object) -> Prepayment:
	advance = Prepayment("ADV-1", date(2026, 10, 1), time(9, 0), D("1000.00"), D("150.00"), STANDARD_RATE)
	return replace(advance, **changes)  # type: ignore[arg-type]


def test_vat_is_rounded_once_for_the_category_and_not_by_line() -> None:
	line = a_line(quantity=D(1), unit_price=D("0.03"))
	totals = compute(a_standard_invoice(lines=(line,) * 10))
	assert [row.tax for row in totals.lines] == [D("0.00")] * 10
	assert totals.tax == D("0.05"), "15 % of 0.30 is 0.045, half up"
	assert totals.inclusive == D("0.35")


def test_half_a_halala_goes_up() -> None:
	assert compute(a_standard_invoice(lines=(a_line(quantity=D(1), unit_price=D("0.10")),))).tax == D("0.02")


def test_document_allowance_and_charge_change_the_taxable_amount() -> None:
	allowances = (DocumentAllowance(D("100")), DocumentAllowance(D("60"), charge=True))
	totals = compute(
		a_standard_invoice(lines=(a_line(quantity=D(1), unit_price=D(2000)),), allowances=allowances)
	)
	assert (totals.line_net, totals.allowance, totals.charge) == (D(2000), D(100), D(60))
	assert (totals.taxable, totals.tax, totals.payable) == (D(1960), D(294), D(2254))


def test_the_official_advance_sample_in_figures() -> None:
	invoice = a_standard_invoice(
		lines=(a_line(quantity=D(1), unit_price=D(2000)),),
		allowances=(DocumentAllowance(D(100)),),
		prepayments=(an_advance(),),
	)
	totals = compute(invoice)
	assert (totals.tax, totals.inclusive, totals.prepaid, totals.payable) == (
		D(285),
		D(2185),
		D(1150),
		D(1035),
	)


def test_line_allowance_and_charge() -> None:
	line = a_line(
		quantity=D(3), unit_price=D(10), allowances=(Allowance(D("4.5")), Allowance(D(2), charge=True))
	)
	totals = line_totals(line)
	assert (totals.net, totals.tax, totals.gross) == (D("27.50"), D("4.13"), D("31.63"))


def test_categories_are_kept_apart_by_category_rate_and_reason() -> None:
	lines = tuple(
		a_line(vat=vat, quantity=D(1), unit_price=D(100)) for vat in (STANDARD_RATE, EXPORT, FINANCE)
	)
	old_rate = a_line(vat=Vat(VatCategory.STANDARD, D(5)), quantity=D(1), unit_price=D(100))
	medicine = a_line(vat=MEDICINE, quantity=D(1), unit_price=D(100))
	totals = compute(a_standard_invoice(lines=(*lines, old_rate, medicine, lines[0])))
	shown = [
		(row.vat.category.value, row.vat.rate, row.vat.exemption_code, row.taxable, row.tax)
		for row in totals.categories
	]
	assert shown == [
		("S", 15, "", 200, 30),
		("Z", 0, "VATEX-SA-32", 100, 0),
		("E", 0, "VATEX-SA-29", 100, 0),
		("S", 5, "", 100, 5),
		("Z", 0, "VATEX-SA-35", 100, 0),
	]


def test_equal_rates_written_differently_are_one_category() -> None:
	lines = (a_line(), a_line(vat=Vat(VatCategory.STANDARD, D("15.00"))))
	assert len(compute(a_standard_invoice(lines=lines)).categories) == 1


def test_foreign_currency_states_vat_in_riyals_too() -> None:
	lines = (a_line(quantity=D(1), unit_price=D("33.33")),)
	totals = compute(a_standard_invoice(currency="USD", exchange_rate=D("3.7505"), lines=lines))
	assert (totals.tax, totals.tax_sar) == (D("5.00"), D("18.75"))


def test_payable_rounding() -> None:
	totals = compute(a_simplified_invoice(rounding=D("-0.04")))
	assert totals.payable == totals.inclusive - D("0.04")


@pytest.mark.parametrize(
	("changes", "code", "text"),
	[
		({"lines": ()}, "no-lines", "ACC-SINV-2026-00001 has no lines"),
		({"icv": 0}, "counter", "must be 1 or more, not 0"),
		({"currency": "USD"}, "exchange-rate", "A document in USD needs the exchange rate"),
		({"currency": "USD", "exchange_rate": D(0)}, "exchange-rate", "USD"),
		({"currency": "USD", "exchange_rate": D("NaN")}, "exchange-rate", "USD"),
		({"rounding": D("NaN")}, "not-a-number", "rounding must be a finite decimal number, not NaN"),
		({"lines": (a_line(quantity=D(-1)),)}, "negative-amount", "line 1: quantity is -1"),
		({"lines": (a_line(unit_price=D("NaN")),)}, "not-a-number", "line 1: price must be a finite"),
		({"lines": (a_line(), a_line(base_quantity=D(0)))}, "base-quantity", "line 2 must be above zero"),
		(
			{"lines": (a_line(allowances=(Allowance(D(-1)),)),)},
			"negative-amount",
			"line 1: discount or charge is -1",
		),
		({"lines": (a_line(allowances=(Allowance(D(9999)),)),)}, "negative-amount", "line 1: net amount is"),
		({"allowances": (DocumentAllowance(D(9999)),)}, "negative-amount", "taxable amount of category S"),
		({"allowances": (DocumentAllowance(D(-1)),)}, "negative-amount", "document discount or charge is -1"),
		({"prepayments": (an_advance(tax_amount=D(-1)),)}, "negative-amount", "VAT of the advance is -1"),
	],
)
def test_what_cannot_be_a_document_is_refused(changes: dict[str, object], code: str, text: str) -> None:
	with pytest.raises(InvalidInvoice) as caught:
		compute(a_standard_invoice(**changes))
	assert caught.value.code == code
	assert text in caught.value.message_en
	assert caught.value.message_ar != caught.value.message_en
	assert str(caught.value) == caught.value.message_en


def test_a_field_is_named_in_arabic_too() -> None:
	with pytest.raises(InvalidInvoice) as caught:
		compute(a_standard_invoice(lines=(a_line(quantity=D(-1)),)))
	assert "البند 1: الكمية هي -1" in caught.value.message_ar
	assert "quantity" not in caught.value.message_ar


@pytest.mark.parametrize("table", [TEXTS, TERMS])
def test_every_text_has_the_same_parameters_in_both_languages(table: dict[str, tuple[str, str]]) -> None:
	for code, (english, arabic) in table.items():
		names = [
			sorted({name for _, name, _, _ in Formatter().parse(text) if name}) for text in (english, arabic)
		]
		assert names[0] == names[1], code
		assert re.search("[\u0600-\u06ff]", arabic), code


CODES = {
	"0100000": TransactionCode(Subtype.STANDARD),
	"0200000": TransactionCode(Subtype.SIMPLIFIED),
	"0110000": TransactionCode(Subtype.STANDARD, third_party=True),
	"0101000": TransactionCode(Subtype.STANDARD, nominal=True),
	"0100100": TransactionCode(Subtype.STANDARD, export=True),
	"0200010": TransactionCode(Subtype.SIMPLIFIED, summary=True),
	"0100001": TransactionCode(Subtype.STANDARD, self_billed=True),
	"010000010": TransactionCode(Subtype.STANDARD, continuous_supply=True),
	"020000001": TransactionCode(Subtype.SIMPLIFIED, government=True),
	"011101011": TransactionCode(
		Subtype.STANDARD,
		third_party=True,
		nominal=True,
		summary=True,
		continuous_supply=True,
		government=True,
	),
}


@pytest.mark.parametrize(("text", "code"), CODES.items())
def test_a_transaction_code_is_written_and_read(text: str, code: TransactionCode) -> None:
	assert str(code) == text
	assert TransactionCode.parse(text) == code


def test_nine_digits_that_say_no_more_are_read_as_seven() -> None:
	assert str(TransactionCode.parse("010000000")) == "0100000"


@pytest.mark.parametrize("text", ["", "01", "0300000", "010000", "01000000", "0100002", "0100000 "])
def test_what_is_no_transaction_code_is_refused(text: str) -> None:
	with pytest.raises(InvalidInvoice) as caught:
		TransactionCode.parse(text)
	assert caught.value.code == "transaction-code"
	assert f'"{text}"' in caught.value.message_en


@pytest.mark.parametrize(
	("text", "code"), [("0100101", "self-billed-export"), ("0200001", "self-billed-simplified")]
)
def test_what_excludes_each_other_is_refused(text: str, code: str) -> None:
	with pytest.raises(InvalidInvoice) as caught:
		TransactionCode.parse(text)
	assert caught.value.code == code
	assert "Self-Billed" in caught.value.message_en and "الفوترة الذاتية" in caught.value.message_ar


def test_an_invoice_knows_its_kind() -> None:
	assert a_standard_invoice(type_code=TypeCode.DEBIT_NOTE).is_note
	assert not a_standard_invoice(type_code=TypeCode.PREPAYMENT).is_note
	assert a_simplified_invoice().subtype is Subtype.SIMPLIFIED


@pytest.mark.parametrize(
	("net", "quantity", "price", "base"),
	[
		("100", "4", "25", "1"),
		("33.34", "3", "33.34", "3"),
		("0.01", "700", "0.01", "700"),
		("7", "0.5", "14", "1"),
	],
)
def test_price_for(net: str, quantity: str, price: str, base: str) -> None:
	assert price_for(D(net), D(quantity)) == (D(price), D(base))


@pytest.mark.parametrize(
	("net", "quantity", "asked", "price"),
	[
		("3.33", "0.333", "9.999", "9.999"),
		("33.33", "3", "11.1111", "11.1111"),
		("33.34", "3", "11.111", "33.34"),
	],
)
def test_the_price_that_was_asked_stands_where_it_gives_the_amount(
	net: str, quantity: str, asked: str, price: str
) -> None:
	assert price_for(D(net), D(quantity), D(asked))[0] == D(price)


money = st.decimals("0.00", "99999.99", places=2)
quantities = st.decimals("0.001", "999", places=3)


@given(money, quantities)
def test_price_for_gives_the_amount_back(net: Decimal, quantity: Decimal) -> None:
	price, base = price_for(net, quantity)
	assert line_totals(a_line(unit_price=price, base_quantity=base, quantity=quantity)).net == net


def invoices() -> st.SearchStrategy[Invoice]:
	"""Random lines of every category, each with a discount that it can bear."""
	vats = st.sampled_from([STANDARD_RATE, EXPORT, FINANCE, Vat(VatCategory.STANDARD, D(5))])
	lines = st.builds(
		lambda price, quantity, vat, share: _discounted(price, quantity, vat, share),
		money,
		quantities,
		vats,
		st.integers(0, 100),
	)
	return st.lists(lines, min_size=1, max_size=8).map(lambda rows: a_simplified_invoice(lines=tuple(rows)))


def _discounted(price: Decimal, quantity: Decimal, vat: Vat, share: int) -> object:
	line = a_line(unit_price=price, quantity=quantity, vat=vat)
	discount = (line_totals(line).net * share / 100).quantize(D("0.01"), "ROUND_DOWN")
	return replace(line, allowances=(Allowance(discount, "discount", "95"),) if discount else ())


@given(invoices())
def test_totals_add_up(invoice: Invoice) -> None:
	totals = compute(invoice)
	assert totals.line_net == sum(row.net for row in totals.lines)
	assert totals.taxable == sum(row.taxable for row in totals.categories)
	assert totals.tax == sum(row.tax for row in totals.categories)
	assert totals.inclusive == totals.taxable + totals.tax == totals.payable
	for row in totals.categories:
		assert abs(row.tax - row.taxable * row.vat.rate / 100) <= D("0.005")
	for row in totals.lines:
		assert row.gross == row.net + row.tax
