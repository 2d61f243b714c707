"""Instalment Cash Forecast: money to come in by week as agreed, beside a case of late and lost payments."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import frappe
from frappe import _
from frappe.utils import cint, format_date, formatdate, getdate
from frappe.utils.data import get_start_of_week_index

from saudi_crm_billing.common.money import to_decimal
from saudi_crm_billing.instalments.engine.forecast import Case, Forecast, Span, forecast
from saudi_crm_billing.instalments.reporting.access import scope_of
from saudi_crm_billing.instalments.reporting.columns import (
	Row,
	chart,
	column,
	currency_column,
	currency_of,
	figure,
	filled,
	money,
	number,
)
from saudi_crm_billing.instalments.reporting.debts import by_due_date

WEEKS, MOST_WEEKS, MOST_DAYS = 13, 104, 365
ZERO = Decimal(0)


@frappe.read_only()
def execute(filters: dict[str, Any] | None = None) -> tuple[list[Row], list[Row], str, Row, list[Row]]:
	chosen = frappe._dict(filters or {})
	scope = scope_of(frappe._dict({**chosen, "customer": None}))
	slower = chosen.get("late_customer") or None
	if slower:
		frappe.has_permission("Customer", doc=slower, throw=True)
	currency = currency_of(scope.company)
	start = getdate(chosen.get("from_date"))
	weeks = _within(chosen, "weeks", _("Weeks"), 1, MOST_WEEKS, WEEKS)
	told = forecast(by_due_date(scope, slower), start, weeks, _case(chosen), _first_weekday())
	shown = columns()
	rows = filled(shown, _rows(told), currency)
	message = _(
		"What was overdue at the start is in no week and in no running sum: nobody knows when it comes."
	)
	return shown, rows, message, _chart(told, currency), _figures(told, currency)


def _case(chosen: frappe._dict) -> Case:
	lost = to_decimal(chosen.get("lost_percent") or 0)
	if not 0 <= lost <= 100:
		frappe.throw(_("Never Paid (%): enter 0 to 100."))
	return Case(
		_within(chosen, "late_days", _("Everyone Pays Late by Days"), 0, MOST_DAYS, 0),
		lost,
		_within(chosen, "late_customer_days", _("This Customer Later by Days"), 0, MOST_DAYS, 0),
	)


def _within(chosen: frappe._dict, name: str, label: str, least: int, most: int, default: int) -> int:
	value = chosen.get(name)
	value = default if value in (None, "") else cint(value)
	if not least <= value <= most:
		frappe.throw(_("{0}: enter {1} to {2}.").format(label, least, most))
	return value


def _first_weekday() -> int:
	"""The site's own first day of the week, Monday being 0."""
	return (get_start_of_week_index() - 1) % 7


def columns() -> list[Row]:
	return [
		column("text", _("Week"), width=200),
		column("first", _("From Date"), "Date", 115),
		column("last", _("To Date"), "Date", 115),
		money("agreed", _("As Agreed"), 150),
		money("in_case", _("In This Case"), 150),
		money("gap", _("Difference"), 140),
		money("agreed_sum", _("As Agreed so Far"), 160),
		money("in_case_sum", _("In This Case so Far"), 160),
		money("gap_sum", _("Behind so Far"), 150),
		currency_column(),
	]


def _rows(told: Forecast) -> list[Row]:
	rows = [{**_row(told.overdue, _("Overdue at the Start")), "overdue": 1}]
	agreed = in_case = ZERO
	for week in told.weeks:
		agreed, in_case = agreed + week.agreed, in_case + week.in_case
		sums = {"agreed_sum": agreed, "in_case_sum": in_case, "gap_sum": in_case - agreed}
		rows.append({**_row(week, _label(week)), **{name: number(value) for name, value in sums.items()}})
	rows.append(_row(told.later, _("Later")))
	spans = (told.overdue, *told.weeks, told.later)
	agreed, in_case = sum((each.agreed for each in spans), ZERO), sum((each.in_case for each in spans), ZERO)
	total = Span(None, None, agreed, in_case)
	return [*rows, {**_row(total, _("Total")), "bold": 1}]


def _row(span: Span, text: str) -> Row:
	amounts = {name: number(getattr(span, name)) for name in ("agreed", "in_case", "gap")}
	return {"text": text, "first": span.first, "last": span.last, **amounts}


def _label(week: Span) -> str:
	return f"{formatdate(week.first, 'd MMM')} – {formatdate(week.last, 'd MMM')}"


def _chart(told: Forecast, currency: str) -> Row:
	gaps, behind = [], ZERO
	for week in told.weeks:
		behind += week.gap
		gaps.append(number(behind))
	labels = [formatdate(week.first, "d/M") for week in told.weeks]
	drawn = chart(labels, {}, currency, type="axis-mixed", colors=["#2563eb", "#f59e0b", "#7c3aed"])
	drawn["data"]["datasets"] = [
		{"name": _("As Agreed"), "chartType": "bar", "values": [number(week.agreed) for week in told.weeks]},
		{
			"name": _("In This Case"),
			"chartType": "bar",
			"values": [number(week.in_case) for week in told.weeks],
		},
		{"name": _("Behind so Far"), "chartType": "line", "values": gaps},
	]
	return drawn


def _figures(told: Forecast, currency: str) -> list[Row]:
	deepest, week = told.deepest
	agreed, in_case = (
		sum((getattr(each, name) for each in told.weeks), ZERO) for name in ("agreed", "in_case")
	)
	label = _("Furthest Behind")
	if deepest < 0:
		label = _("Furthest Behind (on {0})").format(format_date(week.last))
	return [
		figure(_("Overdue at the Start"), number(told.overdue.agreed), currency, "Red"),
		figure(_("As Agreed"), number(agreed), currency),
		figure(_("In This Case"), number(in_case), currency, "Orange"),
		figure(label, number(max(-deepest, ZERO)), currency, "Red" if deepest < 0 else "Green"),
	]
