"""What a sale would come to under each template, side by side: computed on copies that nobody saves."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import groupby

import frappe
from frappe.model.document import Document

from saudi_crm_billing.common.dates import Calendar, to_hijri
from saudi_crm_billing.common.money import to_money
from saudi_crm_billing.instalments.agreement import Agreement, PlannedRow, agreement_of, plan_rows, plan_terms
from saudi_crm_billing.instalments.engine.schedule import PlanError, build_schedule
from saudi_crm_billing.instalments.errors import InstalmentPlanError
from saudi_crm_billing.instalments.margins import put_margin, tell_lines_changed, write_margin
from saudi_crm_billing.instalments.schedule_rows import WISHES

SAVEPOINT = "scb_simulation"


@dataclass(frozen=True)
class Simulation:
	"""A template on a sale: its rows, or the reason why there are none, in the user's language."""

	template: str
	rows: tuple[PlannedRow, ...] = ()
	cash_total: Decimal = Decimal(0)
	margin: Decimal = Decimal(0)
	earlier_days: int = 0
	reason: str = ""

	@property
	def total(self) -> Decimal:
		return sum((row.scheduled.amount for row in self.rows), Decimal(0))

	@property
	def down_payment(self) -> Decimal:
		return sum((row.scheduled.amount for row in self.rows if not row.scheduled.number), Decimal(0))

	@property
	def runs(self) -> list[tuple[int, Decimal]]:
		"""Instalments of the same amount that follow each other: how many, and how much each."""
		amounts = [row.scheduled.amount for row in self.rows if row.scheduled.number]
		return [(len(list(group)), amount) for amount, group in groupby(amounts)]


def simulate(doc: Document, templates: Iterable[str]) -> list[Simulation]:
	"""The document as it would be with each template's own terms; wishes that it has for another plan are left out.

	Core writes while it looks details up (an Item Price for a new item) and tells of it: both are undone.
	"""
	messages = list(frappe.local.message_log)
	frappe.db.savepoint(SAVEPOINT)
	try:
		return [_simulated(doc, template) for template in templates]
	finally:
		frappe.db.rollback(save_point=SAVEPOINT)
		frappe.local.message_log = messages


def _simulated(doc: Document, template: str) -> Simulation:
	try:
		sale = _as_sold(doc, template)
		agreement = agreement_of(sale)
		rows = plan_rows(agreement)
	except InstalmentPlanError as refusal:
		return Simulation(template, reason=str(refusal))
	margin = to_money(sale.scb_margin or 0)
	cash_total = to_money(sale.grand_total) - margin
	return Simulation(template, rows, cash_total, margin, _earlier_days(agreement, rows))


def _as_sold(doc: Document, template: str) -> Document:
	sale = frappe.get_doc(doc.as_dict())
	sale.flags.ignore_permissions = doc.flags.ignore_permissions
	sale.update({**dict.fromkeys(WISHES), "scb_plan_template": template, "docstatus": 0})
	tell_lines_changed(sale)
	put_margin(sale)
	sale.set_missing_values()
	sale.calculate_taxes_and_totals()
	write_margin(sale)
	return sale


def _earlier_days(agreement: Agreement, rows: tuple[PlannedRow, ...]) -> int:
	"""By how much Hijri months end before as many Gregorian ones; 0 for a Gregorian plan."""
	if plan_terms(agreement).calendar is not Calendar.HIJRI:
		return 0
	try:
		gregorian = build_schedule(plan_terms(agreement, Calendar.GREGORIAN))
	except PlanError:
		return 0  # beyond the calendar's end, or a day that the other calendar lacks
	return (gregorian[-1].due_date - rows[-1].scheduled.due_date).days


def shown(found: Simulation) -> dict[str, object]:
	"""For a form or a page: figures as numbers, dates as dates."""
	if found.reason:
		return {"template": found.template, "reason": found.reason}
	return {
		"template": found.template,
		"total": float(found.total),
		"cash_total": float(found.cash_total),
		"margin": float(found.margin),
		"down_payment": float(found.down_payment),
		"runs": [{"count": count, "amount": float(amount)} for count, amount in found.runs],
		"first": _day(_first(found).scheduled.due_date),
		"last": _day(found.rows[-1].scheduled.due_date),
		"earlier_days": found.earlier_days,
		"rows": [
			{
				"number": row.scheduled.number,
				"amount": float(row.scheduled.amount),
				**_day(row.scheduled.due_date),
			}
			for row in found.rows
		],
	}


def _first(found: Simulation) -> PlannedRow:
	"""The first instalment, after the down payment."""
	return next(row for row in found.rows if row.scheduled.number)


def _day(due: date) -> dict[str, object]:
	return {"due_date": due, "due_date_hijri": to_hijri(due)}
