"""All live plans of a customer at a glance, with their sums by currency. Reads only what the user may read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import frappe
from frappe.utils import getdate

from saudi_crm_billing.instalments import standing
from saudi_crm_billing.instalments.balances import LIVE

SHOWN = 200
"""Of one customer; more are counted and found in the list."""


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
		limit_page_length=SHOWN,
	)
	plans = [_plan(header, rows, getdate()) for header, rows in _with_rows(headers)]
	return {
		"plans": [asdict(plan) for plan in plans],
		"sums": [asdict(sums) for sums in _sums(plans)],
		"is_cut": len(headers) == SHOWN,
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


def _sums(plans: list[Plan]) -> list[Sums]:
	groups: dict[tuple[str, str], list[Plan]] = {}
	for plan in plans:
		groups.setdefault((plan.company, plan.currency), []).append(plan)
	return [_sum(*key, group) for key, group in sorted(groups.items())]


def _sum(company: str, currency: str, plans: list[Plan]) -> Sums:
	first = min((plan.next_due for plan in plans if plan.next_due), default=None)
	return Sums(
		company=company,
		currency=currency,
		plans=len(plans),
		outstanding=_add(plan.outstanding for plan in plans),
		late=_add(plan.late for plan in plans),
		days_late=max(plan.days_late for plan in plans),
		next_due=first,
		next_amount=_add(plan.next_amount for plan in plans if plan.next_due == first),
	)


def _add(amounts: Iterable[float]) -> float:
	return float(sum((Decimal(str(amount)) for amount in amounts), Decimal(0)))
