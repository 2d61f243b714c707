"""One plan at a glance: sums, what is due next, each instalment's state, and what happened to it. Reads only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

import frappe
from frappe import _
from frappe.utils import fmt_money, getdate

from saudi_crm_billing.common.money import to_money
from saudi_crm_billing.instalments import standing

HEADER = (
	"name",
	"status",
	"total",
	"paid",
	"credited",
	"outstanding",
	"not_scheduled",
	"currency",
	"company",
	"version",
	"previous_plan",
	"reference_doctype",
	"reference_name",
)
CAUSE = ("cause_doctype", "cause_name")
EVENTS = 40
"""The newest; the rest stand in the list of Instalment Balance Events."""


@dataclass(frozen=True)
class Row:
	"""`state` is the value of engine.standing.State; money in the plan's currency, `paid` without what was written off."""

	number: int
	due_date: date
	due_date_hijri: str
	amount: float
	paid: float
	written_off: float
	credited: float
	outstanding: float
	state: str
	days_late: int


@dataclass(frozen=True)
class Next:
	"""`in_days` is negative where the due date has passed; `days_late` counts after the grace days only."""

	number: int
	due_date: date
	due_date_hijri: str
	outstanding: float
	in_days: int
	days_late: int


@dataclass(frozen=True)
class Event:
	"""`text` in the reader's language; `kind` is paid, gone, credited, undone, moved or known. The cause is the document that
	changed the balances, where it is known."""

	at: Any
	kind: str
	text: str
	outstanding: float
	cause_doctype: str | None
	cause_name: str | None


def panel(plan: str) -> dict[str, Any]:
	header: Any = frappe.db.get_value("Instalment Plan", plan, HEADER, as_dict=True)
	rows, today = standing.instalments_of(plan), getdate()
	is_owed = standing.is_owed(header.reference_doctype, header.status)
	status = standing.shown_status(header.reference_doctype, header.status)
	owing = standing.next_due(rows) if is_owed else None
	late = [row for row in rows if standing.late_days(row, status, today)]
	return {
		**header,
		**_written_off(header, rows),
		"is_owed": is_owed,
		"rows": [asdict(_row(row, status, today)) for row in rows],
		"next": asdict(_next(owing, today)) if owing else None,
		"late": float(standing.total(late, "outstanding")),
		"events": [asdict(event) for event in _history(plan)],
		"lineage": [*reversed(_before(header)), *_after(plan)],
	}


def _written_off(header: Any, rows: Sequence[Any]) -> dict[str, Any]:
	"""`paid` without what was written off, beside it, and what came for that after all, in the company's currency."""
	gone = standing.total(rows, "written_off")
	recovered = _recoveries(header.name) if gone else []
	return {
		"paid": float(to_money(header.paid or 0) - gone),
		"written_off": float(gone),
		"recovered": sum(row.amount for row in recovered),
		"company_currency": frappe.get_cached_value("Company", header.company, "default_currency"),
	}


def _recoveries(plan: str) -> list[Any]:
	recovery, write_off = frappe.qb.DocType("Write-Off Recovery"), frappe.qb.DocType("Instalment Write-Off")
	query = (
		frappe.qb.from_(recovery)
		.join(write_off)
		.on(write_off.name == recovery.write_off)
		.select(recovery.name, recovery.amount, recovery.modified, recovery.company)
		.where((write_off.plan == plan) & (recovery.docstatus == 1))
		.orderby(recovery.modified)
	)
	return list(query.run(as_dict=True))


def _row(row: Any, status: str, today: date) -> Row:
	return Row(
		number=row.number,
		due_date=row.due_date,
		due_date_hijri=row.due_date_hijri,
		amount=float(row.amount),
		paid=float(row.paid - row.written_off),
		written_off=float(row.written_off),
		credited=float(row.credited),
		outstanding=float(row.outstanding),
		state=standing.state(row, status, today).value,
		days_late=standing.late_days(row, status, today),
	)


def _next(row: Any, today: date) -> Next:
	return Next(
		number=row.number,
		due_date=row.due_date,
		due_date_hijri=row.due_date_hijri,
		outstanding=float(row.outstanding),
		in_days=(row.due_date - today).days,
		days_late=standing.late_days(row, "Active", today),
	)


def _history(plan: str) -> list[Event]:
	"""What changed the balances and the dates, newest first."""
	found = [*_events(plan), *_reschedules(plan), *_recovered(plan)]
	return sorted(found, key=lambda event: event.at, reverse=True)[:EVENTS]


def _recovered(plan: str) -> list[Event]:
	"""They touch no debt: a plan that was written off owes nothing, before as after."""
	owed = frappe.db.get_value("Instalment Plan", plan, "outstanding")
	return [
		Event(
			at=row.modified,
			kind="paid",
			text=_("Recovered after the write-off: {0}").format(
				fmt_money(
					row.amount, currency=frappe.get_cached_value("Company", row.company, "default_currency")
				)
			),
			outstanding=owed,
			cause_doctype="Write-Off Recovery",
			cause_name=row.name,
		)
		for row in _recoveries(plan)
	]


def _reschedules(plan: str) -> list[Event]:
	found = frappe.get_all(
		"Instalment Reschedule",
		filters={"plan": plan, "docstatus": ("!=", 0)},
		fields=["name", "modified", "approved_at", "docstatus", "to_version", "owed"],
		order_by="modified desc",
		limit=EVENTS,
	)
	return [
		Event(
			at=row.modified if row.docstatus == 2 else row.approved_at or row.modified,
			kind="moved",
			text=(
				_("Rescheduled: version {0}").format(row.to_version)
				if row.docstatus == 1
				else _("Reschedule undone: version {0}").format(row.to_version)
			),
			outstanding=row.owed,
			cause_doctype="Instalment Reschedule",
			cause_name=row.name,
		)
		for row in found
	]


def _events(plan: str) -> list[Event]:
	"""Newest first, each said by what it changed of the sums before it."""
	found = frappe.get_all(
		"Instalment Balance Event",
		filters={"plan": plan},
		fields=["recorded_at", "paid", "credited", "outstanding", "currency", "action", *CAUSE],
		order_by="recorded_at desc, creation desc",
		limit=EVENTS + 1,
	)
	pasts = [*found[1:], None][: len(found)]
	told = [(now, past) for now, past in zip(found, pasts, strict=True) if _tells(now, past)]
	return [_event(now, past) for now, past in told]


def _tells(now: Any, past: Any | None) -> bool:
	"""Balances that moved between dates only are told by the reschedule that moved them."""
	if past is None or any(now[name] != past[name] for name in ("paid", "credited", "outstanding")):
		return True
	return bool(now.cause_name) and now.cause_doctype != "Instalment Reschedule"


def _event(now: Any, past: Any | None) -> Event:
	kind, text = _said(now, past)
	return Event(now.recorded_at, kind, text, now.outstanding, now.cause_doctype, now.cause_name)


def _said(now: Any, past: Any | None) -> tuple[str, str]:
	def money(value: Any) -> str:
		return fmt_money(float(abs(value)), currency=now.currency)

	if past is None:
		return "known", _("Owed under the plan: {0}").format(money(to_money(now.outstanding)))
	paid, credited = (to_money(now[name]) - to_money(past[name]) for name in ("paid", "credited"))
	if paid and now.cause_doctype == "Instalment Write-Off":
		if paid > 0:
			return "gone", _("Written off: {0}").format(money(paid))
		return "undone", _("Write-off undone: {0}").format(money(paid))
	if paid > 0 and now.cause_doctype == "Journal Entry":  # a write-off or a rebate brings no money
		return "paid", _("Settled by a journal entry: {0}").format(money(paid))
	if paid > 0:
		return "paid", _("Settled by a payment: {0}").format(money(paid))
	if paid < 0:
		return "undone", _("Payment undone: {0}").format(money(paid))
	if credited > 0:
		return "credited", _("Credited: {0}").format(money(credited))
	if credited < 0:
		return "undone", _("Credit undone: {0}").format(money(credited))
	return "known", _(now.action, context="Instalment Balance Event")


LINEAGE = ["name", "version", "status", "reference_doctype", "reference_name", "previous_plan"]
LONGEST = 20


def _before(header: Any) -> list[Any]:
	"""The plans that this one carries on, the nearest first."""
	found: list[Any] = []
	while header.previous_plan and len(found) < LONGEST:
		header = frappe.db.get_value("Instalment Plan", header.previous_plan, LINEAGE, as_dict=True)
		found.append(header)
	return found


def _after(plan: str) -> list[Any]:
	"""The plans that carry this one on: of an order those of its invoices."""
	return frappe.get_all(
		"Instalment Plan",
		filters={"previous_plan": plan},
		fields=LINEAGE,
		order_by="creation",
		limit=LONGEST,
	)
