"""Reads what may be asked for: instalments that are owed, and the requests that are open. Locking, after the plan's
lock, but where it is only shown."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import frappe

from saudi_crm_billing.common.money import to_money

DOCTYPE = "Payment Request"
CLOSED = ("Paid", "Cancelled", "Failed")


@dataclass(frozen=True)
class Owed:
	"""An instalment as it stands; `outstanding` in the plan's currency."""

	number: int
	due_date: date
	due_date_hijri: str
	outstanding: Decimal


@dataclass(frozen=True)
class OpenRequest:
	"""`asked` is what the request was made for, `outstanding` what core lets a payment take of it."""

	name: str
	number: int
	due_date: date
	asked: Decimal
	outstanding: Decimal
	status: str
	docstatus: int
	has_gateway_link: bool


def instalments_of(plan: str, lock: bool = True) -> dict[int, Owed]:
	"""By number, in the order of the plan."""
	row = frappe.qb.DocType("Instalment")
	query = (
		frappe.qb.from_(row)
		.select(row.number, row.due_date, row.due_date_hijri, row.outstanding)
		.where((row.parent == plan) & (row.parenttype == "Instalment Plan"))
		.orderby(row.idx)
	)
	rows = (query.for_update() if lock else query).run(as_dict=True)
	return {
		row.number: Owed(row.number, row.due_date, row.due_date_hijri, to_money(row.outstanding or 0))
		for row in rows
	}


def open_requests_of(plan: str, lock: bool = True) -> list[OpenRequest]:
	"""Drafts too: each is about to ask for its instalment."""
	request = frappe.qb.DocType(DOCTYPE)
	query = (
		frappe.qb.from_(request)
		.select(
			request.name,
			request.scb_instalment_number,
			request.scb_due_date,
			request.grand_total,
			request.outstanding_amount,
			request.status,
			request.docstatus,
			request.payment_url,
		)
		.where((request.scb_instalment_plan == plan) & (request.docstatus < 2))
		.where(request.status.notin(CLOSED))
		.orderby(request.name)
	)
	rows: list[Any] = (query.for_update() if lock else query).run()
	return [
		OpenRequest(
			name, number, due, to_money(asked), to_money(outstanding or 0), status, docstatus, bool(url)
		)
		for name, number, due, asked, outstanding, status, docstatus, url in rows
	]
