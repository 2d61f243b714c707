"""Whether a document is issued as standard or simplified: what its buyer is, and what was chosen for it. Reads only."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from frappe.model.document import Document

from saudi_crm_billing.common.money import to_money
from saudi_crm_billing.e_invoicing import messages
from saudi_crm_billing.e_invoicing.checks.own_remarks import OwnRemark
from saudi_crm_billing.e_invoicing.documents import named, parties, references
from saudi_crm_billing.e_invoicing.engine.buyer_kind import (
	BuyerFacts,
	BuyerKind,
	Choice,
	Objection,
	Why,
	decide,
)
from saudi_crm_billing.e_invoicing.engine.model import Subtype
from saudi_crm_billing.e_invoicing.issuing import issued

FIELD = "scb_buyer_kind"
PAYMENT = "Payment Entry"
# A supply to a legal person is documented by a tax invoice, whether or not it is registered for VAT.
LEGAL_PERSONS = ("Company", "Partnership")
WHERE = "cbc:InvoiceTypeCode/@name"

REASONS = {
	Why.FOLLOWS: {
		Subtype.STANDARD: "Standard, as the invoice that it corrects.",
		Subtype.SIMPLIFIED: "Simplified, as the invoice that it corrects.",
	},
	Why.EXPORT: {Subtype.STANDARD: "Standard, because it is an export."},
	Why.CITIZEN: {
		Subtype.SIMPLIFIED: "Simplified, because the state bears the VAT of this citizen's health care or education (BR-KSA-49)."
	},
	Why.REGISTERED: {Subtype.STANDARD: "Standard, because {customer} has a VAT number."},
	Why.LEGAL_PERSON: {
		Subtype.STANDARD: "Standard, because {customer} is a company or partnership (Customer Type)."
	},
	Why.PERSON: {
		Subtype.SIMPLIFIED: "Simplified, because {customer} is a person without a VAT number; another ID does not change that."
	},
	Why.CHOSEN: {
		Subtype.STANDARD: "Standard, because it was chosen so on this document.",
		Subtype.SIMPLIFIED: "Simplified, because it was chosen so on this document.",
	},
}
OBJECTIONS = {
	Objection.MIXED: (
		"It corrects standard and simplified invoices at once. Make one note for each kind: a note is of the kind of its"
		" invoice."
	),
	Objection.FOLLOWS: "Its kind cannot be chosen: a note is of the kind of the invoice that it corrects. Choose By Rule.",
	Objection.EXPORT: (
		"It cannot be Simplified: an export needs a tax invoice (VAT Implementing Regulations, article 53). Choose By"
		" Rule."
	),
	Objection.BUSINESS: (
		"It cannot be Simplified: {customer} has a VAT number or is a legal person and gets a tax invoice; only below SAR"
		" 1,000 may it be simplified (VAT Implementing Regulations, article 53). Choose By Rule."
	),
}


def subtype(doc: Document) -> Subtype:
	return kind_of(doc).subtype


def kind_of(doc: Document) -> BuyerKind:
	return decide(_facts(doc), _choice(doc))


def remarks(doc: Document) -> Iterator[OwnRemark]:
	"""An error where the choice is forbidden."""
	if objection := kind_of(doc).objection:
		params: dict[str, object] = {"customer": parties.customer_of(doc).name}
		yield OwnRemark("SCB-KIND", OBJECTIONS[objection], params, WHERE)


def reason(doc: Document) -> str:
	"""Why, in the reader's language."""
	kind = kind_of(doc)
	english, arabic = messages.both(
		REASONS[kind.why][kind.subtype], customer=parties.customer_of(doc).customer_name
	)
	return arabic if messages.in_arabic() else english


def _choice(doc: Document) -> Choice:
	"""ERPNext refuses any other value, later in the same save."""
	return next((choice for choice in Choice if choice.value == doc.get(FIELD)), Choice.BY_RULE)


def _facts(doc: Document) -> BuyerFacts:
	customer = parties.customer_of(doc)
	return BuyerFacts(
		is_registered=bool(parties.buyer_vat_number(doc)),
		is_legal_person=customer.customer_type in LEGAL_PERSONS,
		has_national_id=customer.get("scb_buyer_id_scheme") == "NAT" and bool(customer.get("scb_buyer_id")),
		exemptions=frozenset(row.get("scb_vatex_code") or "" for row in (doc, *(doc.get("items") or ()))),
		followed=frozenset(_followed(doc)),
		total=_total(doc),
	)


def _total(doc: Document) -> Decimal:
	"""An advance's is what was received before the supply."""
	stated = ("base_rounded_total", "base_grand_total", "scb_advance_gross")
	return abs(to_money(next((doc.get(field) for field in stated if doc.get(field)), 0)))


def _followed(doc: Document) -> Iterator[Subtype]:
	"""Kinds of what a note corrects; an older system's is not known, and then the rule decides."""
	for row in references.originals(doc):
		if row.stored and (known := _issued_as(row.doctype, row.number)):
			yield known
	advance = doc.get("scb_advance_refund_of")
	if advance and named.may_be_told(doc, PAYMENT, advance) and (known := _issued_as(PAYMENT, advance)):
		yield known


def _issued_as(doctype: str, name: str) -> Subtype | None:
	if not (document := issued.values_of(doctype, name, "subtype")):
		return None
	return Subtype.STANDARD if document.subtype == "Standard" else Subtype.SIMPLIFIED
