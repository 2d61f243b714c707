"""Reads of the outbox: one document under its lock, and those whose time has come. It writes nothing."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

import frappe
from frappe.query_builder import DocType
from frappe.utils import now_datetime
from pypika import Criterion, Table
from pypika.analytics import RowNumber
from pypika.queries import QueryBuilder
from pypika.terms import ExistsCriterion

from saudi_crm_billing.e_invoicing.devices import lockouts, units
from saudi_crm_billing.e_invoicing.engine.answers import Call
from saudi_crm_billing.e_invoicing.sending import states

DOCUMENT = "ZATCA Document"
# Longer than the gateway's longest answer: no second process takes a document that is on its way.
LEASE = timedelta(minutes=4)
CLAIMED_FIELDS = (
	"name",
	"unit",
	"state",
	"subtype",
	"uuid",
	"invoice_hash",
	"xml",
	"attempts",
	"next_attempt_on",
	"issued_at",
	"report_by",
	"turns",
	"answer_unknown",
	"reference_name",
)


def lock(document: str) -> Any | None:
	"""The document's row as it is now, locked until the transaction ends."""
	table = DocType(DOCUMENT)
	columns = [table[name] for name in CLAIMED_FIELDS]
	rows = (
		frappe.qb.from_(table).select(*columns).where(table.name == document).for_update().run(as_dict=True)
	)
	return rows[0] if rows else None


def call_of(row: Any) -> Call:
	"""By which call a document goes out."""
	return Call.REPORT if row.report_by else Call.CLEAR


def goes_out_by(table: Table, call: Call) -> Criterion:
	"""`call_of`, in a query."""
	return table.report_by.isnotnull() if call is Call.REPORT else table.report_by.isnull()


def _has_asked(table: Table) -> Criterion:
	return (table.state != states.PENDING) | (table.attempts > 0)


def _who_asked(table: Table) -> QueryBuilder:
	"""Open documents of the same unit and call that were sent before."""
	other = DocType(DOCUMENT).as_("other")
	same_call = Criterion.any(
		goes_out_by(other, call) & goes_out_by(table, call) for call in (Call.CLEAR, Call.REPORT)
	)
	return (
		frappe.qb.from_(other)
		.select(other.name)
		.where((other.unit == table.unit) & same_call & other.state.isin(states.OPEN) & _has_asked(other))
	)


def due(limit: int, silent: Iterable[tuple[str, Call]] = ()) -> list[Any]:
	"""`name`, `unit` and `report_by` of documents whose time has come: each unit's oldest first, the units in turn.

	Without those that need a call to which their unit's gateway was `silent`: they would fill the limit every time.

	So a unit with thousands of documents does not keep another's from going out. Of a unit that is refused a call only
	those go out by it, each at its own pace, that were sent before: whatever they were answered since, one asks again.
	Where there is none any more (it was cancelled, or goes out by the other call), the next one asks.
	"""
	table, unit = DocType(DOCUMENT), DocType(units.UNIT)
	turn = RowNumber().over(table.unit).orderby(table.next_attempt_on)
	heard = [~((table.unit == of) & goes_out_by(table, call)) for of, call in silent]
	return (
		frappe.qb.from_(table)
		.join(unit)
		.on(unit.name == table.unit)
		.select(table.name, table.unit, table.report_by)
		.where(
			Criterion.all([table.state.isin(states.OPEN), table.next_attempt_on <= now_datetime(), *heard])
		)
		.where(
			lockouts.refused_since(table, unit).isnull()
			| _has_asked(table)
			| ~ExistsCriterion(_who_asked(table))
		)
		.orderby(turn)
		.orderby(table.next_attempt_on)
		.limit(limit)
	).run(as_dict=True)
