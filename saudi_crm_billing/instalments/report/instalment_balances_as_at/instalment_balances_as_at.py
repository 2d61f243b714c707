"""Instalment Balances as at a day: what was known at its end beside what today's ledger says of it."""

from __future__ import annotations

from typing import Any

import frappe
from frappe import _
from frappe.utils import format_date, getdate

from saudi_crm_billing.instalments.balances_as_at import AsAt, balances_as_at
from saudi_crm_billing.instalments.reporting.access import scope_of
from saudi_crm_billing.instalments.reporting.columns import (
	INVOICE,
	PLAN,
	Row,
	column,
	currency_column,
	link,
	money,
	number,
)


def execute(filters: dict[str, Any] | None = None) -> tuple[list[Row], list[Row], str]:
	chosen = frappe._dict(filters or {})
	scope, plan, day = scope_of(chosen), frappe.qb.DocType("Instalment Plan"), getdate(chosen.get("day"))
	found = balances_as_at(scope.company, day, scope.of(plan.company, plan.customer))
	if chosen.get("only_differences"):
		found = [one for one in found if one.difference]
	message = _("Known: as recorded by the end of {0}. Restated: as today's ledger has it for that day.")
	return _columns(), [_row(one) for one in found], message.format(format_date(day))


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
