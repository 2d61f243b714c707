"""Drafts notes for the open instalments of an invoice, or in place of a note that is to be replaced."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import frappe
from frappe import _
from frappe.model.document import Document

from saudi_crm_billing.instalments.balances import lock_plans, plans_of
from saudi_crm_billing.instalments.engine.promissory_note import State
from saudi_crm_billing.instalments.notes.moves import locked
from saudi_crm_billing.instalments.notes.reading import DOCTYPE, covered, hold_of, instalments


def draft(sales_invoice: str, each: bool, platform: str) -> list[str]:
	"""One note for what the plan owes, payable at sight; or `each` instalment its own, on its day."""
	plans = plans_of([sales_invoice])
	lock_plans(plans)
	plan = plans.get(sales_invoice)
	rows = _free(plan) if plan else []
	if not rows:
		frappe.throw(
			_(
				"Nothing is owed by {0} that no promissory note stands for. Cancel a draft note, or take a signed one back, before you draft another."
			).format(sales_invoice)
		)
	groups = [[row] for row in rows] if each else [rows]
	return [_insert(group, platform).name for group in groups]


def draft_replacement(name: str) -> str:
	"""A draft in place of a note to be replaced: of the same instalments as they stand now, else of all that are free."""
	hold_of(name)
	old = locked(name)
	if old.status != State.TO_BE_REPLACED.value:
		frappe.throw(
			_("{0} is not to be replaced: only a note whose instalments moved or became smaller is.").format(
				name
			)
		)
	if other := frappe.db.get_value(DOCTYPE, {"replaces": name, "status": "Draft"}, for_update=True):
		frappe.throw(_("{0} is drafted already in place of {1}.").format(other, name))
	plans = sorted({row.plan for row in old.instalments})
	free = [row for plan in plans for row in _free(plan)]
	mine = {(row.plan, row.number) for row in old.instalments}
	same = [row for row in free if (row.parent, row.number) in mine]
	if not free:
		frappe.throw(
			_(
				"Nothing is owed any more of the instalments of {0}. Give it back to its drawer and mark it as returned."
			).format(name)
		)
	kept = (
		"drawer_name",
		"drawer_id",
		"guarantor_name",
		"guarantor_id",
		"issue_place",
		"payment_place",
		"at_sight",
	)
	values = {fieldname: old.get(fieldname) for fieldname in kept}
	return _insert(same or free, old.platform, **values, replaces=name).name


def _free(plan: str) -> list[Any]:
	"""Rows of the plan with `free`: what they owe and no note stands for."""
	taken = covered(plan)
	rows = [row for row in instalments([plan]).values()]
	for row in rows:
		row.free = row.outstanding - taken[row.number]
	return [row for row in rows if row.free > 0]


def _insert(rows: Sequence[Any], platform: str, **values: Any) -> Document:
	first = rows[0]
	note = frappe.get_doc(
		{
			"doctype": DOCTYPE,
			"status": State.DRAFT.value,
			"company": first.company,
			"customer": first.customer,
			"currency": first.currency,
			"platform": platform,
			"amount": float(sum((row.free for row in rows), Decimal(0))),
			"at_sight": int(len(rows) > 1),
			**_drawer(first.customer, first.company),
			**values,
			"instalments": [
				{"plan": row.parent, "number": row.number, "amount": float(row.free)} for row in rows
			],
		}
	)
	if not note.at_sight:
		note.due_date = rows[-1].due_date
	note.flags.scb_drafting = True
	return note.insert()


def _drawer(customer: str, company: str) -> dict[str, Any]:
	"""The buyer draws the note; the ID is another slice's field of the customer."""
	buyer = frappe.get_cached_doc("Customer", customer)
	place = frappe.db.get_value(DOCTYPE, {"company": company}, "issue_place", order_by="creation desc")
	return {
		"drawer_name": (buyer.get("scb_name_ar") or "").strip() or buyer.customer_name,
		"drawer_id": buyer.get("scb_buyer_id"),
		"issue_place": place,
	}
