"""Reads many plans with their rows, ledgers and directions at once, a few statements a batch. Writes nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import frappe

from saudi_crm_billing.common.money import to_money
from saudi_crm_billing.instalments.directing import directions
from saudi_crm_billing.instalments.ledger import LedgerState, read_ledgers
from saudi_crm_billing.instalments.reckoning import Truth, reckon

HEADER = (
	"name",
	"creation",
	"status",
	"reference_name",
	"company",
	"customer",
	"currency",
	"credit_note_rule",
	"has_directions",
	"total",
	"paid",
	"credited",
	"outstanding",
	"not_scheduled",
	"written_off",
	"next_due_date",
	"next_due_amount",
)
ROW = ("name", "parent", "number", "payment_term", "due_date", "amount", "advance")
SETTLED = ("paid", "credited", "outstanding", "base_outstanding", "written_off")
SCHEDULE = (
	"name",
	"parent",
	"payment_term",
	"due_date",
	"payment_amount",
	"base_payment_amount",
	"paid_amount",
	"outstanding",
	"base_paid_amount",
	"base_outstanding",
)


@dataclass
class PlanState:
	"""A plan as it is stored, beside the ledger of its invoice; `ledger` is None where there is no entry."""

	header: Any
	ledger: LedgerState | None
	rows: list[Any] = field(default_factory=list)
	schedule: list[Any] = field(default_factory=list)
	directions: list[Any] = field(default_factory=list)
	given_up: Decimal | None = None
	"""By its write-offs; None where neither they nor a direction name an instalment."""

	def truth(self) -> Truth | None:
		"""What the ledger makes of it; None where it has nothing of the invoice."""
		if self.ledger is None:
			return None
		return reckon(self.header.credit_note_rule, self.rows, self.ledger, self.directions)


def outlines(plans: Sequence[str]) -> list[PlanState]:
	"""A batch of plans in their order, without rows, schedule and directions; those without a Sales Invoice are left out."""
	headers = _headers(plans)
	ledgers = read_ledgers([header.reference_name for header in headers.values()])
	given_up = directions.given_up(headers)
	found = (headers[name] for name in plans if name in headers)
	return [
		PlanState(header, ledgers.get(header.reference_name), given_up=given_up.get(header.name))
		for header in found
	]


def fill(states: Sequence[PlanState]) -> None:
	"""Add what `outlines` left out."""
	by_plan = {state.header.name: state for state in states}
	_hang(_rows(by_plan), {name: state.rows for name, state in by_plan.items()})
	by_invoice = {state.header.reference_name: state.schedule for state in states}
	_hang(_schedule(list(by_invoice)), by_invoice)
	_add_directions(by_plan)


def _hang(rows: Iterable[Any], lists: dict[str, list[Any]]) -> None:
	"""Each row to the list of its parent."""
	for row in rows:
		lists[row.parent].append(row)


def _headers(plans: Sequence[str]) -> dict[str, Any]:
	plan, invoice = frappe.qb.DocType("Instalment Plan"), frappe.qb.DocType("Sales Invoice")
	query = (
		frappe.qb.from_(plan)
		.left_join(invoice)
		.on(invoice.name == plan.reference_name)
		.select(
			*(plan[name] for name in HEADER),
			invoice.docstatus.as_("invoice_docstatus"),
			invoice.conversion_rate,
			invoice.outstanding_amount,
			invoice.total_advance,
			invoice.is_opening,
		)
		.where(plan.name.isin(list(plans)) & (plan.reference_doctype == "Sales Invoice"))
	)
	return {row.name: row for row in query.run(as_dict=True)}


def _rows(states: dict[str, PlanState]) -> Iterator[Any]:
	if not states:
		return
	row = frappe.qb.DocType("Instalment")
	query = (
		frappe.qb.from_(row)
		.select(*(row[name] for name in (*ROW, *SETTLED)))
		.where(row.parent.isin(list(states)) & (row.parenttype == "Instalment Plan"))
		.orderby(row.parent)
		.orderby(row.idx)
	)
	for found in query.run(as_dict=True):
		for name in ("amount", "advance"):
			found[name] = to_money(found[name] or 0)
		yield found


def _schedule(invoices: Sequence[str]) -> list[Any]:
	if not invoices:
		return []
	row = frappe.qb.DocType("Payment Schedule")
	query = (
		frappe.qb.from_(row)
		.select(*(row[name] for name in SCHEDULE))
		.where(row.parent.isin(list(invoices)) & (row.parenttype == "Sales Invoice"))
		.orderby(row.parent)
		.orderby(row.idx)
	)
	return list(query.run(as_dict=True))


def _add_directions(states: dict[str, PlanState]) -> None:
	directed = [name for name, state in states.items() if state.given_up is not None]
	for plan, rows in directions.of_plans(directed).items():
		states[plan].directions = rows
