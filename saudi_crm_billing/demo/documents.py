"""From the story's deals to the engines' documents: class, invoice and plan of each, nothing sent yet."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import NAMESPACE_URL, uuid5

from saudi_crm_billing.common.dates import add_months
from saudi_crm_billing.customer_tax.engine.decision import Decision, decide
from saudi_crm_billing.demo.story import Buyer, Deal, DealLine, Note, Place, Story
from saudi_crm_billing.demo.story_file import StoryError
from saudi_crm_billing.e_invoicing.engine.model import (
	Address,
	Allowance,
	BillingReference,
	Identification,
	Invoice,
	Line,
	Party,
	PaymentMeans,
	Scheme,
	Subtype,
	TransactionCode,
	TypeCode,
	Vat,
	VatCategory,
)
from saudi_crm_billing.instalments.engine.schedule import PlanTerms, ScheduledInstalment, build_schedule

EXPORT_CODE = "VATEX-SA-32"


@dataclass(frozen=True)
class Slot:
	"""A document's place in the chain and the moment it is issued, in Riyadh."""

	icv: int
	previous_hash: str
	at: datetime


def decision_for(story: Story, deal: Deal, on: date) -> Decision:
	"""The VAT of a deal won on the day `on`. Raises StoryError where its class does not hold on that day."""
	name = deal.buyer.tax_class
	tax_class = story.classes[name]
	decision = decide(tax_class, None, None, on)
	if decision.category is None:
		since, until = tax_class.valid_from or "…", tax_class.valid_to or "…"
		raise StoryError(
			f"deals[{story.deals.index(deal) + 1}].customer.class",
			f"`{name}` does not hold on {on}: it is valid from {since} to {until}. Choose another class, or change its dates under `classes`.",
			f"الفئة `{name}` غير سارية في {on}: تسري من {since} إلى {until}. اختر فئة أخرى أو عدّل تاريخيها في `classes`.",
		)
	return decision


def invoice_for(story: Story, deal: Deal, decision: Decision, slot: Slot) -> Invoice:
	vat = vat_of(decision)
	lines = tuple(line_of(line, vat) for line in deal.lines)
	return _document(story, deal, lines, deal.number, decision, slot)


def credit_note_for(story: Story, deal: Deal, note: Note, decision: Decision, slot: Slot) -> Invoice:
	vat = vat_of(decision)
	lines = tuple(line_of(deal.lines[number - 1], vat) for number in note.lines)
	return _document(story, deal, lines, note.number, decision, slot, note)


def schedule_for(deal: Deal, total: Decimal, on: date) -> tuple[ScheduledInstalment, ...]:
	"""The plan of a deal won on the day `on`, when a down payment falls due."""
	wish = deal.plan
	terms = PlanTerms(
		total=total,
		count=wish.count,
		start=add_months(on, wish.first_due_after_months, wish.calendar),
		calendar=wish.calendar,
		down_payment=wish.down_payment,
		day=wish.day,
		shift=wish.shift,
		down_payment_on=on if wish.down_payment else None,
	)
	return build_schedule(terms)


def vat_of(decision: Decision) -> Vat:
	if decision.category is None:
		raise ValueError("a deal without a tax class cannot be invoiced")
	return Vat(VatCategory(decision.category.value), decision.rate, decision.vatex_code, decision.reason)


def line_of(line: DealLine, vat: Vat) -> Line:
	allowances = (Allowance(line.discount, "خصم | Discount"),) if line.discount else ()
	return Line(line.name, line.quantity, line.unit_price, vat, allowances=allowances)


def _document(
	story: Story,
	deal: Deal,
	lines: tuple[Line, ...],
	number: str,
	decision: Decision,
	slot: Slot,
	note: Note | None = None,
) -> Invoice:
	subtype = Subtype.STANDARD if deal.buyer.is_business else Subtype.SIMPLIFIED
	return Invoice(
		number=number,
		uuid=str(uuid5(NAMESPACE_URL, f"{story.seller.vat_number}/{number}/{slot.at.isoformat()}")),
		issue_date=slot.at.date(),
		issue_time=slot.at.time().replace(microsecond=0),
		type_code=TypeCode.CREDIT_NOTE if note else TypeCode.INVOICE,
		transaction=TransactionCode(subtype, export=decision.vatex_code == EXPORT_CODE),
		icv=slot.icv,
		previous_hash=slot.previous_hash,
		seller=_seller(story),
		buyer=_buyer(deal.buyer),
		lines=lines,
		payment_means=(PaymentMeans(),),
		note_reason=note.reason if note else "",
		billing_references=(BillingReference(note.of, slot.at.date()),) if note else (),
		supply_date=slot.at.date(),
	)


def _seller(story: Story) -> Party:
	seller = story.seller
	identification = Identification(Scheme.CRN, seller.cr_number)
	return Party(seller.name, seller.vat_number, identification, _address(seller.address))


def _buyer(buyer: Buyer) -> Party:
	identification = None
	if buyer.national_id:
		identification = Identification(Scheme.NAT, buyer.national_id)
	elif buyer.other_id:
		identification = Identification(Scheme.OTHER, buyer.other_id)
	return Party(
		buyer.name, buyer.vat_number, identification, _address(buyer.address) if buyer.address else None
	)


def _address(place: Place) -> Address:
	return Address(
		place.street,
		place.building_number,
		place.district,
		place.city,
		place.postal_code,
		place.country_code,
	)
