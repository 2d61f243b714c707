"""The number cards of the workspace: rows of plans, counted or summed, of the companies that the caller may see.

Core's own cards lead to the list of the doctype that they count, and rows of a table have none: these lead to the plans.
"""

from __future__ import annotations

from typing import Any

import frappe
from frappe.utils import add_days, today

ROW, PLAN = "Instalment", "Instalment Plan"
OWED = {"outstanding": (">", 0)}
COUNT, SUM = "count(`tabInstalment`.`name`)", "sum(`tabInstalment`.`base_outstanding`)"


@frappe.whitelist(methods=["GET", "POST"])
def late_instalments(filters: str | None = None) -> dict[str, Any]:
	"""How many are late: owed, and the grace days over."""
	return _card({"grace_until": ("<", today())}, COUNT, "Int")


@frappe.whitelist(methods=["GET", "POST"])
def due_this_week(filters: str | None = None) -> dict[str, Any]:
	"""How many are owed and due from today to the seventh day."""
	week = (today(), add_days(today(), 6))
	return _card({"due_date": ("between", week)}, COUNT, "Int")


@frappe.whitelist(methods=["GET", "POST"])
def instalments_outstanding(filters: str | None = None) -> dict[str, Any]:
	"""What all instalments owe, in the currency of the caller's company."""
	company = frappe.defaults.get_user_default("Company")
	return _card({"company": ("=", company)} if company else {}, SUM, "Currency")


def _card(asked: dict[str, Any], figure: str, fieldtype: str) -> dict[str, Any]:
	"""Asked of the plans, for core holds a table's rows against no User Permission."""
	frappe.has_permission(PLAN, "read", throw=True)
	wanted = {**OWED, **asked}
	filters = [[ROW, name, *condition] for name, condition in wanted.items()]
	found = frappe.get_list(PLAN, filters=filters, fields=[f"{figure} as value"], order_by="")
	options = {f"{ROW}.{name}": list(condition) for name, condition in wanted.items() if name != "company"}
	return {
		"value": found[0].value or 0,
		"fieldtype": fieldtype,
		"route": ["List", PLAN],
		"route_options": options,
	}
