"""Reads an Instalment Plan Template: to the engine's terms. Writes nothing."""

from __future__ import annotations

import json
from datetime import date, timedelta
from decimal import Decimal
from itertools import count as counter

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import getdate

from saudi_crm_billing.common.dates import Calendar, DateOutOfRange, Shift, add_months
from saudi_crm_billing.common.money import to_decimal, to_money
from saudi_crm_billing.instalments.engine.schedule import (
	LAST_DAY,
	Frequency,
	IrregularRow,
	PlanError,
	PlanTerms,
	Salary,
	build_schedule,
)
from saudi_crm_billing.instalments.errors import refuse, refuse_terms

TEMPLATE = "Instalment Plan Template"
NO_MARGIN = "No margin"
CALENDARS = {"Gregorian": Calendar.GREGORIAN, "Hijri": Calendar.HIJRI}
SHIFTS = {
	"Keep the date": Shift.NONE,
	"Previous workday": Shift.PREVIOUS,
	"Next workday": Shift.NEXT,
	"Nearest workday": Shift.NEAREST,
}
FREQUENCIES = {
	"Day": Frequency.DAY,
	"Week": Frequency.WEEK,
	"Fortnight": Frequency.FORTNIGHT,
	"Month": Frequency.MONTH,
	"Quarter": Frequency.QUARTER,
	"Year": Frequency.YEAR,
}
SALARY_DAY, LAST_OF_MONTH = "Salary day", "Last day of the month"
NOT_TERMS = (
	"template_name",
	"enabled",
	"valid_from",
	"valid_to",
	"minimum_sale",
	"maximum_sale",
	"customers",
	"notes",
)
"""Who may have the plan, and when: asked once, and no part of what is agreed."""
TRIAL_TOTAL = Decimal(10) ** 8
"""What a template is tried with where it names no amounts of its own."""


def template_of(name: str, agreed_before: bool = False) -> Document:
	"""The template as it stands, or a refusal where it is switched off and nothing was agreed on it before."""
	template = frappe.get_cached_doc(TEMPLATE, name)
	if not template.enabled and not agreed_before:
		refuse(
			_("Instalment Plan Template {0} is disabled. Choose another, or enable it.").format(template.name)
		)
	return template


def snapshot_of(template: Document) -> str:
	"""The terms of a template as they stand, to be kept by the plan that is agreed on them."""
	values = template.as_dict(
		convert_dates_to_str=True, no_nulls=True, no_default_fields=True, no_child_table_fields=True
	)
	return json.dumps({name: value for name, value in values.items() if name not in NOT_TERMS})


def template_from(name: str, snapshot: str) -> Document:
	"""The template as `snapshot_of` saw it; nobody saves it. The name is today's, for templates are renamed."""
	return frappe.get_doc({"doctype": TEMPLATE, "name": name, "enabled": 1, **json.loads(snapshot)})


def terms_of(
	template: Document,
	total: Decimal,
	document_date: date,
	count: int = 0,
	first_due_date: date | None = None,
	down_payment: Decimal = Decimal(0),
	share: Decimal | None = None,
	margin: Decimal = Decimal(0),
	calendar: Calendar | None = None,
) -> PlanTerms:
	"""The engine's terms; empty wishes follow the template. Refuses a first due date beyond the calendar.

	With a `share` the document has that part of what was agreed before: so it bears that part of the template's
	amounts, and the minimum was kept by the whole. A down payment in percent is of the total without `margin`.
	`calendar` takes the place of the template's, to compare the two.
	"""
	calendar = calendar or CALENDARS[template.calendar]
	start = first_due_date or _first_due_date(template, document_date, calendar)
	return PlanTerms(
		total=total,
		count=count or template.instalment_count,
		start=start,
		calendar=calendar,
		down_payment=down_payment or _part(total - margin, template, "down_payment", share),
		day=_day(template, calendar),
		shift=SHIFTS[template.shift],
		frequency=FREQUENCIES[template.frequency or "Month"],
		every=template.every,
		holidays=holidays(template.holiday_list),
		down_payment_on=document_date if document_date < start else None,
		balloon=_part(total, template, "balloon", share),
		rows=irregular_rows(template),
		minimum=to_money(template.minimum_instalment or 0) if share is None else Decimal(0),
		maximum_months=template.maximum_months or None,
		salary=Salary(template.salary_day or 0, SHIFTS[template.salary_shift or "Nearest workday"]),
		on_salary_day=template.day_rule == SALARY_DAY,
		one_per_salary=bool(template.one_per_salary_cycle),
	)


def irregular_rows(template: Document) -> tuple[IrregularRow, ...]:
	return tuple(
		IrregularRow(row.months_after or 0, to_decimal(row.percent or 0)) for row in template.irregular_rows
	)


def check_template(template: Document) -> None:
	"""Refuse a template from which no plan of any amount could be made."""
	_check_parts(template)
	_check_margin(template)
	try:
		build_schedule(terms_of(template, _trial_total(template), getdate()))
	except PlanError as error:
		refuse_terms(error)


def holidays(holiday_list: str | None) -> frozenset[date]:
	if not holiday_list:
		return frozenset()
	rows = frappe.get_cached_doc("Holiday List", holiday_list).holidays
	return frozenset(getdate(row.holiday_date) for row in rows)


def next_of_its_day(wished: date, earliest: date, template: Document) -> date:
	"""The first date a whole number of months of the template's calendar after `wished` that is not before `earliest`."""
	calendar = CALENDARS[template.calendar]
	try:
		return next(due for months in counter(1) if (due := add_months(wished, months, calendar)) >= earliest)
	except DateOutOfRange as error:
		refuse_terms(PlanError("date_out_of_range", date=error.what))


def _first_due_date(template: Document, document_date: date, calendar: Calendar) -> date:
	months, days = template.first_due_after_months or 0, template.first_due_after_days or 0
	try:
		return add_months(document_date, months, calendar) + timedelta(days=days)
	except DateOutOfRange as error:
		refuse_terms(PlanError("date_out_of_range", date=error.what))
	except OverflowError:
		refuse_terms(PlanError("date_out_of_range", date=f"{document_date} + {days}"))


def _day(template: Document, calendar: Calendar) -> int | None:
	if template.day_rule == LAST_OF_MONTH:
		return LAST_DAY[calendar]
	return None if template.day_rule == SALARY_DAY else template.due_day or None


def names_amounts(template: Document) -> bool:
	return bool(template.down_payment_amount or template.balloon_amount or template.minimum_instalment)


def _part(total: Decimal, template: Document, name: str, share: Decimal | None) -> Decimal:
	"""The amount that the template names, or its percentage of the total."""
	whole = to_decimal(template.get(f"{name}_amount") or 0)
	amount = to_money(whole if share is None else whole * share)
	return amount or to_money(total * to_decimal(template.get(f"{name}_percent") or 0) / 100)


def _check_parts(template: Document) -> None:
	for name in ("down_payment", "balloon"):
		percent, amount = template.get(f"{name}_percent") or 0, template.get(f"{name}_amount") or 0
		label = _(template.meta.get_label(f"{name}_percent"))
		if not 0 <= percent < 100:
			refuse(_("{0} must be at least 0 and less than 100.").format(label))
		if percent and amount:
			other = _(template.meta.get_label(f"{name}_amount"))
			refuse(_("Give {0} or {1}, not both.").format(label, other))


def _check_margin(template: Document) -> None:
	wanted, percent = (template.margin_treatment or NO_MARGIN) != NO_MARGIN, template.margin_percent or 0
	if not 0 <= percent <= 100:
		refuse(_("A margin of {0} % a year cannot be used. Enter 0 to 100.").format(f"{percent:g}"))
	if wanted and not percent:
		refuse(_("Enter the margin in percent a year, or choose No margin."))
	if percent and not wanted:
		refuse(_("Choose how the margin of {0} % is taxed, or clear it.").format(f"{percent:g}"))


def _trial_total(template: Document) -> Decimal:
	"""An amount that the template's own amounts fit into: a last instalment of fixed size leaves little for the rest."""
	last, least = to_money(template.balloon_amount or 0), to_money(template.minimum_instalment or 1)
	rest = last + (template.instalment_count - 1) * least if last else TRIAL_TOTAL
	whole = rest + to_money(template.down_payment_amount or 0)
	return to_money(whole * 100 / (100 - to_decimal(template.down_payment_percent or 0)))
