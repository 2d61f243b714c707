"""Reads the payments directed to instalments, and writes how far each is honoured; `directing` makes them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from decimal import Decimal
from typing import Any

import frappe

from saudi_crm_billing.common.money import to_money

DIRECTION = "Instalment Direction"
FIELDS = ("name", "plan", "number", "voucher_type", "voucher_no", "amount", "applied", "status")
IN_FORCE, LAPSED, WITHDRAWN = "In Force", "Lapsed", "Withdrawn"


def of_plan(plan: str) -> list[Any]:
	"""Those of a plan that were not withdrawn, the oldest first, with a locking read: the plan is locked already."""
	return _query([plan]).for_update().run(as_dict=True)


def of_plans(plans: Collection[str]) -> dict[str, list[Any]]:
	"""The same of many at once, without locks."""
	found: dict[str, list[Any]] = {}
	for row in _query(plans).run(as_dict=True) if plans else ():
		found.setdefault(row.plan, []).append(row)
	return found


def write_honoured(rows: Sequence[Any], honoured: Sequence[Decimal]) -> None:
	"""What each direction moves now; one that moves nothing has lapsed, until its voucher settles again."""
	changes = {}
	for row, amount in zip(rows, honoured, strict=True):
		status = IN_FORCE if amount else LAPSED
		if (to_money(row.applied), row.status) != (amount, status):
			changes[row.name] = {"applied": float(amount), "status": status}
	frappe.db.bulk_update(DIRECTION, changes, update_modified=False)


def lapse(plan: str) -> None:
	"""Nothing is owed under the plan any more, so its directions move nothing."""
	filters = {"plan": plan, "status": IN_FORCE}
	frappe.db.set_value(DIRECTION, filters, {"status": LAPSED, "applied": 0}, update_modified=False)


def _query(plans: Collection[str]) -> Any:
	row = frappe.qb.DocType(DIRECTION)
	return (
		frappe.qb.from_(row)
		.select(*(row[name] for name in FIELDS))
		.where(row.plan.isin(list(plans)) & (row.status != WITHDRAWN))
		.orderby(row.creation)
		.orderby(row.name)
	)
