"""Instalments Due: what falls due in a span of days, what of it is paid, and what is left."""

from __future__ import annotations

from typing import Any

import frappe
from frappe import _
from frappe.utils import format_date, formatdate, get_first_day, get_last_day, getdate

from saudi_crm_billing.instalments.engine.periods import Period, add_up
from saudi_crm_billing.instalments.reporting import due
from saudi_crm_billing.instalments.reporting.access import scope_of
from saudi_crm_billing.instalments.reporting.columns import (
	INVOICE,
	PLAN,
	Row,
	chart,
	column,
	count,
	currency_column,
	currency_of,
	figure,
	link,
	money,
	page_of,
)

STATES = (due.OPEN, due.LATE, due.DUE, due.UPCOMING, due.PAID, due.WRITTEN_OFF)


@frappe.read_only()
def execute(
	filters: dict[str, Any] | None = None,
) -> tuple[list[Row], list[Row], str | None, Row, list[Row]]:
	chosen = frappe._dict(filters or {})
	asked, page = _asked(chosen), page_of(chosen)
	currency = currency_of(asked.scope.company)
	days, found = due.by_day(asked)
	names = state_names()
	rows = [
		{**row, "currency": currency, "state_name": names[row["state"]]}
		for row in due.page_of_rows(asked, page)
	]
	period = _period(chosen)
	bars = add_up(days, period)
	return (
		columns(),
		rows,
		page.message(found),
		_chart(bars, period, currency),
		_figures(bars, found, currency),
	)


def _asked(chosen: frappe._dict) -> due.Span:
	first = getdate(chosen.get("from_date")) if chosen.get("from_date") else get_first_day(getdate())
	last = getdate(chosen.get("to_date")) if chosen.get("to_date") else get_last_day(first)
	if last < first:
		frappe.throw(
			_("From {0} to {1}: the end is before the beginning.").format(*map(format_date, (first, last)))
		)
	state = chosen.get("state")
	if state and state not in STATES:
		frappe.throw(_("An instalment has no state {0}.").format(state))
	return due.Span(
		scope_of(chosen), first, last, getdate(), state or None, chosen.get("sales_person") or None
	)


def _period(chosen: frappe._dict) -> Period:
	wanted = chosen.get("period") or Period.WEEK.value
	if wanted not in {period.value for period in Period}:
		frappe.throw(_("The chart has no period {0}. Choose Week or Month.").format(wanted))
	return Period(wanted)


def state_names() -> dict[str, str]:
	return {
		due.LATE: _("Late", context="Instalment"),
		due.DUE: _("Due", context="Instalment"),
		due.UPCOMING: _("Not Due", context="Instalment"),
		due.PAID: _("Paid"),
		due.WRITTEN_OFF: _("Written Off", context="Instalment"),
	}


def columns() -> list[Row]:
	return [
		link("customer", _("Customer"), "Customer"),
		column("customer_name", _("Customer Name"), width=160),
		link("sales_invoice", _("Sales Invoice"), "Sales Invoice", INVOICE),
		column("number", _("Instalment"), "Int", 100, disable_total=1),
		column("due_date", _("Due Date"), "Date", 130),
		column("due_date_hijri", _("Hijri Date"), width=110),
		column("state_name", _("Status"), width=130),
		column("days_until_due", _("Days until Due"), "Int", 150, disable_total=1),
		column("days_past_due", _("Days past due"), "Int", 120, disable_total=1),
		money("amount", _("Amount")),
		money("paid", _("Paid")),
		money("written_off", _("Written Off", context="Instalment")),
		money("credited", _("Credited")),
		money("outstanding", _("Outstanding")),
		column("sales_person", _("Sales Person"), width=140),
		link("territory", _("Territory"), "Territory", 150),
		link("plan", _("Instalment Plan"), "Instalment Plan", PLAN),
		column("state", _("Status"), hidden=1),
		currency_column(),
	]


def _chart(bars: dict[Any, tuple[Any, ...]], period: Period, currency: str) -> Row:
	form = "MMM yyyy" if period is Period.MONTH else "d/M"
	gone = [float(amounts[2]) for amounts in bars.values()]
	settled = [float(paid + credited) for _amount, paid, _gone, credited, _left in bars.values()]
	left = [float(amounts[-1]) for amounts in bars.values()]
	labels = [formatdate(start, form) for start in bars]
	series, colors = {_("Settled"): settled, _("Outstanding"): left}, ["#2563eb", "#f59e0b"]
	if any(gone):
		series, colors = {**series, _("Written Off", context="Instalment"): gone}, [*colors, "#6b7280"]
	return chart(labels, series, currency, barOptions={"stacked": 1}, colors=colors)


def _figures(bars: dict[Any, tuple[Any, ...]], found: int, currency: str) -> list[Row]:
	amount, paid, gone, credited, left = (
		float(sum(amounts[index] for amounts in bars.values())) for index in range(len(due.AMOUNTS))
	)
	return [
		count(_("Instalments"), found),
		figure(_("Falls Due"), amount, currency),
		figure(_("Paid"), paid, currency, "Green"),
		*([figure(_("Written Off", context="Instalment"), gone, currency, "Red")] if gone else []),
		figure(_("Credited"), credited, currency, "Green"),
		figure(_("Outstanding"), left, currency, "Orange"),
	]
