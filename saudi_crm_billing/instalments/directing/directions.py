"""Reads what is directed to single instalments, and writes how far each payment is honoured, and that a plan has any;
`directing` makes them.

A write-off settles the instalments that its document names: its rows are read as directions of its Journal Entry.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from decimal import Decimal
from typing import Any

import frappe
from pypika.terms import ValueWrapper

from saudi_crm_billing.common.money import to_money
from saudi_crm_billing.instalments import plan_events

DIRECTION = "Instalment Direction"
FIELDS = ("name", "plan", "number", "voucher_type", "voucher_no", "amount", "applied", "status")
IN_FORCE, LAPSED, WITHDRAWN = "In Force", "Lapsed", "Withdrawn"


def of_plan(plan: str) -> list[Any]:
	"""Write-offs, then those of a plan that were not withdrawn, the oldest first, with locking reads: the plan is
	locked already."""
	found = _write_offs([plan]).for_update().run(as_dict=True)
	return [*found, *_query([plan]).for_update().run(as_dict=True)]


def of_plans(plans: Collection[str]) -> dict[str, list[Any]]:
	"""The same of many at once, without locks."""
	found: dict[str, list[Any]] = {}
	if not plans:
		return found
	for row in (*_write_offs(plans).run(as_dict=True), *_query(plans).run(as_dict=True)):
		found.setdefault(row.plan, []).append(row)
	return found


def given_up(plans: Collection[str]) -> dict[str, Decimal]:
	"""What was written off of each of these plans, without locks; those of which nothing is directed are left out."""
	if not plans:
		return {}
	document, row = frappe.qb.DocType("Instalment Write-Off"), frappe.qb.DocType(DIRECTION)
	names = list(plans)
	write_offs = (
		frappe.qb.from_(document)
		.select(document.plan, document.amount)
		.where(document.plan.isin(names) & (document.docstatus == 1))
	)
	directed = (
		frappe.qb.from_(row)
		.select(row.plan, ValueWrapper(0))
		.where(row.plan.isin(names) & (row.status != WITHDRAWN))
	)
	found: dict[str, Decimal] = {}
	for plan, amount in (write_offs * directed).run():
		found[plan] = found.get(plan, Decimal(0)) + to_money(amount)
	return found


def mark(plan: str) -> None:
	"""From now on the balances look at what is directed; the caller holds the plan."""
	plan_events.mark(plan, "has_directions")


def write_honoured(rows: Sequence[Any], honoured: Sequence[Decimal]) -> None:
	"""What each direction moves now; one that moves nothing has lapsed, until its voucher settles again."""
	changes = {}
	for row, amount in zip(rows, honoured, strict=True):
		if row.write_off:
			continue
		status = IN_FORCE if amount else LAPSED
		if (to_money(row.applied), row.status) != (amount, status):
			changes[row.name] = {"applied": float(amount), "status": status}
	frappe.db.bulk_update(DIRECTION, changes, update_modified=False)


def lapse(plan: str) -> None:
	"""Nothing is owed under the plan any more, so its directions move nothing."""
	filters = {"plan": plan, "status": IN_FORCE}
	frappe.db.set_value(DIRECTION, filters, {"status": LAPSED, "applied": 0}, update_modified=False)


def _write_offs(plans: Collection[str]) -> Any:
	document, row = frappe.qb.DocType("Instalment Write-Off"), frappe.qb.DocType("Instalment Write-Off Row")
	return (
		frappe.qb.from_(document)
		.join(row)
		.on(row.parent == document.name)
		.select(
			document.name.as_("write_off"),
			document.plan,
			ValueWrapper("Journal Entry").as_("voucher_type"),
			document.journal_entry.as_("voucher_no"),
			row.number,
			row.written_off.as_("amount"),
		)
		.where(document.plan.isin(list(plans)) & (document.docstatus == 1) & (row.written_off > 0))
		.orderby(document.creation)
		.orderby(document.name)
		.orderby(row.idx)
	)


def _query(plans: Collection[str]) -> Any:
	row = frappe.qb.DocType(DIRECTION)
	return (
		frappe.qb.from_(row)
		.select(*(row[name] for name in FIELDS))
		.where(row.plan.isin(list(plans)) & (row.status != WITHDRAWN))
		.orderby(row.creation)
		.orderby(row.name)
	)
