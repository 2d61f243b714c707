"""What this app demands of parties beyond ZATCA's own rules, so that a wrong invoice stops at the draft.

Every remark is an error; drafts.py translates it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from frappe.model.document import Document

from saudi_crm_billing.e_invoicing.checks.own_remarks import OwnRemark
from saudi_crm_billing.e_invoicing.devices.units import RIYAL, IssuingUnit
from saudi_crm_billing.e_invoicing.documents.parties import SAUDI_NUMBER, company_of, customer_of
from saudi_crm_billing.e_invoicing.engine import keys
from saudi_crm_billing.e_invoicing.engine.errors import KeyOrCertificateError
from saudi_crm_billing.e_invoicing.engine.model import Invoice, Party, Subtype
from saudi_crm_billing.e_invoicing.engine.qr import MAX_VALUE_BYTES

# Places as in `Finding`: engine/rules/mending.py knows their fields.
SELLER, BUYER = "cac:AccountingSupplierParty", "cac:AccountingCustomerParty"
VAT_NUMBER = "cac:Party/cac:PartyTaxScheme/cbc:CompanyID"
NAME = "cac:Party/cac:PartyLegalEntity/cbc:RegistrationName"
ADDRESS = "cac:Party/cac:PostalAddress"

SELLER_NUMBER = (
	"Company {company}: the VAT number is missing. Enter it as Tax ID (15 digits, first and last are 3)."
)
SELLER_CURRENCY = (
	"Company {company}: its default currency is {currency}. An e-invoice declares VAT in riyals by the company's own"
	" exchange rates, so only a company whose Default Currency is SAR can issue one."
)
SELLER_NAME = (
	"Company {company}: its name on the e-invoice has {length} bytes, and the QR code holds {limit} (an Arabic letter"
	" takes two). Enter a shorter Company Name in Arabic in the Company."
)
SELLER_CERTIFIED = (
	"Company {company}: its VAT number {number} is not the one that the certificate of the ZATCA Unit {unit} was given for"
	" ({certified}). Correct the Tax ID of the company, or onboard a new unit for it."
)
BUYER_MISSING = (
	"Customer {customer}: the VAT number is missing. A company gets a tax invoice: enter its VAT number as Tax ID,"
	" or if it is not registered for VAT choose a Buyer ID Type (such as CRN) and enter the Buyer ID."
)
SELLER_DIGITS = (
	"Company {name}: VAT number {number} has {length} characters. It must have 15 digits, the first and the last"
	" being 3."
)
BUYER_DIGITS = (
	"Customer {name}: VAT number {number} has {length} characters. It must have 15 digits, the first and the last"
	" being 3."
)
SELLER_ADDRESS = "Company {name}: no address is found. Add one with street, building number, district, city and postal code."
BUYER_ADDRESS = "Customer {name}: no address is found. Add one with street, building number, district, city and postal code."
STANDARD_NOT_ISSUED = (
	"Unit {unit} issues simplified invoices only, but {customer} needs a tax invoice (VAT number or company)."
)
SIMPLIFIED_NOT_ISSUED = "Unit {unit} issues tax invoices only, but {customer} gets a simplified invoice (a person without VAT number)."


def remarks(doc: Document, invoice: Invoice, unit: IssuingUnit) -> Iterator[OwnRemark]:
	"""Errors of the two parties and of the kind of document."""
	yield from _seller(doc, invoice.seller)
	yield from _certified(doc, invoice.seller, unit)
	standard = invoice.subtype is Subtype.STANDARD
	params: dict[str, object] = {"unit": unit.name, "customer": customer_of(doc).name}
	if standard and invoice.buyer:
		yield from _standard_buyer(doc, invoice.buyer)
	if standard and unit.invoice_types == "0100":
		yield OwnRemark("SCB-UNIT", STANDARD_NOT_ISSUED, params, BUYER)
	if not standard and unit.invoice_types == "1000":
		yield OwnRemark("SCB-UNIT", SIMPLIFIED_NOT_ISSUED, params, BUYER)


def _seller(doc: Document, seller: Party) -> Iterator[OwnRemark]:
	if not seller.vat_number:
		yield OwnRemark("SCB-SELLER", SELLER_NUMBER, {"company": doc.company}, f"{SELLER}/{VAT_NUMBER}")
	currency = company_of(doc).default_currency
	if currency != RIYAL:
		params = {"company": doc.company, "currency": currency}
		yield OwnRemark("SCB-CURRENCY", SELLER_CURRENCY, params, SELLER)
	length = len(seller.name.encode())
	if length > MAX_VALUE_BYTES:
		params = {"company": doc.company, "length": length, "limit": MAX_VALUE_BYTES}
		yield OwnRemark("SCB-SELLER-NAME", SELLER_NAME, params, f"{SELLER}/{NAME}")
	yield from _digits(SELLER_DIGITS, doc.company, seller.vat_number, SELLER)
	if not seller.address:
		yield OwnRemark("SCB-SELLER", SELLER_ADDRESS, {"name": doc.company}, f"{SELLER}/{ADDRESS}")


def _certified(doc: Document, seller: Party, unit: IssuingUnit) -> Iterator[OwnRemark]:
	"""ZATCA refuses a document of another taxpayer than the certificate's (certificate-permissions)."""
	try:
		certified = keys.certified_vat_number(unit.certificate)
	except KeyOrCertificateError:
		return  # said at submit, with the unit (issue.py)
	if certified and seller.vat_number and certified != seller.vat_number:
		params = {
			"company": doc.company,
			"number": seller.vat_number,
			"certified": certified,
			"unit": unit.name,
		}
		yield OwnRemark("SCB-CERTIFICATE", SELLER_CERTIFIED, params, f"{SELLER}/{VAT_NUMBER}")


def _standard_buyer(doc: Document, buyer: Party) -> Iterator[OwnRemark]:
	abroad = buyer.address is not None and buyer.address.country_code != "SA"
	if not (buyer.vat_number or buyer.identification or abroad):
		yield OwnRemark(
			"SCB-BUYER", BUYER_MISSING, {"customer": customer_of(doc).name}, f"{BUYER}/{VAT_NUMBER}"
		)
	yield from _digits(BUYER_DIGITS, customer_of(doc).name, buyer.vat_number, BUYER)
	if not buyer.address:
		yield OwnRemark("SCB-BUYER", BUYER_ADDRESS, {"name": customer_of(doc).name}, f"{BUYER}/{ADDRESS}")


def _digits(template: str, name: str, number: str, where: str) -> Iterator[OwnRemark]:
	if number and not re.fullmatch(SAUDI_NUMBER, number):
		params: dict[str, object] = {"name": name, "number": number, "length": len(number)}
		yield OwnRemark("SCB-VAT-NUMBER", template, params, f"{where}/{VAT_NUMBER}")
