"""Reads what was agreed: from a selling document and its template to the engine's terms. Writes nothing."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import getdate

from saudi_crm_billing.common.dates import Calendar
from saudi_crm_billing.common.money import to_decimal, to_money
from saudi_crm_billing.instalments.engine.margin import spread
from saudi_crm_billing.instalments.engine.schedule import (
	PlanError,
	PlanTerms,
	ScheduledInstalment,
	build_schedule,
)
from saudi_crm_billing.instalments.engine.waterfall import settle
from saudi_crm_billing.instalments.errors import refuse, refuse_terms
from saudi_crm_billing.instalments.origins import Origin, origin_of, share_of, terms_kept_by
from saudi_crm_billing.instalments.templates import names_amounts, template_from, template_of, terms_of


@dataclass(frozen=True)
class Agreement:
	"""What a document says about its plan, in the document's currency; empty wishes follow the template."""

	template: Document
	"""As it stood when the plan was agreed."""
	total: Decimal
	document_date: date
	count: int = 0
	first_due_date: date | None = None
	down_payment: Decimal = Decimal(0)
	advance: Decimal = Decimal(0)
	margin: Decimal = Decimal(0)
	share: Decimal | None = None
	"""Of what was agreed in the documents it was made from; None where it is agreed here."""


@dataclass(frozen=True)
class PlannedRow:
	"""A scheduled instalment and the part of it that advances have settled already."""

	scheduled: ScheduledInstalment
	advance: Decimal
	margin: Decimal = Decimal(0)

	@property
	def payable(self) -> Decimal:
		return self.scheduled.amount - self.advance

	@property
	def principal(self) -> Decimal:
		return self.scheduled.amount - self.margin


def has_plan(doc: Document) -> bool:
	return bool(doc.get("scb_plan_template"))


def document_date(doc: Document) -> date:
	return getdate(doc.get("posting_date") or doc.get("transaction_date"))


def agreed_template(doc: Document) -> Document:
	"""As the plans keep it in which it was agreed before; else as it stands, and where it is new here it must be enabled.

	A submitted document that core changes has agreed itself.
	"""
	changes = doc.get("_action") == "update_after_submit"
	origin = Origin(doc.doctype, (doc.name,)) if changes else origin_of(doc)
	terms = terms_kept_by(origin) if origin else None
	if terms:
		return template_from(doc.scb_plan_template, terms)
	return template_of(doc.scb_plan_template, agreed_before=bool(origin))


def agreement_of(doc: Document) -> Agreement:
	"""Read after core has computed totals and taken advances.

	Core takes a write-off out of its schedule, but posts it for a point of sale alone: what the ledger will carry
	is the total. `total_advance` is stale after core fetched advances; their rows are not.
	"""
	template = agreed_template(doc)
	return Agreement(
		template=template,
		total=to_decimal(doc.get("rounded_total") or doc.grand_total or 0),
		document_date=document_date(doc),
		count=int(doc.get("scb_instalment_count") or 0),
		first_due_date=getdate(doc.scb_first_due_date) if doc.get("scb_first_due_date") else None,
		down_payment=to_money(doc.get("scb_down_payment") or 0),
		advance=sum(
			(to_money(row.allocated_amount or 0) for row in doc.get("advances") or []), start=Decimal(0)
		),
		margin=to_money(doc.get("scb_margin") or 0),
		share=_share(doc, template),
	)


def plan_rows(agreement: Agreement) -> tuple[PlannedRow, ...]:
	"""The rows that were agreed; advances settle the oldest. Refuses, in the user's language, what makes no plan."""
	try:
		schedule = build_schedule(plan_terms(agreement))
	except PlanError as error:
		refuse_terms(error)
	balances = settle([row.amount for row in schedule], agreement.advance, Decimal(0))
	margins = spread(agreement.margin, [row.amount if row.number else Decimal(0) for row in schedule])
	return tuple(
		PlannedRow(row, balance.paid, margin)
		for row, balance, margin in zip(schedule, balances, margins, strict=True)
	)


def plan_terms(agreement: Agreement, calendar: Calendar | None = None) -> PlanTerms:
	_check_first_due_date(agreement)
	return terms_of(
		agreement.template,
		agreement.total,
		agreement.document_date,
		agreement.count,
		agreement.first_due_date,
		agreement.down_payment,
		agreement.share,
		agreement.margin,
		calendar,
	)


def cash_terms(doc: Document, cash_total: Decimal) -> PlanTerms:
	"""The terms of the document's plan on its total without a margin."""
	agreement = agreement_of(doc)
	return plan_terms(replace(agreement, total=cash_total, margin=Decimal(0)))


def _share(doc: Document, template: Document) -> Decimal | None:
	"""Asked only where the template names amounts, of which a part of the goods bears its part."""
	origin = origin_of(doc) if names_amounts(template) else None
	return share_of(doc, origin) if origin else None


def _check_first_due_date(agreement: Agreement) -> None:
	wished = agreement.first_due_date
	if wished and wished < agreement.document_date:
		refuse(
			_("The first due date {0} is before the document's date {1}. Choose a later one.").format(
				frappe.format(wished, "Date"), frappe.format(agreement.document_date, "Date")
			)
		)
