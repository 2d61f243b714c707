"""The only writer of Instalment Balance Events: what was known of a plan at a time, and what made it known.

Events are appended and never changed: the ledger is restated later, what a customer was told is not.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import frappe
from frappe.utils import add_days, now_datetime
from pypika import Order
from pypika.analytics import RowNumber
from pypika.queries import QueryBuilder

from saudi_crm_billing.common.money import to_money
from saudi_crm_billing.prepared import Prepared, given

EVENT = "Instalment Balance Event"
SUMS = ("paid", "credited", "outstanding")
COLUMNS = (
	"name",
	"plan",
	"sales_invoice",
	"recorded_at",
	"currency",
	"balances",
	"cause_doctype",
	"cause_name",
	"action",
	*SUMS,
	"owner",
	"modified_by",
	"creation",
	"modified",
)


@dataclass(frozen=True)
class Cause:
	"""The document whose posting, cancelling or the like changed the balances."""

	doctype: str
	name: str
	action: str


@dataclass(frozen=True)
class Known:
	"""What was known of a plan at the end of a day; `balances` as the event has them."""

	plan: str
	sales_invoice: str
	paid: Decimal
	credited: Decimal
	owed: Decimal
	balances: str
	recorded_at: Any
	cause: Cause | None

	@property
	def outstanding(self) -> dict[int, Decimal]:
		"""By instalment number."""
		return {int(number): to_money(amount) for number, amount in json.loads(self.balances).items()}


def record(
	header: Any, sums: Mapping[str, Decimal], known: Mapping[int, Decimal], cause: Cause | None = None
) -> None:
	"""Append what is known now of the plan in `header`."""
	user, time = frappe.session.user, now_datetime()
	values = {
		"name": frappe.generate_hash(length=12),
		"plan": header.name,
		"sales_invoice": header.reference_name,
		"recorded_at": time,
		"currency": header.currency,
		"balances": json.dumps({str(number): str(owed) for number, owed in known.items()}),
		"cause_doctype": cause.doctype if cause else None,
		"cause_name": cause.name if cause else None,
		"action": cause.action if cause else "Recomputed",
		**{name: float(sums[name]) for name in SUMS},
		**{"owner": user, "modified_by": user, "creation": time, "modified": time},
	}
	_INSERT.run(values)


def _insert() -> Any:
	event = frappe.qb.DocType(EVENT)
	return frappe.qb.into(event).columns(*COLUMNS).insert(*(given(name) for name in COLUMNS))


_INSERT = Prepared(_insert)


def record_end(plan: str, cause: Cause | None = None) -> None:
	"""Nothing is owed any more under this plan, whose balances were known before."""
	fields = ["name", "reference_name", "currency", "paid", "credited"]
	header = frappe.db.get_value("Instalment Plan", plan, fields, as_dict=True)
	if not frappe.db.exists(EVENT, {"plan": plan}):
		return
	numbers = frappe.get_all("Instalment", {"parent": plan}, order_by="idx", pluck="number")
	sums = {"paid": to_money(header.paid), "credited": to_money(header.credited), "outstanding": Decimal(0)}
	record(header, sums, dict.fromkeys(numbers, to_money(0)), cause)


def last_events(plans: Sequence[str] | QueryBuilder, day: date) -> QueryBuilder:
	"""Events of these plans up to the end of `day`; a plan's last has the `turn` 1."""
	each = frappe.qb.DocType(EVENT).as_("each")
	turn = RowNumber().over(each.plan)
	for field in (each.recorded_at, each.creation, each.name):
		turn = turn.orderby(field, order=Order.desc)
	return (
		frappe.qb.from_(each)
		.select(each.name, each.plan, each.outstanding, turn.as_("turn"))
		.where(each.plan.isin(plans) & (each.recorded_at < add_days(day, 1)))
	)


def balances_as_known(plans: Sequence[str], day: date) -> dict[str, Known]:
	"""The last event of each plan up to the end of `day`; plans of which nothing was known then are left out."""
	if not plans:
		return {}
	event, last = frappe.qb.DocType(EVENT), last_events(list(plans), day)
	fields = (
		"plan",
		"sales_invoice",
		*SUMS,
		"balances",
		"recorded_at",
		"cause_doctype",
		"cause_name",
		"action",
	)
	query = (
		frappe.qb.from_(event)
		.join(last)
		.on(event.name == last.name)
		.select(*(event[name] for name in fields))
		.where(last.turn == 1)
	)
	return {row.plan: _known(row) for row in query.run(as_dict=True)}


def _known(row: Any) -> Known:
	cause = Cause(row.cause_doctype, row.cause_name, row.action) if row.cause_doctype else None
	sums = (to_money(row[name]) for name in SUMS)
	return Known(row.plan, row.sales_invoice, *sums, row.balances, row.recorded_at, cause)
