"""Where what a rule says is mended: by the place in the XML that it points at, which record and which of its fields.

`Record` names a role, not a document: the site knows whose address it is (places.py). Field names are ERPNext's and
this app's own; the tests hold that each of them exists.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from functools import cache


class Record(Enum):
	"""What has to be opened to mend it."""

	COMPANY = "company"
	SELLER_ADDRESS = "seller address"
	CUSTOMER = "customer"
	BUYER_ADDRESS = "buyer address"
	ROW = "row"  # a row of the source's items
	SOURCE = "source"  # the invoice itself
	APP = "app"  # this app writes it, nobody else


@dataclass(frozen=True, slots=True)
class Mend:
	"""A record and its field; no `field` where several are concerned."""

	record: Record
	field: str = ""


SELLER = "cac:AccountingSupplierParty"
BUYER = "cac:AccountingCustomerParty"
PARTY_ID = "cac:Party/cac:PartyIdentification/cbc:ID"
PARTY_VAT = "cac:Party/cac:PartyTaxScheme/cbc:CompanyID"
PARTY_NAME = "cac:Party/cac:PartyLegalEntity/cbc:RegistrationName"
PARTY_ADDRESS = "cac:Party/cac:PostalAddress"
LINE = "cac:InvoiceLine"
BREAKDOWN = "cac:TaxTotal/cac:TaxSubtotal/cac:TaxCategory"

ADDRESS_FIELDS = {
	"cbc:StreetName": "address_line1",
	"cbc:AdditionalStreetName": "address_line2",
	"cbc:BuildingNumber": "scb_building_number",
	"cbc:PlotIdentification": "scb_additional_number",
	"cbc:CitySubdivisionName": "scb_district",
	"cbc:CityName": "city",
	"cbc:PostalZone": "pincode",
	"cbc:CountrySubentity": "state",
	"cac:Country": "country",
}


def _address(party: str, record: Record) -> dict[str, Mend]:
	root = f"{party}/{PARTY_ADDRESS}"
	return {root: Mend(record)} | {
		f"{root}/{name}": Mend(record, field) for name, field in ADDRESS_FIELDS.items()
	}


# The longest of these that a place begins with decides.
PLACES: dict[str, Mend] = {
	SELLER: Mend(Record.COMPANY),
	f"{SELLER}/{PARTY_ID}": Mend(Record.COMPANY, "scb_cr_number"),
	f"{SELLER}/{PARTY_VAT}": Mend(Record.COMPANY, "tax_id"),
	f"{SELLER}/{PARTY_NAME}": Mend(Record.COMPANY, "scb_name_ar"),
	**_address(SELLER, Record.SELLER_ADDRESS),
	BUYER: Mend(Record.CUSTOMER),
	f"{BUYER}/{PARTY_ID}": Mend(Record.CUSTOMER, "scb_buyer_id"),
	f"{BUYER}/{PARTY_ID}/@schemeID": Mend(Record.CUSTOMER, "scb_buyer_id_scheme"),
	f"{BUYER}/{PARTY_VAT}": Mend(Record.CUSTOMER, "tax_id"),
	f"{BUYER}/{PARTY_NAME}": Mend(Record.CUSTOMER, "customer_name"),
	**_address(BUYER, Record.BUYER_ADDRESS),
	LINE: Mend(Record.ROW),
	f"{LINE}/cbc:ID": Mend(Record.APP),
	f"{LINE}/cbc:InvoicedQuantity": Mend(Record.ROW, "qty"),
	f"{LINE}/cbc:InvoicedQuantity/@unitCode": Mend(Record.ROW, "uom"),
	f"{LINE}/cbc:LineExtensionAmount": Mend(Record.ROW, "rate"),
	f"{LINE}/cac:AllowanceCharge": Mend(Record.ROW, "discount_amount"),
	f"{LINE}/cac:Item": Mend(Record.ROW, "item_code"),
	f"{LINE}/cac:Item/cbc:Name": Mend(Record.ROW, "item_name"),
	f"{LINE}/cac:Item/cac:ClassifiedTaxCategory": Mend(Record.ROW, "item_tax_template"),
	f"{LINE}/cac:Price": Mend(Record.ROW, "rate"),
	f"{LINE}/cac:DocumentReference": Mend(Record.SOURCE, "advances"),
	f"{LINE}/cac:TaxTotal": Mend(Record.APP),
	f"{LINE}/cac:TaxTotal/cac:TaxSubtotal": Mend(Record.SOURCE, "advances"),
	"cac:AllowanceCharge": Mend(Record.SOURCE, "discount_amount"),
	"cac:AllowanceCharge/cac:TaxCategory": Mend(Record.SOURCE, "taxes"),
	"cac:BillingReference": Mend(Record.SOURCE, "return_against"),
	"cac:InvoiceDocumentReference": Mend(Record.SOURCE, "return_against"),
	"cac:ContractDocumentReference": Mend(Record.SOURCE, "scb_contract_reference"),
	"cac:OrderReference": Mend(Record.SOURCE, "items"),
	"cac:Delivery": Mend(Record.SOURCE, "posting_date"),
	"cac:PaymentMeans": Mend(Record.SOURCE, "payments"),
	"cac:PaymentMeans/cbc:InstructionNote": Mend(Record.SOURCE, "scb_zatca_note_reason"),
	"cbc:InstructionNote": Mend(Record.SOURCE, "scb_zatca_note_reason"),
	"cac:TaxExchangeRate": Mend(Record.SOURCE, "conversion_rate"),
	"cac:TaxTotal": Mend(Record.APP),
	BREAKDOWN: Mend(Record.SOURCE, "taxes"),
	f"{BREAKDOWN}/cbc:TaxExemptionReason": Mend(Record.SOURCE, "scb_tax_class"),
	f"{BREAKDOWN}/cbc:TaxExemptionReasonCode": Mend(Record.SOURCE, "scb_tax_class"),
	"cac:LegalMonetaryTotal": Mend(Record.APP),
	"cac:LegalMonetaryTotal/cbc:PrepaidAmount": Mend(Record.SOURCE, "advances"),
	"cbc:ID": Mend(Record.SOURCE, "naming_series"),
	"cbc:IssueDate": Mend(Record.SOURCE, "posting_date"),
	"cbc:IssueTime": Mend(Record.SOURCE, "posting_time"),
	"cbc:DocumentCurrencyCode": Mend(Record.SOURCE, "currency"),
	"cbc:InvoiceTypeCode/@name": Mend(Record.SOURCE),
	"cbc:Note": Mend(Record.SOURCE),
	**dict.fromkeys(
		(
			"cac:AdditionalDocumentReference",
			"cac:Signature",
			"cbc:InvoiceTypeCode",
			"cbc:ProfileID",
			"cbc:TaxCurrencyCode",
			"cbc:UUID",
		),
		Mend(Record.APP),
	),
}

# Rules whose place is not where they are mended.
BY_RULE: dict[str, Mend] = {
	"BR-16": Mend(Record.SOURCE, "items"),
	"BR-KSA-49": Mend(Record.CUSTOMER, "scb_buyer_id"),
	"BR-KSA-72": Mend(Record.SOURCE, "posting_date"),
	# This app's own remarks (buyers.py, taxes.py).
	"SCB-CURRENCY": Mend(Record.COMPANY, "default_currency"),
	"SCB-TOTALS": Mend(Record.SOURCE, "taxes"),
}

_INDEX = re.compile(r"\[\d+\]")
_LINE = re.compile(r"cac:InvoiceLine\[(\d+)\]")


def mend(rule: str, where: str) -> Mend:
	"""Where the finding of `rule` at `where` (as in `Finding`) is mended."""
	return BY_RULE.get(rule) or _at(_INDEX.sub("", where))


def line_of(where: str) -> int | None:
	"""The number of the line that a place is in, from 1."""
	found = _LINE.match(where)
	return int(found[1]) if found else None


@cache
def _at(path: str) -> Mend:
	while path:
		if path in PLACES:
			return PLACES[path]
		path = path.rpartition("/")[0]
	return Mend(Record.SOURCE)
