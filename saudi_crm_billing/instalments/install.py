"""What this slice needs on a site beyond its doctypes: fields on the selling documents, terms, example templates."""

from __future__ import annotations

from typing import Any

import frappe

from saudi_crm_billing.custom_fields import mark as _
from saudi_crm_billing.instalments.importing import fields as importing
from saudi_crm_billing.instalments.requests import fields as requests
from saudi_crm_billing.instalments.terms import SEEDED, ensure_terms, own_terms

MODULE = "Instalments"
WITH_MARGIN = "eval:doc.scb_margin_treatment"
WITH_PLAN = "eval:doc.scb_plan_template"
SHOWN_FROM = {
	"Quotation": "terms_tab",
	"Sales Order": "payment_schedule_section",
	"Sales Invoice": "terms_tab",
}
"""The tab of the payment terms: the plan stands above the schedule that it fills."""

TEMPLATES: tuple[dict[str, Any], ...] = (
	{"template_name": "12 Months", "instalment_count": 12},
	{"template_name": "24 Months, 10 % Down Payment", "instalment_count": 24, "down_payment_percent": 10},
	{
		"template_name": "12 Months on Salary Day (27th)",
		"instalment_count": 12,
		"due_day": 27,
		"first_due_after_months": 0,
		"shift": "Nearest workday",
	},
	{"template_name": "12 Hijri Months", "instalment_count": 12, "calendar": "Hijri"},
)


FIELDS: tuple[dict[str, Any], ...] = (
	{
		"fieldname": "scb_instalments_section",
		"fieldtype": "Section Break",
		"label": _("Instalment Plan"),
	},
	{
		"fieldname": "scb_plan_template",
		"fieldtype": "Link",
		"label": _("Instalment Plan Template"),
		"options": "Instalment Plan Template",
		"description": _("Replaces the payment terms: the schedule below is filled when you save."),
	},
	{
		"fieldname": "scb_instalment_count",
		"fieldtype": "Int",
		"label": _("Number of Instalments"),
		"non_negative": 1,
		"depends_on": WITH_PLAN,
		"description": _("Empty or 0: as in the template."),
	},
	{"fieldname": "scb_instalments_column", "fieldtype": "Column Break"},
	{
		"fieldname": "scb_first_due_date",
		"fieldtype": "Date",
		"label": _("First Due Date"),
		"depends_on": WITH_PLAN,
		"description": _("Empty: counted from the document's date, as in the template."),
	},
	{
		"fieldname": "scb_down_payment",
		"fieldtype": "Currency",
		"label": _("Down Payment"),
		"options": "currency",
		"non_negative": 1,
		"depends_on": WITH_PLAN,
		"description": _("Empty or 0: as in the template. Due on the document's date."),
	},
	{
		"fieldname": "scb_margin_treatment",
		"fieldtype": "Data",
		"label": _("Margin"),
		"read_only": 1,
		"depends_on": WITH_MARGIN,
		"description": _("The lines say the cash price; the margin of the plan stands on lines of its own."),
	},
	{
		"fieldname": "scb_margin_percent",
		"fieldtype": "Percent",
		"label": _("Margin (% a Year)"),
		"read_only": 1,
		"depends_on": WITH_MARGIN,
	},
	{
		"fieldname": "scb_margin",
		"fieldtype": "Currency",
		"label": _("Margin with VAT"),
		"options": "currency",
		"read_only": 1,
		"depends_on": WITH_MARGIN,
	},
	{
		"fieldname": "scb_instalment_plan",
		"fieldtype": "Link",
		"label": _("Instalment Plan"),
		"options": "Instalment Plan",
		"read_only": 1,
		"no_copy": 1,
		"search_index": 1,
	},
	{
		"fieldname": "scb_plan_preview_section",
		"fieldtype": "Section Break",
		"hide_border": 1,
		"depends_on": WITH_PLAN,
	},
	{"fieldname": "scb_plan_preview", "fieldtype": "HTML", "label": _("Plan Preview")},
)
"""In the order in which they stand on the form."""


def _placed(after: str, fields: tuple[dict[str, Any], ...]) -> list[dict[str, Any]]:
	"""The fields one below the other, from the field `after` on."""
	above = (after, *(field["fieldname"] for field in fields))
	common = {"module": MODULE, "print_hide": 1, "translatable": 0}
	return [{**field, **common, "insert_after": place} for field, place in zip(fields, above, strict=False)]


CHOICE: tuple[dict[str, Any], ...] = (
	{
		"fieldname": "scb_choice_section",
		"fieldtype": "Section Break",
		"label": _("Choice of the Customer"),
	},
	{
		"fieldname": "scb_customer_chooses",
		"fieldtype": "Check",
		"label": _("Customer May Choose the Plan"),
		"allow_on_submit": 1,
		"description": _("On the page of the acceptance link, before accepting."),
	},
	{
		"fieldname": "scb_offered_plans",
		"fieldtype": "Table MultiSelect",
		"label": _("Offered Plans"),
		"options": "Instalment Plan Offer",
		"allow_on_submit": 1,
		"depends_on": "eval:doc.scb_customer_chooses",
		"description": _("Of these, the ones that the customer may have. Empty: all of them."),
	},
	{"fieldname": "scb_choice_column", "fieldtype": "Column Break"},
	{
		"fieldname": "scb_chosen_template",
		"fieldtype": "Link",
		"label": _("Chosen Plan"),
		"options": "Instalment Plan Template",
		"read_only": 1,
		"no_copy": 1,
		"depends_on": "eval:doc.scb_chosen_template",
		"description": _("Orders made from this quotation have this plan in place of the quotation's own."),
	},
	{
		"fieldname": "scb_chosen_terms",
		"fieldtype": "Long Text",
		"label": _("Terms as the Customer Saw Them"),
		"read_only": 1,
		"hidden": 1,
		"no_copy": 1,
	},
)
"""On a quotation alone, below the plan."""

CUSTOM_FIELDS = {
	doctype: _placed(after, (*FIELDS, *CHOICE) if doctype == "Quotation" else FIELDS)
	for doctype, after in SHOWN_FROM.items()
}
for room in (importing, requests):
	for doctype, fields in room.CUSTOM_FIELDS.items():
		CUSTOM_FIELDS[doctype] = [*CUSTOM_FIELDS.get(doctype, []), *fields]


def seed() -> None:
	"""Insert what is absent; what a site changed stays."""
	ensure_terms(range(SEEDED))
	for template in TEMPLATES:
		if not frappe.db.exists("Instalment Plan Template", template["template_name"]):
			frappe.get_doc({"doctype": "Instalment Plan Template", **template}).insert(
				ignore_permissions=True
			)


def unseed() -> list[str]:
	"""Before uninstalling: take the app's own terms away that nothing posted uses; returns what stays of them."""
	terms = own_terms()
	used = set[str]()
	for doctype in ("Payment Schedule", "Payment Entry Reference", "Payment Terms Template Detail"):
		filters = {"payment_term": ("like", "Instalment %")}
		used |= set(frappe.get_all(doctype, filters=filters, pluck="payment_term"))
	frappe.db.delete("Payment Term", {"name": ("in", [*(terms - used), ""])})
	return [f"Payment Term {name}" for name in sorted(terms & used)]
