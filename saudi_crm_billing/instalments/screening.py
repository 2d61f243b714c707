"""Tells which of many plans surely agree with their ledger: the database compares every row with its like in the
schedule and adds up, one statement a batch, and only a line a plan is fetched. Reads only.

It is sure only where payments settle the oldest instalment first: a plan with a credit note or with payments that were
directed, or with anything out of place, is left to the exact comparison of `drift`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import frappe
from frappe.query_builder.functions import Count, Max, Min, Sum
from pypika.queries import QueryBuilder, Table
from pypika.terms import Case, Criterion, Function, Term

from saudi_crm_billing.common.money import to_decimal
from saudi_crm_billing.instalments.plan_states import PlanState

ZERO = Decimal(0)
BEYOND = 10**6
"""A place that no row has."""


@dataclass(frozen=True)
class Sums:
	"""A plan's rows together; `sound` where each agrees with itself and with its row of the schedule."""

	sound: bool
	amount: Decimal
	paid: Decimal
	outstanding: Decimal
	standing: Decimal
	"""What still stands of advances taken inside the invoice."""
	last_paid: int
	first_open: int
	next_due: int
	"""The first place that owes what the header says is due next, on its day."""

	@property
	def oldest_first(self) -> bool:
		"""With nothing below zero, and paid and outstanding a row's amount, this is the waterfall."""
		return self.last_paid <= self.first_open


def agreeing(states: Iterable[PlanState]) -> set[str]:
	"""Of `states`, as `outlines` makes them, the names of the plans that agree in every figure."""
	simple = {
		one.header.name: one
		for one in states
		if one.ledger and not one.ledger.credits and not one.header.has_directions and one.given_up is None
	}
	return {name for name, sums in _sums_of(simple).items() if _agrees(simple[name], sums)}


def _agrees(state: PlanState, sums: Sums) -> bool:
	header, ledger = state.header, state.ledger
	owed = min(max(ledger.outstanding, ZERO), sums.amount)
	true = {
		"total": sums.amount,
		"paid": sums.amount - owed,
		"credited": ZERO,
		"written_off": ZERO,
		"outstanding": owed,
		"not_scheduled": ledger.outstanding - owed,
		"outstanding_amount": ledger.outstanding,
		"total_advance": to_decimal(header.total_advance) if header.is_opening == "Yes" else sums.standing,
	}
	return (
		sums.sound
		and sums.oldest_first
		and (sums.paid, sums.outstanding) == (true["paid"], owed)
		and header.invoice_docstatus == 1
		and header.status != ("Completed" if owed else "Active")
		and all(to_decimal(header[name]) == value for name, value in true.items())
		and sums.next_due == sums.first_open
		and bool(owed or not (header.next_due_date or header.next_due_amount))
	)


def _sums_of(plans: Collection[str]) -> dict[str, Sums]:
	if not plans:
		return {}
	each = _terms(plans)
	place = each.place
	query = (
		frappe.qb.from_(each)
		.groupby(each.plan)
		.select(each.plan, Min(each.sound), Sum(each.amount), Sum(each.paid), Sum(each.outstanding))
		.select(Sum(each.standing), Max(_either(each.paid > 0, place, 0)))
		.select(Min(_either(each.outstanding > 0, place, BEYOND)), Min(each.next_due))
	)
	return {plan: _made(*figures) for plan, *figures in query.run()}


def _made(sound: int, *figures: Any) -> Sums:
	amount, paid, outstanding, standing, *places = figures
	return Sums(bool(sound), *map(to_decimal, (amount, paid, outstanding, standing)), *map(int, places))


def _terms(plans: Collection[str]) -> QueryBuilder:
	"""A line a payment term of each plan: an instalment less the row of the schedule that carries it is nothing."""
	each = _instalments(plans) * _schedule(plans)
	less = [Sum(each[name]) == 0 for name in ("payable", "carried_paid", "owed")]
	alike = (Count("*") <= 2) & (Min(each.sound) == 1) & (Min(each.due_date) == Max(each.due_date))
	alike &= less[0] & less[1] & less[2]
	figures = [Sum(each[name]).as_(name) for name in ("amount", "paid", "outstanding", "standing")]
	return (
		frappe.qb.from_(each)
		.groupby(each.plan, each.term)
		.select(each.plan, Max(each.place).as_("place"), Min(each.next_due).as_("next_due"), *figures)
		.select(_either(alike, 1, 0).as_("sound"))
	)


def _instalments(plans: Collection[str]) -> QueryBuilder:
	plan, invoice, row = _tables("Instalment")
	standing = Function("LEAST", row.advance, row.paid)
	is_next = (row.outstanding == plan.next_due_amount) & (row.due_date == plan.next_due_date)
	is_next &= row.outstanding > 0
	sound = (row.paid + row.outstanding == row.amount) & (row.credited == 0) & (row.written_off == 0)
	sound &= (row.paid >= 0) & (row.outstanding >= 0)
	sound &= _whole(row.amount) & _whole(row.advance) & (row.advance >= 0)
	sound &= row.base_outstanding == _in_base(row.outstanding, invoice)
	return (
		_joined(plan, invoice, plans)
		.join(row)
		.on((row.parent == plan.name) & (row.parenttype == "Instalment Plan"))
		.select(plan.name.as_("plan"), row.payment_term.as_("term"), row.idx.as_("place"))
		.select(_either(is_next, row.idx, BEYOND).as_("next_due"), _either(sound, 1, 0).as_("sound"))
		.select(row.amount, row.paid, row.outstanding, standing.as_("standing"))
		.select((row.amount - standing).as_("payable"), (row.paid - standing).as_("carried_paid"))
		.select(row.outstanding.as_("owed"), row.due_date)
	)


def _schedule(plans: Collection[str]) -> QueryBuilder:
	"""The same columns, of which the last are taken off."""
	plan, invoice, row = _tables("Payment Schedule")
	untouched = row.outstanding == row.payment_amount
	owed = _either(untouched, row.base_payment_amount, _in_base(row.outstanding, invoice))
	sound = (row.base_outstanding == owed) & (row.base_paid_amount == _in_base(row.paid_amount, invoice))
	sound &= (invoice.conversion_rate != 1) | (row.base_payment_amount == row.payment_amount)
	return (
		_joined(plan, invoice, plans)
		.join(row)
		.on((row.parent == invoice.name) & (row.parenttype == "Sales Invoice"))
		.select(plan.name, row.payment_term, 0, BEYOND, _either(sound, 1, 0), 0, 0, 0, 0)
		.select(0 - row.payment_amount, 0 - row.paid_amount, 0 - row.outstanding, row.due_date)
	)


def _tables(of_rows: str) -> tuple[Table, Table, Table]:
	plan, invoice = frappe.qb.DocType("Instalment Plan"), frappe.qb.DocType("Sales Invoice")
	return plan, invoice, frappe.qb.DocType(of_rows)


def _joined(plan: Table, invoice: Table, plans: Collection[str]) -> QueryBuilder:
	query = frappe.qb.from_(plan).join(invoice).on(invoice.name == plan.reference_name)
	return query.where(plan.name.isin(list(plans)))


def _in_base(amount: Term, invoice: Table) -> Term:
	return Function("ROUND", amount * invoice.conversion_rate, 2)


def _whole(amount: Term) -> Criterion:
	"""Of whole halalas."""
	return amount == Function("ROUND", amount, 2)


def _either(condition: Criterion, then: Any, otherwise: Any) -> Term:
	return Case().when(condition, then).else_(otherwise)
