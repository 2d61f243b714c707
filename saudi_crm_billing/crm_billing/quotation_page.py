"""What the customer sees behind an acceptance link: the quotation if the link is good, else only why not. Reads only."""

from __future__ import annotations

from typing import Any

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import formatdate, get_datetime, strip_html

from saudi_crm_billing.common.tokens import Verdict
from saudi_crm_billing.crm_billing import plan_choices
from saudi_crm_billing.crm_billing.acceptance import why_closed
from saudi_crm_billing.crm_billing.links import judge
from saudi_crm_billing.crm_billing.plan_choices import money
from saudi_crm_billing.instalments.offering.choice import chosen_terms

STATUS_CODES = {"open": 200, "accepted": 200, "closed": 410, "expired": 410, "invalid": 403}


def view(name: str, token: str) -> dict[str, Any]:
	"""`state` (a key of STATUS_CODES), and `quotation` with all that is shown when the link is good."""
	quotation = signed_quotation(name, token)
	if isinstance(quotation, Verdict):
		return {"state": "expired" if quotation is Verdict.EXPIRED else "invalid"}
	if quotation.docstatus != 1:
		return {"state": "closed"}
	if quotation.scb_accepted_on:
		return {"state": "accepted", "quotation": shown(quotation)}
	if why_closed(quotation):
		return {"state": "closed"}
	return {"state": "open", "quotation": shown(quotation), "choices": plan_choices.choices(quotation)}


def signed_quotation(name: str, token: str) -> Document | Verdict:
	"""The quotation if the token is good for it, else the verdict. A name that does not exist is as bad as a forgery."""
	if not name or not frappe.db.exists("Quotation", name):
		return Verdict.FORGED
	quotation = frappe.get_doc("Quotation", name)
	verdict = judge(quotation, token)
	return quotation if verdict is Verdict.VALID else verdict


def shown(quotation: Document) -> dict[str, Any]:
	"""Texts only, ready for the page; amounts in the quotation's currency."""

	chosen = chosen_terms(quotation)
	return {
		"name": quotation.name,
		"company": company_name(quotation.company),
		"vat_number": frappe.db.get_value("Company", quotation.company, "tax_id") or "",
		"customer": quotation.customer_name or quotation.party_name,
		"date": formatdate(quotation.transaction_date, "yyyy-mm-dd"),
		"valid_till": formatdate(quotation.valid_till, "yyyy-mm-dd") if quotation.valid_till else "",
		"currency": quotation.currency,
		"lines": [line(row) for row in quotation.items if not row.is_alternative],
		"net_total": money(quotation.net_total),
		"taxes": [
			{
				"vat": bool(row.get("scb_vat_row")),
				"label": strip_html(row.description or ""),
				"amount": money(row.tax_amount_after_discount_amount),
			}
			for row in quotation.taxes
		],
		"rounding": money(quotation.rounding_adjustment)
		if quotation.rounded_total and quotation.rounding_adjustment
		else "",
		"total": money(quotation.rounded_total or quotation.grand_total),
		"instalments": plan_choices.rows_of(quotation),
		"chosen": plan_choices.card(chosen) if chosen else None,
		"accepted_on": formatdate(get_datetime(quotation.scb_accepted_on).date(), "yyyy-mm-dd")
		if quotation.scb_accepted_on
		else "",
		"accepted_by": quotation.scb_accepted_by or "",
	}


def company_name(company: str) -> str:
	"""Arabic first, as on the invoice."""
	arabic = frappe.get_cached_value("Company", company, "scb_name_ar")
	return " | ".join(name for name in (arabic, company) if name)


def line(row: Document) -> dict[str, str]:
	description = strip_html(row.description or "").strip()
	return {
		"item": row.item_name,
		"description": "" if description == row.item_name else description,
		"quantity": f"{row.qty:g}",
		"unit": _(row.uom or "", lang="ar"),
		"rate": money(row.net_rate),
		"amount": money(row.net_amount),
	}
