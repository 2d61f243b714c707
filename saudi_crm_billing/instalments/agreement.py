"""Reads what was agreed: from a selling document and its template to the engine's terms. Writes nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import count

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import getdate

from saudi_crm_billing.common.dates import Calendar, DateOutOfRange, Shift, add_months
from saudi_crm_billing.common.money import to_decimal, to_money
from saudi_crm_billing.instalments.engine.schedule import (
	PlanError,
	PlanTerms,
	ScheduledInstalment,
	build_schedule,
)
from saudi_crm_billing.instalments.engine.waterfall import settle
from saudi_crm_billing.instalments.errors import refuse, refuse_terms

CALENDARS = {"Gregorian": Calendar.GREGORIAN, "Hijri": Calendar.HIJRI}
SHIFTS = {
	"Keep the date": Shift.NONE,
	"Previous workday": Shift.PREVIOUS,
	"Next workday": Shift.NEXT,
	"Nearest workday": Shift.NEAREST,
}


@dataclass(frozen=True)
class Agreement:
	"""What a document says about its plan, in the document's currency; empty wishes follow the template."""

	template: str
	total: Decimal
	document_date: date
	count: int = 0
	first_due_date: date | None = None
	down_payment: Decimal = Decimal(0)
	advance: Decimal = Decimal(0)


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


def agreement_of(doc: Document) -> Agreement:
	"""Read after core has computed totals and taken advances.

	Core takes a write-off out of its schedule, but posts it for a point of sale alone: what the ledger will carry
	is the total. `total_advance` is stale after core fetched advances; their rows are not.
	"""
	return Agreement(
		template=doc.scb_plan_template,
		total=to_decimal(doc.get("rounded_total") or doc.grand_total or 0),
		document_date=document_date(doc),
		count=int(doc.get("scb_instalment_count") or 0),
		first_due_date=getdate(doc.scb_first_due_date) if doc.get("scb_first_due_date") else None,
		down_payment=to_money(doc.get("scb_down_payment") or 0),
		advance=sum(
			(to_money(row.allocated_amount or 0) for row in doc.get("advances") or []), start=Decimal(0)
		),
	)


def plan_rows(agreement: Agreement) -> tuple[PlannedRow, ...]:
	"""The rows that were agreed; advances settle the oldest. Refuses, in the user's language, what makes no plan."""
	try:
		schedule = build_schedule(plan_terms(agreement))
	except PlanError as error:
		refuse_terms(error)
	balances = settle([row.amount for row in schedule], agreement.advance, Decimal(0))
	return tuple(PlannedRow(row, balance.paid) for row, balance in zip(schedule, balances, strict=True))


def plan_terms(agreement: Agreement) -> PlanTerms:
	template = frappe.get_cached_doc("Instalment Plan Template", agreement.template)
	if not template.enabled:
		refuse(
			_("Instalment Plan Template {0} is disabled. Choose another, or enable it.").format(template.name)
		)
	start = _first_due_date(agreement, template)
	down_payment = agreement.down_payment or _template_down_payment(agreement.total, template)
	return PlanTerms(
		total=agreement.total,
		count=agreement.count or template.instalment_count,
		start=start,
		calendar=CALENDARS[template.calendar],
		down_payment=down_payment,
		day=template.due_day or None,
		shift=SHIFTS[template.shift],
		interval_months=template.interval_months,
		holidays=holidays(template.holiday_list),
		down_payment_on=agreement.document_date if agreement.document_date < start else None,
	)


def check_template(template: Document) -> None:
	"""Refuse a template from which no plan of any amount could be made."""
	terms = PlanTerms(
		total=Decimal(template.instalment_count or 1),
		count=template.instalment_count,
		start=getdate(),
		calendar=CALENDARS[template.calendar],
		day=template.due_day or None,
		interval_months=template.interval_months,
	)
	try:
		build_schedule(terms)
	except PlanError as error:
		refuse_terms(error)


def holidays(holiday_list: str | None) -> frozenset[date]:
	if not holiday_list:
		return frozenset()
	rows = frappe.get_cached_doc("Holiday List", holiday_list).holidays
	return frozenset(getdate(row.holiday_date) for row in rows)


def next_of_its_day(wished: date, earliest: date, template: str) -> date:
	"""The first date a whole number of months of the template's calendar after `wished` that is not before `earliest`."""
	calendar = CALENDARS[frappe.get_cached_value("Instalment Plan Template", template, "calendar")]
	try:
		return next(due for months in count(1) if (due := add_months(wished, months, calendar)) >= earliest)
	except DateOutOfRange as error:
		refuse_terms(PlanError("date_out_of_range", date=error.what))


def _first_due_date(agreement: Agreement, template: Document) -> date:
	wished = agreement.first_due_date
	if wished and wished < agreement.document_date:
		refuse(
			_("The first due date {0} is before the document's date {1}. Choose a later one.").format(
				frappe.format(wished, "Date"), frappe.format(agreement.document_date, "Date")
			)
		)
	if wished:
		return wished
	months = template.first_due_after_months or 0
	try:
		return add_months(agreement.document_date, months, CALENDARS[template.calendar])
	except DateOutOfRange as error:
		refuse_terms(PlanError("date_out_of_range", date=error.what))


def _template_down_payment(total: Decimal, template: Document) -> Decimal:
	return to_money(total * to_decimal(template.down_payment_percent or 0) / 100)
