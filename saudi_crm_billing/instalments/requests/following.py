"""Keeps open requests true to their instalments: the only writer of what they may still take, and of their closing.

Core knows payments that name the request. What settles the instalment otherwise (a journal, a credit note, a payment
that names no request) is seen here, after the recompute, in the same transaction: a request never asks for more than is
owed, and one of a settled instalment closes by itself and says why.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from functools import partial
from typing import Any

import frappe
from frappe import _
from frappe.utils import today

from saudi_crm_billing.bilingual import said
from saudi_crm_billing.common.money import to_money
from saudi_crm_billing.instalments.ledger import read_ledger
from saudi_crm_billing.instalments.requests import gateway
from saudi_crm_billing.instalments.requests.reading import (
	DOCTYPE,
	OpenRequest,
	Owed,
	instalments_of,
	open_requests_of,
)
from saudi_crm_billing.unit_of_work import Phase, enlist


def follow(plan: str) -> None:
	"""The plan owes something else than before: look at its requests after all plans of this transaction."""
	enlist(Phase.SHOWN, f"payment requests of {plan}", partial(_follow, plan))


def follow_change(change: Any) -> None:
	"""The plan was rescheduled; `change.plan` is its name."""
	follow(change.plan)


def _follow(plan: str) -> None:
	requests = [request for request in open_requests_of(plan) if request.docstatus == 1]
	if not requests:
		return
	owed, payments = instalments_of(plan), _payments_of(plan)
	for request in requests:
		values = _values(request, owed.get(request.number), _paid_by(request.name, payments))
		if values:
			frappe.db.set_value(DOCTYPE, request.name, values)
			frappe.clear_document_cache(DOCTYPE, request.name)


def _values(request: OpenRequest, row: Owed | None, paid: Decimal) -> dict[str, Any]:
	left = min(request.asked - paid, row.outstanding if row else Decimal(0))
	if left <= 0:
		return _closed(request, paid, row)
	values: dict[str, Any] = {} if left == request.outstanding else {"outstanding_amount": float(left)}
	if left < request.asked and request.has_gateway_link:
		values |= gateway.close(request.name, request.asked, left)
	if row and row.due_date != request.due_date:
		values |= {"scb_due_date": row.due_date, "scb_due_date_hijri": row.due_date_hijri}
	return values


def _closed(request: OpenRequest, paid: Decimal, row: Owed | None) -> dict[str, Any]:
	"""As core closes one: paid where anything was paid through it, else cancelled."""
	if not paid:
		gateway.cancel(request.name)
	state = {"status": "Paid"} if paid else {"status": "Cancelled", "docstatus": 2}
	return {**state, "outstanding_amount": 0, **_why(request.number, row).columns("scb_closed_reason")}


def _why(number: int, row: Owed | None) -> Any:
	day = today()
	if row is None:
		return said(
			lambda lang: _("Instalment {0} is no longer in the plan ({1}).", lang=lang).format(number, day)
		)
	return said(lambda lang: _("Instalment {0} was settled otherwise ({1}).", lang=lang).format(number, day))


def _payments_of(plan: str) -> list[str]:
	"""Payment Entries that settle the invoice, from the ledger as it stands: its writers hold the plan."""
	invoice = frappe.db.get_value("Instalment Plan", plan, "reference_name")
	account = frappe.db.get_value("Sales Invoice", invoice, "debit_to")
	return [name for doctype, name in read_ledger(invoice, account).payments() if doctype == "Payment Entry"]


def _paid_by(request: str, payments: Sequence[str]) -> Decimal:
	"""Locks rows of posted payments only: one that is being written holds its own and waits for the plan."""
	row = frappe.qb.DocType("Payment Entry Reference")
	found = (
		frappe.qb.from_(row)
		.select(row.allocated_amount)
		.where(row.parent.isin([*payments, ""]) & (row.payment_request == request) & (row.docstatus == 1))
		.for_update()
	).run()
	return sum((to_money(amount) for (amount,) in found), Decimal(0))
