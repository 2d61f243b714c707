"""*Reads* what a reschedule asks for and has the engine make the plan's new rows of it. Writes nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from frappe.model.document import Document
from frappe.utils import getdate

from saudi_crm_billing.common.money import split, to_money
from saudi_crm_billing.instalments.engine.reschedule import (
	DayRule,
	NewRow,
	Part,
	PlanRow,
	RescheduleError,
	owed_rows,
	reschedule,
	shifted,
)
from saudi_crm_billing.instalments.engine.schedule import PlanError, PlanTerms, build_schedule
from saudi_crm_billing.instalments.errors import refuse_terms
from saudi_crm_billing.instalments.rescheduling.reading import StoredPlan, StoredRow
from saudi_crm_billing.instalments.rescheduling.refusals import refuse_change
from saudi_crm_billing.instalments.templates import CALENDARS, template_from, terms_of


@dataclass(frozen=True)
class Change:
	"""The rows as they will be, and those of the old ones of which something moves."""

	rows: tuple[StoredRow, ...]
	stays: frozenset[int]
	owed: Decimal


def change_of(doc: Document, plan: StoredPlan) -> Change:
	"""Refuses, naming row and figure, what cannot be done."""
	rows = [row.plain for row in plan.rows]
	try:
		if all(row.amount == row.settled for row in plan.rows):
			raise RescheduleError("nothing_owed")
		moving = owed_rows(rows, doc.moved_number or 0 if doc.kind == "Move One Instalment" else None)
		parts = WISHES[doc.kind](doc, plan, moving)
		new = reschedule(rows, moving, parts, getdate(doc.effective_date), _first_number(doc.kind, moving))
	except RescheduleError as error:
		refuse_change(error)
	except PlanError as error:
		refuse_terms(error)
	stored = _with_what_the_database_needs(plan, new)
	stays = frozenset(row.number for row in new if row.stays)
	return Change(stored, stays, sum((row.owed for row in moving), Decimal(0)))


def _new_count(doc: Document, plan: StoredPlan, moving: Sequence[PlanRow]) -> list[Part]:
	owed = sum((row.owed for row in moving), Decimal(0))
	start = getdate(doc.first_due_date) if doc.first_due_date else _first_not_passed(doc, moving)
	schedule = build_schedule(_terms(plan, owed, doc.new_count or 0, start))
	return [Part(row.due_date, row.amount) for row in schedule]


def _new_start(doc: Document, plan: StoredPlan, moving: Sequence[PlanRow]) -> list[Part]:
	"""The amounts as they are owed, on the plan's days from the new first one on."""
	owed = sum((row.owed for row in moving), Decimal(0))
	schedule = build_schedule(_terms(plan, owed, len(moving), getdate(doc.first_due_date)))
	return [Part(dated.due_date, row.owed) for dated, row in zip(schedule, moving, strict=True)]


def _shift(doc: Document, plan: StoredPlan, moving: Sequence[PlanRow]) -> Sequence[Part]:
	return shifted(moving, doc.shift_months or 0, _day_rule(plan))


def _move_one(doc: Document, plan: StoredPlan, moving: Sequence[PlanRow]) -> list[Part]:
	return [Part(getdate(doc.moved_to), row.owed) for row in moving]


def _own_rows(doc: Document, plan: StoredPlan, moving: Sequence[PlanRow]) -> list[Part]:
	return [Part(getdate(row.due_date), Decimal(str(row.amount or 0))) for row in doc.own_rows]


WISHES = {
	"New Number of Instalments": _new_count,
	"New First Due Date": _new_start,
	"Shift by Months": _shift,
	"Move One Instalment": _move_one,
	"Own Schedule": _own_rows,
}


def _first_number(kind: str, moving: Sequence[PlanRow]) -> int:
	"""Rows that only move keep their numbers, an unpaid down payment too; 0 is never the number of a new share."""
	keeps = kind in ("Shift by Months", "Move One Instalment", "New First Due Date")
	return moving[0].number if keeps else 1


def _first_not_passed(doc: Document, moving: Sequence[PlanRow]) -> date:
	"""The day of a row that is paid in part stays with its paid part."""
	effective = getdate(doc.effective_date)
	free = (row.due_date for row in moving if row.due_date >= effective and not row.settled)
	return next(free, effective)


def _terms(plan: StoredPlan, total: Decimal, count: int, start: date) -> PlanTerms:
	"""What is owed in equal parts on the days as they were agreed; an opening plan has no template, so plainly month by
	month.
	"""
	calendar = CALENDARS[plan.header.calendar]
	if not plan.header.agreed_terms:
		return PlanTerms(total=total, count=count, start=start, calendar=calendar)
	template = template_from(plan.header.plan_template, plan.header.agreed_terms)
	return replace(
		terms_of(template, total, start, count, start),
		count=count,
		calendar=calendar,
		down_payment=Decimal(0),
		balloon=Decimal(0),
		rows=(),
		minimum=Decimal(0),
		maximum_months=None,
	)


def _day_rule(plan: StoredPlan) -> DayRule:
	terms = _terms(plan, Decimal(1), 1, getdate())
	return DayRule(calendar=terms.calendar, day=terms.day, shift=terms.shift, holidays=terms.holidays)


def _with_what_the_database_needs(plan: StoredPlan, new: Sequence[NewRow]) -> tuple[StoredRow, ...]:
	"""Old numbers keep their row and what stands of its advance; the company's currency is shared anew, as at saving."""
	before = {row.number: row for row in plan.rows}
	advances = {
		row.number: before[row.number].standing_advance if row.stays and row.number in before else Decimal(0)
		for row in new
	}
	total = sum((row.base_amount for row in plan.rows), Decimal(0))
	base = split(to_money(total), [row.amount - advances[row.number] for row in new])
	return tuple(
		StoredRow(
			instalment=before[row.number].instalment if row.number in before else "",
			number=row.number,
			due_date=row.due_date,
			due_date_hijri=row.due_date_hijri,
			amount=row.amount,
			settled=row.settled,
			fixed=row.settled,
			advance=advances[row.number],
			margin=row.margin,
			base_amount=share,
		)
		for row, share in zip(new, base, strict=True)
	)
