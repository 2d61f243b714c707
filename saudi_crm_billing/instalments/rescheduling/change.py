"""Tells the other slices that a plan's dates have changed, through the hook `scb_plan_rescheduled`.

Each function named there is called with a `PlanChange`, in the transaction of the change, after rows and balances are
written. It may write, but not lock an invoice or a plan: both are held already.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import frappe

from saudi_crm_billing.instalments.rescheduling.reading import StoredPlan, StoredRow

HOOK = "scb_plan_rescheduled"


@dataclass(frozen=True)
class ChangedRow:
	"""`instalment` is the name of the row in the plan; a row that is no more keeps the name that it had."""

	instalment: str
	number: int
	due_date: date
	amount: Decimal


@dataclass(frozen=True)
class PlanChange:
	"""`undone`: the reschedule was cancelled, and `after` are the rows that stood before it."""

	plan: str
	sales_invoice: str
	company: str
	customer: str
	reschedule: str
	version: int
	undone: bool
	before: tuple[ChangedRow, ...]
	after: tuple[ChangedRow, ...]


def publish(
	plan: StoredPlan, after: Sequence[StoredRow], reschedule: str, version: int, undone: bool
) -> None:
	header = plan.header
	change = PlanChange(
		plan=header.name,
		sales_invoice=plan.sales_invoice,
		company=header.company,
		customer=header.customer,
		reschedule=reschedule,
		version=version,
		undone=undone,
		before=_changed(plan.rows),
		after=_changed(after),
	)
	for path in frappe.get_hooks(HOOK):
		frappe.get_attr(path)(change)


def _changed(rows: Sequence[StoredRow]) -> tuple[ChangedRow, ...]:
	return tuple(ChangedRow(row.instalment, row.number, row.due_date, row.amount) for row in rows)
