"""How a plan's instalments stand today, for whoever shows them: panels, lists, prints. Reads and never writes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import frappe

from saudi_crm_billing.common.money import to_money
from saudi_crm_billing.instalments.balances import LIVE
from saudi_crm_billing.instalments.engine.standing import State, days_late, state_of

MONEY = ("amount", "advance", "paid", "written_off", "credited", "outstanding")
FIELDS = ("name", "number", "due_date", "due_date_hijri", "grace_until", *MONEY)


def instalments_of(plan: str) -> list[Any]:
	"""The rows of a plan in their order."""
	return rows_where({"parent": plan}, order_by="idx")


def rows_where(filters: dict[str, Any], *more: str, order_by: str) -> list[Any]:
	"""Instalments with `more` fields than their own; money as Decimal."""
	rows = frappe.get_all("Instalment", filters=filters, fields=[*FIELDS, *more], order_by=order_by)
	for row in rows:
		row.update({name: to_money(row[name] or 0) for name in MONEY})
	return rows


def is_owed(reference_doctype: str, status: str) -> bool:
	"""Whether a plan is of a booked debt, whose instalments are paid; an order's or a quotation's is only planned."""
	return reference_doctype == "Sales Invoice" and status in LIVE


def shown_status(reference_doctype: str, status: str) -> str:
	"""The status by which a plan's instalments are shown: a plan that books no debt is as a draft's."""
	return status if is_owed(reference_doctype, status) or status == "Cancelled" else "Draft"


def state(row: Any, status: str, today: date) -> State:
	"""`status` is the plan's: only a live one owes anything."""
	if status == "Cancelled":
		return State.CANCELLED
	if status not in LIVE:
		return State.PLANNED
	return state_of(row.amount, row.outstanding, row.due_date, row.grace_until, today, row.written_off)


def late_days(row: Any, status: str, today: date) -> int:
	return days_late(row.outstanding, row.grace_until, today) if status in LIVE else 0


def next_due(rows: Sequence[Any]) -> Any | None:
	"""The first instalment that still owes."""
	return next((row for row in rows if row.outstanding > 0), None)


def total(rows: Sequence[Any], fieldname: str) -> Decimal:
	return sum((row[fieldname] for row in rows), Decimal(0))
