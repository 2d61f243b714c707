"""*Reads* a plan as it stands: header, rows and what each is worth in the company's currency. Writes nothing.

With `lock` the invoice, the plan and its rows are held and read as they are now, not as the transaction's snapshot
has them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

import frappe
from frappe import _
from frappe.utils import add_days

from saudi_crm_billing.common.money import to_money
from saudi_crm_billing.instalments import balances
from saudi_crm_billing.instalments.engine.reschedule import PlanRow
from saudi_crm_billing.instalments.engine.waterfall import CreditRule
from saudi_crm_billing.instalments.rescheduling.refusals import refuse
from saudi_crm_billing.instalments.submitted_schedule import base_amounts, schedule_of, standing_advance

OLDEST = CreditRule.OLDEST.value
HEADER = (
	"name",
	"status",
	"version",
	"reference_doctype",
	"reference_name",
	"company",
	"customer",
	"currency",
	"plan_template",
	"agreed_terms",
	"calendar",
	"grace_days",
	"credit_note_rule",
)


@dataclass(frozen=True)
class StoredRow:
	"""A planned row with what only the database needs of it; `base_amount` is what of it the schedule carries.

	`fixed` is what of the settled part keeps its day when the rest moves: where credit notes do not settle the oldest
	instalment, they follow the plan's rule over whatever rows it has, so it is the payments alone.
	"""

	instalment: str
	number: int
	due_date: date
	due_date_hijri: str
	amount: Decimal
	settled: Decimal
	fixed: Decimal
	advance: Decimal
	margin: Decimal
	base_amount: Decimal
	credited: Decimal = Decimal(0)

	@property
	def standing_advance(self) -> Decimal:
		return standing_advance(self.advance, self.settled - self.credited)

	@property
	def plain(self) -> PlanRow:
		return PlanRow(self.number, self.due_date, self.amount, self.fixed, self.margin)


@dataclass(frozen=True)
class StoredPlan:
	header: Any
	rows: tuple[StoredRow, ...]

	@property
	def sales_invoice(self) -> str:
		return str(self.header.reference_name)

	def grace_until(self, row: StoredRow) -> date:
		"""The last day on which the row is not late."""
		return add_days(row.due_date, self.header.grace_days or 0)


def credits_stay(header: Any) -> bool:
	"""Whether a credit note keeps settling the rows that it settles now."""
	return (header.credit_note_rule or OLDEST) == OLDEST


def read_plan(plan: str, lock: bool = False) -> StoredPlan:
	"""Refuses a plan that no submitted invoice owes."""
	header = frappe.db.get_value("Instalment Plan", plan, HEADER, as_dict=True)
	if not header or header.reference_doctype != "Sales Invoice":
		refuse(_("Choose the plan of a submitted Sales Invoice; {0} is not one.").format(plan))
	if lock:
		balances.lock_plans({header.reference_name: plan})
		header = frappe.db.get_value("Instalment Plan", plan, HEADER, as_dict=True, for_update=True)
	_check_state(header)
	return StoredPlan(header, _rows(header, lock))


def _check_state(header: Any) -> None:
	if header.status == "Cancelled":
		refuse(
			_("Sales Invoice {0} is cancelled, so nothing is owed under its plan.").format(
				header.reference_name
			)
		)
	if header.status not in balances.LIVE:
		refuse(
			_(
				"The plan of Sales Invoice {0} is {1}. Only what a submitted invoice owes can be changed."
			).format(header.reference_name, _(header.status, context="Instalment Plan"))
		)


def _rows(header: Any, lock: bool) -> tuple[StoredRow, ...]:
	row = frappe.qb.DocType("Instalment")
	query = (
		frappe.qb.from_(row)
		.select(
			row.name,
			row.number,
			row.due_date,
			row.due_date_hijri,
			row.amount,
			row.paid,
			row.outstanding,
			row.credited,
			row.advance,
			row.margin,
			row.payment_term,
		)
		.where((row.parent == header.name) & (row.parenttype == "Instalment Plan"))
		.orderby(row.idx)
	)
	found = (query.for_update() if lock else query).run(as_dict=True)
	rows = tuple(_stored(values, credits_stay(header)) for values in found)
	payable = [row.amount - row.standing_advance for row in rows]
	base = base_amounts(header.reference_name, schedule_of(header.reference_name, lock), payable)
	return tuple(replace(row, base_amount=share) for row, share in zip(rows, base, strict=True))


def _stored(values: Any, with_credits: bool) -> StoredRow:
	amount = to_money(values.amount)
	settled = amount - to_money(values.outstanding or 0)
	return StoredRow(
		instalment=values.name,
		number=values.number,
		due_date=values.due_date,
		due_date_hijri=values.due_date_hijri,
		amount=amount,
		settled=settled,
		fixed=settled if with_credits else to_money(values.paid or 0),
		advance=to_money(values.advance or 0),
		margin=to_money(values.margin or 0),
		base_amount=Decimal(0),
		credited=to_money(values.credited or 0),
	)
