"""Instalment Drift: every stored figure that is not what the ledger says, with what is known of the cause; else nothing."""

from __future__ import annotations

from typing import Any

import frappe
from frappe import _

from saudi_crm_billing.instalments import drift
from saudi_crm_billing.instalments.reporting.access import scope_of
from saudi_crm_billing.instalments.reporting.columns import INVOICE, PLAN, Row, column, count, link, page_of


@frappe.read_only()
def execute(
	filters: dict[str, Any] | None = None,
) -> tuple[list[Row], list[Row], str | None, None, list[Row]]:
	chosen = frappe._dict(filters or {})
	scope, plan, page = scope_of(chosen), frappe.qb.DocType("Instalment Plan"), page_of(chosen)
	plans = drift.followed(scope.company, scope.of(plan.company, plan.customer))
	found = list(drift.differences(plans))
	figures = [
		count(_("Plans Compared"), len(plans)),
		count(_("Plans that Differ"), len({one.plan for one in found}), "Red" if found else "Green"),
	]
	message = page.message(len(found)) if found else _("Every figure is what the ledger says.")
	return _columns(), [_row(one) for one in page.of(found)], message, None, figures


def _row(one: drift.Difference) -> Row:
	return {
		"plan": one.plan,
		"sales_invoice": one.sales_invoice,
		"customer": one.customer,
		"place": _(one.doctype) if one.number is None else f"{_(one.doctype)} {one.number}",
		"figure": _(frappe.get_meta(one.doctype).get_label(one.fieldname)),
		"stored": _shown(one.stored, one),
		"true": _shown(one.true, one),
		"cause": one.cause,
	}


def _shown(value: Any, one: drift.Difference) -> str:
	field = frappe.get_meta(one.doctype).get_field(one.fieldname)
	if field.fieldtype == "Currency":
		return str(frappe.utils.fmt_money(value or 0, precision=2, currency=one.currency))
	if field.fieldtype == "Select":
		return _(value)
	return str(frappe.format(value, field) if field.fieldtype == "Date" else value)


def _columns() -> list[Row]:
	return [
		link("plan", _("Instalment Plan"), "Instalment Plan", PLAN),
		link("sales_invoice", _("Sales Invoice"), "Sales Invoice", INVOICE),
		link("customer", _("Customer"), "Customer", 150),
		column("place", _("Where"), width=180),
		column("figure", _("Figure"), width=220),
		column("stored", _("Stored"), width=120),
		column("true", _("By the Ledger"), width=160),
		column("cause", _("Cause"), width=480),
	]
