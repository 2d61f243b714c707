"""Reads a note's instalments as the plans have them now."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

import frappe
from frappe.model.document import Document
from frappe.query_builder.functions import Sum
from frappe.utils import getdate

from saudi_crm_billing.common.money import to_money
from saudi_crm_billing.instalments.balances import LIVE, hold_plans
from saudi_crm_billing.instalments.engine.promissory_note import COVERING, SIGNED, Line

DOCTYPE = "Promissory Note"
LINE = "Promissory Note Instalment"
Key = tuple[str, int]
"""Plan and number of an instalment."""


def hold_of(note: str) -> None:
	hold_plans(frappe.get_all(LINE, {"parent": note, "parenttype": DOCTYPE}, pluck="plan"))


def lines_of(note: Document) -> list[Line]:
	now = instalments({row.plan for row in note.instalments})
	return [_line(row, now.get((row.plan, row.number))) for row in note.instalments]


def instalments(plans: Iterable[str]) -> dict[Key, Any]:
	"""By plan and number, with a locking read: what others committed meanwhile counts; a dead plan owes nothing."""
	names = sorted(set(plans))
	if not names:
		return {}
	row, plan = frappe.qb.DocType("Instalment"), frappe.qb.DocType("Instalment Plan")
	found = (
		frappe.qb.from_(row)
		.join(plan)
		.on(plan.name == row.parent)
		.select(
			row.parent, row.number, row.due_date, row.amount, row.outstanding, row.currency, plan.status,
			plan.customer, plan.company, plan.reference_doctype,
		)
		.where(row.parent.isin(names))
		.orderby(row.parent)
		.orderby(row.idx)
		.for_update()
	).run(as_dict=True)  # fmt: skip
	for each in found:
		each.amount = to_money(each.amount)
		each.outstanding = to_money(each.outstanding or 0) if each.status in LIVE else Decimal(0)
	return {(each.parent, each.number): each for each in found}


def covered(plan: str, but: str | None = None) -> dict[int, Decimal]:
	"""What other notes stand for already, by number of the plan's instalments; also what was committed meanwhile."""
	line, note = frappe.qb.DocType(LINE), frappe.qb.DocType(DOCTYPE)
	rows = (
		frappe.qb.from_(line)
		.join(note)
		.on(note.name == line.parent)
		.select(line.number, Sum(line.amount))
		.where((line.plan == plan) & note.status.isin([state.value for state in COVERING]))
		.where(note.name != (but or ""))
		.groupby(line.number)
		.for_update()
	).run()
	return defaultdict(Decimal, {number: to_money(amount) for number, amount in rows})


def rivals_of(note: Document) -> list[str]:
	"""Other signed notes with which this one would stand for more of an instalment than the plan has of it."""
	now = instalments({row.plan for row in note.instalments})
	rivals = set[str]()
	for row in note.instalments:
		others = _signed_for(row.plan, row.number, note.name)
		found = now.get((row.plan, row.number))
		if sum(others.values(), to_money(row.amount)) > (found.amount if found else Decimal(0)):
			rivals |= others.keys()
	return sorted(rivals)


def _signed_for(plan: str, number: int, but: str) -> dict[str, Decimal]:
	line, note = frappe.qb.DocType(LINE), frappe.qb.DocType(DOCTYPE)
	rows = (
		frappe.qb.from_(line)
		.join(note)
		.on(note.name == line.parent)
		.select(note.name, line.amount)
		.where((line.plan == plan) & (line.number == number) & (note.name != but))
		.where(note.status.isin([state.value for state in SIGNED]))
		.for_update()
	).run()
	return {name: to_money(amount) for name, amount in rows}


def notes_of(plan: str) -> list[str]:
	"""Also those that were drafted while this transaction waited for the plan."""
	line = frappe.qb.DocType(LINE)
	query = frappe.qb.from_(line).select(line.parent)
	found = query.where((line.plan == plan) & (line.parenttype == DOCTYPE)).for_update().run()
	return sorted({name for (name,) in found})


def id_readers(note: Document) -> list[str]:
	"""Roles that read the drawer's ID and the guarantor's."""
	level = note.meta.get_field("drawer_id").permlevel
	return sorted({row.role for row in note.get_permissions() if row.permlevel == level and row.read})


def may_read_id(note: Document, user: str) -> bool:
	return not set(id_readers(note)).isdisjoint(frappe.get_roles(user))


def _line(row: Any, now: Any | None) -> Line:
	return Line(
		number=row.number,
		amount=to_money(row.amount),
		due_date=getdate(row.due_date),
		now_amount=now.amount if now else None,
		now_due=getdate(now.due_date) if now else None,
		owed=now.outstanding if now else Decimal(0),
	)
