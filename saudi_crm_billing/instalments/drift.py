"""Finds plans that no longer agree with the ledger, figure by figure, and what is known of the cause. Writes nothing.

Data patches, reposts, other apps and direct SQL fire no document event; and rows may be edited past their writers.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

import frappe
from frappe import _
from frappe.query_builder.functions import Max
from frappe.utils import add_days, format_datetime, now_datetime
from pypika.terms import Criterion

from saudi_crm_billing.common.money import to_decimal, to_money
from saudi_crm_billing.instalments.balance_events import EVENT
from saudi_crm_billing.instalments.balances import LIVE, header_values, instalment_values
from saudi_crm_billing.instalments.healing import schedule_changes
from saudi_crm_billing.instalments.plan_states import PlanState, plan_states
from saudi_crm_billing.instalments.reckoning import Truth

OWING = tuple(status for status in LIVE if status != "Completed")
RECENT_DAYS = 30
"""How long a settled plan is still looked at."""

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
	for state in plan_states(plans, with_schedule=True):
		if found := _compare(state):
			cause = _cause(state)
			yield from (replace(one, cause=cause) for one in found)


def followed(company: str | None = None, condition: Criterion | None = None) -> list[str]:
	"""Plans of invoices that owe something, and those settled lately: the settled ones only grow in number."""
	plan = frappe.qb.DocType("Instalment Plan")
	settled_lately = (plan.status == "Completed") & (plan.modified >= add_days(now_datetime(), -RECENT_DAYS))
	query = (
		frappe.qb.from_(plan)
		.select(plan.name)
		.where((plan.reference_doctype == "Sales Invoice") & (plan.status.isin(OWING) | settled_lately))
		.orderby(plan.name)
	)
	if company:
		query = query.where(plan.company == company)
	if condition is not None:
		query = query.where(condition)
	return list(query.run(pluck=True))


def _compare(state: PlanState) -> list[Difference]:
	header, truth = state.header, state.truth()
	if header.invoice_docstatus != 1:
		said = _("cancelled") if header.invoice_docstatus == 2 else _("missing")
		return [_difference(state, "Instalment Plan", "status", _(header.status), said)]
	if truth is None:
		return [_difference(state, "Instalment Plan", "outstanding", header.outstanding, ZERO)]
	total = sum((row.amount for row in state.rows), ZERO)
	found = [_difference(state, "Instalment Plan", "total", header.total, total)]
	found += [
		_difference(
			state, "Sales Invoice", "outstanding_amount", header.outstanding_amount, state.ledger.outstanding
		)
	]
	found += [
		_difference(state, "Instalment Plan", name, header[name], value)
		for name, value in header_values(state.rows, truth).items()
	]
	found += _row_differences(state, truth)
	return [one for one in found if _differs(one)] + _schedule_differences(state, truth)


def _row_differences(state: PlanState, truth: Truth) -> list[Difference]:
	values = instalment_values(truth, to_decimal(state.header.conversion_rate))
	return [
		_difference(state, "Instalment", name, row[name], value, row.number)
		for row, new in zip(state.rows, values, strict=True)
		for name, value in new.items()
		if row[name] != value
	]


def _schedule_differences(state: PlanState, truth: Truth) -> list[Difference]:
	rate = to_decimal(state.header.conversion_rate)
	changes = schedule_changes(state.schedule, state.rows, truth.balances, state.ledger.credits, rate)
	numbers = {row.payment_term: row.number for row in state.rows}
	return [
		_difference(
			state, "Payment Schedule", name, stored[name], to_money(value), numbers[stored.payment_term]
		)
		for stored in state.schedule
		for name, value in changes.get(stored.name, {}).items()
		if to_money(stored[name] or 0) != to_money(value)
	]


def _difference(
	state: PlanState, doctype: str, fieldname: str, stored: Any, true: Any, number: int | None = None
) -> Difference:
	header = state.header
	owner = (header.name, header.reference_name, header.customer, header.currency)
	return Difference(*owner, doctype, fieldname, number, stored, true)


def _differs(one: Difference) -> bool:
	return (to_money(one.stored or 0) if isinstance(one.true, Decimal) else one.stored) != one.true


def _cause(state: PlanState) -> str:
	"""What changed after the plan was last recomputed, as far as it left a trace."""
	header = state.header
	last = _last_event(header.name)
	said = [*_ledger_changes(header.reference_name, last), *_edits(header, last)]
	return "; ".join(said) or _("No trace: changed by SQL, or before the first event")


def _last_event(plan: str) -> Any:
	event = frappe.qb.DocType(EVENT)
	query = frappe.qb.from_(event).select(Max(event.recorded_at)).where(event.plan == plan)
	return query.run(pluck=True)[0]


def _ledger_changes(sales_invoice: str, last: Any) -> Iterator[str]:
	filters = {"against_voucher_type": "Sales Invoice", "against_voucher_no": sales_invoice}
	if last:
		filters["modified"] = (">", last)
	fields = ["voucher_type", "voucher_no", "delinked", "modified", "modified_by"]
	for entry in frappe.get_all("Payment Ledger Entry", filters, fields, order_by="modified", limit=3):
		text = (
			_("{0} {1} was taken out of the ledger") if entry.delinked else _("{0} {1} changed in the ledger")
		)
		said = text.format(_(entry.voucher_type), entry.voucher_no)
		yield f"{said} ({_when(entry)})"


def _edits(header: Any, last: Any) -> Iterator[str]:
	for doctype, parent, text in (
		("Instalment", header.name, _("instalment {0} was edited")),
		("Payment Schedule", header.reference_name, _("row {0} of the payment schedule was edited")),
	):
		filters = {"parent": parent, "modified": (">", last or header.creation)}
		fields = ["idx", "modified", "modified_by"]
		for row in frappe.get_all(doctype, filters, fields, order_by="modified", limit=3):
			yield f"{text.format(row.idx)} ({_when(row)})"


def _when(row: Any) -> str:
	return f"{row.modified_by}, {format_datetime(row.modified)}"
