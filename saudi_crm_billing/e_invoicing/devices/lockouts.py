"""A unit that the gateway does not let in: since when, by which call, and that it is over. The only writer of those fields.

A gateway may refuse one call and take the other, so each call has a lockout of its own.
"""

from __future__ import annotations

import frappe
from frappe.query_builder import DocType
from frappe.query_builder.functions import Coalesce
from frappe.utils import now_datetime
from pypika import Case, Table

from saudi_crm_billing.e_invoicing.devices import units
from saudi_crm_billing.e_invoicing.engine.answers import Call

REFUSED_SINCE = {Call.CLEAR: "clearing_refused_since", Call.REPORT: "reporting_refused_since"}
OVER = {"needs_attention": 0, "attention": None, **dict.fromkeys(REFUSED_SINCE.values())}


def refused_since(document: Table, unit: Table) -> Case:
	"""In a query: since when the document's unit is refused the document's call; nothing where it is not."""
	clearing, reporting = (unit[REFUSED_SINCE[call]] for call in (Call.CLEAR, Call.REPORT))
	return Case().when(document.report_by.isnull(), clearing).else_(reporting)


def is_refused(unit: str, call: Call) -> bool:
	"""Whether the gateway does not let the unit in with this call, as it is stored now."""
	table = DocType(units.UNIT)
	since = frappe.qb.from_(table).select(table[REFUSED_SINCE[call]]).where(table.name == unit).run()
	return bool(since and since[0][0])


def begin(unit: str, text: str, call: Call) -> None:
	"""The gateway does not let the unit in with this call: say so on the unit; documents that need it wait.

	The moment stays that of the first refusal, whoever else is refused meanwhile.
	"""
	table = DocType(units.UNIT)
	since = table[REFUSED_SINCE[call]]
	frappe.qb.update(table).set(since, Coalesce(since, now_datetime())).where(table.name == unit).run()
	units.write(unit, needs_attention=1, attention=text)


def end(unit: str, call: Call | None = None) -> None:
	"""The unit is let in with this call; with all of them where none is named."""
	over = {name: None for of, name in REFUSED_SINCE.items() if call in (of, None)}
	# Under the unit's lock: a refusal of the other call that another process writes now is not said to be over.
	since = frappe.db.get_value(
		units.UNIT, unit, tuple(REFUSED_SINCE.values()), as_dict=True, for_update=True
	)
	others = any(moment for name, moment in since.items() if name not in over)
	said = {} if others else {"needs_attention": 0, "attention": None}
	units.write(unit, checked_on=now_datetime(), **over, **said)
