"""Instalment Ageing: what customers owe in instalments by days late; by customer, or a page of single instalments."""

from __future__ import annotations

from typing import Any

import frappe
from frappe import _
from frappe.utils import format_date, getdate

from saudi_crm_billing.instalments.engine.ageing import LABELS, NOT_LATE, UPPER, bucket_of
from saudi_crm_billing.instalments.reporting import ageing
from saudi_crm_billing.instalments.reporting.access import scope_of
from saudi_crm_billing.instalments.reporting.columns import (
	INVOICE,
	PLAN,
	Page,
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

LATE_FROM = {"Grace": "grace_until", "Due Date": "due_date"}


@frappe.read_only()
def execute(
	filters: dict[str, Any] | None = None,
) -> tuple[list[Row], list[Row], str | None, Row, list[Row]]:
	chosen = frappe._dict(filters or {})
	asked, page = _asked(chosen), page_of(chosen)
	currency = currency_of(asked.scope.company)
	single = chosen.get("view") == "Instalments"
	columns, rows, sums, found, figures = (_detail if single else _summary)(asked, page)
	figures += [
		count(_("Late Instalments"), sums["late_count"], "Red"),
		figure(_("Late Amount"), sums["late"], currency, "Red"),
		figure(_("Outstanding"), sums["outstanding"], currency),
	]
	message = "<br>".join(filter(None, (_message(asked), page.message(found))))
	return (
		columns,
		[{**row, "currency": currency} for row in rows],
		message or None,
		_chart(sums, currency),
		figures,
	)


def _asked(chosen: frappe._dict) -> ageing.Ageing:
	bucket = chosen.get("bucket")
	if bucket and bucket not in LABELS:
		frappe.throw(_("There is no bucket {0}.").format(bucket))
	asked = ageing.Ageing(
		scope=scope_of(chosen),
		day=getdate(chosen.get("as_on")),
		late_from=LATE_FROM.get(chosen.get("late_from"), "grace_until"),
		bucket=LABELS.index(bucket) if bucket else None,
	)
	if asked.day < getdate():
		frappe.throw(
			_(
				"Instalment Ageing shows what is owed now, so it cannot go back to {0}. Choose today or a later day."
			).format(format_date(asked.day))
		)
	return asked


Parts = tuple[list[Row], list[Row], Row, int, list[Row]]


def _summary(asked: ageing.Ageing, page: Page) -> Parts:
	rows, sums, found = ageing.by_customer(asked, page)
	columns = [
		link("customer", _("Customer"), "Customer"),
		column("customer_name", _("Customer Name"), width=170),
		link("customer_group", _("Customer Group"), "Customer Group", 150),
		link("territory", _("Territory"), "Territory", 150),
		money("outstanding", _("Outstanding")),
		money("late", _("Late Amount")),
		column("late_count", _("Late Instalments"), "Int", 150),
		*(money(name, label, 115) for name, label in zip(ageing.AMOUNTS, bucket_labels(), strict=True)),
		currency_column(),
	]
	return columns, rows, sums, found, [count(_("Customers"), found)]


def _detail(asked: ageing.Ageing, page: Page) -> Parts:
	sums, found = ageing.totals(asked)
	columns = [
		link("customer", _("Customer"), "Customer"),
		column("customer_name", _("Customer Name"), width=170),
		link("sales_invoice", _("Sales Invoice"), "Sales Invoice", INVOICE),
		column("number", _("Instalment"), "Int", 100, disable_total=1),
		column("due_date", _("Due Date"), "Date", 130),
		column("due_date_hijri", _("Hijri Date"), width=110),
		column("grace_until", _("Grace until"), "Date", 115),
		column("days_late", _("Days Late"), "Int", 100, disable_total=1),
		column("ageing", _("Ageing"), width=110),
		money("outstanding", _("Outstanding")),
		money("outstanding_in_currency", _("Outstanding (Invoice Currency)"), 220, "invoice_currency"),
		link("plan", _("Instalment Plan"), "Instalment Plan", PLAN),
		currency_column("invoice_currency"),
		currency_column(),
	]
	labels = bucket_labels()
	rows = [{**row, "ageing": labels[bucket_of(row["days_late"])]} for row in ageing.detail(asked, page)]
	return columns, rows, sums, found, [count(_("Instalments"), found)]


def bucket_labels() -> list[str]:
	"""In words where a sign would be read the wrong way round from right to left."""
	labels = list(LABELS)
	labels[NOT_LATE], labels[-1] = _("Not Late"), _("Over {0}").format(UPPER[-1])
	return labels


def _message(asked: ageing.Ageing) -> str | None:
	if asked.day == getdate():
		return None
	return _("Days are counted to {0}; outstanding amounts are those of now.").format(format_date(asked.day))


def _chart(sums: Row, currency: str) -> Row:
	values = [sums[name] for name in ageing.AMOUNTS]
	return chart(bucket_labels(), {_("Outstanding"): values}, currency, colors=["#2563eb"])
