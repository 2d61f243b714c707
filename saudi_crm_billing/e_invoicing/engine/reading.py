"""A document read back into what its print shows: the document itself is the record, not the masters of today.

The counterpart of `ubl.build`, for documents that it made.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal

from lxml import etree

from saudi_crm_billing.e_invoicing.engine.errors import UnreadableInvoice
from saudi_crm_billing.e_invoicing.engine.model import (
	Address,
	Identification,
	Party,
	PaymentMeansCode,
	Scheme,
	Subtype,
	TransactionCode,
	TypeCode,
)
from saudi_crm_billing.e_invoicing.engine.reading_parts import (
	ReadAdjustment,
	ReadAdvance,
	ReadVat,
	adjustments,
	advances,
	amount_at,
	date_at,
	settles,
	vat_rows,
)
from saudi_crm_billing.e_invoicing.engine.xml import NS, parse, text_at


@dataclass(frozen=True)
class ReadLine:
	"""One line; `price` is that of one unit, before `adjustments`.

	`exemptions` are the reasons by code that the VAT breakdown gives for its category and rate.
	"""

	name: str
	quantity: Decimal
	price: Decimal
	adjustments: tuple[ReadAdjustment, ...]
	net: Decimal
	tax: Decimal
	gross: Decimal
	rate: Decimal
	exemptions: Mapping[str, str]


@dataclass(frozen=True)
class ReadInvoice:
	"""What the document says; amounts in its currency, times as Riyadh's, `qr` empty before signing.

	`tax_sar` is the VAT in riyals, in a document in riyals the same as `tax`; `exchange_rate` is zero there.
	"""

	number: str
	issue_date: date
	issue_time: time
	type_code: TypeCode
	transaction: TransactionCode
	currency: str
	seller: Party
	buyer: Party
	supply_date: date | None
	supply_end: date | None
	lines: tuple[ReadLine, ...]
	adjustments: tuple[ReadAdjustment, ...]
	vat_rows: tuple[ReadVat, ...]
	advances: tuple[ReadAdvance, ...]
	line_net: Decimal
	taxable: Decimal
	tax: Decimal
	tax_sar: Decimal
	exchange_rate: Decimal
	inclusive: Decimal
	allowance: Decimal
	prepaid: Decimal
	rounding: Decimal
	payable: Decimal
	order: str
	contract: str
	payment_means: tuple[PaymentMeansCode, ...]
	note_reason: str
	corrects: tuple[str, ...]
	qr: str

	@property
	def subtype(self) -> Subtype:
		return self.transaction.subtype


def read(xml: bytes) -> ReadInvoice:
	"""The document of these UBL bytes; `UnreadableInvoice` if they are none or an amount is not a number."""
	root = parse(xml)
	code = root.find("cbc:InvoiceTypeCode", NS)
	vat = _full_tax_total(root)
	return ReadInvoice(
		number=text_at(root, "cbc:ID"),
		issue_date=date.fromisoformat(text_at(root, "cbc:IssueDate")),
		issue_time=time.fromisoformat(text_at(root, "cbc:IssueTime")),
		type_code=TypeCode(text_at(root, "cbc:InvoiceTypeCode")),
		transaction=TransactionCode.parse(code.get("name", "") if code is not None else ""),
		currency=text_at(root, "cbc:DocumentCurrencyCode"),
		seller=_party(root, "cac:AccountingSupplierParty"),
		buyer=_party(root, "cac:AccountingCustomerParty"),
		supply_date=date_at(root, "cac:Delivery/cbc:ActualDeliveryDate"),
		supply_end=date_at(root, "cac:Delivery/cbc:LatestDeliveryDate"),
		lines=tuple(_line(line, vat) for line in root.findall("cac:InvoiceLine", NS) if not settles(line)),
		adjustments=adjustments(root),
		vat_rows=vat_rows(vat),
		advances=advances(root),
		line_net=amount_at(root, "cac:LegalMonetaryTotal/cbc:LineExtensionAmount"),
		taxable=amount_at(root, "cac:LegalMonetaryTotal/cbc:TaxExclusiveAmount"),
		tax=amount_at(vat, "cbc:TaxAmount"),
		tax_sar=amount_at(_tax_total_in_riyals(root), "cbc:TaxAmount"),
		exchange_rate=amount_at(root, "cac:TaxExchangeRate/cbc:CalculationRate"),
		inclusive=amount_at(root, "cac:LegalMonetaryTotal/cbc:TaxInclusiveAmount"),
		allowance=amount_at(root, "cac:LegalMonetaryTotal/cbc:AllowanceTotalAmount"),
		prepaid=amount_at(root, "cac:LegalMonetaryTotal/cbc:PrepaidAmount"),
		rounding=amount_at(root, "cac:LegalMonetaryTotal/cbc:PayableRoundingAmount"),
		payable=amount_at(root, "cac:LegalMonetaryTotal/cbc:PayableAmount"),
		order=text_at(root, "cac:OrderReference/cbc:ID"),
		contract=text_at(root, "cac:ContractDocumentReference/cbc:ID"),
		payment_means=tuple(
			PaymentMeansCode(text_at(row, "cbc:PaymentMeansCode"))
			for row in root.findall("cac:PaymentMeans", NS)
		),
		note_reason=text_at(root, "cac:PaymentMeans/cbc:InstructionNote"),
		corrects=tuple(
			text_at(row, "cbc:ID")
			for row in root.findall("cac:BillingReference/cac:InvoiceDocumentReference", NS)
		),
		qr=_qr(root),
	)


def _full_tax_total(root: etree._Element) -> etree._Element:
	"""The VAT total with its breakdown, which is the one in the document's currency."""
	for total in root.findall("cac:TaxTotal", NS):
		if total.find("cac:TaxSubtotal", NS) is not None:
			return total
	raise UnreadableInvoice("field-missing", field="cac:TaxSubtotal")


def _tax_total_in_riyals(root: etree._Element) -> etree._Element:
	"""The VAT total without a breakdown; a document in riyals may have but one."""
	totals = root.findall("cac:TaxTotal", NS)
	return next((total for total in totals if total.find("cac:TaxSubtotal", NS) is None), totals[0])


def _line(line: etree._Element, vat: etree._Element) -> ReadLine:
	category = text_at(line, "cac:Item/cac:ClassifiedTaxCategory/cbc:ID")
	rate = amount_at(line, "cac:Item/cac:ClassifiedTaxCategory/cbc:Percent")
	return ReadLine(
		name=text_at(line, "cac:Item/cbc:Name"),
		quantity=amount_at(line, "cbc:InvoicedQuantity"),
		price=_price(line),
		adjustments=adjustments(line),
		net=amount_at(line, "cbc:LineExtensionAmount"),
		tax=amount_at(line, "cac:TaxTotal/cbc:TaxAmount"),
		gross=amount_at(line, "cac:TaxTotal/cbc:RoundingAmount"),
		rate=rate,
		exemptions={
			text_at(row, "cbc:TaxExemptionReasonCode"): text_at(row, "cbc:TaxExemptionReason")
			for row in vat.findall("cac:TaxSubtotal/cac:TaxCategory", NS)
			if (text_at(row, "cbc:ID"), amount_at(row, "cbc:Percent")) == (category, rate)
			and text_at(row, "cbc:TaxExemptionReason")
		},
	)


def _price(line: etree._Element) -> Decimal:
	return amount_at(line, "cac:Price/cbc:PriceAmount") / (amount_at(line, "cac:Price/cbc:BaseQuantity") or 1)


def _party(root: etree._Element, path: str) -> Party:
	path += "/cac:Party"
	identifier = root.find(f"{path}/cac:PartyIdentification/cbc:ID", NS)
	address = root.find(f"{path}/cac:PostalAddress", NS)
	return Party(
		name=text_at(root, f"{path}/cac:PartyLegalEntity/cbc:RegistrationName"),
		vat_number=text_at(root, f"{path}/cac:PartyTaxScheme/cbc:CompanyID"),
		identification=None
		if identifier is None
		else Identification(Scheme(identifier.get("schemeID")), (identifier.text or "").strip()),
		address=None if address is None else _address(address),
	)


def _address(element: etree._Element) -> Address:
	return Address(
		street=text_at(element, "cbc:StreetName"),
		additional_street=text_at(element, "cbc:AdditionalStreetName"),
		building_number=text_at(element, "cbc:BuildingNumber"),
		additional_number=text_at(element, "cbc:PlotIdentification"),
		district=text_at(element, "cbc:CitySubdivisionName"),
		city=text_at(element, "cbc:CityName"),
		postal_code=text_at(element, "cbc:PostalZone"),
		province=text_at(element, "cbc:CountrySubentity"),
		country_code=text_at(element, "cac:Country/cbc:IdentificationCode"),
	)


def _qr(root: etree._Element) -> str:
	for reference in root.findall("cac:AdditionalDocumentReference", NS):
		if text_at(reference, "cbc:ID") == "QR":
			return text_at(reference, "cac:Attachment/cbc:EmbeddedDocumentBinaryObject")
	return ""
