"""The repeated parts of a document read back: VAT by category, discounts and charges, settled advances."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation

from lxml import etree

from saudi_crm_billing.e_invoicing.engine.errors import UnreadableInvoice
from saudi_crm_billing.e_invoicing.engine.model import VatCategory
from saudi_crm_billing.e_invoicing.engine.xml import NS, text_at

ADJUSTMENT = "cac:AllowanceCharge"


@dataclass(frozen=True)
class ReadVat:
	"""What the document says of one VAT category; `code` and `reason` are empty where VAT is due."""

	category: VatCategory
	rate: Decimal
	taxable: Decimal
	tax: Decimal
	code: str
	reason: str


@dataclass(frozen=True)
class ReadAdjustment:
	"""A discount on the whole document, or a charge; `amount` is positive and without VAT."""

	amount: Decimal
	reason: str
	is_charge: bool


@dataclass(frozen=True)
class ReadAdvance:
	"""An advance that the document settles, of one VAT category, with the number of its own invoice."""

	number: str
	issue_date: date | None
	taxable: Decimal
	tax: Decimal


def vat_rows(vat: etree._Element) -> tuple[ReadVat, ...]:
	"""The breakdown of a VAT total."""
	return tuple(
		ReadVat(
			category=VatCategory(text_at(row, "cac:TaxCategory/cbc:ID")),
			rate=amount_at(row, "cac:TaxCategory/cbc:Percent"),
			taxable=amount_at(row, "cbc:TaxableAmount"),
			tax=amount_at(row, "cbc:TaxAmount"),
			code=text_at(row, "cac:TaxCategory/cbc:TaxExemptionReasonCode"),
			reason=text_at(row, "cac:TaxCategory/cbc:TaxExemptionReason"),
		)
		for row in vat.findall("cac:TaxSubtotal", NS)
	)


def adjustments(parent: etree._Element) -> tuple[ReadAdjustment, ...]:
	"""The discounts and charges of the document, or of one line."""
	return tuple(
		ReadAdjustment(
			amount=amount_at(row, "cbc:Amount"),
			reason=text_at(row, "cbc:AllowanceChargeReason"),
			is_charge=text_at(row, "cbc:ChargeIndicator") == "true",
		)
		for row in parent.findall(ADJUSTMENT, NS)
	)


def settles(line: etree._Element) -> bool:
	"""Whether the line only settles an advance: it sells nothing."""
	return line.find("cac:DocumentReference", NS) is not None


def advances(root: etree._Element) -> tuple[ReadAdvance, ...]:
	"""What the lines that settle advances say, a row for each of their VAT categories."""
	return tuple(
		ReadAdvance(
			number=text_at(line, "cac:DocumentReference/cbc:ID"),
			issue_date=date_at(line, "cac:DocumentReference/cbc:IssueDate"),
			taxable=amount_at(row, "cbc:TaxableAmount"),
			tax=amount_at(row, "cbc:TaxAmount"),
		)
		for line in root.findall("cac:InvoiceLine", NS)
		if settles(line)
		for row in line.findall("cac:TaxTotal/cac:TaxSubtotal", NS)
	)


def amount_at(element: etree._Element, path: str) -> Decimal:
	"""The number at `path`; zero where there is none."""
	text = text_at(element, path)
	try:
		value = Decimal(text or "0")
	except InvalidOperation:
		value = Decimal("NaN")
	if not value.is_finite():
		raise UnreadableInvoice("not-a-number", field=path.rpartition(":")[2], value=text)
	return value


def date_at(element: etree._Element, path: str) -> date | None:
	"""The day at `path`; ValueError where what stands there is none."""
	text = text_at(element, path)
	return date.fromisoformat(text) if text else None
