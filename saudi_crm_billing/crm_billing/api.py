"""What browsers call: acceptance, its link, winning, retry, comparison. Permission first, then one call."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import frappe
from frappe import _
from frappe.rate_limiter import rate_limit

from saudi_crm_billing.common.tokens import Verdict
from saudi_crm_billing.crm_billing import (
	acceptance,
	guards,
	links,
	quotation_page,
	runs,
	sendable,
	sending,
	tasks,
	winning,
)
from saudi_crm_billing.crm_billing.acceptance import Channel, QuotationClosed
from saudi_crm_billing.instalments.offering.choice import PlanNotOffered


@frappe.whitelist(methods=["POST"])
def mark_accepted(quotation: str) -> bool:
	"""Record that the customer said yes; False if that was recorded before."""
	frappe.has_permission("Quotation", "write", doc=quotation, throw=True)
	return acceptance.accept(quotation, frappe.session.user, Channel.DESK)


@frappe.whitelist(methods=["POST"])
def acceptance_link(quotation: str) -> dict[str, str]:
	"""A link with which the customer can accept this quotation, and until when it works."""
	frappe.has_permission("Quotation", "write", doc=quotation, throw=True)
	document = frappe.get_doc("Quotation", quotation)
	if reason := acceptance.why_closed(document):
		frappe.throw(reason)
	address, expires = links.acceptance_link(document)
	return {"link": address, "expires": str(expires)}


@frappe.whitelist(allow_guest=True, methods=["POST"])
@rate_limit(limit=30, seconds=60 * 60)
def accept_by_link(quotation: str, token: str, signed_by: str = "", plan: str = "") -> None:
	"""The customer's yes, and the plan that he chose; the signed token is the permission. Ends on the page, which shows
	what came of it."""
	told: dict[str, int] = {}
	document = quotation_page.signed_quotation(quotation, token)
	if not isinstance(document, Verdict):
		by = signed_by.strip()[:140] or document.customer_name or document.party_name
		try:
			told = {} if acceptance.accept(document.name, by, Channel.SIGNED_LINK, plan) else {"late": 1}
		except PlanNotOffered:
			told = {"gone": 1}
		except QuotationClosed:  # the page says so by itself
			frappe.clear_last_message()
	query = urlencode({"quotation": quotation, "token": token, **told})
	frappe.local.response.update({"type": "redirect", "location": f"/{links.PAGE}?{query}"})


@frappe.whitelist(methods=["POST"])
def mark_won(opportunity: str) -> bool:
	"""Record that the deal is won; False if that was recorded before."""
	frappe.has_permission("Opportunity", "write", doc=opportunity, throw=True)
	return winning.mark_won(opportunity, frappe.session.user)


@frappe.whitelist(methods=["POST"])
def retry(run: str) -> None:
	"""Queue a failed billing run again."""
	frappe.has_permission(runs.RUN, "write", doc=run, throw=True)
	runs.retry(run)
	tasks.enqueue_after_commit(run)


@frappe.whitelist()
def compare_with_order(invoice: str) -> list[dict[str, Any]]:
	"""What the invoice says differently from the orders that it bills."""
	frappe.has_permission("Sales Invoice", "read", doc=invoice, throw=True)
	document = frappe.get_doc("Sales Invoice", invoice)
	for order in guards.orders_of(document):
		frappe.has_permission("Sales Order", "read", doc=order, throw=True)
	return [
		{
			"line": difference.line,
			"field": _("Line", context="Compare with Order")
			if difference.field == "line"
			else guards.field_label(difference.field),
			"ordered": difference.ordered,
			"invoiced": difference.invoiced,
		}
		for difference in guards.differences(document, guards.heads_of_orders(document))
	]


@frappe.whitelist(methods=["POST"])
def send_invoice(invoice: str, sent_before: str = "", doctype: str = "Sales Invoice") -> bool:
	"""Mail the document to its customer; False when it was sent since `sent_before`, the sending that the form shows."""
	sendable.refuse_other(doctype)
	frappe.has_permission(doctype, "email", doc=invoice, throw=True)
	return sending.send(invoice, sent_before, doctype)
