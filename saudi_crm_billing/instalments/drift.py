"""Finds plans that no longer agree with the ledger, figure by figure, and what is known of the cause. Writes nothing.

Data patches, reposts, other apps and direct SQL fire no document event; and rows may be edited past their writers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

import frappe
from frappe import _
from frappe.query_builder.functions import Max
from frappe.utils import add_days, create_batch, format_datetime, now_datetime
from pypika import Order
from pypika.queries import Table
from pypika.terms import Criterion

from saudi_crm_billing.common.money import to_decimal, to_money
from saudi_crm_billing.instalments.balance_events import EVENT
from saudi_crm_billing.instalments.balances import (
	LIVE,
	header_values,
	instalment_values,
	plan_status,
	standing_advances,
)
from saudi_crm_billing.instalments.healing import misshapen, schedule_changes
from saudi_crm_billing.instalments.ledger import entries_of_plans
from saudi_crm_billing.instalments.plan_states import PlanState, fill, outlines
from saudi_crm_billing.instalments.reckoning import Truth
from saudi_crm_billing.instalments.screening import agreeing

OWING = tuple(status for status in LIVE if status != "Completed")
BATCH = 500
"""Plans that are compared together."""

RECENT_DAYS = 30
"""How long every figure of a settled plan is still compared; after that, what its ledger adds up to."""

MOST_TRACES = 3
"""Of a kind that are told of a plan."""

ZERO = Decimal(0)


@dataclass(frozen=True)
class Difference:
	"""A figure that is stored otherwise than the ledger says. `number` is the instalment's; None for the whole plan."""

	plan: str
	sales_invoice: str
	customer: str
	currency: str
	doctype: str
	fieldname: str
	number: int | None
	stored: Any
	true: Any
	cause: str = ""


def differences(plans: Sequence[str]) -> Iterator[Difference]:
	"""Of these plans, in their order; nothing where all is well."""
	for batch in create_batch(list(plans), BATCH):
		found = [(state, compared) for state in _suspects(batch) if (compared := _compare(state))]
		causes = _causes([state.header for state, _compared in found]) if found else {}
		for state, compared in found:
			yield from (replace(one, cause=causes[state.header.name]) for one in compared)


def _suspects(plans: Sequence[str]) -> list[PlanState]:
	"""All but the plans that surely agree, whose rows need not be fetched."""
	states = outlines(plans)
	agree = agreeing(states)
	suspects = [state for state in states if state.header.name not in agree]
	fill(suspects)
	return suspects


def followed(company: str | None = None, condition: Criterion | None = None) -> list[str]:
	"""Plans of invoices that owe something, those settled lately, and of those settled before the ones whose ledger has
	another sum: the settled ones only grow in number."""
	plan = frappe.qb.DocType("Instalment Plan")
	settled_lately = (plan.status == "Completed") & (plan.modified >= _recently())
	scope = _within(plan, company, condition)
	owing = frappe.qb.from_(plan).select(plan.name)
	names = owing.where(scope & (plan.status.isin(OWING) | settled_lately)).run(pluck=True)
	return sorted([*names, *_strayed(plan, scope)])


def _within(plan: Table, company: str | None, condition: Criterion | None) -> Criterion:
	scope = plan.reference_doctype == "Sales Invoice"
	if company:
		scope &= plan.company == company
	return scope if condition is None else scope & condition


def _strayed(plan: Table, scope: Criterion) -> list[str]:
	"""Plans that were settled long ago whose ledger no longer adds up to what is stored: one sum of all of them."""
	ledger, owed = entries_of_plans(plan)
	settled_before = (plan.status == "Completed") & (plan.modified < _recently())
	stored = (plan.outstanding, plan.not_scheduled)
	query = ledger.select(plan.name).where(scope & settled_before).groupby(plan.name, *stored)
	return list(query.having(owed != stored[0] + stored[1]).run(pluck=True))


def _recently() -> datetime:
	return add_days(now_datetime(), -RECENT_DAYS)


def _compare(state: PlanState) -> list[Difference]:
	header, truth = state.header, state.truth()
	if header.invoice_docstatus != 1:
		said = _("cancelled") if header.invoice_docstatus == 2 else _("missing")
		return [_difference(state, "Instalment Plan", "status", _(header.status), said)]
	if truth is None:
		return [_difference(state, "Instalment Plan", "outstanding", header.outstanding, ZERO)]
	total = sum((row.amount for row in state.rows), ZERO)
	figures = {
		"total": total,
		**header_values(state.rows, truth),
		"status": _status(state, truth),
		"written_off": state.given_up or ZERO,
		"has_directions": header.has_directions if state.given_up is None else 1,
	}
	invoice = {"outstanding_amount": state.ledger.outstanding}
	if header.is_opening != "Yes":
		invoice["total_advance"] = standing_advances(state.rows, truth)
	found = [
		_difference(state, doctype, name, header[name], value)
		for doctype, values in (("Instalment Plan", figures), ("Sales Invoice", invoice))
		for name, value in values.items()
	]
	found += _row_differences(state, truth)
	return [one for one in found if _differs(one)] + _schedule_differences(state, truth)


def _status(state: PlanState, truth: Truth) -> str:
	"""As it is after a recompute: a plan of which something was written off is not Completed."""
	status = plan_status(state.header.status, truth)
	if not state.given_up or status not in LIVE:
		return status
	return "Active" if truth.outstanding else "Written Off"


def _row_differences(state: PlanState, truth: Truth) -> list[Difference]:
	values = instalment_values(truth, to_decimal(state.header.conversion_rate))
	return [
		_difference(state, "Instalment", name, row[name], value, row.number)
		for row, new in zip(state.rows, values, strict=True)
		for name, value in new.items()
		if (row[name] or 0.0) != float(value)
	]


def _schedule_differences(state: PlanState, truth: Truth) -> list[Difference]:
	rate = to_decimal(state.header.conversion_rate)
	changes = schedule_changes(state.schedule, state.rows, truth.balances, state.ledger.credits, rate)
	numbers = {row.payment_term: row.number for row in state.rows}
	return _shape_differences(state, truth) + [
		_difference(state, "Payment Schedule", name, stored[name], value, numbers[stored.payment_term])
		for stored in state.schedule
		for name, value in changes.get(stored.name, {}).items()
		if (stored[name] or (0.0 if isinstance(value, float) else None)) != value
	]


def _shape_differences(state: PlanState, truth: Truth) -> list[Difference]:
	"""Rows that the schedule lacks or has too many of, or whose amounts do not add up to what is payable."""
	stored = {one.payment_term: to_money(one.payment_amount) for one in state.schedule}
	wanted = misshapen(state.schedule, state.rows, truth.balances, to_money(state.header.total))
	numbers = {row.payment_term: row.number for row in state.rows}
	return [
		_difference(
			state, "Payment Schedule", "payment_amount", stored.get(term, ZERO), amount, numbers.get(term)
		)
		for term, amount in wanted.items()
		if stored.get(term, ZERO) != amount
	]


def _difference(
	state: PlanState, doctype: str, fieldname: str, stored: Any, true: Any, number: int | None = None
) -> Difference:
	header = state.header
	owner = (header.name, header.reference_name, header.customer, header.currency)
	return Difference(*owner, doctype, fieldname, number, stored, true)


def _differs(one: Difference) -> bool:
	return (to_money(one.stored or 0) if isinstance(one.true, Decimal) else one.stored) != one.true


def _causes(headers: Sequence[Any]) -> dict[str, str]:
	"""By plan, what changed after it was last recomputed, as far as it left a trace; a few statements for all."""
	since = _last_events([header.name for header in headers])
	changed = _traces("Payment Ledger Entry", "against_voucher_no", [one.reference_name for one in headers])
	edited = _traces("Instalment", "parent", [header.name for header in headers])
	shown = _traces("Payment Schedule", "parent", [header.reference_name for header in headers])
	causes = {}
	for header in headers:
		known = since.get(header.name) or header.creation
		said = [
			*_said(changed.get(header.reference_name), known, _ledger_change),
			*_said(edited.get(header.name), known, _edited_instalment),
			*_said(shown.get(header.reference_name), known, _edited_row),
		]
		causes[header.name] = "; ".join(said) or _("No trace: changed by SQL, or before the first event")
	return causes


def _last_events(plans: Sequence[str]) -> dict[str, Any]:
	event = frappe.qb.DocType(EVENT)
	query = frappe.qb.from_(event).select(event.plan, Max(event.recorded_at)).groupby(event.plan)
	return dict(query.where(event.plan.isin(list(plans))).run())


def _traces(doctype: str, key: str, names: Sequence[str]) -> dict[str, list[Any]]:
	"""Rows of these documents, the last changed first."""
	row = frappe.qb.DocType(doctype)
	fields = ("voucher_type", "voucher_no", "delinked") if doctype == "Payment Ledger Entry" else ("idx",)
	query = (
		frappe.qb.from_(row)
		.select(row[key].as_("of"), row.modified, row.modified_by, *(row[name] for name in fields))
		.where(row[key].isin(list(names)))
		.orderby(row.modified, order=Order.desc)
	)
	found: dict[str, list[Any]] = {}
	for one in query.run(as_dict=True):
		found.setdefault(one["of"], []).append(one)
	return found


def _said(rows: Sequence[Any] | None, since: Any, tell: Callable[[Any], str]) -> list[str]:
	later = [row for row in rows or () if row.modified > since][:MOST_TRACES]
	return [f"{tell(row)} ({row.modified_by}, {format_datetime(row.modified)})" for row in later]


def _ledger_change(entry: Any) -> str:
	text = _("{0} {1} was taken out of the ledger") if entry.delinked else _("{0} {1} changed in the ledger")
	return text.format(_(entry.voucher_type), entry.voucher_no)


def _edited_instalment(row: Any) -> str:
	return _("instalment {0} was edited").format(row.idx)


def _edited_row(row: Any) -> str:
	return _("row {0} of the payment schedule was edited").format(row.idx)
