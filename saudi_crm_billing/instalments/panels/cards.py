"""The number cards of the workspace: rows of plans, counted or summed, of the plans that the caller may read.

Core's own cards lead to the list of the doctype that they count, and rows of a table have none: these lead to the plans.
"""

from __future__ import annotations

from typing import Any

import frappe
from frappe.query_builder.functions import Count, Sum
from frappe.utils import add_days, today
from pypika.terms import Criterion, Term

from saudi_crm_billing.instalments.reporting.access import readable

ROW, PLAN = "Instalment", "Instalment Plan"


@frappe.whitelist(methods=["GET", "POST"])
@frappe.read_only()
def late_instalments(filters: str | None = None) -> dict[str, Any]:
	"""How many are late: owed, and the grace days over."""
	frappe.has_permission(PLAN, "read", throw=True)
	row = frappe.qb.DocType(ROW)
	return _card(Count(row.name), row.grace_until < today(), "Int", {"grace_until": ["<", today()]})


@frappe.whitelist(methods=["GET", "POST"])
@frappe.read_only()
def due_this_week(filters: str | None = None) -> dict[str, Any]:
	"""How many are owed and due from today to the seventh day."""
	frappe.has_permission(PLAN, "read", throw=True)
	row, week = frappe.qb.DocType(ROW), [today(), add_days(today(), 6)]
	return _card(Count(row.name), row.due_date[slice(*week)], "Int", {"due_date": ["between", week]})


@frappe.whitelist(methods=["GET", "POST"])
@frappe.read_only()
def instalments_outstanding(filters: str | None = None) -> dict[str, Any]:
	"""What all instalments owe of the caller's company; without one, of those that keep books in the site's currency."""
	frappe.has_permission(PLAN, "read", throw=True)
	row = frappe.qb.DocType(ROW)
	return _card(Sum(row.base_outstanding), row.company.isin(_companies()), "Currency", {})


def _companies() -> list[str]:
	if chosen := frappe.defaults.get_user_default("Company"):
		return [chosen]
	currency = frappe.db.get_default("currency")
	return frappe.get_all("Company", {"default_currency": currency}, pluck="name") or [""]


def _card(figure: Term, wanted: Criterion, fieldtype: str, route: dict[str, Any]) -> dict[str, Any]:
	row = frappe.qb.DocType(ROW)
	of_plans = readable(PLAN, row.parent) & (row.parenttype == PLAN) & (row.outstanding > 0)
	found = frappe.qb.from_(row).select(figure).where(of_plans & wanted).run()
	shown = {"outstanding": [">", 0], **route}
	return {
		"value": found[0][0] or 0,
		"fieldtype": fieldtype,
		"route": ["List", PLAN],
		"route_options": {f"{ROW}.{name}": condition for name, condition in shown.items()},
	}
