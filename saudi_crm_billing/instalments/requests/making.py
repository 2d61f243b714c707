"""Makes Payment Requests of instalments: the only maker of them, and writer of what they say of the instalment.

Core's own document, with the amount said: what the instalment still owes. Core's `make_payment_request` is open to guests
and asks for the whole invoice; it is not called.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import frappe
from erpnext.accounts.doctype.accounting_dimension.accounting_dimension import get_accounting_dimensions
from frappe import _
from frappe.model.document import Document
from frappe.utils import today

from saudi_crm_billing import compat
from saudi_crm_billing.common.money import to_money
from saudi_crm_billing.instalments import plan_events
from saudi_crm_billing.instalments.balances import LIVE, lock_plans, plans_of
from saudi_crm_billing.instalments.requests import gateway
from saudi_crm_billing.instalments.requests.fields import KEPT
from saudi_crm_billing.instalments.requests.reading import (
	DOCTYPE,
	Owed,
	instalments_of,
	open_requests_of,
)


def requestable(sales_invoice: str) -> list[dict[str, Any]]:
	"""The instalments that are owed, each with its open request if there is one."""
	plan = plans_of([sales_invoice]).get(sales_invoice)
	if not plan:
		return []
	asked = {request.number: request.name for request in open_requests_of(plan, lock=False)}
	return [
		{
			"number": row.number,
			"due_date": row.due_date,
			"due_date_hijri": row.due_date_hijri,
			"outstanding": float(row.outstanding),
			"request": asked.get(row.number),
		}
		for row in instalments_of(plan, lock=False).values()
		if row.outstanding > 0
	]


def make(sales_invoice: str, numbers: Sequence[int], gateway_account: str | None = None) -> list[Document]:
	"""A request an instalment, submitted by whoever may submit one; without numbers of the next that is owed."""
	refuse_where_core_does_it()
	invoice = frappe.get_doc("Sales Invoice", sales_invoice)
	plan = _locked_plan(invoice)
	owed, asked = instalments_of(plan), open_requests_of(plan)
	taken = {request.number: request.name for request in asked}
	chosen = [_chosen(number, owed, taken, invoice) for number in sorted(set(numbers))]
	chosen = chosen or _next_due(owed, taken, invoice)
	_check_room(invoice, chosen)
	plan_events.mark(plan, "has_requests")
	return [_insert(invoice, plan, row, gateway_account) for row in chosen]


def refuse_where_core_does_it() -> None:
	if compat.payment_requests_know_due_dates():
		frappe.throw(
			_("ERPNext makes payment requests of single due dates itself: use Create, Payment Request.")
		)


def keep_fields(doc: Document) -> None:
	"""Before a request is saved: what it says of the instalment stays as it was made, whatever the caller says."""
	if doc.flags.scb_request:
		return
	stored = None if doc.is_new() else doc.get_doc_before_save()
	for fieldname in KEPT:
		doc.set(fieldname, stored.get(fieldname) if stored else None)


def check(doc: Document) -> None:
	"""A draft was changed, or is submitted: it asks for no more than the instalment owes by now.

	Frappe holds core's document by now, the plan comes after it: where a recompute of the plan waits for this very draft,
	the database undoes one of the two, and its user is told to try again.
	"""
	plan = doc.get("scb_instalment_plan")
	if not plan:
		return
	if doc.docstatus == 1:
		doc.flags.mute_email = True  # core's mail speaks of the whole invoice
		gateway.fetch_after_commit(doc)
	if doc.flags.scb_request:
		return
	lock_plans(plans_of([doc.reference_name]))
	row = instalments_of(plan).get(doc.scb_instalment_number)
	owed = row.outstanding if row else Decimal(0)
	if to_money(doc.grand_total or 0) > owed:
		frappe.throw(
			_(
				"Instalment {0} owes {1}: a request of {2} is too much. Lower its amount, or delete this draft where nothing"
				" is owed any more."
			).format(doc.scb_instalment_number, f"{owed:,.2f}", f"{to_money(doc.grand_total):,.2f}")
		)


def _locked_plan(invoice: Document) -> str:
	plans = plans_of([invoice.name])
	plan = plans.get(invoice.name)
	if not plan:
		frappe.throw(
			_("{0} has no instalment plan. Ask for all that it owes with Create, Payment Request.").format(
				invoice.name
			)
		)
	lock_plans(plans)
	status = frappe.db.get_value("Instalment Plan", plan, "status", for_update=True)
	if invoice.docstatus != 1 or status not in LIVE:
		frappe.throw(
			_("The plan of {0} is {1}. Choose an invoice that is submitted and not cancelled.").format(
				invoice.name, _(status, context="Instalment Plan")
			)
		)
	return plan


def _chosen(number: int, owed: dict[int, Owed], taken: dict[int, str], invoice: Document) -> Owed:
	row = owed.get(number)
	if not row:
		frappe.throw(
			_("{0} has no instalment {1}. Choose one from {2} to {3}.").format(
				invoice.name, number, min(owed), max(owed)
			)
		)
	if row.outstanding <= 0:
		frappe.throw(
			_("Instalment {0} of {1} owes nothing. Choose one that is still owed.").format(
				number, invoice.name
			)
		)
	if number in taken:
		frappe.throw(
			_(
				"Instalment {0} of {1} is asked for already, by {2}. Send its link again, or cancel it first."
			).format(number, invoice.name, taken[number])
		)
	return row


def _next_due(owed: dict[int, Owed], taken: dict[int, str], invoice: Document) -> list[Owed]:
	for row in owed.values():
		if row.outstanding > 0 and row.number not in taken:
			return [row]
	frappe.throw(
		_(
			"Every instalment of {0} is paid or asked for already. Send the link of an open request again, or cancel it first."
		).format(invoice.name)
	)


def _check_room(invoice: Document, chosen: Sequence[Owed]) -> None:
	"""Core lets all requests of an invoice ask for no more than it owes, also those of the whole invoice."""
	request = frappe.qb.DocType(DOCTYPE)
	others = (
		frappe.qb.from_(request)
		.select(request.name, request.outstanding_amount)
		.where((request.reference_doctype == "Sales Invoice") & (request.reference_name == invoice.name))
		.where((request.docstatus == 1) & (request.outstanding_amount > 0))
		.for_update()
	).run()
	asked = sum((to_money(amount) for _name, amount in others), Decimal(0))
	wanted = sum((row.outstanding for row in chosen), Decimal(0))
	outstanding = frappe.db.get_value("Sales Invoice", invoice.name, "outstanding_amount", for_update=True)
	room = to_money(outstanding) - asked
	if wanted > room:
		frappe.throw(
			_(
				"{0} owes {1}, of which {2} are asked for by {3}: {4} more cannot be. Choose fewer instalments, or cancel one of these requests."
			).format(
				invoice.name,
				f"{to_money(outstanding):,.2f}",
				f"{asked:,.2f}",
				", ".join(name for name, _amount in others),
				f"{wanted:,.2f}",
			)
		)


def _insert(invoice: Document, plan: str, row: Owed, gateway_account: str | None) -> Document:
	request = frappe.get_doc({**_values(invoice, plan, row), **_gateway(gateway_account)})
	request.flags.scb_request = True
	request.insert()
	if not request.has_permission("submit"):
		return request
	return request.submit()


def _values(invoice: Document, plan: str, row: Owed) -> dict[str, Any]:
	subject = (
		_("Down payment of {0}").format(invoice.name)
		if row.number == 0
		else _("Instalment {0} of {1}").format(row.number, invoice.name)
	)
	return {
		"doctype": DOCTYPE,
		"payment_request_type": "Inward",
		"transaction_date": today(),
		"company": invoice.company,
		"party_type": "Customer",
		"party": invoice.customer,
		"party_name": invoice.customer_name,
		"reference_doctype": "Sales Invoice",
		"reference_name": invoice.name,
		"grand_total": float(row.outstanding),
		"currency": invoice.currency,
		"party_account_currency": invoice.party_account_currency,
		"email_to": invoice.contact_email,
		"subject": subject,
		"mute_email": 1,
		"cost_center": invoice.cost_center,
		"project": invoice.project,
		**{dimension: invoice.get(dimension) for dimension in get_accounting_dimensions()},
		"scb_instalment_plan": plan,
		"scb_instalment_number": row.number,
		"scb_due_date": row.due_date,
		"scb_due_date_hijri": row.due_date_hijri,
	}


def _gateway(account: str | None) -> dict[str, Any]:
	if not account:
		return {}
	found = frappe.db.get_value(
		"Payment Gateway Account",
		account,
		["payment_gateway", "payment_account", "payment_channel"],
		as_dict=True,
	)
	return {"payment_gateway_account": account, **(found or {})}
