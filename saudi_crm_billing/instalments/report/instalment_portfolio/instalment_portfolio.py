"""Instalment Portfolio: sales by month with what of them is late as they age; or how contracts roll from bucket to
bucket from the end of one month to a day."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import frappe
from frappe import _
from frappe.utils import cint, format_date, formatdate, getdate

from saudi_crm_billing.instalments.engine.ageing import COUNT
from saudi_crm_billing.instalments.engine.vintage import by_age, ends_of_months, month_after, share
from saudi_crm_billing.instalments.report.instalment_ageing.instalment_ageing import bucket_labels
from saudi_crm_billing.instalments.reporting import portfolio
from saudi_crm_billing.instalments.reporting.access import scope_of
from saudi_crm_billing.instalments.reporting.columns import (
	Row,
	chart,
	column,
	count,
	currency_column,
	currency_of,
	figure,
	filled,
	money,
	number,
)

MONTHS, MOST_MONTHS = 12, 36
ZERO = Decimal(0)
Answer = tuple[list[Row], list[Row], str, Row | None, list[Row]]


@frappe.read_only()
def execute(filters: dict[str, Any] | None = None) -> Answer:
	chosen = frappe._dict(filters or {})
	asked, months = _asked(chosen)
	currency = currency_of(asked.scope.company)
	parts = _rolls(asked) if chosen.get("view") == "Rolls" else _vintages(asked, months, currency)
	columns, rows, drawn, figures = parts
	columns.append(currency_column())
	said = _("As the ledger says today of the past, with the due dates as agreed today.")
	return columns, filled(columns, rows, currency), f"{said} {_explained(asked, chosen)}", drawn, figures


def _explained(asked: portfolio.Portfolio, chosen: frappe._dict) -> str:
	if chosen.get("view") != "Rolls":
		return _("Month 0 is the month of sale: what share of the sales was late at the end of each month.")
	days = [format_date(day) for day in (asked.day, _month_before(asked.day))]
	return _("The columns say where they stood on {0}, in percent of what was owed on {1}.").format(*days)


def _month_before(day: date) -> date:
	"""Its last day."""
	return day.replace(day=1) - timedelta(days=1)


def _asked(chosen: frappe._dict) -> tuple[portfolio.Portfolio, int]:
	day = getdate(chosen.get("as_on"))
	if day > getdate():
		frappe.throw(_("{0} is still to come: choose today or an earlier day.").format(format_date(day)))
	months = cint(chosen.get("months")) or MONTHS
	if not 1 <= months <= MOST_MONTHS:
		frappe.throw(_("Months: enter 1 to {0}.").format(MOST_MONTHS))
	rolling = chosen.get("view") == "Rolls"
	first = date(1900, 1, 1) if rolling else month_after(day, 1 - months)
	return portfolio.Portfolio(scope_of(chosen), first, day), months


Parts = tuple[list[Row], list[Row], Row | None, list[Row]]


def _vintages(asked: portfolio.Portfolio, months: int, currency: str) -> Parts:
	ends = ends_of_months(asked.first, asked.day)
	late = portfolio.late_by_month(asked, ends)
	rows = [_vintage(sold, late[sold["month"]], asked.first) for sold in portfolio.by_month_of_sale(asked)]
	total = _total(rows, late)
	shown = [_shown(row) for row in rows]
	drawn = _percents(
		[row["text"] for row in shown],
		{_("Late % of Sales"): [row["late_share"] for row in shown]},
		colors=["#2563eb"],
	)
	figures = [
		count(_("Contracts"), total["contracts"]),
		figure(_("Sold"), number(total["sold"]), currency),
		figure(_("Outstanding"), number(total["outstanding"]), currency),
		figure(_("Late Amount"), number(total["late"]), currency, "Red"),
	]
	shown += [_shown(total)] if rows else []
	return _vintage_columns(months), shown, drawn, figures


def _vintage(sold: Row, late: list[Decimal], first: date) -> Row:
	ages = by_age(sold["month"], first, late, MOST_MONTHS)
	return {
		**sold,
		"text": formatdate(sold["month"], "MMM yyyy"),
		"late": late[-1],
		"ages": [share(amount, sold["sold"]) for amount in ages],
	}


def _total(rows: list[Row], late: dict[date, list[Decimal]]) -> Row:
	names = ("contracts", *portfolio.SUMS, "late")
	sums = {name: sum((row[name] for row in rows), ZERO) for name in names}
	return {**sums, "contracts": int(sums["contracts"]), "text": _("Total"), "ages": [], "bold": 1}


def _shown(row: Row) -> Row:
	amounts = {name: number(row[name]) for name in (*portfolio.SUMS, "late")}
	shares = {f"age_{age}": number(part) for age, part in enumerate(row["ages"]) if part is not None}
	late_share = share(row["late"], row["sold"])
	return {
		"text": row["text"],
		"contracts": row["contracts"],
		**amounts,
		"late_share": number(late_share),
		**shares,
		"bold": row.get("bold"),
	}


def _vintage_columns(months: int) -> list[Row]:
	return [
		column("text", _("Month of Sale"), width=130),
		column("contracts", _("Contracts"), "Int", 100),
		money("sold", _("Sold")),
		money("paid", _("Collected")),
		money("deducted", _("Rebates and Deductions"), 190),
		money("written_off", _("Written Off", context="Instalment")),
		money("credited", _("Credited"), 160),
		money("outstanding", _("Outstanding")),
		money("late", _("Late Amount")),
		column("late_share", _("Late % of Sales"), "Percent", 210, precision=1),
		*(
			column(f"age_{age}", _("Month {0}").format(age), "Percent", 90, precision=1)
			for age in range(months)
		),
	]


def _percents(labels: list[str], series: dict[str, list[Any]], **more: Any) -> Row | None:
	return {**chart(labels, series, "", **more), "fieldtype": "Percent"} if labels else None


def _rolls(asked: portfolio.Portfolio) -> Parts:
	start = _month_before(asked.day)
	found = portfolio.rolls(asked, start)
	labels = [*bucket_labels(), _("Paid Off")]
	rows = [_roll(bucket, labels, found) for bucket in range(COUNT)]
	rows = [row for row in rows if row["contracts"]]
	worse = sum((each.owed for each in found if each.start < each.end < portfolio.SETTLED), ZERO)
	whole = sum((each.owed for each in found), ZERO)
	figures = [
		count(_("Contracts"), sum(each.contracts for each in found)),
		{"label": _("Rolled to a Later Bucket"), "value": number(share(worse, whole)), "datatype": "Percent"},
	]
	series = {
		label: [row[f"to_{bucket}"] for row in rows]
		for bucket, label in enumerate(labels)
		if any(row[f"to_{bucket}"] for row in rows)
	}
	drawn = _percents([row["text"] for row in rows], series, barOptions={"stacked": 1})
	return _roll_columns(start, labels), rows, drawn, figures


def _roll(bucket: int, labels: list[str], found: list[Any]) -> Row:
	own = [each for each in found if each.start == bucket]
	owed = sum((each.owed for each in own), ZERO)
	ends = {end: sum((each.owed for each in own if each.end == end), ZERO) for end in range(len(labels))}
	return {
		"text": labels[bucket],
		"contracts": sum(each.contracts for each in own),
		"owed": number(owed),
		**{f"to_{end}": number(share(amount, owed)) for end, amount in ends.items()},
	}


def _roll_columns(start: date, labels: list[str]) -> list[Row]:
	return [
		column("text", _("Days Late on {0}").format(format_date(start)), width=220),
		column("contracts", _("Contracts"), "Int", 100),
		money("owed", _("Owed on {0}").format(format_date(start)), 200),
		*(column(f"to_{end}", label, "Percent", 110, precision=1) for end, label in enumerate(labels)),
	]
