"""For every rule one document that keeps it and one that breaks it, as edits on the base document."""

from __future__ import annotations

from dataclasses import dataclass

from e_invoicing_rules_documents import (
	ADVANCE,
	EXCHANGE,
	FOREIGN,
	NOTE,
	SIMPLIFIED,
	Edit,
	after,
	attribute,
	drop,
	kind,
	text,
	transaction,
)
from lxml import etree

SELLER = "cac:AccountingSupplierParty/cac:Party"
BUYER = "cac:AccountingCustomerParty/cac:Party"
SELLER_ADDRESS = f"{SELLER}/cac:PostalAddress"
BUYER_ADDRESS = f"{BUYER}/cac:PostalAddress"
SELLER_ID = f"{SELLER}/cac:PartyIdentification/cbc:ID"
BUYER_ID = f"{BUYER}/cac:PartyIdentification/cbc:ID"
VAT = "cac:PartyTaxScheme/cbc:CompanyID"
NAME = "cac:PartyLegalEntity/cbc:RegistrationName"
ALLOWANCE = "cac:AllowanceCharge[1]"
CHARGE = "cac:AllowanceCharge[2]"
LINE = "cac:InvoiceLine[1]"
LINE_ALLOWANCE = f"{LINE}/cac:AllowanceCharge[1]"
LINE_CHARGE = f"{LINE}/cac:AllowanceCharge[2]"
ITEM = f"{LINE}/cac:Item"
PRICE = f"{LINE}/cac:Price"
TOTAL = "cac:LegalMonetaryTotal"
TAX_TOTAL = "cac:TaxTotal[cac:TaxSubtotal]"
ACCOUNTED = "cac:TaxTotal[not(cac:TaxSubtotal)]"
SETTLED = "cac:InvoiceLine[5]/cac:TaxTotal/cac:TaxSubtotal"
REFERENCE = "cac:InvoiceLine[5]/cac:DocumentReference"
PIH, QR, ICV = (f"cac:AdditionalDocumentReference[cbc:ID='{name}']" for name in ("PIH", "QR", "ICV"))
OBJECT = "cac:Attachment/cbc:EmbeddedDocumentBinaryObject"
REASON = "cbc:AllowanceChargeReason"
REASON_CODE = "cbc:AllowanceChargeReasonCode"
FACTOR = "cbc:MultiplierFactorNumeric"
DELIVERED, DELIVERED_TO = "cac:Delivery/cbc:ActualDeliveryDate", "cac:Delivery/cbc:LatestDeliveryDate"
STREET = "cbc:AdditionalStreetName"
Edits = tuple[Edit, ...]


def sub(code: str) -> str:
	"""The subtotal of a VAT category."""
	return f"{TAX_TOTAL}/cac:TaxSubtotal[cac:TaxCategory/cbc:ID='{code}']"


@dataclass(frozen=True)
class Case:
	"""`start` + `keeps` must not break the rule, `start` + `breaks` must."""

	id: str
	breaks: Edits
	keeps: Edits = ()
	start: Edits = ()

	def __str__(self) -> str:
		return self.id


def case(id: str, *breaks: Edit, keeps: Edits = (), start: Edits = ()) -> Case:
	return Case(id, breaks, keeps, start)


def longer(id: str, path: str, limit: int, start: Edits = ()) -> Case:
	return case(id, text(path, "ع" * (limit + 1)), keeps=(text(path, "ع" * limit),), start=start)


def finer(id: str, path: str, start: Edits = ()) -> Case:
	return case(id, text(path, "1.001"), keeps=(text(path, "1.01"),), start=start)


def coded(id: str, path: str, right: str, wrong: str, start: Edits = ()) -> Case:
	return case(id, text(path, wrong), keeps=(text(path, right),), start=start)


def schemed(id: str, path: str, scheme: str, right: str, wrong: str) -> Case:
	return coded(id, path, right, wrong, (attribute(path, "schemeID", scheme),))


def settled(code: str, reason: str = "") -> Edit:
	"""The prepayment's VAT category, without VAT."""
	path = f"{SETTLED}/cac:TaxCategory"

	def edit(root: etree._Element) -> None:
		text(f"{path}/cbc:ID", code)(root)
		text(f"{path}/cbc:Percent", "0.00")(root)
		text(f"{SETTLED}/cbc:TaxAmount", "0.00")(root)
		if reason:
			after(f"{path}/cbc:Percent", "<cbc:TaxExemptionReason>because</cbc:TaxExemptionReason>")(root)
			code_xml = f"<cbc:TaxExemptionReasonCode>{reason}</cbc:TaxExemptionReasonCode>"
			after(f"{path}/cbc:Percent", code_xml)(root)

	return edit


DOCUMENT = [
	case("BR-02", text("cbc:ID", "")),
	case("BR-03", drop("cbc:IssueDate")),
	case("BR-04", drop("cbc:InvoiceTypeCode")),
	case("BR-05", drop("cbc:DocumentCurrencyCode")),
	case("BR-16", drop("cac:InvoiceLine")),
	case("BR-52", text(f"{ICV}/cbc:ID", "")),
	longer("BR-KSA-F-06-C1", "cbc:ID", 127),
	longer("BR-KSA-F-06-C2", "cbc:Note", 1000),
	longer("BR-KSA-F-06-C3", "cac:OrderReference/cbc:ID", 127),
	longer("BR-KSA-F-06-C5", "cac:ContractDocumentReference/cbc:ID", 127),
	case("BR-KSA-03", text("cbc:UUID", "")),
	case("BR-KSA-04", text("cbc:IssueDate", "2026-11-22"), keeps=(text("cbc:IssueDate", "2026-11-21"),)),
	case("BR-KSA-26", text(f"{PIH}/{OBJECT}", "")),
	case("BR-KSA-27", drop(QR), start=SIMPLIFIED),
	case("BR-CL-KSA-14", text(f"{QR}/{OBJECT}", "A" * 1001), keeps=(text(f"{QR}/{OBJECT}", "A" * 1000),)),
	case("BR-KSA-33", drop(ICV)),
	case("BR-KSA-34", text(f"{ICV}/cbc:UUID", "7a"), keeps=(text(f"{ICV}/cbc:UUID", "70"),)),
	case("BR-KSA-61", attribute(f"{PIH}/{OBJECT}", "mimeCode", "application/pdf")),
	case("BR-KSA-68", drop("cbc:TaxCurrencyCode")),
	case("BR-KSA-70", text("cbc:IssueTime", "14:30:00.5"), keeps=(text("cbc:IssueTime", "14:30:00Z"),)),
	case(
		"BR-KSA-98",
		text("cbc:IssueDate", "2026-11-19"),
		keeps=(text("cbc:IssueDate", "2026-11-21"),),
		start=SIMPLIFIED,
	),
	case("BR-KSA-EN16931-01", text("cbc:ProfileID", "reporting:2.0")),
	case("BR-KSA-28", text("//*[local-name()='SignatureInformation']/cbc:ID", "x"), start=SIMPLIFIED),
	case("BR-KSA-29", text("cac:Signature/cbc:ID", "x"), start=SIMPLIFIED),
	case("BR-KSA-30", text("cac:Signature/cbc:SignatureMethod", "x"), start=SIMPLIFIED),
	case("BR-KSA-60", drop("cac:Signature"), start=SIMPLIFIED),
]

TRANSACTION = [
	case("BR-KSA-06", transaction("0300000"), keeps=(transaction("011110000"),)),
	case("BR-KSA-F-06-C40", transaction("010000"), keeps=(transaction("010000000"),)),
	case("BR-KSA-07", transaction("0100101"), keeps=(transaction("0100100"),)),
	case("BR-KSA-31", transaction("0200001"), keeps=(transaction("0211110"),)),
	case("BR-KSA-92", drop("cac:ContractDocumentReference"), start=(transaction("010000001"),)),
	case("BR-KSA-15", drop("cac:Delivery")),
	case("BR-KSA-35", drop(DELIVERED)),
	case("BR-KSA-36", text(DELIVERED_TO, "2026-11-19"), keeps=(text(DELIVERED_TO, "2026-11-20"),)),
	case("BR-KSA-71", drop(f"{BUYER}/cac:PartyLegalEntity"), start=(transaction("0200010"),)),
	case("BR-KSA-72", drop(DELIVERED_TO), start=(transaction("0200010"),)),
	case("BR-49", drop("cac:PaymentMeans/cbc:PaymentMeansCode")),
	longer("BR-KSA-F-06-C14", "//cbc:PaymentNote", 1000),
	longer("BR-KSA-F-06-C15", "cac:PaymentMeans/cac:PayeeFinancialAccount/cbc:ID", 127),
	case("BR-KSA-17", drop("cac:PaymentMeans"), start=NOTE),
	case(
		"BR-KSA-17",
		drop("//cbc:InstructionNote"),
		keeps=(drop("//cac:PayeeFinancialAccount"),),
		start=(kind("383"),),
	),
	case("BR-KSA-56", drop("cac:BillingReference"), start=NOTE),
	case("BR-KSA-56", text("cac:BillingReference/cac:InvoiceDocumentReference/cbc:ID", ""), start=NOTE),
	case("BR-55", text("cac:BillingReference/cac:InvoiceDocumentReference/cbc:ID", "")),
	longer("BR-KSA-F-06-C13", "//cbc:InstructionNote", 1000, NOTE),
	longer("BR-KSA-F-06-C22", "cac:BillingReference/cac:InvoiceDocumentReference/cbc:ID", 5000, NOTE),
]

SELLERS = [
	case("BR-06", drop(f"{SELLER}/cac:PartyLegalEntity")),
	case("BR-08", drop(SELLER_ADDRESS)),
	case("BR-09", drop(f"{SELLER_ADDRESS}/cac:Country")),
	case(
		"BR-KSA-08", attribute(SELLER_ID, "schemeID", "NAT"), keeps=(attribute(SELLER_ID, "schemeID", "MOM"),)
	),
	case(
		"BR-KSA-09",
		drop(f"{SELLER_ADDRESS}/cbc:CitySubdivisionName"),
		keeps=(drop(f"{SELLER_ADDRESS}/{STREET}"),),
	),
	coded("BR-KSA-37", f"{SELLER_ADDRESS}/cbc:BuildingNumber", "0001", "12345"),
	coded("BR-KSA-66", f"{SELLER_ADDRESS}/cbc:PostalZone", "00000", "1234"),
	case("BR-KSA-39", drop(f"{SELLER}/cac:PartyTaxScheme")),
	coded("BR-KSA-40", f"{SELLER}/{VAT}", "300000000000003", "300000000000004"),
	schemed("BR-KSA-F-08", SELLER_ID, "CRN", "1010010000", "101001000"),
	schemed("BR-KSA-F-09", SELLER_ID, "700", "7001234987", "6001234987"),
	case(
		"BR-KSA-F-12",
		attribute(SELLER_ID, "schemeID", " CRN "),
		keeps=(attribute(SELLER_ID, "schemeID", "CRN"),),
	),
	coded("BR-KSA-F-13", SELLER_ID, "1234567980", "9912345678"),
	coded("BR-KSA-F-13", BUYER_ID, "1111111987", "1111111198"),
	longer("BR-KSA-F-06-C4", f"{SELLER_ADDRESS}/cbc:StreetName", 1000),
	longer("BR-KSA-F-06-C6", f"{SELLER_ADDRESS}/{STREET}", 127),
	longer("BR-KSA-F-06-C7", f"{SELLER_ADDRESS}/cbc:CityName", 127),
	longer("BR-KSA-F-06-C8", f"{SELLER_ADDRESS}/cbc:CountrySubentity", 127),
	longer("BR-KSA-F-06-C9", f"{SELLER_ADDRESS}/cbc:CitySubdivisionName", 127),
	longer("BR-KSA-F-06-C10", f"{SELLER}/{NAME}", 1000),
	coded("BR-CUSTOM-VALIDATION-01", f"{BUYER}/{VAT}", "399999999700003", "399999999900003"),
]

CITIZEN = (
	text(f"{sub('Z')}/cac:TaxCategory/cbc:TaxExemptionReasonCode", "VATEX-SA-HEA"),
	text(BUYER_ID, "1022313141"),
)
ONLY_CITIZEN = (
	*SIMPLIFIED,
	drop("cac:InvoiceLine[position() > 2]"),
	drop(f"{sub('E')} | {sub('O')}"),
	CITIZEN[0],
)
BUYERS = [
	case(
		"BR-KSA-10", drop(f"{BUYER_ADDRESS}/cbc:CityName"), keeps=(drop(f"{BUYER_ADDRESS}/cbc:PostalZone"),)
	),
	case("BR-KSA-63", drop(f"{BUYER_ADDRESS}/cbc:BuildingNumber")),
	coded("BR-KSA-67", f"{BUYER_ADDRESS}/cbc:PostalZone", "12345", "123456"),
	case("BR-KSA-42", text(f"{BUYER}/{NAME}", "")),
	coded("BR-KSA-44", f"{BUYER}/{VAT}", "300000000000003", "30000000000003"),
	case("BR-KSA-99", text(f"{BUYER}/{VAT}", "")),
	case("BR-KSA-81", drop(f"{BUYER}/cac:PartyIdentification"), start=(drop(f"{BUYER}/cac:PartyTaxScheme"),)),
	case(
		"BR-KSA-14", attribute(BUYER_ID, "schemeID", "XYZ"), keeps=(attribute(BUYER_ID, "schemeID", "GCC"),)
	),
	schemed("BR-KSA-F-07", BUYER_ID, "TIN", "3001234987", "1001234987"),
	schemed("BR-KSA-F-10", BUYER_ID, "NAT", "1001234987", "2001234987"),
	schemed("BR-KSA-F-11", BUYER_ID, "IQA", "2001234987", "1001234987"),
	case(
		"BR-KSA-49",
		attribute(BUYER_ID, "schemeID", "IQA"),
		keeps=(attribute(BUYER_ID, "schemeID", "NAT"),),
		start=CITIZEN,
	),
	case("BR-KSA-25", drop(f"{BUYER}/cac:PartyLegalEntity"), start=ONLY_CITIZEN),
	coded("BR-KSA-85", f"{BUYER}/cac:Contact/cbc:Telephone", "0501112223", "501112223"),
	longer("BR-KSA-F-06-C11", f"{BUYER_ADDRESS}/{STREET}", 127),
	longer("BR-KSA-F-06-C12", f"{BUYER}/{NAME}", 1000),
	case("BR-KSA-F-06-C23", drop(f"{BUYER_ADDRESS}/cbc:StreetName")),
	longer("BR-KSA-F-06-C24", f"{BUYER_ADDRESS}/cbc:StreetName", 1000, SIMPLIFIED),
	case("BR-KSA-F-06-C25", text(f"{BUYER_ADDRESS}/cbc:CityName", "")),
	longer("BR-KSA-F-06-C26", f"{BUYER_ADDRESS}/cbc:CityName", 127),
	longer("BR-KSA-F-06-C27", f"{BUYER_ADDRESS}/cbc:CountrySubentity", 127),
	case("BR-KSA-F-06-C28", drop(f"{BUYER_ADDRESS}/cbc:CitySubdivisionName")),
	longer("BR-KSA-F-06-C29", f"{BUYER_ADDRESS}/cbc:CitySubdivisionName", 127),
	longer("BR-KSA-F-06-C32", f"{BUYER}/{NAME}", 1000, SIMPLIFIED),
	longer("BR-KSA-F-06-C37", f"{BUYER}/cac:Contact/cbc:Name", 1000),
	longer("BR-KSA-F-06-C38", f"{BUYER}/cac:Contact/cbc:Note", 1000),
]

LINES = [
	case("BR-21", text(f"{LINE}/cbc:ID", "")),
	coded("BR-22", f"{LINE}/cbc:InvoicedQuantity", "0.00", "0"),
	case("BR-24", drop(f"{LINE}/cbc:LineExtensionAmount")),
	case("BR-25", text(f"{ITEM}/cbc:Name", "")),
	case("BR-26", drop(f"{PRICE}/cbc:PriceAmount")),
	case("BR-CO-04", drop(f"{ITEM}/cac:ClassifiedTaxCategory")),
	case("BR-54", drop(f"{ITEM}/cac:AdditionalItemProperty/cbc:Value")),
	case("BR-KSA-52", drop(f"{LINE}/cac:TaxTotal/cbc:TaxAmount")),
	case("BR-KSA-53", drop(f"{LINE}/cac:TaxTotal/cbc:RoundingAmount")),
	coded("BR-KSA-51", f"{LINE}/cac:TaxTotal/cbc:RoundingAmount", "223.1", "223.11"),
	coded("BR-KSA-EN16931-11", f"{LINE}/cbc:LineExtensionAmount", "194.01", "194.02"),
	coded("BR-KSA-EN16931-12", f"{PRICE}/cbc:BaseQuantity", "0.5", "-1"),
	coded("BR-KSA-EN16931-06", f"{PRICE}/cac:AllowanceCharge/cbc:ChargeIndicator", "false", "true"),
	coded("BR-KSA-EN16931-07", f"{PRICE}/cac:AllowanceCharge/cbc:BaseAmount", "25", "25.01"),
	coded("BR-KSA-F-C-01", f"{ITEM}/cbc:Name", "12345 bolts", "12345"),
	finer("BR-DEC-23", f"{LINE}/cbc:LineExtensionAmount"),
	finer("BR-KSA-DEC-03", f"{LINE}/cac:TaxTotal/cbc:TaxAmount"),
	finer("BR-KSA-DEC-04", f"{LINE}/cac:TaxTotal/cbc:RoundingAmount"),
	coded("BR-KSA-F-06-C17", f"{LINE}/cbc:ID", "123456", "1234567"),
	coded("BR-KSA-F-06-C19", f"{ITEM}/cbc:Name", "abc", "ab"),
	longer("BR-KSA-F-06-C20", f"{ITEM}/cac:StandardItemIdentification/cbc:ID", 127),
	longer("BR-KSA-F-06-C30", f"{ITEM}/cac:BuyersItemIdentification/cbc:ID", 127),
	longer("BR-KSA-F-06-C31", f"{ITEM}/cac:SellersItemIdentification/cbc:ID", 127),
	case(
		"BR-KSA-F-06-C18",
		attribute(f"{LINE}/cbc:InvoicedQuantity", "unitCode", "x" * 128),
		keeps=(attribute(f"{LINE}/cbc:InvoicedQuantity", "unitCode", "x" * 127),),
	),
	case(
		"BR-KSA-F-06-C21",
		attribute(f"{PRICE}/cbc:BaseQuantity", "unitCode", "x" * 128),
		keeps=(attribute(f"{PRICE}/cbc:BaseQuantity", "unitCode", "x" * 127),),
	),
]

ALLOWANCES = [
	case("BR-31", drop(f"{ALLOWANCE}/cbc:Amount")),
	case("BR-32", drop(f"{ALLOWANCE}/cac:TaxCategory")),
	case("BR-36", drop(f"{CHARGE}/cbc:Amount")),
	case("BR-37", drop(f"{CHARGE}/cac:TaxCategory")),
	case("BR-41", drop(f"{LINE_ALLOWANCE}/cbc:Amount")),
	case("BR-43", drop(f"{LINE_CHARGE}/cbc:Amount")),
	finer("BR-DEC-01", f"{ALLOWANCE}/cbc:Amount"),
	finer("BR-DEC-02", f"{ALLOWANCE}/cbc:BaseAmount"),
	finer("BR-DEC-05", f"{CHARGE}/cbc:Amount"),
	finer("BR-DEC-06", f"{CHARGE}/cbc:BaseAmount"),
	finer("BR-DEC-24", f"{LINE_ALLOWANCE}/cbc:Amount"),
	finer("BR-DEC-25", f"{LINE_ALLOWANCE}/cbc:BaseAmount"),
	finer("BR-DEC-27", f"{LINE_CHARGE}/cbc:Amount"),
	finer("BR-DEC-28", f"{LINE_CHARGE}/cbc:BaseAmount"),
	coded("BR-KSA-F-02", f"{ALLOWANCE}/cbc:ChargeIndicator", "0", "no"),
	coded("BR-KSA-DEC-01", f"{ALLOWANCE}/{FACTOR}", "100.00", "100.01"),
	coded("BR-KSA-EN16931-03", f"{ALLOWANCE}/cbc:Amount", "4.00", "4.01"),
	case("BR-KSA-EN16931-04", drop(f"{ALLOWANCE}/cbc:BaseAmount")),
	case("BR-KSA-EN16931-05", drop(f"{ALLOWANCE}/{FACTOR}")),
	case("BR-KSA-19", drop(f"{CHARGE}/{REASON_CODE}")),
	case("BR-KSA-20", drop(f"{LINE_CHARGE}/{REASON_CODE}")),
	case("BR-KSA-21", drop(f"{CHARGE}/{REASON}")),
	case("BR-KSA-22", drop(f"{LINE_CHARGE}/{REASON}")),
	coded("BR-KSA-CL-06", f"{CHARGE}/{REASON_CODE}", "FC", "QQ"),
	longer("BR-KSA-F-06-C33", f"{CHARGE}/{REASON}", 1000),
	longer("BR-KSA-F-06-C34", f"{LINE_CHARGE}/{REASON}", 1000),
	longer("BR-KSA-F-06-C35", f"{ALLOWANCE}/{REASON}", 1000),
	longer("BR-KSA-F-06-C36", f"{LINE_ALLOWANCE}/{REASON}", 1000),
]

SCHEME = "cac:TaxCategory/cac:TaxScheme/cbc:ID"
VATS = [
	case("BR-45", drop(f"{sub('S')}/cbc:TaxableAmount")),
	case("BR-46", drop(f"{sub('S')}/cbc:TaxAmount")),
	case("BR-47", drop(f"{sub('S')}/cac:TaxCategory/cbc:ID")),
	case(
		"BR-48",
		drop(f"{sub('S')}/cac:TaxCategory/cbc:Percent"),
		keeps=(drop(f"{sub('O')}/cac:TaxCategory/cbc:Percent"),),
	),
	coded("BR-CO-17", f"{sub('Z')}/cbc:TaxAmount", "0.04", "0.05"),
	coded("BR-S-09", f"{sub('S')}/cbc:TaxAmount", "30.04", "30.05"),
	case(
		"BR-S-10",
		after(
			f"{sub('S')}/cac:TaxCategory/cbc:Percent", "<cbc:TaxExemptionReason>x</cbc:TaxExemptionReason>"
		),
	),
	coded("BR-S-05", f"{ITEM}/cac:ClassifiedTaxCategory/cbc:Percent", "5", "0"),
	coded("BR-S-06", f"{ALLOWANCE}/cac:TaxCategory/cbc:Percent", "5", "0"),
	coded("BR-S-07", f"{CHARGE}/cac:TaxCategory/cbc:Percent", "5", "0"),
	finer("BR-DEC-19", f"{sub('S')}/cbc:TaxableAmount"),
	finer("BR-DEC-20", f"{sub('S')}/cbc:TaxAmount"),
	*(case(f"BR-{code}-01", drop(sub(code))) for code in "SZEO"),
	*(
		coded(f"BR-{code}-08", f"{sub(code)}/cbc:TaxableAmount", amount, "1.00")
		for code, amount in (("S", "200"), ("Z", "100.0"))
	),
	*(
		coded(f"BR-{code}-08", f"{sub(code)}/cbc:TaxableAmount", amount, "1.00")
		for code, amount in (("E", "30"), ("O", "20.0"))
	),
	*(coded(f"BR-{code}-09", f"{sub(code)}/cbc:TaxAmount", "0", "0.01") for code in "ZEO"),
	coded("BR-Z-05", "cac:InvoiceLine[2]/cac:Item/cac:ClassifiedTaxCategory/cbc:Percent", "0", "15"),
	coded("BR-E-05", "cac:InvoiceLine[3]/cac:Item/cac:ClassifiedTaxCategory/cbc:Percent", "0", "15"),
	coded("BR-KSA-11", "cac:InvoiceLine[4]/cac:Item/cac:ClassifiedTaxCategory/cbc:Percent", "0", "15"),
	*(
		coded(
			id,
			f"{ALLOWANCE}/cac:TaxCategory/cbc:Percent",
			"0",
			"15",
			(text(f"{ALLOWANCE}/cac:TaxCategory/cbc:ID", code),),
		)
		for id, code in (("BR-Z-06", "Z"), ("BR-E-06", "E"), ("BR-KSA-12", "O"))
	),
	*(
		coded(
			id,
			f"{CHARGE}/cac:TaxCategory/cbc:Percent",
			"0",
			"15",
			(text(f"{CHARGE}/cac:TaxCategory/cbc:ID", code),),
		)
		for id, code in (("BR-Z-07", "Z"), ("BR-E-07", "E"), ("BR-KSA-13", "O"))
	),
	longer("BR-KSA-F-06-C16", f"{sub('Z')}/cac:TaxCategory/cbc:TaxExemptionReason", 1000),
	case("BR-KSA-83", drop(f"{sub('Z')}/cac:TaxCategory/cbc:TaxExemptionReason")),
	*(
		case(id, drop(f"{sub(code)}/cac:TaxCategory/cbc:TaxExemptionReasonCode"))
		for id, code in (("BR-KSA-69", "Z"), ("BR-KSA-23", "E"), ("BR-KSA-24", "O"))
	),
	coded(
		"BR-KSA-CL-04", f"{sub('Z')}/cac:TaxCategory/cbc:TaxExemptionReasonCode", "VATEX-SA-33", "VATEX-SA-29"
	),
	coded("BR-KSA-84", f"{ITEM}/cac:ClassifiedTaxCategory/cbc:Percent", "5", "10"),
	coded("BR-KSA-84", f"{sub('S')}/cac:TaxCategory/cbc:Percent", "15", "14.99"),
	coded("BR-KSA-84", f"{ALLOWANCE}/cac:TaxCategory/cbc:Percent", "5.00", "5.01"),
	coded("BR-KSA-84", f"{SETTLED}/cac:TaxCategory/cbc:Percent", "15", "20", ADVANCE),
]

TOTALS = [
	case("BR-13", drop(f"{TOTAL}/cbc:TaxExclusiveAmount")),
	case("BR-14", drop(f"{TOTAL}/cbc:TaxInclusiveAmount")),
	case("BR-15", drop(f"{TOTAL}/cbc:PayableAmount")),
	coded("BR-CO-10", f"{TOTAL}/cbc:LineExtensionAmount", "344", "344.01"),
	coded("BR-CO-11", f"{TOTAL}/cbc:AllowanceTotalAmount", "4", "4.01"),
	coded("BR-CO-12", f"{TOTAL}/cbc:ChargeTotalAmount", "10", "9.99"),
	case("BR-CO-12", text(f"{TOTAL}/cbc:ChargeTotalAmount", "")),
	coded("BR-CO-13", f"{TOTAL}/cbc:TaxExclusiveAmount", "350", "349.99"),
	case("BR-CO-13", text(f"{TOTAL}/cbc:ChargeTotalAmount", "")),
	coded("BR-CO-14", f"{TAX_TOTAL}/cbc:TaxAmount", "30", "30.01"),
	coded("BR-CO-15", f"{TOTAL}/cbc:TaxInclusiveAmount", "380", "380.01"),
	case("BR-CO-15", attribute("cac:TaxTotal/cbc:TaxAmount", "currencyID", "USD")),
	coded("BR-CO-16", f"{TOTAL}/cbc:PayableAmount", "380.4", "380.00"),
	case("BR-CO-18", drop("cac:TaxTotal/cac:TaxSubtotal")),
	case("BR-53", attribute(f"{ACCOUNTED}/cbc:TaxAmount", "currencyID", "USD")),
	case("BR-KSA-EN16931-08", drop("cac:TaxTotal/cac:TaxSubtotal")),
	case("BR-KSA-EN16931-09", drop(ACCOUNTED)),
	coded("BR-KSA-97", f"{ACCOUNTED}/cbc:TaxAmount", "112.50", "30.00", FOREIGN),
	finer("BR-DEC-09", f"{TOTAL}/cbc:LineExtensionAmount"),
	finer("BR-DEC-10", f"{TOTAL}/cbc:AllowanceTotalAmount"),
	finer("BR-DEC-11", f"{TOTAL}/cbc:ChargeTotalAmount"),
	finer("BR-DEC-12", f"{TOTAL}/cbc:TaxExclusiveAmount"),
	finer("BR-DEC-13", f"{TAX_TOTAL}/cbc:TaxAmount"),
	finer("BR-DEC-14", f"{TOTAL}/cbc:TaxInclusiveAmount"),
	finer("BR-DEC-15", f"{ACCOUNTED}/cbc:TaxAmount"),
	finer("BR-DEC-16", f"{TOTAL}/cbc:PrepaidAmount", ADVANCE),
	finer("BR-DEC-17", f"{TOTAL}/cbc:PayableRoundingAmount"),
	finer("BR-DEC-18", f"{TOTAL}/cbc:PayableAmount"),
]

PREPAYMENTS = [
	case("BR-KSA-73", drop(f"{REFERENCE}/cbc:IssueTime"), start=ADVANCE),
	case("BR-KSA-73", drop(REFERENCE), start=ADVANCE),
	coded("BR-KSA-74", f"{REFERENCE}/cbc:DocumentTypeCode", "386", "388", ADVANCE),
	case("BR-KSA-75", drop(SETTLED), start=ADVANCE),
	coded("BR-KSA-79", f"{SETTLED}/cbc:TaxAmount", "15.01", "15.02", ADVANCE),
	case(
		"BR-KSA-79",
		settled("Z"),
		text(f"{SETTLED}/cbc:TaxAmount", "0.01"),
		keeps=(settled("Z"),),
		start=ADVANCE,
	),
	case(
		"BR-KSA-79",
		drop(f"{SETTLED}/cac:TaxCategory/cbc:Percent"),
		start=(*ADVANCE, drop(f"{TOTAL}/cbc:PrepaidAmount")),
	),
	case(
		"BR-KSA-79",
		settled("E"),
		text(f"{SETTLED}/cbc:TaxAmount", "1"),
		start=(*ADVANCE, drop(f"{TOTAL}/cbc:PrepaidAmount")),
	),
	coded("BR-KSA-80", f"{TOTAL}/cbc:PrepaidAmount", "115", "100.00", ADVANCE),
	case("BR-KSA-82", text("cac:InvoiceLine[5]/cac:Price/cbc:PriceAmount", "1.00"), start=ADVANCE),
	case(
		"BR-KSA-82",
		after(
			REFERENCE,
			'<cac:AllowanceCharge><cbc:ChargeIndicator>false</cbc:ChargeIndicator><cbc:Amount currencyID="SAR">1.00</cbc:Amount>'
			"</cac:AllowanceCharge>",
		),
		start=ADVANCE,
	),
	finer("BR-KSA-DEC-06", f"{SETTLED}/cbc:TaxableAmount", ADVANCE),
	*(
		case(
			id,
			settled(code),
			text(f"{SETTLED}/cac:TaxCategory/cbc:Percent", "15"),
			keeps=(settled(code),),
			start=ADVANCE,
		)
		for id, code in (("BR-KSA-76", "Z"), ("BR-KSA-77", "E"), ("BR-KSA-78", "O"))
	),
	*(
		case(id, settled(code), keeps=(settled(code, reason),), start=ADVANCE)
		for id, code, reason in (
			("BR-KSA-93", "Z", "VATEX-SA-32"),
			("BR-KSA-94", "E", "VATEX-SA-30"),
			("BR-KSA-95", "O", "VATEX-SA-OOS"),
		)
	),
	case(
		"BR-KSA-96", drop(f"{SETTLED}//cbc:TaxExemptionReason"), start=(*ADVANCE, settled("E", "VATEX-SA-29"))
	),
	case("BR-KSA-CL-07", settled("Z", "VATEX-SA-29"), keeps=(settled("Z", "VATEX-SA-33"),), start=ADVANCE),
	longer(
		"BR-KSA-F-06-C39",
		f"{SETTLED}/cac:TaxCategory/cbc:TaxExemptionReason",
		1000,
		(*ADVANCE, settled("E", "VATEX-SA-30")),
	),
	coded("BR-KSA-F-05", f"{REFERENCE}/cbc:IssueTime", "09:00:00Z", "9 am", ADVANCE),
]

CODES = [
	coded("BR-CL-01", "cbc:InvoiceTypeCode", "380", "999"),
	coded("BR-KSA-05", "cbc:InvoiceTypeCode", "386", "380"),
	case("BR-CL-03", attribute(f"{TOTAL}/cbc:PayableAmount", "currencyID", "SRL")),
	coded("BR-CL-04", "cbc:DocumentCurrencyCode", "KWD", "SRL"),
	coded("BR-CL-05", "cbc:TaxCurrencyCode", "KWD", "SRL"),
	coded("BR-KSA-EN16931-02", "cbc:TaxCurrencyCode", "SAR", "USD"),
	coded("BR-CL-14", f"{BUYER_ADDRESS}/cac:Country/cbc:IdentificationCode", "AE", "KSA"),
	coded("BR-CL-16", "cac:PaymentMeans/cbc:PaymentMeansCode", "69", "71"),
	coded("BR-KSA-16", "cac:PaymentMeans/cbc:PaymentMeansCode", "10", "69"),
	coded("BR-CL-18", f"{sub('O')}/cac:TaxCategory/cbc:ID", "AE", "X"),
	coded("BR-KSA-18", f"{ALLOWANCE}/cac:TaxCategory/cbc:ID", "Z", "AE"),
	coded("BR-KSA-CL-01", "cbc:DocumentCurrencyCode", "USD", "SRL"),
	case("BR-KSA-CL-01", attribute(f"{TOTAL}/cbc:PayableRoundingAmount", "currencyID", "SRL")),
	case("BR-KSA-CL-02", attribute(f"{TOTAL}/cbc:PayableAmount", "currencyID", "USD"), keeps=FOREIGN),
	case("BR-KSA-CL-03", attribute(f"{QR}/{OBJECT}", "mimeCode", "text/html")),
	case("BR-KSA-87", drop("cac:TaxExchangeRate/cbc:CalculationRate"), start=EXCHANGE),
	coded("BR-KSA-88", "cac:TaxExchangeRate/cbc:SourceCurrencyCode", "SAR", "USD", EXCHANGE),
	coded("BR-KSA-89", "cac:TaxExchangeRate/cbc:TargetCurrencyCode", "SAR", "USD", EXCHANGE),
	coded(
		"BR-KSA-90", "cac:TaxExchangeRate/cbc:CalculationRate", "1.000000000000", "1.0000000000000", EXCHANGE
	),
	coded("BR-KSA-F-01", "cbc:IssueDate", "2024-02-29", "2026-11-21Z"),
	coded("BR-KSA-DEC-02", f"{ITEM}/cac:ClassifiedTaxCategory/cbc:Percent", "15.00", "15.001"),
	coded("BR-KSA-F-04", f"{LINE}/cbc:InvoicedQuantity", "0.00", "-1.00"),
]

CASES = [
	*DOCUMENT,
	*TRANSACTION,
	*SELLERS,
	*BUYERS,
	*LINES,
	*ALLOWANCES,
	*VATS,
	*TOTALS,
	*PREPAYMENTS,
	*CODES,
]
