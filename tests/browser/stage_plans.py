"""Plans to compare: with and without a margin, in both calendars, and one for others."""

from __future__ import annotations

import frappe
from stage import draft_quotation
from stage_instalments import put_settings

from saudi_crm_billing.demo import site_records as records
from saudi_crm_billing.demo.company import COMPANY

PLANS = (
	{"template_name": "١٢ شهرًا بدفعة مقدمة | 12 months", "instalment_count": 12, "down_payment_percent": 10},
	{
		"template_name": "٢٤ شهرًا هجريًا | 24 Hijri months",
		"instalment_count": 24,
		"calendar": "Hijri",
		"margin_treatment": "Separate exempt line",
		"margin_percent": 6,
	},
	{"template_name": "للجهات الحكومية | Government", "instalment_count": 6, "minimum_instalment": 90_000},
)


def plans_to_compare() -> str:
	"""The templates, and the items of a margin."""
	if not frappe.db.get_value("Instalment Settings", COMPANY, "margin_item"):
		exempt = records.insert(
			"Item Tax Template",
			title="Exempt margin",
			company=COMPANY,
			scb_tax_class="Exempt financial services",
		)
		margin_item = records.item("هامش البيع الآجل | Credit margin")
		put_settings(COMPANY, margin_item=margin_item, exempt_margin_template=exempt.name)
	for plan in PLANS:
		if not frappe.db.exists("Instalment Plan Template", plan["template_name"]):
			records.insert("Instalment Plan Template", **plan)
	return "ready"


def quotation_to_choose(customer: str, owner: str) -> str:
	"""A submitted quotation on which the customer may choose the plan; its name."""
	plans_to_compare()
	quotation = frappe.get_doc("Quotation", draft_quotation(customer, owner))
	quotation.update({"scb_plan_template": "6 months on the 27th", "scb_customer_chooses": 1})
	quotation.save()
	quotation.submit()
	return str(quotation.name)
