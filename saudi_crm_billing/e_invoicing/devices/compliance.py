"""The sample documents by which a new unit shows ZATCA that it can issue: made up, signed, never stored.

Six for a unit that issues both kinds, three for one kind: invoice, credit note and debit note of each.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import uuid4

from frappe.model.document import Document

from saudi_crm_billing.e_invoicing.engine import ubl
from saudi_crm_billing.e_invoicing.engine.hashing import FIRST_PREVIOUS_HASH
from saudi_crm_billing.e_invoicing.engine.model import (
	Address,
	BillingReference,
	Identification,
	Invoice,
	Line,
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
from saudi_crm_billing.e_invoicing.engine.signing import sign
from saudi_crm_billing.e_invoicing.sending.gateway import make_payload

ADDRESS = Address(
	street="King Fahd Road | طريق الملك فهد",
	building_number="1234",
	district="Al Olaya | العليا",
	city="Riyadh | الرياض",
	postal_code="12345",
)
BUYER = Party(name="Sample Buyer | مشتر نموذجي", vat_number="399999999800003", address=ADDRESS)
TYPES = (TypeCode.INVOICE, TypeCode.CREDIT_NOTE, TypeCode.DEBIT_NOTE)
FIRST_SAMPLE = "SAMPLE-1"
NAMES = {
	(Subtype.STANDARD, TypeCode.INVOICE): "tax invoice",
	(Subtype.STANDARD, TypeCode.CREDIT_NOTE): "credit note to a tax invoice",
	(Subtype.STANDARD, TypeCode.DEBIT_NOTE): "debit note to a tax invoice",
	(Subtype.SIMPLIFIED, TypeCode.INVOICE): "simplified invoice",
	(Subtype.SIMPLIFIED, TypeCode.CREDIT_NOTE): "credit note to a simplified invoice",
	(Subtype.SIMPLIFIED, TypeCode.DEBIT_NOTE): "debit note to a simplified invoice",
}


@dataclass(frozen=True)
class Sample:
	"""One compliance document: `kind` tells it from the others, such as 01-381; `name` is its English name."""

	kind: str
	name: str
	payload: dict[str, str]


def sample_documents(unit: Document, key: str, certificate: str, now: datetime) -> list[Sample]:
	"""The samples that the unit's document types ask for, chained in their own sequence."""
	samples, previous = [], FIRST_PREVIOUS_HASH
	for number, (subtype, type_code) in enumerate(_kinds(unit.invoice_types), start=1):
		invoice = _sample(unit, subtype, type_code, number, previous, now)
		signed = sign(ubl.build(invoice), key, certificate, now)
		payload = make_payload(signed.invoice_hash, invoice.uuid, signed.xml)
		samples.append(Sample(f"{subtype.value}-{type_code.value}", NAMES[subtype, type_code], payload))
		previous = signed.invoice_hash
	return samples


def _kinds(invoice_types: str) -> list[tuple[Subtype, TypeCode]]:
	subtypes = [
		subtype
		for subtype, digit in zip((Subtype.STANDARD, Subtype.SIMPLIFIED), invoice_types, strict=False)
		if digit == "1"
	]
	return [(subtype, type_code) for subtype in subtypes for type_code in TYPES]


def _sample(
	unit: Document, subtype: Subtype, type_code: TypeCode, number: int, previous: str, now: datetime
) -> Invoice:
	note = type_code is not TypeCode.INVOICE
	return Invoice(
		number=f"SAMPLE-{number}",
		uuid=str(uuid4()),
		issue_date=now.date(),
		issue_time=now.time(),
		type_code=type_code,
		transaction=TransactionCode(subtype),
		icv=number,
		previous_hash=previous,
		seller=_seller(unit),
		buyer=BUYER if subtype is Subtype.STANDARD else None,
		lines=(Line("Sample | نموذج", Decimal(1), Decimal(100), Vat(VatCategory.STANDARD, Decimal(15))),),
		payment_means=(PaymentMeans(PaymentMeansCode.CASH),),
		note_reason="Refund of goods or services | إرجاع السلع أو الخدمات" if note else "",
		billing_references=(BillingReference(FIRST_SAMPLE, now.date()),) if note else (),
		supply_date=now.date(),
	)


def _seller(unit: Document) -> Party:
	return Party(
		name=unit.organisation,
		vat_number=unit.vat_number,
		identification=Identification(Scheme.CRN, "1010010000"),
		address=ADDRESS,
	)
