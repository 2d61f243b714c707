"""What the customer sees behind a payment link: what is due and how to pay it, else only why not. Reads only."""

from __future__ import annotations

from typing import Any

import frappe
from frappe.model.document import Document
from frappe.utils import getdate

from saudi_crm_billing.common.dates import hijri_or_blank
from saudi_crm_billing.common.money import to_money
from saudi_crm_billing.common.tokens import Verdict
from saudi_crm_billing.instalments.requests.gateway import charges_whole
from saudi_crm_billing.instalments.requests.links import judge
from saudi_crm_billing.instalments.requests.reading import DOCTYPE

STATUS_CODES = {"open": 200, "paid": 200, "received": 200, "closed": 410, "expired": 410, "invalid": 403}


def view(name: str, token: str) -> dict[str, Any]:
	"""`state` (a key of STATUS_CODES), and `request` with all that is shown when the link is good."""
	request = _signed_request(name, token)
	if isinstance(request, Verdict):
		return {"state": "expired" if request is Verdict.EXPIRED else "invalid"}
	if request.docstatus == 1 and request.status == "Paid":
		return {"state": "received" if _is_owed(request) else "paid", "request": _shown(request)}
	if request.docstatus != 1 or request.status in ("Cancelled", "Failed"):
		return {"state": "closed"}
	return {"state": "open", "request": {**_shown(request), **_ways_to_pay(request)}}


def _signed_request(name: str, token: str) -> Document | Verdict:
	"""The request if the token is good for it. A name that does not exist is as bad as a forgery."""
	if not name or not frappe.db.exists(DOCTYPE, name):
		return Verdict.FORGED
	request = frappe.get_doc(DOCTYPE, name)
	if not request.get("scb_instalment_plan"):
		return Verdict.FORGED
	verdict = judge(request, token)
	return request if verdict is Verdict.VALID else verdict


def _is_owed(request: Document) -> bool:
	"""What was paid through the request settled an older instalment, where payments are not directed."""
	key = {"parent": request.scb_instalment_plan, "parenttype": "Instalment Plan"}
	filters = {**key, "number": request.scb_instalment_number}
	return to_money(frappe.db.get_value("Instalment", filters, "outstanding") or 0) > 0


def _shown(request: Document) -> dict[str, Any]:
	"""Texts only, ready for the page."""
	due = getdate(request.scb_due_date)
	return {
		"company": _company_name(request.company),
		"vat_number": frappe.get_cached_value("Company", request.company, "tax_id") or "",
		"customer": request.party_name or "",
		"invoice": request.reference_name,
		"number": request.scb_instalment_number,
		"due_date": due.isoformat(),
		"hijri": request.scb_due_date_hijri or hijri_or_blank(due),
		"amount": f"{to_money(request.outstanding_amount or request.grand_total):,.2f}",
		"currency": request.currency,
		"reference": request.name,
	}


def _ways_to_pay(request: Document) -> dict[str, Any]:
	"""The gateway's own page while it charges what is owed, and the company's default bank account."""
	filters = {"is_company_account": 1, "company": request.company, "is_default": 1, "disabled": 0}
	fields = ["account_name", "bank", "iban", "bank_account_no"]
	bank = frappe.db.get_value("Bank Account", filters, fields, as_dict=True)
	online = request.payment_url if charges_whole(request) else ""
	was_closed = bool(request.scb_closed_reason or request.payment_url) and not online
	return {"pay_online": online or "", "ask_for_link": was_closed, "bank": bank}


def _company_name(company: str) -> str:
	"""Arabic first, as on the invoice."""
	has_arabic = frappe.get_meta("Company").has_field("scb_name_ar")
	arabic = frappe.get_cached_value("Company", company, "scb_name_ar") if has_arabic else ""
	return " | ".join(name for name in (arabic, company) if name)
