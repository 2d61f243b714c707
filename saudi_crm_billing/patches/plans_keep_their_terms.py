"""Plans made before they kept the terms of their template keep them from now on, as the template stands."""

from __future__ import annotations

import frappe

from saudi_crm_billing.instalments.templates import TEMPLATE, snapshot_of


def execute() -> None:
	without = {"plan_template": ("is", "set"), "agreed_terms": ("is", "not set")}
	for template in frappe.get_all("Instalment Plan", without, pluck="plan_template", distinct=True):
		terms = snapshot_of(frappe.get_doc(TEMPLATE, template))
		filters = {"plan_template": template, "agreed_terms": ("is", "not set")}
		frappe.db.set_value("Instalment Plan", filters, "agreed_terms", terms, update_modified=False)
