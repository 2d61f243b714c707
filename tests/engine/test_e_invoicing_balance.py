"""Every document balances by construction: random ones are built, judged by the rules, recounted here, and sampled to an
independent validator."""

from __future__ import annotations

from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal

from e_invoice_samples import (
	EXPORT,
	FINANCE,
	OUT_OF_SCOPE,
	SIGNED_AT,
	STANDARD_RATE,
	a_line,
	a_simplified_invoice,
	signed,
)
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from oracle import assert_clean
from test_e_invoicing_model import an_advance

from saudi_crm_billing.e_invoicing.engine import rules
from saudi_crm_billing.e_invoicing.engine.draft import ON_SIGNED_ONLY
from saudi_crm_billing.e_invoicing.engine.model import (
	Allowance,
	DocumentAllowance,
	Invoice,
	Line,
	Vat,
	VatCategory,
)
from saudi_crm_billing.e_invoicing.engine.totals import line_totals, price_for
from saudi_crm_billing.e_invoicing.engine.ubl import build
from saudi_crm_billing.e_invoicing.engine.xml import NS, parse, text_at

D = Decimal
VATS = (STANDARD_RATE, Vat(VatCategory.STANDARD, D(5)), EXPORT, FINANCE, OUT_OF_SCOPE)
TOTAL = "cac:LegalMonetaryTotal/"

quantities = st.one_of(
	st.integers(1, 500).map(D),
	st.decimals("0.000001", "999.999999", places=6),
	st.decimals("0.1", "50", places=3),
)
prices = st.one_of(st.decimals("0", "99999.99", places=2), st.decimals("0", "500", places=6))
shares = st.integers(0, 100)


@st.composite
def lines(draw: st.DrawFn) -> Line:
	"""A line with a discount that it can bear and sometimes a charge; its price sometimes for many units."""
	quantity, price, base = draw(quantities), draw(prices), D(1)
	if draw(st.booleans()):
		price, base = price_for(draw(st.decimals("0", "99999.99", places=2)), quantity)
	line = a_line(quantity=quantity, unit_price=price, base_quantity=base, vat=draw(st.sampled_from(VATS)))
	discount = part(line_totals(line).net, draw(shares))
	charge = draw(st.sampled_from([D(0), D("0.01"), D("12.34")]))
	rows = (Allowance(discount, "Discount", "95"), Allowance(charge, "Freight", "FC", charge=True))
	return replace(line, allowances=tuple(row for row in rows if row.amount))


@st.composite
def invoices(draw: st.DrawFn) -> Invoice:
	"""Lines of several categories; in each category perhaps a discount and a charge on the document."""
	rows = tuple(draw(st.lists(lines(), min_size=1, max_size=8)))
	nets: dict[Vat, Decimal] = {}
	for row in rows:
		nets[row.vat] = nets.get(row.vat, D(0)) + line_totals(row).net
	allowances = []
	for vat, net in nets.items():
		discount, charge = part(net, draw(shares)), draw(st.sampled_from([D(0), D("0.05"), D("99.99")]))
		allowances += [DocumentAllowance(discount, "Discount", "95", vat=vat)] if discount else []
		allowances += [DocumentAllowance(charge, "Freight", "FC", charge=True, vat=vat)] if charge else []
	foreign = draw(st.booleans())
	return a_simplified_invoice(
		lines=rows,
		allowances=tuple(allowances),
		prepayments=draw(
			st.sampled_from([(), (an_advance(taxable_amount=D("1.00"), tax_amount=D("0.15")),)])
		),
		rounding=draw(st.sampled_from([D(0), D("0.01"), D("-0.37")])),
		currency="USD" if foreign else "SAR",
		exchange_rate=draw(st.decimals("3.7", "3.8", places=4)) if foreign else None,
	)


def part(amount: Decimal, share: int) -> Decimal:
	return (amount * share / 100).quantize(D("0.01"), "ROUND_DOWN")


@given(invoices())
@settings(max_examples=300, deadline=None)
def test_no_rule_finds_anything_and_a_recount_agrees(invoice: Invoice) -> None:
	document = build(invoice)
	found = {row.id for row in rules.check(document, SIGNED_AT)} - ON_SIGNED_ONLY
	assert found == set(), found
	recount(parse(document), invoice)


@given(invoices())
@settings(max_examples=40, deadline=None)
def test_an_independent_validator_finds_nothing(invoice: Invoice) -> None:
	assert_clean(signed(invoice).xml, invoice.previous_hash)


def recount(root: etree._Element, invoice: Invoice) -> None:
	"""The equations of EN 16931 over the written figures, by the document alone (no code of the engine)."""
	totals = {
		row.tag.rpartition("}")[2]: D(row.text or "") for row in root.find("cac:LegalMonetaryTotal", NS)
	}  # type: ignore[union-attr]
	net = sum((amount(row, "cbc:LineExtensionAmount") for row in root.findall("cac:InvoiceLine", NS)), D(0))
	down, up = document_rows(root, "false"), document_rows(root, "true")
	assert totals["LineExtensionAmount"] == net, "BR-CO-10"
	assert totals.get("AllowanceTotalAmount", D(0)) == sum(down.values()), "BR-CO-11"
	assert totals.get("ChargeTotalAmount", D(0)) == sum(up.values()), "BR-CO-12"
	assert totals["TaxExclusiveAmount"] == net - sum(down.values()) + sum(up.values()), "BR-CO-13"
	(full,) = (row for row in root.findall("cac:TaxTotal", NS) if row.find("cac:TaxSubtotal", NS) is not None)
	(riyals,) = (row for row in root.findall("cac:TaxTotal", NS) if row.find("cac:TaxSubtotal", NS) is None)
	vat = amount(full, "cbc:TaxAmount")
	assert vat == sum(amount(row, "cbc:TaxAmount") for row in full.findall("cac:TaxSubtotal", NS)), "BR-CO-14"
	assert totals["TaxInclusiveAmount"] == totals["TaxExclusiveAmount"] + vat, "BR-CO-15"
	assert totals["PayableAmount"] == totals["TaxInclusiveAmount"] - totals.get(
		"PrepaidAmount", D(0)
	) + totals.get("PayableRoundingAmount", D(0)), "BR-CO-16"
	assert amount(riyals, "cbc:TaxAmount") == halala(vat * (invoice.exchange_rate or 1)), "BT-111"
	for row in full.findall("cac:TaxSubtotal", NS):
		category = key(row.find("cac:TaxCategory", NS))
		taxable = sum(
			amount(line, "cbc:LineExtensionAmount")
			for line in root.findall("cac:InvoiceLine", NS)
			if key(line.find("cac:Item/cac:ClassifiedTaxCategory", NS)) == category
		)
		taxable += up.get(category, D(0)) - down.get(category, D(0))
		assert amount(row, "cbc:TaxableAmount") == taxable, "BR-S-08, BR-Z-08, BR-E-08, BR-O-08"
		assert amount(row, "cbc:TaxAmount") == halala(taxable * category[1] / 100), "BR-CO-17"


def document_rows(root: etree._Element, indicator: str) -> dict[tuple[str, Decimal], Decimal]:
	"""Discounts or charges of the document, by category and rate."""
	found: dict[tuple[str, Decimal], Decimal] = {}
	for row in root.findall("cac:AllowanceCharge", NS):
		if text_at(row, "cbc:ChargeIndicator") == indicator:
			category = key(row.find("cac:TaxCategory", NS))
			found[category] = found.get(category, D(0)) + amount(row, "cbc:Amount")
	return found


def key(category: etree._Element | None) -> tuple[str, Decimal]:
	assert category is not None
	return text_at(category, "cbc:ID"), amount(category, "cbc:Percent")


def amount(element: etree._Element, path: str) -> Decimal:
	return D(text_at(element, path))


def halala(value: Decimal) -> Decimal:
	return value.quantize(D("0.01"), ROUND_HALF_UP)
