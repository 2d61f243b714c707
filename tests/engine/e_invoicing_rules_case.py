"""What a case of a rule is: a document that keeps it and one that breaks it, as edits; makers of common ones."""

from __future__ import annotations

from dataclasses import dataclass

from e_invoicing_rules_documents import (
	Edit,
	after,
	attribute,
	text,
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
