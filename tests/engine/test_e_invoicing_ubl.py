"""Documents built and signed here, judged by the independent validator: clean in all stages, warnings included."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, time
from decimal import Decimal

import pytest
from e_invoice_samples import (
	EXPORT,
	FINANCE,
	MEDICINE,
	OUT_OF_SCOPE,
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
from hypothesis import given, settings
from lxml import etree
from oracle import assert_clean, findings, report
from test_e_invoicing_model import an_advance, invoices

from saudi_crm_billing.e_invoicing.engine import qr
from saudi_crm_billing.e_invoicing.engine.errors import InvalidInvoice
from saudi_crm_billing.e_invoicing.engine.model import (
	Address,
	Allowance,
	DocumentAllowance,
	Identification,
	Invoice,
	Party,
	PaymentMeans,
	PaymentMeansCode,
	Scheme,
	Subtype,
	TransactionCode,
	TypeCode,
	Vat,
	VatCategory,
)
from saudi_crm_billing.e_invoicing.engine.signing import verify
from saudi_crm_billing.e_invoicing.engine.totals import compute, price_for
from saudi_crm_billing.e_invoicing.engine.ubl import build
from saudi_crm_billing.e_invoicing.engine.xml import NS, parse, text_at

D = Decimal
EDUCATION = Vat(
	VatCategory.ZERO, D(0), "VATEX-SA-EDU", "Private education to citizen | التعليم الأهلي للمواطن"
)
CITIZEN = Party("أحمد بن محمد", identification=Identification(Scheme.NAT, "1087654329"))
FOREIGNER = Party(
	"Gulf Imports LLC",
	identification=Identification(Scheme.OTHER, "AE55871"),
	address=Address(street="Sheikh Zayed Road", city="Dubai", country_code="AE"),
)
PRICE, BASE = price_for(D("33.34"), D(3))

DOCUMENTS: dict[str, Callable[[], Invoice]] = {
	"standard": a_standard_invoice,
	"simplified": a_simplified_invoice,
	"credit note": a_credit_note,
	"simplified credit note": lambda: a_credit_note(subtype=Subtype.SIMPLIFIED, buyer=None),
	"debit note": lambda: a_credit_note(type_code=TypeCode.DEBIT_NOTE),
	"note without payment means": lambda: a_credit_note(payment_means=()),
	"advance": lambda: a_standard_invoice(type_code=TypeCode.PREPAYMENT),
	"simplified advance": lambda: a_simplified_invoice(type_code=TypeCode.PREPAYMENT),
	"final invoice after an advance": lambda: a_simplified_invoice(prepayments=(an_advance(),)),
	"two advances": lambda: a_standard_invoice(prepayments=(an_advance(), an_advance(number="ADV-2"))),
	"zero rated": lambda: a_standard_invoice(lines=(a_line(vat=MEDICINE),)),
	"export": lambda: a_standard_invoice(
		transaction=TransactionCode(Subtype.STANDARD, export=True),
		lines=(a_line(vat=EXPORT),),
		buyer=FOREIGNER,
	),
	"exempt": lambda: a_simplified_invoice(lines=(a_line(vat=FINANCE),)),
	"out of scope": lambda: a_simplified_invoice(lines=(a_line(vat=OUT_OF_SCOPE),)),
	"old rate": lambda: a_simplified_invoice(lines=(a_line(vat=Vat(VatCategory.STANDARD, D(5))),)),
	"every category": lambda: a_simplified_invoice(
		lines=tuple(a_line(vat=vat) for vat in (STANDARD_RATE, EXPORT, FINANCE, OUT_OF_SCOPE))
	),
	"education to a citizen": lambda: a_simplified_invoice(buyer=CITIZEN, lines=(a_line(vat=EDUCATION),)),
	"dollars": lambda: a_simplified_invoice(currency="USD", exchange_rate=D("3.75")),
	"dollars standard": lambda: a_standard_invoice(currency="USD", exchange_rate=D("3.7505")),
	"document discount": lambda: a_simplified_invoice(allowances=(DocumentAllowance(D(100), "خصم", "95"),)),
	"document charge": lambda: a_simplified_invoice(
		allowances=(DocumentAllowance(D(60), "Legalisation fee", "LF", charge=True),)
	),
	"line discount and charge": lambda: a_simplified_invoice(
		lines=(
			a_line(allowances=(Allowance(D("10.55"), "خصم", "95"), Allowance(D(5), "Freight", "FC", True))),
		)
	),
	"nothing optional": lambda: a_simplified_invoice(
		payment_means=(), supply_date=None, seller=a_seller(identification=Identification(Scheme.OTHER, "A1"))
	),
	"rounding": lambda: a_simplified_invoice(rounding=D("-0.04")),
	"indivisible amount": lambda: a_simplified_invoice(
		lines=(a_line(unit_price=PRICE, base_quantity=BASE, quantity=D(3)),)
	),
	"small quantity": lambda: a_simplified_invoice(
		lines=(a_line(quantity=D("0.333"), unit_price=D("9.999")),)
	),
	"free line": lambda: a_standard_invoice(lines=(a_line(), a_line(unit_price=D(0)))),
	"summary": lambda: a_standard_invoice(
		transaction=TransactionCode(Subtype.STANDARD, summary=True), supply_end=date(2026, 11, 30)
	),
	"simplified summary": lambda: a_simplified_invoice(
		transaction=TransactionCode(Subtype.SIMPLIFIED, summary=True),
		supply_end=date(2026, 11, 30),
		buyer=a_buyer(vat_number=""),
	),
	"third party": lambda: a_standard_invoice(
		transaction=TransactionCode(Subtype.STANDARD, third_party=True)
	),
	"nominal": lambda: a_simplified_invoice(transaction=TransactionCode(Subtype.SIMPLIFIED, nominal=True)),
	"self-billed": lambda: a_standard_invoice(
		transaction=TransactionCode(Subtype.STANDARD, self_billed=True)
	),
	"references": lambda: a_standard_invoice(
		order_reference="PO-7", contract_reference="C-1", notes=("شكراً لكم", "Thank you")
	),
	"bank account": lambda: a_standard_invoice(
		payment_means=(PaymentMeans(PaymentMeansCode.BANK_ACCOUNT, "SA0380000000608010167519"),)
	),
	"whole address": lambda: a_standard_invoice(
		buyer=a_buyer(
			address=Address(
				"العليا",
				"7000",
				"الورود",
				"الرياض",
				"12251",
				additional_street="طريق",
				province="الرياض",
				additional_number="3111",
			)
		)
	),
	"buyer with a registration and no VAT number": lambda: a_standard_invoice(
		buyer=a_buyer(vat_number="", identification=Identification(Scheme.CRN, "4030283037"))
	),
	"markup in a name": lambda: a_simplified_invoice(
		lines=(a_line(name="<b>&amp;\"' ]]> \u200f؟", seller_item_id="A&B"),)
	),
}


@pytest.mark.parametrize("name", DOCUMENTS)
def test_independent_validator_finds_nothing(name: str) -> None:
	invoice = DOCUMENTS[name]()
	document = signed(invoice)
	assert_clean(document.xml, invoice.previous_hash)
	assert verify(document.xml) == ()


@given(invoices())
@settings(max_examples=40)
def test_independent_validator_accepts_random_invoices(invoice: Invoice) -> None:
	assert_clean(signed(invoice).xml, invoice.previous_hash)


def test_the_validator_can_say_no() -> None:
	document = signed(a_simplified_invoice()).xml.replace(b">1750.00<", b">1750.10<")
	assert "warning BR-KSA-EN16931-11" in findings(document, a_simplified_invoice().previous_hash)
	assert not report(document, a_simplified_invoice().previous_hash)["is_valid"]


def test_a_chain_of_documents_is_accepted_link_by_link() -> None:
	first = a_simplified_invoice()
	second = a_simplified_invoice(icv=2, previous_hash=signed(first).invoice_hash)
	assert_clean(signed(second).xml, signed(first).invoice_hash)
	assert findings(signed(second).xml, first.previous_hash) != []


def test_nine_digit_codes_pass_the_rules_the_validator_knows() -> None:
	"""The validator's signature stage knows seven digits only; the official rules know nine (R3.4.8)."""
	invoice = a_standard_invoice(
		transaction=TransactionCode(Subtype.STANDARD, government=True), contract_reference="C-1"
	)
	assert findings(signed(invoice).xml, invoice.previous_hash) == ["error SIGNATURE_APPLICABILITY"]


def test_two_reasons_in_one_category_draw_the_rules_warning() -> None:
	"""BR-Z-08 compares each breakdown with all lines of the category: accepted, with warnings."""
	invoice = a_simplified_invoice(lines=(a_line(vat=EXPORT), a_line(vat=MEDICINE)))
	assert findings(signed(invoice).xml, invoice.previous_hash) == ["warning BR-Z-08"] * 2


def test_the_document_says_what_the_model_says() -> None:
	invoice = a_standard_invoice()
	root, totals = parse(build(invoice)), compute(invoice)
	assert text_at(root, "cbc:ID") == invoice.number
	assert text_at(root, "cbc:UUID") == invoice.uuid
	assert (text_at(root, "cbc:IssueDate"), text_at(root, "cbc:IssueTime")) == ("2026-11-20", "14:30:00")
	assert root.find("cbc:InvoiceTypeCode", NS).get("name") == "0100000"  # type: ignore[union-attr]
	assert text_at(root, "cac:AdditionalDocumentReference/cbc:UUID") == "1"
	assert text_at(root, "cac:LegalMonetaryTotal/cbc:PayableAmount") == str(totals.payable) == "4139.99"
	assert [text_at(line, "cac:Item/cbc:Name") for line in root.findall("cac:InvoiceLine", NS)] == [
		line.name for line in invoice.lines
	]


def test_no_element_is_empty() -> None:
	bare = a_simplified_invoice(seller=a_seller(address=Address(street="  ", city="الرياض")))
	allowed = {"AccountingCustomerParty"}
	for element in parse(build(bare)).iter():
		if len(element) == 0 and etree.QName(element).localname not in allowed:
			assert (element.text or "").strip(), element.tag


def test_totals_that_do_not_apply_are_not_written() -> None:
	names = [
		etree.QName(row).localname
		for row in parse(build(a_standard_invoice())).find("cac:LegalMonetaryTotal", NS)
	]  # type: ignore[union-attr]
	assert names == ["LineExtensionAmount", "TaxExclusiveAmount", "TaxInclusiveAmount", "PayableAmount"]


def test_an_invoice_prepaid_line_has_the_advance_and_no_amounts_of_its_own() -> None:
	root = parse(build(a_standard_invoice(prepayments=(an_advance(issue_time=time(9, 5, 7)),))))
	line = root.findall("cac:InvoiceLine", NS)[-1]
	assert text_at(line, "cbc:LineExtensionAmount") == "0.00"
	assert text_at(line, "cac:DocumentReference/cbc:IssueTime") == "09:05:07"
	assert text_at(line, "cac:DocumentReference/cbc:DocumentTypeCode") == "386"
	assert text_at(line, "cac:TaxTotal/cac:TaxSubtotal/cbc:TaxableAmount") == "1000.00"
	assert text_at(root, "cac:LegalMonetaryTotal/cbc:PrepaidAmount") == "1150.00"


IN_RIYALS, IN_DOLLARS = ("SAR", "2025.00", 1), ("USD", "540.00", 2)


@pytest.mark.parametrize(
	("subtype", "order", "vat_in_qr"),
	[
		(Subtype.STANDARD, [IN_RIYALS, IN_DOLLARS], b"2025.00"),
		(Subtype.SIMPLIFIED, [IN_DOLLARS, IN_RIYALS], b"540.00"),
	],
)
def test_foreign_currency_keeps_both_tax_totals_and_the_first_is_in_the_qr_code(
	subtype: Subtype, order: list[tuple[str, str, int]], vat_in_qr: bytes
) -> None:
	invoice = a_standard_invoice(subtype=subtype, currency="USD", exchange_rate=D("3.75"))
	document = signed(invoice)
	root = parse(document.xml)
	amounts = [
		(total[0].get("currencyID"), total[0].text, len(total)) for total in root.findall("cac:TaxTotal", NS)
	]
	assert amounts == order
	assert qr.decode(document.qr)[qr.VAT_TOTAL] == vat_in_qr
	assert qr.decode(document.qr)[qr.TOTAL] == b"4139.99"
	assert text_at(root, "cac:TaxExchangeRate/cbc:CalculationRate") == "3.75"
	assert_clean(document.xml, invoice.previous_hash)


def test_riyals_keep_the_official_samples_order() -> None:
	root = parse(build(a_standard_invoice()))
	assert [len(total) for total in root.findall("cac:TaxTotal", NS)] == [1, 2]


@needs_official
def test_official_samples_put_the_total_in_riyals_first_and_its_text_into_the_qr_code() -> None:
	"""The exempt sample writes 300.0 in the first and 300.00 in the second: the QR code has the first."""
	for row in official_manifest():
		root = parse(official(row))
		first = root.findall("cac:TaxTotal", NS)[0]
		assert (first[0].get("currencyID"), len(first)) == ("SAR", 1), row["file"]
		assert qr.decode(row["qr"])[qr.VAT_TOTAL].decode() == first[0].text, row["file"]


@pytest.mark.parametrize("field", ["number", "uuid", "previous_hash"])
def test_a_missing_field_is_named(field: str) -> None:
	with pytest.raises(InvalidInvoice) as caught:
		build(a_standard_invoice(**{field: " "}))
	assert caught.value.code == "field-missing"
	assert str(caught.value).endswith("is missing.")


def test_a_control_character_is_refused_by_field() -> None:
	with pytest.raises(InvalidInvoice) as caught:
		build(a_standard_invoice(lines=(a_line(name="lap\x0btop"),)))
	assert caught.value.code == "text-not-xml"
	assert caught.value.params == {"field": "cbc:Name", "value": "'lap\\x0btop'"}


def test_amounts_finer_than_a_halala_are_rounded_as_they_are_added() -> None:
	invoice = a_simplified_invoice(allowances=(DocumentAllowance(D("0.125"), "discount", "95"),))
	root = parse(build(invoice))
	assert text_at(root, "cac:AllowanceCharge/cbc:Amount") == "0.13"
	assert text_at(root, "cac:LegalMonetaryTotal/cbc:AllowanceTotalAmount") == "0.13"
