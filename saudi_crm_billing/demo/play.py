"""Plays a story through the engines: one `PlayedDeal` for every document, in the order of the chain."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from saudi_crm_billing.collection.engine.messages import CustomerMessage, plan_messages
from saudi_crm_billing.collection.engine.steps import Steps
from saudi_crm_billing.customer_tax.engine.decision import Decision
from saudi_crm_billing.demo.documents import (
	Slot,
	credit_note_for,
	decision_for,
	invoice_for,
	schedule_for,
)
from saudi_crm_billing.demo.registration import Credentials
from saudi_crm_billing.demo.story import Deal, Note, Story
from saudi_crm_billing.e_invoicing.engine import qr, ubl
from saudi_crm_billing.e_invoicing.engine.answers import Answer, Call, classify
from saudi_crm_billing.e_invoicing.engine.hashing import FIRST_PREVIOUS_HASH
from saudi_crm_billing.e_invoicing.engine.model import Invoice, Subtype
from saudi_crm_billing.e_invoicing.engine.rules import Finding, check
from saudi_crm_billing.e_invoicing.engine.signing import SignedInvoice, sign
from saudi_crm_billing.e_invoicing.engine.totals import Totals, compute
from saudi_crm_billing.e_invoicing.engine.xml import parse, text_at
from saudi_crm_billing.e_invoicing.sending.gateway import Gateway, make_payload
from saudi_crm_billing.instalments.engine.schedule import ScheduledInstalment
from saudi_crm_billing.instalments.engine.waterfall import InstalmentBalance, settle

REMINDER_STEPS = Steps(stages=(-3, 0, 1, 7, 14, 30))


@dataclass(frozen=True)
class Issued:
	"""One e-document: what it says, its signed form, what the rules found and what the gateway answered."""

	invoice: Invoice
	totals: Totals
	signed: SignedInvoice
	findings: tuple[Finding, ...]
	answer: Answer | None = None

	@property
	def is_standard(self) -> bool:
		return self.invoice.subtype is Subtype.STANDARD

	@property
	def qr(self) -> str:
		"""The QR text to print: of a cleared document the gateway's, which replaces ours."""
		if self.answer and self.answer.cleared_xml:
			return text_at(parse(self.answer.cleared_xml), qr.IN_DOCUMENT)
		return self.signed.qr

	@property
	def errors(self) -> tuple[Finding, ...]:
		return tuple(finding for finding in self.findings if finding.severity == "error")


@dataclass(frozen=True)
class PlayedDeal:
	deal: Deal
	decision: Decision
	schedule: tuple[ScheduledInstalment, ...]
	balances: tuple[InstalmentBalance, ...]


@dataclass(frozen=True)
class OwedRow:
	"""An open instalment in the shape that the reminder engine reads."""

	plan: str
	sales_invoice: str
	customer: str
	number: int
	due_date: date
	outstanding: Decimal
	currency: str = "SAR"


def issue(story: Story, credentials: Credentials, at: datetime) -> Iterator[Issued]:
	"""Build, check and sign every invoice and credit note, each chained to the one before."""
	previous, icv = FIRST_PREVIOUS_HASH, 1
	for deal, note in _papers(story):
		slot = Slot(icv, previous, at)
		decision = decision_for(story, deal, at.date())
		invoice = (
			credit_note_for(story, deal, note, decision, slot)
			if note
			else invoice_for(story, deal, decision, slot)
		)
		signed = sign(ubl.build(invoice), credentials.key_pem, credentials.certificate, at)
		yield Issued(invoice, compute(invoice), signed, check(signed.xml, at))
		previous, icv = signed.invoice_hash, icv + 1


def _papers(story: Story) -> Iterator[tuple[Deal, Note | None]]:
	deals = {deal.number: deal for deal in story.deals}
	yield from ((deal, None) for deal in story.deals)
	yield from ((deals[note.of], note) for note in story.notes)


def send(gateway: Gateway, credentials: Credentials, document: Issued) -> Answer:
	"""Clear a standard document, report a simplified one."""
	payload = make_payload(document.signed.invoice_hash, document.invoice.uuid, document.signed.xml)
	call, send_it = (Call.CLEAR, gateway.clear) if document.is_standard else (Call.REPORT, gateway.report)
	reply = send_it(credentials.token, credentials.secret, payload)
	return classify(call, reply.http_status, reply.body)


def plan(story: Story, documents: Iterable[Issued], on: date) -> list[PlayedDeal]:
	"""Every deal with its schedule and what is still owed of each instalment after payments and credit notes."""
	totals = {document.invoice.number: document.totals.payable for document in documents}
	return [_planned(story, deal, totals, on) for deal in story.deals]


def _planned(story: Story, deal: Deal, totals: Mapping[str, Decimal], on: date) -> PlayedDeal:
	schedule = schedule_for(deal, totals[deal.number], on)
	paid = sum((row.amount for row in schedule if row.number <= deal.paid), Decimal(0))
	credited = sum((totals[note.number] for note in story.notes if note.of == deal.number), Decimal(0))
	balances = settle([row.amount for row in schedule], paid, credited)
	return PlayedDeal(deal, decision_for(story, deal, on), schedule, balances)


def alerts(played: Iterable[PlayedDeal], on: date) -> tuple[CustomerMessage, ...]:
	"""One message a customer, with all that is due, overdue or announced on the day `on`."""
	owed = [
		OwedRow(
			deal.deal.number,
			deal.deal.number,
			deal.deal.buyer.name,
			row.number,
			row.due_date,
			left.outstanding,
		)
		for deal in played
		for row, left in zip(deal.schedule, deal.balances, strict=True)
		if left.outstanding > 0
	]
	return plan_messages(owed, REMINDER_STEPS, on)
