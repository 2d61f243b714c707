"""The customer's choice of a plan on a quotation: the only writer of `scb_chosen_template` and `scb_chosen_terms`."""

from __future__ import annotations

import frappe
from frappe.model.document import Document

from saudi_crm_billing.common.money import to_decimal
from saudi_crm_billing.instalments.agreement import document_date
from saudi_crm_billing.instalments.offering.eligibility import customer_of, eligible
from saudi_crm_billing.instalments.offering.simulation import Simulation, shown, simulate
from saudi_crm_billing.instalments.origins import CHOSEN
from saudi_crm_billing.instalments.templates import NO_MARGIN, TEMPLATE, snapshot_of


class PlanNotOffered(frappe.ValidationError):
	"""The plan is not, or no longer, among those that the customer may choose."""


def offered(quotation: Document) -> list[Simulation]:
	"""What the quotation comes to under each plan that the customer may choose in place of its own.

	Whoever asks holds the signed link, which stands for permission: a visitor has none on items and templates.
	"""
	quotation.flags.ignore_permissions = True
	return [found for found in simulate(quotation, _names(quotation)) if not found.reason]


def choose(quotation: Document, template: str) -> None:
	"""Write the choice with the terms that were shown. The caller holds the quotation's lock."""
	found = next((plan for plan in offered(quotation) if plan.template == template), None)
	if not found:
		raise PlanNotOffered(template)
	plan = frappe.get_cached_doc(TEMPLATE, template)
	terms = {
		**shown(found),
		"margin_treatment": plan.margin_treatment or NO_MARGIN,
		"margin_percent": plan.margin_percent or 0,
		"agreed_terms": snapshot_of(plan),
	}
	quotation.db_set({"scb_chosen_template": template, "scb_chosen_terms": frappe.as_json(terms)})


def chosen_terms(quotation: Document) -> dict[str, object] | None:
	"""What the customer saw of the plan that he chose; None where the quotation's own plan stands."""
	return frappe.parse_json(quotation.scb_chosen_terms) if quotation.get("scb_chosen_template") else None


def keep_choice(quotation: Document) -> None:
	"""Before saving: what a form or an import puts into the choice does not count."""
	before = None if quotation.is_new() else quotation.get_doc_before_save()
	quotation.update({field: before.get(field) if before else None for field in CHOSEN})


def _names(quotation: Document) -> list[str]:
	if not quotation.get("scb_customer_chooses"):
		return []
	filters = {"enabled": 1, "name": ("!=", quotation.get("scb_plan_template") or "")}
	names = frappe.get_all(TEMPLATE, filters, pluck="name", order_by="instalment_count, name")
	allowed = {row.plan_template for row in quotation.get("scb_offered_plans") or []}
	total = to_decimal(quotation.rounded_total or quotation.grand_total)
	cash_total = total - to_decimal(quotation.get("scb_margin") or 0)
	return eligible(
		[name for name in names if not allowed or name in allowed],
		customer_of(quotation),
		quotation.company,
		document_date(quotation),
		cash_total,
	)
