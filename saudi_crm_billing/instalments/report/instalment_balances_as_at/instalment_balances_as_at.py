"""Instalment Balances as at a day: what was known at its end beside what today's ledger says of it."""

from __future__ import annotations

from typing import Any

import frappe
from frappe import _
from frappe.utils import format_date, getdate

from saudi_crm_billing.instalments.balances_as_at import AsAt, balances_as_at, with_causes
from saudi_crm_billing.instalments.reporting.access import scope_of
from saudi_crm_billing.instalments.reporting.columns import (
	INVOICE,
	PLAN,
	Row,
	column,
	count,
	currency_column,
	figure,
	link,
	money,
	number,
	page_of,
)


@frappe.read_only()
def execute(
	filters: dict[str, Any] | None = None,
) -> tuple[list[Row], list[Row], str, None, list[Row]]:
	chosen = frappe._dict(filters or {})
	scope, plan, day = scope_of(chosen), frappe.qb.DocType("Instalment Plan"), getdate(chosen.get("day"))
	page = page_of(chosen)
	found = balances_as_at(scope.company, day, scope.of(plan.company, plan.customer))
	if chosen.get("only_differences"):
		found = [one for one in found if one.difference]
	rows = [_row(one) for one in with_causes(page.of(found), day)]
	message = _("Known: as recorded by the end of {0}. Restated: as today's ledger has it for that day.")
	told = [message.format(format_date(day)), page.message(len(found))]
	return _columns(), rows, "<br>".join(filter(None, told)), None, _figures(found)


def _figures(found: list[AsAt]) -> list[Row]:
	"""The sums of each currency."""
	figures = [count(_("Plans"), len(found))]
	for currency in sorted({one.currency for one in found}):
		own = [one for one in found if one.currency == currency]
		known, restated = (sum(one.known or 0 for one in own), sum(one.restated or 0 for one in own))
		figures += [
			figure(_("Known Then"), float(known), currency),
			figure(_("Restated Today"), float(restated), currency),
			figure(
				_("Difference"), float(restated - known), currency, "Orange" if restated != known else "Blue"
			),
		]
	return figures


def _row(one: AsAt) -> Row:
	return {
		"customer": one.customer,
		"sales_invoice": one.sales_invoice,
		"plan": one.plan,
		"known": number(one.known),
		"restated": number(one.restated),
		"difference": number(one.difference),
		"recorded_at": one.recorded_at,
		"cause": one.cause and f"{_(one.cause.doctype)} {one.cause.name}: {_(one.cause.action)}",
		"currency": one.currency,
	}


def _columns() -> list[Row]:
	return [
		link("customer", _("Customer"), "Customer", 160),
		link("sales_invoice", _("Sales Invoice"), "Sales Invoice", INVOICE),
		link("plan", _("Instalment Plan"), "Instalment Plan", PLAN),
		money("known", _("Known Then")),
		money("restated", _("Restated Today"), 160),
		money("difference", _("Difference")),
		column("recorded_at", _("Last Recorded"), "Datetime", 180),
		column("cause", _("Last Cause"), width=300),
		currency_column(),
	]
