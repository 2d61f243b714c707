"""An `Invoice` as unsigned UBL 2.1, element by element in the schema's order.

Empty elements are never written: the rules read an empty element as a wrong value. The only maker of documents.
"""

from __future__ import annotations

from decimal import Decimal

from lxml import etree

from saudi_crm_billing.e_invoicing.engine.elements import add, clock, money, plain, required, text
from saudi_crm_billing.e_invoicing.engine.model import (
	Address,
	Allowance,
	DocumentAllowance,
	Invoice,
	Line,
	Party,
	PaymentMeans,
	PaymentMeansCode,
	Prepayment,
	Subtype,
	Vat,
)
from saudi_crm_billing.e_invoicing.engine.totals import CategoryTotals, LineTotals, Totals, compute
from saudi_crm_billing.e_invoicing.engine.xml import INVOICE, NS, qname

PROFILE = "reporting:1.0"
INDENT = "    "
NSMAP: dict[str | None, str] = {None: INVOICE, "cac": NS["cac"], "cbc": NS["cbc"], "ext": NS["ext"]}


def build(invoice: Invoice) -> bytes:
	"""The unsigned document as UTF-8 bytes; `InvalidInvoice` if the data cannot be one."""
	return etree.tostring(build_element(invoice, compute(invoice)), xml_declaration=True, encoding="UTF-8")


def build_element(invoice: Invoice, totals: Totals) -> etree._Element:
	"""The unsigned document as a tree, indented."""
	root = etree.Element(qname("ubl:Invoice"), nsmap=NSMAP)  # type: ignore[arg-type]
	_header(root, invoice)
	_references(root, invoice)
	_party(add(root, "cac:AccountingSupplierParty"), invoice.seller)
	_party(add(root, "cac:AccountingCustomerParty"), invoice.buyer)
	_delivery(root, invoice)
	_payment_means(root, invoice)
	for row in invoice.allowances:
		_document_allowance(root, row, invoice.currency)
	_exchange_rate(root, invoice)
	_tax_totals(root, invoice, totals)
	_monetary_total(root, invoice, totals)
	_lines(root, invoice, totals)
	etree.indent(root, space=INDENT)
	return root


def _header(root: etree._Element, invoice: Invoice) -> None:
	text(root, "cbc:ProfileID", PROFILE)
	required(root, "cbc:ID", invoice.number)
	required(root, "cbc:UUID", invoice.uuid)
	text(root, "cbc:IssueDate", invoice.issue_date.isoformat())
	text(root, "cbc:IssueTime", clock(invoice.issue_time))
	text(root, "cbc:InvoiceTypeCode", invoice.type_code.value, name=str(invoice.transaction))
	for note in invoice.notes:
		text(root, "cbc:Note", note)
	text(root, "cbc:DocumentCurrencyCode", invoice.currency)
	text(root, "cbc:TaxCurrencyCode", "SAR")


def _references(root: etree._Element, invoice: Invoice) -> None:
	if invoice.order_reference:
		text(add(root, "cac:OrderReference"), "cbc:ID", invoice.order_reference)
	for billed in invoice.billing_references:
		document = add(add(root, "cac:BillingReference"), "cac:InvoiceDocumentReference")
		required(document, "cbc:ID", billed.number)
		if billed.issue_date:
			text(document, "cbc:IssueDate", billed.issue_date.isoformat())
	if invoice.contract_reference:
		text(add(root, "cac:ContractDocumentReference"), "cbc:ID", invoice.contract_reference)
	counter = add(root, "cac:AdditionalDocumentReference")
	text(counter, "cbc:ID", "ICV")
	text(counter, "cbc:UUID", str(invoice.icv))
	attach(root, "PIH", invoice.previous_hash)


def attach(parent: etree._Element, name: str, value: str) -> etree._Element:
	"""Append the reference `name` (PIH or QR) with its base64 `value`."""
	reference = add(parent, "cac:AdditionalDocumentReference")
	text(reference, "cbc:ID", name)
	attachment = add(reference, "cac:Attachment")
	required(attachment, "cbc:EmbeddedDocumentBinaryObject", value, mimeCode="text/plain")
	return reference


def _party(parent: etree._Element, party: Party | None) -> None:
	if party is None:
		return
	element = add(parent, "cac:Party")
	if party.identification:
		identification = add(element, "cac:PartyIdentification")
		scheme = party.identification.scheme.value
		text(identification, "cbc:ID", party.identification.value, schemeID=scheme)
	if party.address:
		_address(add(element, "cac:PostalAddress"), party.address)
	if party.vat_number:
		scheme_element = add(element, "cac:PartyTaxScheme")
		text(scheme_element, "cbc:CompanyID", party.vat_number)
		_vat_scheme(scheme_element)
	if party.name:
		text(add(element, "cac:PartyLegalEntity"), "cbc:RegistrationName", party.name)


def _address(element: etree._Element, address: Address) -> None:
	text(element, "cbc:StreetName", address.street)
	text(element, "cbc:AdditionalStreetName", address.additional_street)
	text(element, "cbc:BuildingNumber", address.building_number)
	text(element, "cbc:PlotIdentification", address.additional_number)
	text(element, "cbc:CitySubdivisionName", address.district)
	text(element, "cbc:CityName", address.city)
	text(element, "cbc:PostalZone", address.postal_code)
	text(element, "cbc:CountrySubentity", address.province)
	text(add(element, "cac:Country"), "cbc:IdentificationCode", address.country_code)


def _delivery(root: etree._Element, invoice: Invoice) -> None:
	if not invoice.supply_date:
		return
	delivery = add(root, "cac:Delivery")
	text(delivery, "cbc:ActualDeliveryDate", invoice.supply_date.isoformat())
	if invoice.supply_end:
		text(delivery, "cbc:LatestDeliveryDate", invoice.supply_end.isoformat())


def _payment_means(root: etree._Element, invoice: Invoice) -> None:
	means = invoice.payment_means
	if invoice.note_reason and not means:
		# A note's reason has no other place than a payment means, whose code the schema demands.
		means = (PaymentMeans(PaymentMeansCode.UNDEFINED),)
	for row in means:
		element = add(root, "cac:PaymentMeans")
		text(element, "cbc:PaymentMeansCode", row.code.value)
		text(element, "cbc:InstructionNote", invoice.note_reason)
		if row.account:
			text(add(element, "cac:PayeeFinancialAccount"), "cbc:ID", row.account)


def _allowance(parent: etree._Element, row: Allowance, currency: str) -> etree._Element:
	element = add(parent, "cac:AllowanceCharge")
	text(element, "cbc:ChargeIndicator", "true" if row.charge else "false")
	text(element, "cbc:AllowanceChargeReasonCode", row.reason_code)
	text(element, "cbc:AllowanceChargeReason", row.reason)
	money(element, "cbc:Amount", row.amount, currency)
	return element


def _document_allowance(root: etree._Element, row: DocumentAllowance, currency: str) -> None:
	_category(_allowance(root, row, currency), "cac:TaxCategory", row.vat)


def _exchange_rate(root: etree._Element, invoice: Invoice) -> None:
	if invoice.exchange_rate is None or invoice.currency == "SAR":
		return
	element = add(root, "cac:TaxExchangeRate")
	text(element, "cbc:SourceCurrencyCode", invoice.currency)
	text(element, "cbc:TargetCurrencyCode", "SAR")
	text(element, "cbc:CalculationRate", plain(invoice.exchange_rate))


def _tax_totals(root: etree._Element, invoice: Invoice, totals: Totals) -> None:
	"""VAT in riyals without a breakdown, and VAT in the document's currency with it."""
	first, second = add(root, "cac:TaxTotal"), add(root, "cac:TaxTotal")
	# Field 5 of the QR code is the first one's amount (SDK): riyals, as in the official samples. Of a simplified
	# document in a foreign currency, for which there is no sample, independent validators want field 5 to be the
	# total with the breakdown: that one stands first, which the SDK reads alike.
	riyals_first = invoice.currency == "SAR" or invoice.subtype is Subtype.STANDARD
	riyals, full = (first, second) if riyals_first else (second, first)
	money(riyals, "cbc:TaxAmount", totals.tax_sar, "SAR")
	money(full, "cbc:TaxAmount", totals.tax, invoice.currency)
	for category in totals.categories:
		_subtotal(full, category, invoice.currency)


def _subtotal(parent: etree._Element, row: CategoryTotals, currency: str) -> None:
	element = add(parent, "cac:TaxSubtotal")
	money(element, "cbc:TaxableAmount", row.taxable, currency)
	money(element, "cbc:TaxAmount", row.tax, currency)
	_category(element, "cac:TaxCategory", row.vat, reasons=True)


def _monetary_total(root: etree._Element, invoice: Invoice, totals: Totals) -> None:
	element = add(root, "cac:LegalMonetaryTotal")
	optional = {
		"cbc:AllowanceTotalAmount": totals.allowance,
		"cbc:ChargeTotalAmount": totals.charge,
		"cbc:PrepaidAmount": totals.prepaid,
		"cbc:PayableRoundingAmount": totals.rounding,
	}
	money(element, "cbc:LineExtensionAmount", totals.line_net, invoice.currency)
	money(element, "cbc:TaxExclusiveAmount", totals.taxable, invoice.currency)
	money(element, "cbc:TaxInclusiveAmount", totals.inclusive, invoice.currency)
	for name, amount in optional.items():
		if amount:
			money(element, name, amount, invoice.currency)
	money(element, "cbc:PayableAmount", totals.payable, invoice.currency)


def _lines(root: etree._Element, invoice: Invoice, totals: Totals) -> None:
	for number, (line, amounts) in enumerate(zip(invoice.lines, totals.lines, strict=True), start=1):
		_line(root, number, line, amounts, invoice.currency)
	for number, row in enumerate(invoice.prepayments, start=len(invoice.lines) + 1):
		_prepayment(root, number, row, invoice.currency)


def _line(root: etree._Element, number: int, line: Line, amounts: LineTotals, currency: str) -> None:
	element = add(root, "cac:InvoiceLine")
	text(element, "cbc:ID", str(number))
	text(element, "cbc:InvoicedQuantity", plain(line.quantity), unitCode=line.unit_code)
	money(element, "cbc:LineExtensionAmount", amounts.net, currency)
	for row in line.allowances:
		_allowance(element, row, currency)
	total = add(element, "cac:TaxTotal")
	money(total, "cbc:TaxAmount", amounts.tax, currency)
	money(total, "cbc:RoundingAmount", amounts.gross, currency)
	_item(element, line.name, line.vat, line.seller_item_id)
	price = add(element, "cac:Price")
	text(price, "cbc:PriceAmount", plain(line.unit_price), currencyID=currency)
	if line.base_quantity != 1:
		text(price, "cbc:BaseQuantity", plain(line.base_quantity), unitCode=line.unit_code)


def _prepayment(root: etree._Element, number: int, row: Prepayment, currency: str) -> None:
	"""The extra line that settles an advance: all its own amounts are zero (BR-KSA-82).

	The quantity needs its decimals: BR-22 reads a bare 0 as absent.
	"""
	element = add(root, "cac:InvoiceLine")
	text(element, "cbc:ID", str(number))
	text(element, "cbc:InvoicedQuantity", "0.000000", unitCode="PCE")
	money(element, "cbc:LineExtensionAmount", Decimal(0), currency)
	reference = add(element, "cac:DocumentReference")
	required(reference, "cbc:ID", row.number)
	text(reference, "cbc:UUID", row.uuid)
	text(reference, "cbc:IssueDate", row.issue_date.isoformat())
	text(reference, "cbc:IssueTime", clock(row.issue_time))
	text(reference, "cbc:DocumentTypeCode", "386")
	total = add(element, "cac:TaxTotal")
	money(total, "cbc:TaxAmount", Decimal(0), currency)
	money(total, "cbc:RoundingAmount", Decimal(0), currency)
	_subtotal(total, CategoryTotals(row.vat, row.taxable_amount, row.tax_amount), currency)
	_item(element, row.name, row.vat)
	money(add(element, "cac:Price"), "cbc:PriceAmount", Decimal(0), currency)


def _item(parent: etree._Element, name: str, vat: Vat, seller_item_id: str = "") -> None:
	element = add(parent, "cac:Item")
	required(element, "cbc:Name", name)
	if seller_item_id:
		text(add(element, "cac:SellersItemIdentification"), "cbc:ID", seller_item_id)
	_category(element, "cac:ClassifiedTaxCategory", vat)


def _category(parent: etree._Element, name: str, vat: Vat, reasons: bool = False) -> None:
	element = add(parent, name)
	text(element, "cbc:ID", vat.category.value)
	text(element, "cbc:Percent", f"{vat.rate:.2f}")
	if reasons:
		text(element, "cbc:TaxExemptionReasonCode", vat.exemption_code)
		text(element, "cbc:TaxExemptionReason", vat.exemption_reason)
	_vat_scheme(element)


def _vat_scheme(parent: etree._Element) -> None:
	text(add(parent, "cac:TaxScheme"), "cbc:ID", "VAT")
