"""All live plans of a customer at a glance, with their sums by currency. Reads only what the user may read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import frappe
from frappe.query_builder.functions import Sum
from frappe.utils import getdate

from saudi_crm_billing.common.money import to_money
from saudi_crm_billing.instalments import standing
from saudi_crm_billing.instalments.balances import LIVE
from saudi_crm_billing.instalments.engine.standing import days_late

SHOWN = 200
"""Of one customer; more are in the sums, and found in the list."""


@dataclass(frozen=True)
class Plan:
	name: str
	sales_invoice: str
	company: str
	currency: str
	total: float
	outstanding: float
	late: float
	days_late: int
	next_due: date | None
	next_due_hijri: str
	next_amount: float


@dataclass(frozen=True)
class Sums:
	"""Of one company in one currency; `days_late` is the oldest instalment's."""

	company: str
	currency: str
	plans: int
	outstanding: float
	late: float
	days_late: int
	next_due: date | None
	next_amount: float


def panel(customer: str) -> dict[str, Any]:
	"""The first plans, and the sums of all of them."""
	headers = frappe.get_list(
		"Instalment Plan",
		filters={
			"customer": customer,
			"reference_doctype": "Sales Invoice",
			"status": ("in", LIVE),
			"outstanding": (">", 0),
		},
		fields=["name", "reference_name", "company", "currency", "total", "status"],
		order_by="next_due_date, name",
		limit_page_length=0,
	)
	plans = [_plan(header, rows, getdate()) for header, rows in _with_rows(headers[:SHOWN])]
	return {
		"plans": [asdict(plan) for plan in plans],
		"sums": [asdict(sums) for sums in _sums(headers, getdate())],
		"is_cut": len(headers) > SHOWN,
	}


def _with_rows(headers: list[Any]) -> Iterable[tuple[Any, list[Any]]]:
	"""The owing rows of all plans by one query."""
	names = [header.name for header in headers]
	rows = standing.rows_where(
		{"parent": ("in", [*names, ""]), "outstanding": (">", 0)}, "parent", order_by="parent, idx"
	)
	by_plan: dict[str, list[Any]] = {}
	for row in rows:
		by_plan.setdefault(row.parent, []).append(row)
	return [(header, by_plan.get(header.name, [])) for header in headers]


def _plan(header: Any, rows: list[Any], today: date) -> Plan:
	late = [row for row in rows if standing.late_days(row, header.status, today)]
	following = standing.next_due(rows)
	return Plan(
		name=header.name,
		sales_invoice=header.reference_name,
		company=header.company,
		currency=header.currency,
		total=header.total,
		outstanding=float(standing.total(rows, "outstanding")),
		late=float(standing.total(late, "outstanding")),
		days_late=max((standing.late_days(row, header.status, today) for row in late), default=0),
		next_due=following.due_date if following else None,
		next_due_hijri=following.due_date_hijri if following else "",
		next_amount=float(following.outstanding) if following else 0.0,
	)


def _sums(headers: list[Any], today: date) -> list[Sums]:
	groups: dict[tuple[str, str], list[Any]] = {}
	for row in _owed_by_day([header.name for header in headers]):
		groups.setdefault((row.company, row.currency), []).append(row)
	plans = Counter((header.company, header.currency) for header in headers)
	return [_sum(key, plans[key], days, today) for key, days in sorted(groups.items())]


def _owed_by_day(plans: list[str]) -> list[Any]:
	"""What all these plans owe, added up by company, currency and day; the earliest first."""
	row = frappe.qb.DocType("Instalment")
	keys = (row.company, row.currency, row.due_date, row.grace_until)
	query = (
		frappe.qb.from_(row)
		.select(*keys, Sum(row.outstanding).as_("outstanding"))
		.where((row.parenttype == "Instalment Plan") & row.parent.isin([*plans, ""]) & (row.outstanding > 0))
		.groupby(*keys)
		.orderby(row.due_date)
	)
	return query.run(as_dict=True)


def _sum(key: tuple[str, str], plans: int, days: list[Any], today: date) -> Sums:
	late = {day.grace_until: days_late(day.outstanding, day.grace_until, today) for day in days}
	first = days[0].due_date
	return Sums(
		*key,
		plans=plans,
		outstanding=_add(day.outstanding for day in days),
		late=_add(day.outstanding for day in days if late[day.grace_until]),
		days_late=max(late.values()),
		next_due=first,
		next_amount=_add(day.outstanding for day in days if day.due_date == first),
	)


def _add(amounts: Iterable[float]) -> float:
	return float(sum(map(to_money, amounts), Decimal(0)))
