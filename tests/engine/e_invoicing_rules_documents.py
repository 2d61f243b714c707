"""Invoices for the tests of the rules: one rich base document, its variants, and small edits on them."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable
from pathlib import Path

from lxml import etree

from saudi_crm_billing.e_invoicing.engine.xml import NS

SHARED = Path(__file__).resolve().parents[3] / "shared" / "data" / "zatca"
SAMPLES = SHARED / "samples"
Edit = Callable[[etree._Element], None]

CATEGORY = """<cbc:ID>{code}</cbc:ID><cbc:Percent>{rate}</cbc:Percent>{reason}
<cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme>"""
REASON = """<cbc:TaxExemptionReasonCode>{}</cbc:TaxExemptionReasonCode>
<cbc:TaxExemptionReason>{}</cbc:TaxExemptionReason>"""
STANDARD = CATEGORY.format(code="S", rate="15.00", reason="")
EXPORT = CATEGORY.format(code="Z", rate="0.00", reason=REASON.format("VATEX-SA-32", "Export of goods"))
LAND = CATEGORY.format(code="E", rate="0.00", reason=REASON.format("VATEX-SA-30", "Real estate"))
OUTSIDE = CATEGORY.format(code="O", rate="0.00", reason=REASON.format("VATEX-SA-OOS", "Outside the scope"))
ZERO, EXEMPT, SCOPE = (CATEGORY.format(code=code, rate="0.00", reason="") for code in "ZEO")

ADDRESS = """<cac:PostalAddress>
<cbc:StreetName>طريق الأمير سلطان</cbc:StreetName><cbc:AdditionalStreetName>مبنى ب</cbc:AdditionalStreetName>
<cbc:BuildingNumber>2322</cbc:BuildingNumber><cbc:CitySubdivisionName>المربع</cbc:CitySubdivisionName>
<cbc:CityName>الرياض</cbc:CityName><cbc:PostalZone>23333</cbc:PostalZone>
<cbc:CountrySubentity>الوسطى</cbc:CountrySubentity>
<cac:Country><cbc:IdentificationCode>SA</cbc:IdentificationCode></cac:Country></cac:PostalAddress>"""


def _party(role: str, identifier: str, vat: str, name: str, contact: str = "") -> str:
	return f"""<cac:{role}><cac:Party>{identifier}{ADDRESS}<cac:PartyTaxScheme><cbc:CompanyID>{vat}</cbc:CompanyID>
<cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme></cac:PartyTaxScheme><cac:PartyLegalEntity>
<cbc:RegistrationName>{name}</cbc:RegistrationName></cac:PartyLegalEntity>{contact}</cac:Party></cac:{role}>"""


def _adjustment(charge: bool, amount: str, factor: str, base: str, category: str = "") -> str:
	code = "<cbc:AllowanceChargeReasonCode>CG</cbc:AllowanceChargeReasonCode>" if charge else ""
	return f"""<cac:AllowanceCharge><cbc:ChargeIndicator>{str(charge).lower()}</cbc:ChargeIndicator>{code}
<cbc:AllowanceChargeReason>as agreed</cbc:AllowanceChargeReason>
<cbc:MultiplierFactorNumeric>{factor}</cbc:MultiplierFactorNumeric><cbc:Amount currencyID="SAR">{amount}</cbc:Amount>
<cbc:BaseAmount currencyID="SAR">{base}</cbc:BaseAmount>{category}</cac:AllowanceCharge>"""


def _subtotal(taxable: str, tax: str, category: str) -> str:
	return f"""<cac:TaxSubtotal><cbc:TaxableAmount currencyID="SAR">{taxable}</cbc:TaxableAmount>
<cbc:TaxAmount currencyID="SAR">{tax}</cbc:TaxAmount><cac:TaxCategory>{category}</cac:TaxCategory></cac:TaxSubtotal>"""


def _line(
	number: int,
	quantity: str,
	net: str,
	tax: str,
	gross: str,
	category: str,
	price: str,
	extra: str = "",
	settled: str = "",
) -> str:
	return f"""<cac:InvoiceLine><cbc:ID>{number}</cbc:ID>
<cbc:InvoicedQuantity unitCode="PCE">{quantity}</cbc:InvoicedQuantity>
<cbc:LineExtensionAmount currencyID="SAR">{net}</cbc:LineExtensionAmount>{extra}<cac:TaxTotal>
<cbc:TaxAmount currencyID="SAR">{tax}</cbc:TaxAmount><cbc:RoundingAmount currencyID="SAR">{gross}</cbc:RoundingAmount>
{settled}</cac:TaxTotal><cac:Item><cbc:Name>جهاز حاسب {number}</cbc:Name>
<cac:BuyersItemIdentification><cbc:ID>B-{number}</cbc:ID></cac:BuyersItemIdentification>
<cac:SellersItemIdentification><cbc:ID>S-{number}</cbc:ID></cac:SellersItemIdentification>
<cac:StandardItemIdentification><cbc:ID>6281000{number}</cbc:ID></cac:StandardItemIdentification>
<cac:ClassifiedTaxCategory>{category}</cac:ClassifiedTaxCategory>
<cac:AdditionalItemProperty><cbc:Name>colour</cbc:Name><cbc:Value>black</cbc:Value></cac:AdditionalItemProperty>
</cac:Item><cac:Price>{price}</cac:Price></cac:InvoiceLine>"""


def _price(amount: str, extra: str = "") -> str:
	return f'<cbc:PriceAmount currencyID="SAR">{amount}</cbc:PriceAmount>{extra}'


def _attached(name: str, text: str) -> str:
	return f"""<cac:AdditionalDocumentReference><cbc:ID>{name}</cbc:ID><cac:Attachment>
<cbc:EmbeddedDocumentBinaryObject mimeCode="text/plain">{text}</cbc:EmbeddedDocumentBinaryObject></cac:Attachment>
</cac:AdditionalDocumentReference>"""


SIGNATURE = "urn:oasis:names:specification:ubl:signature:"
XADES = "urn:oasis:names:specification:ubl:dsig:enveloped:xades"
TAX_CATEGORY = f"<cac:TaxCategory>{STANDARD}</cac:TaxCategory>"
PRICE_DISCOUNT = """<cbc:BaseQuantity unitCode="PCE">1</cbc:BaseQuantity><cac:AllowanceCharge>
<cbc:ChargeIndicator>false</cbc:ChargeIndicator><cbc:AllowanceChargeReason>discount</cbc:AllowanceChargeReason>
<cbc:Amount currencyID="SAR">5.00</cbc:Amount><cbc:BaseAmount currencyID="SAR">25.00</cbc:BaseAmount>
</cac:AllowanceCharge>"""
CONTACT = """<cac:Contact><cbc:Name>سارة</cbc:Name><cbc:Telephone>+966501112223</cbc:Telephone>
<cbc:Note>call first</cbc:Note></cac:Contact>"""
BUYER_ID = '<cac:PartyIdentification><cbc:ID schemeID="{}">{}</cbc:ID></cac:PartyIdentification>'

# Line 1 (S): 10 × 20 − 10 + 4 = 194; document −4 + 10 → 200, VAT 30. Z 100, E 30, O 20: 350 + 30 = 380.
BASE = f"""<Invoice xmlns="{NS["ubl"]}" xmlns:cac="{NS["cac"]}" xmlns:cbc="{NS["cbc"]}" xmlns:ext="{
	NS["ext"]
}">
<ext:UBLExtensions><ext:UBLExtension><ext:ExtensionURI>{XADES}</ext:ExtensionURI><ext:ExtensionContent>
<sig:UBLDocumentSignatures xmlns:sig="{NS["sig"]}" xmlns:sac="{NS["sac"]}" xmlns:sbc="{NS["sbc"]}">
<sac:SignatureInformation><cbc:ID>{SIGNATURE}1</cbc:ID>
<sbc:ReferencedSignatureID>{SIGNATURE}Invoice</sbc:ReferencedSignatureID></sac:SignatureInformation>
</sig:UBLDocumentSignatures></ext:ExtensionContent></ext:UBLExtension></ext:UBLExtensions>
<cbc:ProfileID>reporting:1.0</cbc:ProfileID><cbc:ID>INV-7</cbc:ID>
<cbc:UUID>3cf5ee18-ee25-44ea-a444-2c37ba7f28be</cbc:UUID><cbc:IssueDate>2026-11-21</cbc:IssueDate>
<cbc:IssueTime>14:30:00</cbc:IssueTime><cbc:InvoiceTypeCode name="0100000">388</cbc:InvoiceTypeCode>
<cbc:Note>thank you</cbc:Note><cbc:DocumentCurrencyCode>SAR</cbc:DocumentCurrencyCode>
<cbc:TaxCurrencyCode>SAR</cbc:TaxCurrencyCode><cac:OrderReference><cbc:ID>PO-1</cbc:ID></cac:OrderReference>
<cac:BillingReference><cac:InvoiceDocumentReference><cbc:ID>INV-6</cbc:ID></cac:InvoiceDocumentReference>
</cac:BillingReference><cac:ContractDocumentReference><cbc:ID>C-9</cbc:ID></cac:ContractDocumentReference>
<cac:AdditionalDocumentReference><cbc:ID>ICV</cbc:ID><cbc:UUID>7</cbc:UUID></cac:AdditionalDocumentReference>
{_attached("PIH", "NWZlY2ViNjZmZmM4NmYzOGQ5NTI3ODZjNmQ2OTZjNzk=")}{_attached("QR", "AQNBQkM=")}
<cac:Signature><cbc:ID>{SIGNATURE}Invoice</cbc:ID><cbc:SignatureMethod>{
	XADES
}</cbc:SignatureMethod></cac:Signature>
{_party("AccountingSupplierParty", BUYER_ID.format("CRN", "1010010000"), "399999999900003", "شركة التوريد")}
{
	_party(
		"AccountingCustomerParty",
		BUYER_ID.format("CRN", "1010030000"),
		"399999999800003",
		"شركة الشراء",
		CONTACT,
	)
}
<cac:Delivery><cbc:ActualDeliveryDate>2026-11-20</cbc:ActualDeliveryDate>
<cbc:LatestDeliveryDate>2026-11-21</cbc:LatestDeliveryDate></cac:Delivery>
<cac:PaymentMeans><cbc:PaymentMeansCode>42</cbc:PaymentMeansCode><cbc:InstructionNote>returned goods</cbc:InstructionNote>
<cac:PayeeFinancialAccount><cbc:ID>SA0380000000608010167519</cbc:ID><cbc:PaymentNote>30 days</cbc:PaymentNote>
</cac:PayeeFinancialAccount></cac:PaymentMeans>
{_adjustment(False, "4.00", "2.00", "200.00", TAX_CATEGORY)}{
	_adjustment(True, "10.00", "10.00", "100.00", TAX_CATEGORY)
}
<cac:TaxTotal><cbc:TaxAmount currencyID="SAR">30.00</cbc:TaxAmount></cac:TaxTotal>
<cac:TaxTotal><cbc:TaxAmount currencyID="SAR">30.00</cbc:TaxAmount>{_subtotal("200.00", "30.00", STANDARD)}
{_subtotal("100.00", "0.00", EXPORT)}{_subtotal("30.00", "0.00", LAND)}{_subtotal("20.00", "0.00", OUTSIDE)}
</cac:TaxTotal><cac:LegalMonetaryTotal><cbc:LineExtensionAmount currencyID="SAR">344.00</cbc:LineExtensionAmount>
<cbc:TaxExclusiveAmount currencyID="SAR">350.00</cbc:TaxExclusiveAmount>
<cbc:TaxInclusiveAmount currencyID="SAR">380.00</cbc:TaxInclusiveAmount>
<cbc:AllowanceTotalAmount currencyID="SAR">4.00</cbc:AllowanceTotalAmount>
<cbc:ChargeTotalAmount currencyID="SAR">10.00</cbc:ChargeTotalAmount>
<cbc:PayableRoundingAmount currencyID="SAR">0.40</cbc:PayableRoundingAmount>
<cbc:PayableAmount currencyID="SAR">380.40</cbc:PayableAmount></cac:LegalMonetaryTotal>
{
	_line(
		1,
		"10.00",
		"194.00",
		"29.10",
		"223.10",
		STANDARD,
		_price("20.00", PRICE_DISCOUNT),
		_adjustment(False, "10.00", "5.00", "200.00") + _adjustment(True, "4.00", "2.00", "200.00"),
	)
}{_line(2, "2.00", "100.00", "0.00", "100.00", ZERO, _price("50.00"))}
{_line(3, "1.00", "30.00", "0.00", "30.00", EXEMPT, _price("30.00"))}
{_line(4, "1.00", "20.00", "0.00", "20.00", SCOPE, _price("20.00"))}
</Invoice>"""

REFERENCE = """<cac:DocumentReference><cbc:ID>ADV-1</cbc:ID><cbc:IssueDate>2026-11-01</cbc:IssueDate>
<cbc:IssueTime>09:00:00</cbc:IssueTime><cbc:DocumentTypeCode>386</cbc:DocumentTypeCode></cac:DocumentReference>"""
SETTLEMENT = _line(
	5,
	"0.00",
	"0.00",
	"0.00",
	"0.00",
	STANDARD,
	_price("0.00"),
	REFERENCE,
	_subtotal("100.00", "15.00", STANDARD),
)
RATE = """<cac:TaxExchangeRate><cbc:SourceCurrencyCode>SAR</cbc:SourceCurrencyCode>
<cbc:TargetCurrencyCode>SAR</cbc:TargetCurrencyCode><cbc:CalculationRate>1.00</cbc:CalculationRate></cac:TaxExchangeRate>"""


def find(root: etree._Element, path: str) -> list[etree._Element]:
	found = root.xpath(path, namespaces=NS)
	assert isinstance(found, list) and found, f"the document has no {path}"
	return found


def fragment(xml: str) -> etree._Element:
	return etree.fromstring(f'<x xmlns:cac="{NS["cac"]}" xmlns:cbc="{NS["cbc"]}">{xml}</x>')[0]


def text(path: str, value: str) -> Edit:
	"""Write a text into every element at `path`."""

	def edit(root: etree._Element) -> None:
		for node in find(root, path):
			node.text = value

	return edit


def drop(path: str) -> Edit:
	def edit(root: etree._Element) -> None:
		for node in find(root, path):
			node.getparent().remove(node)

	return edit


def attribute(path: str, name: str, value: str | None) -> Edit:
	def edit(root: etree._Element) -> None:
		for node in find(root, path):
			if value is None:
				del node.attrib[name]
			else:
				node.set(name, value)

	return edit


def after(path: str, xml: str) -> Edit:
	def edit(root: etree._Element) -> None:
		find(root, path)[0].addnext(fragment(xml))

	return edit


def before(path: str, xml: str) -> Edit:
	def edit(root: etree._Element) -> None:
		find(root, path)[0].addprevious(fragment(xml))

	return edit


def transaction(code: str) -> Edit:
	return attribute("cbc:InvoiceTypeCode", "name", code)


def kind(code: str) -> Edit:
	return text("cbc:InvoiceTypeCode", code)


SIMPLIFIED = (transaction("0200000"),)
NOTE = (kind("381"),)
ADVANCE = (
	after("cac:InvoiceLine[4]", SETTLEMENT),
	before(
		"cac:LegalMonetaryTotal/cbc:PayableRoundingAmount",
		'<cbc:PrepaidAmount currencyID="SAR">115.00</cbc:PrepaidAmount>',
	),
	text("cac:LegalMonetaryTotal/cbc:PayableAmount", "265.40"),
)
EXCHANGE = (before("cac:TaxTotal[1]", RATE),)
FOREIGN = (
	text("cbc:DocumentCurrencyCode", "USD"),
	attribute(
		"//*[@currencyID][not(parent::cac:TaxTotal[parent::ubl:Invoice][not(cac:TaxSubtotal)])]",
		"currencyID",
		"USD",
	),
	text("cac:TaxTotal[not(cac:TaxSubtotal)]/cbc:TaxAmount", "112.50"),
)

_PARSED = etree.fromstring(re.sub(r">\s+<", "><", BASE))


def document(*edits: Edit) -> etree._Element:
	"""The base document after some edits."""
	root = copy.deepcopy(_PARSED)
	for edit in edits:
		edit(root)
	return root
