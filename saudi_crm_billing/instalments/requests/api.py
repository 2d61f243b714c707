"""Whitelisted functions of payment requests of instalments. No guest calls any of them."""

from __future__ import annotations

import json
from typing import Any

import frappe
from frappe import _
from frappe.model.document import Document

from saudi_crm_billing import compat
from saudi_crm_billing.instalments.requests import gateway, links, making
from saudi_crm_billing.instalments.requests.reading import DOCTYPE


@frappe.whitelist(methods=["GET", "POST"])
def requestable(sales_invoice: str) -> dict[str, Any]:
	"""The instalments that are owed, for whoever may read the invoice and ask for payment."""
	_check(sales_invoice)
	gateways = frappe.get_list("Payment Gateway Account", pluck="name") if _may_read_gateways() else []
	return {
		"by_core": compat.payment_requests_know_due_dates(),
		"rows": making.requestable(sales_invoice),
		"gateways": gateways,
	}


@frappe.whitelist(methods=["POST"])
def request_instalments(
	sales_invoice: str, numbers: str | list[int] = "[]", gateway_account: str | None = None
) -> list[dict[str, Any]]:
	"""A Payment Request an instalment of `numbers` (a JSON list; empty: the next that is due), with its link.

	Whoever may not submit requests makes drafts; a draft has no link.
	"""
	_check(sales_invoice)
	if gateway_account:
		frappe.has_permission("Payment Gateway Account", "read", doc=gateway_account, throw=True)
	chosen = json.loads(numbers) if isinstance(numbers, str) else numbers
	made = making.make(sales_invoice, [int(number) for number in chosen], gateway_account)
	return [_told(request) for request in made]


@frappe.whitelist(methods=["POST"])
def payment_link(request: str) -> dict[str, Any]:
	"""A fresh link of a submitted request, for whoever may write it: who has the link needs no login."""
	frappe.has_permission(DOCTYPE, "write", doc=request, throw=True)
	doc = frappe.get_doc(DOCTYPE, request)
	if not doc.get("scb_instalment_plan") or doc.docstatus != 1:
		frappe.throw(_("{0} is no submitted request of an instalment: it has no link.").format(request))
	if not doc.payment_url:
		gateway.fetch_after_commit(doc)
	return _told(doc)


def _check(sales_invoice: str) -> None:
	frappe.has_permission("Sales Invoice", "read", doc=sales_invoice, throw=True)
	frappe.has_permission(DOCTYPE, "create", throw=True)


def _may_read_gateways() -> bool:
	return bool(frappe.has_permission("Payment Gateway Account", "read"))


def _told(request: Document) -> dict[str, Any]:
	link, expires = links.payment_link(request) if request.docstatus == 1 else ("", "")
	return {
		"name": request.name,
		"number": request.scb_instalment_number,
		"amount": request.grand_total,
		"currency": request.currency,
		"docstatus": request.docstatus,
		"link": link,
		"expires": str(expires)[:19],
	}
