"""The gateway's own link of a request: fetched after the commit, for it is a network call and core's log of it commits.

The link charges the whole amount that was asked for, whatever is owed by then; so it is closed as soon as less is owed.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import today

from saudi_crm_billing import job_queue
from saudi_crm_billing.bilingual import said
from saudi_crm_billing.common.money import to_money
from saudi_crm_billing.instalments.balances import lock_plans
from saudi_crm_billing.instalments.requests.reading import CLOSED, DOCTYPE


def fetch_after_commit(doc: Document) -> None:
	"""Of a request that is submitted, or was and has no link because the job failed or its queue was away."""
	if doc.payment_gateway and doc.payment_account and doc.payment_channel != "Phone":
		job_queue.enqueue_after_commit(
			fetch, one_waits=_waiting(doc.name), queue="short", timeout=120, request=doc.name
		)


def fetch(request: str) -> None:
	"""The job; a second run finds the link and leaves it."""
	job_queue.begin(_waiting(request))
	doc = frappe.get_doc(DOCTYPE, request)
	if not _wants_link(doc):
		return
	url = doc.get_payment_url()
	frappe.db.commit()  # nosemgrep: what was read before the network call is old by now
	_keep(doc, url)


def charges_whole(doc: Document) -> bool:
	"""Whether what the link charges is what is owed."""
	return to_money(doc.outstanding_amount or 0) == to_money(doc.grand_total or 0)


def close(request: str, asked: Decimal, left: Decimal) -> dict[str, Any]:
	"""Have the gateway refuse its link; what the request says of it then."""
	cancel(request)
	day = today()
	reason = said(
		lambda lang: _(
			"The gateway's link charged {0}, but {1} were owed: it was closed ({2}). Cancel this request and ask anew "
			"for a new link.",
			lang=lang,
		).format(f"{asked:,.2f}", f"{left:,.2f}", day)
	)
	return {"payment_url": "", **reason.columns("scb_closed_reason")}


def cancel(request: str) -> None:
	"""As core does with requests that it cancels: the gateway's page then refuses the payment."""
	waiting = {"reference_doctype": DOCTYPE, "reference_docname": request, "status": "Queued"}
	frappe.db.set_value("Integration Request", waiting, "status", "Cancelled")


def _keep(doc: Document, url: str) -> None:
	lock_plans({doc.reference_name: doc.scb_instalment_plan})
	now = frappe.get_doc(DOCTYPE, doc.name, for_update=True)
	if _wants_link(now):
		frappe.db.set_value(DOCTYPE, doc.name, {"payment_url": url, "status": "Initiated"})
		frappe.clear_document_cache(DOCTYPE, doc.name)
	elif not now.payment_url:
		cancel(doc.name)


def _wants_link(doc: Document) -> bool:
	is_open = doc.docstatus == 1 and doc.status not in CLOSED
	return is_open and not doc.payment_url and not doc.scb_closed_reason and charges_whole(doc)


def _waiting(request: str) -> str:
	return f"gateway link of {request}"
