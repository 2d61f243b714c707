"""Whitelisted functions of the panels."""

from __future__ import annotations

from typing import Any

import frappe

from saudi_crm_billing.instalments.panels import customer as customers
from saudi_crm_billing.instalments.panels import plan as plans


@frappe.whitelist(methods=["GET", "POST"])
def plan_panel(plan: str) -> dict[str, Any]:
	"""A plan at a glance, for whoever may read it."""
	frappe.has_permission("Instalment Plan", "read", doc=plan, throw=True)
	return plans.panel(plan)


@frappe.whitelist(methods=["GET", "POST"])
def customer_panel(customer: str) -> dict[str, Any]:
	"""A customer's live plans that the caller may read, for whoever may read the customer and plans at all."""
	frappe.has_permission("Customer", "read", doc=customer, throw=True)
	frappe.has_permission("Instalment Plan", "read", throw=True)
	return customers.panel(customer)
