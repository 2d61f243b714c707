"""Whitelisted functions of the selling forms: a plan's preview before saving, and its balances after."""

from __future__ import annotations

from typing import Any

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import getdate

from saudi_crm_billing.common.documents import SELLING_DOCTYPES
from saudi_crm_billing.common.money import to_decimal, to_money
from saudi_crm_billing.instalments import balances, drift
from saudi_crm_billing.instalments.agreement import Agreement, PlannedRow, agreed_template, plan_rows
from saudi_crm_billing.instalments.origins import SOURCES
from saudi_crm_billing.instalments.panels import plan as plans
from saudi_crm_billing.instalments.plans import plan_of

MOST_PLANS = 500
"""That one request recomputes."""


@frappe.whitelist(methods=["GET", "POST"])
def preview(
	doctype: str,
	template: str,
	total: float,
	document_date: str,
	count: int = 0,
	first_due_date: str | None = None,
	down_payment: float = 0,
	advance: float = 0,
	margin: float = 0,
	amended_from: str | None = None,
	sources: list[str] | str | None = None,
) -> dict[str, Any]:
	"""The rows that a save would write, for whoever may write such a document and read the template.

	`amended_from` and `sources` (names of the documents that its lines were mapped from) say where the plan may have been
	agreed before; the caller must be able to read them.
	"""
	_check_selling_doctype(doctype)
	frappe.has_permission(doctype, "write", throw=True)
	frappe.has_permission("Instalment Plan Template", "read", doc=template, throw=True)
	sale = _stand_in(doctype, template, amended_from, frappe.parse_json(sources or "[]"))
	agreement = Agreement(
		template=agreed_template(sale),
		total=to_decimal(total),
		document_date=getdate(document_date),
		count=int(count or 0),
		first_due_date=getdate(first_due_date) if first_due_date else None,
		down_payment=to_money(down_payment or 0),
		advance=to_money(advance or 0),
		margin=to_money(margin or 0),
	)
	rows = plan_rows(agreement)
	return {
		"rows": [_preview_row(row) for row in rows],
		"total": float(agreement.total),
		"advance": float(agreement.advance),
	}


@frappe.whitelist(methods=["GET", "POST"])
def plan_balances(doctype: str, name: str) -> dict[str, Any]:
	"""The saved plan of a document at a glance (panels/plan.py), for whoever may read the document."""
	_check_selling_doctype(doctype)
	frappe.has_permission(doctype, "read", doc=name, throw=True)
	plan = plan_of(doctype, name)
	if not plan:
		return {"rows": []}
	return plans.panel(plan)


@frappe.whitelist(methods=["POST"])
def recompute_plans(plans: list[str] | str) -> list[str]:
	"""Bring these plans to what the ledger says; returns those that differ still. For accountants."""
	frappe.only_for(("Accounts Manager", "Accounts User"))
	names = list(frappe.parse_json(plans))[:MOST_PLANS]
	filters = {"name": ("in", names), "reference_doctype": "Sales Invoice"}
	fields = ["reference_name", "name"]
	found = dict(
		sorted(frappe.get_list("Instalment Plan", filters, fields, as_list=True, limit_page_length=0))
	)
	if set(names) - set(found.values()):
		frappe.throw(_("You may not see all of these plans."), frappe.PermissionError)
	balances.lock_plans(found)
	for invoice, plan in found.items():
		balances.recompute(plan, invoice)
	return list(dict.fromkeys(one.plan for one in drift.differences(names)))


def _stand_in(doctype: str, template: str, amended_from: str | None, sources: list[str]) -> Document:
	"""A document of this template that comes from these documents, which the caller must be able to read."""
	source_doctype, fieldname = SOURCES.get(doctype, ("", ""))
	named = [(source_doctype, name) for name in sources if source_doctype]
	for origin, name in [*named, (doctype, amended_from)] if amended_from else named:
		frappe.has_permission(origin, "read", doc=name, throw=True)
	items = [{fieldname: name} for _source, name in named]
	return frappe.get_doc(
		{"doctype": doctype, "scb_plan_template": template, "amended_from": amended_from, "items": items}
	)


def _check_selling_doctype(doctype: str) -> None:
	if doctype not in SELLING_DOCTYPES:
		frappe.throw(_("{0} cannot carry an instalment plan.").format(_(doctype)), frappe.PermissionError)


def _preview_row(row: PlannedRow) -> dict[str, Any]:
	return {
		"number": row.scheduled.number,
		"due_date": row.scheduled.due_date,
		"due_date_hijri": row.scheduled.due_date_hijri,
		"amount": float(row.scheduled.amount),
		"advance": float(row.advance),
	}
