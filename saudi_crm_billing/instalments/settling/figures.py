"""*Reads* what a plan owes by the ledger and what of it may be given up. Writes nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from frappe.model.document import Document
from frappe.utils import getdate

from saudi_crm_billing.common.money import to_money
from saudi_crm_billing.instalments.engine.settlement import (
	OwedRow,
	SettlementError,
	amount_to_pay,
	lowered,
	percent_of,
	unearned,
)
from saudi_crm_billing.instalments.ledger import owed_now
from saudi_crm_billing.instalments.rescheduling.reading import StoredPlan, StoredRow
from saudi_crm_billing.instalments.settings import settings_of
from saudi_crm_billing.instalments.settling.given import margin_given
from saudi_crm_billing.instalments.settling.refusals import refuse_settlement

ZERO = Decimal(0)


@dataclass(frozen=True)
class FiguredRow:
	stored: StoredRow
	outstanding: Decimal
	margin: Decimal
	unearned: Decimal


@dataclass(frozen=True)
class Figures:
	"""`outstanding` is the invoice's by the ledger, which the rows' may be beside (Outside the Schedule). `late` is what is
	past its grace days."""

	outstanding: Decimal
	late: Decimal
	kept_months: int
	unearned: Decimal
	rebate: Decimal
	amount_to_pay: Decimal
	rows: tuple[FiguredRow, ...]


def figures_of(doc: Document, plan: StoredPlan) -> Figures:
	"""Refuses, with the figure, what is no settlement."""
	day = getdate(doc.as_of)
	kept = settings_of(plan.header.company).kept_months or 0
	rows = _rows(plan, day, kept)
	margin = sum((row.unearned for row in rows), ZERO)
	outstanding = owed_now(plan.sales_invoice)
	try:
		rebate = _rebate(doc, outstanding, margin)
		due = amount_to_pay(outstanding, rebate)
	except SettlementError as error:
		refuse_settlement(error)
	late = sum((row.outstanding for row in rows if plan.grace_until(row.stored) < day), ZERO)
	return Figures(outstanding, late, kept, margin, rebate, due, rows)


def _rows(plan: StoredPlan, day: date, kept_months: int) -> tuple[FiguredRow, ...]:
	stored = [row for row in plan.rows if row.amount > row.settled]
	owed = [OwedRow(row.due_date, row.amount, row.amount - row.settled, row.margin) for row in stored]
	given = margin_given(plan.sales_invoice, plan.header.company)
	free = lowered(unearned(owed, day, kept_months), given)
	return tuple(
		FiguredRow(row, part.outstanding, part.owed_margin, rest)
		for row, part, rest in zip(stored, owed, free, strict=True)
	)


def _rebate(doc: Document, outstanding: Decimal, margin: Decimal) -> Decimal:
	if doc.rebate_kind == "Percent":
		return percent_of(outstanding, Decimal(str(doc.rebate_percent or 0)))
	if doc.rebate_kind == "Amount":
		rebate = Decimal(str(doc.rebate_amount or 0))
		if rebate <= 0:
			raise SettlementError("rebate_not_positive", rebate=to_money(rebate))
		return rebate
	return margin if doc.rebate_kind == "Unearned Margin" else ZERO
