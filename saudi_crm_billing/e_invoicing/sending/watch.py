"""Finds documents that need a person and tells those responsible, once a document and reason: no stall without an alert.

A lockout or a stall that was over and begins anew is a new matter, and told of again. The only writer of ZATCA Alert.
Record, notification and mail of a company and reason are one transaction, so nobody is told twice, and nothing is taken
for told that was not.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from typing import Any

import frappe
from frappe import _
from frappe.query_builder import DocType
from frappe.query_builder.functions import Coalesce, Max, Min
from frappe.utils import now_datetime
from pypika import Criterion, Table
from pypika.terms import Term, ValueWrapper

from saudi_crm_billing.e_invoicing.devices import lockouts, units
from saudi_crm_billing.e_invoicing.engine.deadlines import STALLED_AFTER, UNCLEARED_AFTER, WARN_BEFORE, Stage
from saudi_crm_billing.e_invoicing.issuing import records
from saudi_crm_billing.e_invoicing.sending import alerting, answering, states

DOCUMENT = "ZATCA Document"
ALERT = "ZATCA Alert"
MOST = 500
"""Documents told of in one round; the next round takes the next ones."""
UNDER_WAY = (states.PENDING, states.SENDING)


def watch() -> None:
	"""Every five minutes: tell of what came to need a person since."""
	for stage in Stage:
		by_company: dict[str, list[Any]] = defaultdict(list)
		for row in _untold(stage, now_datetime()):
			by_company[row.company].append(row)
		for company, rows in sorted(by_company.items()):
			_tell(company, stage, rows)


def _tell(company: str, stage: Stage, rows: list[Any]) -> None:
	"""Nobody to tell yet: nothing is recorded, and the first who answers for the company is told."""
	if not (people := alerting.people_of(company)):
		return
	try:
		alerts = [_add(row, stage) for row in rows]
		mailed = alerting.tell(people, company, stage, rows)
		_note(alerts, [person.user for person in people], mailed)
		frappe.db.commit()  # nosemgrep: one company and reason a transaction
	except frappe.DuplicateEntryError:
		frappe.db.rollback()  # another server's clock was first
		frappe.clear_last_message()
	except Exception:
		frappe.db.rollback()
		frappe.log_error(title=_("An alert of {0}'s e-invoices could not be given").format(company))
		frappe.db.commit()  # nosemgrep: keep the log entry


def _add(row: Any, stage: Stage) -> str:
	"""The name is the document, the reason and the matter's beginning: the database refuses a second."""
	name = "-".join(filter(None, (row.name, stage.name, row.since and f"{row.since:%Y%m%dT%H%M%S%f}")))
	values = {"document": row.name, "stage": stage.value, "unit": row.unit, "company": row.company}
	return str(records.add(ALERT, name, told_on=now_datetime(), **values).name)


def _note(alerts: list[str], users: list[str], mailed: bool) -> None:
	table = DocType(ALERT)
	(
		frappe.qb.update(table)
		.set(table.told, "\n".join(users))
		.set(table.mailed, int(mailed))
		.where(table.name.isin(alerts))
	).run()


def _untold(stage: Stage, now: datetime) -> list[Any]:
	"""Documents at a stage that nobody was told of since it began, the oldest first."""
	table, unit, alert = DocType(DOCUMENT), DocType(units.UNIT), DocType(ALERT)
	since = _since(stage, table, unit)
	told = (alert.document == table.name) & (alert.stage == stage.value)
	return (
		frappe.qb.from_(table)
		.join(unit)
		.on(unit.name == table.unit)
		.left_join(alert)
		.on(told & (alert.told_on >= Coalesce(since, alert.told_on)))
		.select(
			table.name,
			table.unit,
			table.company,
			table.reference_doctype,
			table.reference_name,
			table.report_by,
			since.as_("since"),
		)
		.where(alert.name.isnull() & _at_stage(table, stage, now))
		.orderby(table.issued_at)
		.limit(MOST)
	).run(as_dict=True)


def _since(stage: Stage, table: Table, unit: Table) -> Term:
	"""When what can be over and come again began; nothing where it cannot, or has not been over yet."""
	if stage is Stage.WAITING:
		return lockouts.refused_since(table, unit)
	if stage is Stage.STALLED:
		sent = DocType(DOCUMENT).as_("sent")
		return frappe.qb.from_(sent).select(Max(sent.accepted_on)).where(sent.unit == table.unit)
	return ValueWrapper(None)


def _at_stage(table: Table, stage: Stage, now: datetime) -> Criterion:
	if stage is Stage.REJECTED:
		return (table.state == states.REJECTED) & table.replaced_by.isnull()
	if stage is Stage.WAITING:
		return table.state == states.WAITING
	if stage is Stage.STALLED:
		return table.name.isin([*_stalled(now), ""])
	if stage is Stage.STAMP:
		return table.stamp_differs == 1
	if stage is Stage.UNDECIDED:
		return table.state.isin(UNDER_WAY) & (table.turns > answering.TURNS_AT_ONCE)
	if stage is Stage.UNCLEARED:
		# By our own clock: of one that was dated back, nothing has failed yet.
		to_clear = table.state.isin(UNDER_WAY) & table.report_by.isnull()
		return to_clear & (table.submitted_on <= now - UNCLEARED_AFTER)
	return _late(table, stage, now)


def _late(table: Table, stage: Stage, now: datetime) -> Criterion:
	is_open, overdue = table.state.isin(states.OPEN), table.report_by <= now
	if stage is Stage.OVERDUE:
		return is_open & overdue
	return is_open & (table.report_by <= now + WARN_BEFORE) & overdue.negate()


def _stalled(now: datetime) -> list[str]:
	"""The oldest open document of each unit of which nothing has arrived for as long as that one is open."""
	table = DocType(DOCUMENT)
	oldest = (
		frappe.qb.from_(table)
		.select(table.unit, Min(table.submitted_on))
		.where(table.state.isin(UNDER_WAY))
		.groupby(table.unit)
		.having(Min(table.submitted_on) <= now - STALLED_AFTER)
	).run()
	return [_first(unit, since) for unit, since in oldest if not _accepted_since(unit, now - STALLED_AFTER)]


def _first(unit: str, issued_on: datetime) -> str:
	filters = {"unit": unit, "state": ("in", UNDER_WAY), "submitted_on": issued_on}
	return str(frappe.get_all(DOCUMENT, filters, pluck="name", order_by="icv", limit=1)[0])


def _accepted_since(unit: str, moment: datetime) -> bool:
	return bool(frappe.db.exists(DOCUMENT, {"unit": unit, "accepted_on": (">=", moment)}))
