"""An issued document read back: what `ubl.build` wrote, and the official samples."""

from __future__ import annotations

from datetime import date, time
from decimal import Decimal

import pytest
from e_invoice_samples import (
	EXPORT,
	MEDICINE,
	STANDARD_RATE,
	a_buyer,
	a_credit_note,
	a_line,
	a_seller,
	a_simplified_invoice,
	a_standard_invoice,
	needs_official,
	official,
	official_manifest,
	signed,
)

from saudi_crm_billing.e_invoicing.engine.errors import UnreadableInvoice
from saudi_crm_billing.e_invoicing.engine.model import (
	Allowance,
	DocumentAllowance,
	Identification,
	Invoice,
	Party,
	Prepayment,
	Scheme,
	Subtype,
	TypeCode,
	VatCategory,
)
from saudi_crm_billing.e_invoicing.engine.reading import read
from saudi_crm_billing.e_invoicing.engine.reading_parts import ReadAdjustment, ReadAdvance
from saudi_crm_billing.e_invoicing.engine.totals import compute
from saudi_crm_billing.e_invoicing.engine.ubl import build

ADVANCE = Prepayment(
	"ADV-1", date(2026, 11, 1), time(9), Decimal("100.00"), Decimal("15.00"), STANDARD_RATE, "uuid"
)


@pytest.mark.parametrize(
	"invoice",
	[
		a_standard_invoice(),
		a_simplified_invoice(),
		a_credit_note(),
		a_standard_invoice(rounding=Decimal("-0.01"), prepayments=(ADVANCE,)),
		a_standard_invoice(allowances=(DocumentAllowance(Decimal("50.00"), "Rebate"),)),
		a_standard_invoice(supply_date=date(2026, 10, 1), supply_end=date(2026, 10, 31)),
		a_standard_invoice(currency="USD", exchange_rate=Decimal("3.75")),
		a_standard_invoice(buyer=a_buyer(vat_number="", identification=Identification(Scheme.NAT, "10"))),
		a_standard_invoice(lines=(a_line(vat=EXPORT), a_line(vat=MEDICINE), a_line())),
	],
)
def test_what_was_built_is_read(invoice: Invoice) -> None:
	found, totals = read(build(invoice)), compute(invoice)
	assert (found.number, found.type_code, found.subtype) == (
		invoice.number,
		invoice.type_code,
		invoice.subtype,
	)
	assert (found.issue_date, found.issue_time) == (invoice.issue_date, invoice.issue_time)
	assert (found.seller, found.buyer) == (invoice.seller, invoice.buyer or Party(name=""))
	assert (found.currency, found.note_reason) == (invoice.currency, invoice.note_reason)
	assert found.corrects == tuple(row.number for row in invoice.billing_references)
	assert (found.supply_date, found.supply_end) == (invoice.supply_date, invoice.supply_end)
	assert found.exchange_rate == (invoice.exchange_rate or 0)
	for name in (
		"line_net",
		"taxable",
		"tax",
		"tax_sar",
		"inclusive",
		"allowance",
		"prepaid",
		"rounding",
		"payable",
	):
		assert getattr(found, name) == getattr(totals, name), name
	assert [(line.name, line.quantity, line.rate) for line in found.lines] == [
		(line.name, line.quantity, line.vat.rate) for line in invoice.lines
	]
	assert [(line.net, line.tax, line.gross) for line in found.lines] == [
		(line.net, line.tax, line.gross) for line in totals.lines
	]
	assert found.qr == ""


def test_a_line_has_the_exemptions_of_its_category_and_rate() -> None:
	lines = (a_line(vat=EXPORT), a_line(vat=MEDICINE), a_line())
	export, medicine, taxed = read(build(a_standard_invoice(lines=lines))).lines
	assert export.exemptions == medicine.exemptions
	assert export.exemptions == {
		EXPORT.exemption_code: EXPORT.exemption_reason,
		MEDICINE.exemption_code: MEDICINE.exemption_reason,
	}
	assert taxed.exemptions == {}


def test_vat_is_read_by_category_with_its_reasons() -> None:
	invoice = a_standard_invoice(lines=(a_line(), a_line(vat=EXPORT)))
	taxed, export = read(build(invoice)).vat_rows
	assert (taxed.category, taxed.rate, taxed.taxable, taxed.tax, taxed.reason) == (
		VatCategory.STANDARD,
		15,
		Decimal("3500.00"),
		Decimal("525.00"),
		"",
	)
	assert (export.category, export.tax, export.code, export.reason) == (
		VatCategory.ZERO,
		0,
		EXPORT.exemption_code,
		EXPORT.exemption_reason,
	)


def test_discounts_and_charges_are_read_of_the_document_and_of_its_lines() -> None:
	rows = (
		DocumentAllowance(Decimal("50.00"), "Rebate"),
		DocumentAllowance(Decimal("20.00"), "Delivery", charge=True),
	)
	line = a_line(allowances=(Allowance(Decimal("100.00"), "Old model"),))
	found = read(build(a_standard_invoice(lines=(line,), allowances=rows)))
	assert found.adjustments == (
		ReadAdjustment(Decimal("50.00"), "Rebate", is_charge=False),
		ReadAdjustment(Decimal("20.00"), "Delivery", is_charge=True),
	)
	assert found.lines[0].adjustments == (ReadAdjustment(Decimal("100.00"), "Old model", is_charge=False),)
	assert (found.lines[0].price, found.lines[0].net) == (1750, 3400)
	assert (found.line_net, found.taxable, found.inclusive) == (3400, 3370, Decimal("3875.50"))


def test_a_price_of_several_units_is_read_for_one() -> None:
	line = a_line(unit_price=Decimal(250), base_quantity=Decimal(100), quantity=Decimal(10))
	assert read(build(a_standard_invoice(lines=(line,)))).lines[0].price == Decimal("2.5")


def test_a_settled_advance_is_read_and_is_no_line() -> None:
	found = read(build(a_standard_invoice(prepayments=(ADVANCE,))))
	assert found.advances == (ReadAdvance("ADV-1", date(2026, 11, 1), Decimal(100), Decimal(15)),)
	assert (len(found.lines), found.prepaid) == (2, Decimal(115))
	assert read(build(a_standard_invoice())).advances == ()


def test_the_qr_code_is_the_signed_documents() -> None:
	document = signed(a_simplified_invoice())
	assert read(document.xml).qr == document.qr


def test_what_is_not_an_invoice_is_refused() -> None:
	with pytest.raises(UnreadableInvoice):
		read(b"<Order/>")


def test_an_amount_that_is_no_number_is_refused() -> None:
	xml = build(a_standard_invoice(seller=a_seller()))
	with pytest.raises(UnreadableInvoice, match="PayableAmount must be a finite decimal number, not many"):
		read(xml.replace(b">4139.99</cbc:PayableAmount", b">many</cbc:PayableAmount"))


@needs_official
@pytest.mark.parametrize("row", official_manifest(), ids=lambda row: row["file"])
def test_official_samples_are_read(row: dict[str, str]) -> None:
	found = read(official(row))
	assert isinstance(found.type_code, TypeCode) and isinstance(found.subtype, Subtype)
	assert found.lines and found.seller.vat_number and found.qr
	if b"ChargeTotalAmount" not in official(row):
		assert sum(line.net for line in found.lines) - found.allowance == found.taxable
