"""What instalments owed on a day, in its two meanings: as known then, from the events; as restated, from today's ledger.

A payment that was posted later with an earlier date, or cancelled since, makes the two differ. Reads only.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

import frappe
from pypika.queries import QueryBuilder, Table
from pypika.terms import Criterion, Function, Term

from saudi_crm_billing.common.money import to_money
from saudi_crm_billing.instalments.balance_events import Cause, balances_as_known, last_events
from saudi_crm_billing.instalments.ledger import outstanding_on

ZERO = Decimal(0)


@dataclass(frozen=True)
class AsAt:
	"""A plan on a day; `known` or `restated` is None where that side had nothing of it."""

	plan: str
	sales_invoice: str
	customer: str
	currency: str
	known: Decimal | None
	restated: Decimal | None
	recorded_at: Any = None
	cause: Cause | None = None

	@property
	def difference(self) -> Decimal:
		return (self.restated or ZERO) - (self.known or ZERO)


def balances_as_at(company: str, day: date, condition: Criterion) -> list[AsAt]:
	"""Plans of which something was known, or is now, for the end of `day`, with anything owed; by customer and invoice.

	Without causes, which `with_causes` adds to those that are shown.
	"""
	plan = frappe.qb.DocType("Instalment Plan")
	of_invoices = (plan.reference_doctype == "Sales Invoice") & (plan.status != "Draft")
	scope = condition & (plan.company == company) & of_invoices
	return [_as_at(*figures) for figures in _owing(plan, scope, day).run()]


def with_causes(plans: Sequence[AsAt], day: date) -> list[AsAt]:
	"""The same with what was recorded last by the end of `day`."""
	known = balances_as_known([one.plan for one in plans], day)
	return [
		replace(one, recorded_at=known[one.plan].recorded_at, cause=known[one.plan].cause)
		if one.plan in known
		else one
		for one in plans
	]


def _owing(plan: Table, scope: Criterion, day: date) -> QueryBuilder:
	plans = frappe.qb.from_(plan).where(scope)
	owed = outstanding_on(plans.select(plan.reference_name), day)
	known = last_events(plans.select(plan.name), day)
	restated = _under_the_plan(owed.owed, plan)
	return (
		plans.left_join(owed)
		.on(owed.invoice == plan.reference_name)
		.left_join(known)
		.on((known.plan == plan.name) & (known.turn == 1))
		.select(plan.name, plan.reference_name, plan.customer, plan.currency, known.outstanding, restated)
		.where((known.outstanding != 0) | (restated != 0))
		.orderby(plan.customer, plan.reference_name)
	)


def _under_the_plan(owed: Term, plan: Table) -> Term:
	"""However payments and credit notes were poured over the instalments, together they owe what the invoice does:
	nothing below zero, and not more than was agreed."""
	return Function("LEAST", Function("GREATEST", owed, 0), plan.total)


def _as_at(plan: str, invoice: str, customer: str, currency: str, *figures: Any) -> AsAt:
	known, restated = (None if figure is None else to_money(figure) for figure in figures)
	return AsAt(plan, invoice, customer, currency, known, restated)
