"""Steps that the tests of changed plans share."""

from __future__ import annotations

from datetime import date
from typing import Any

import factories as make
import frappe
import instalments_helpers as steps
from frappe.model.document import Document
from frappe.utils import add_months, getdate, nowdate


def a_draft(invoice: Document, kind: str = "Shift by Months", **values: Any) -> Document:
	defaults = {"shift_months": 2} if kind == "Shift by Months" else {}
	return frappe.get_doc(
		{
			"doctype": "Instalment Reschedule",
			"plan": invoice.scb_instalment_plan,
			"reason": "Customer's Request",
			"effective_date": nowdate(),
			"kind": kind,
			**{**defaults, **values},
		}
	).insert()


def rescheduled(invoice: Document, kind: str = "Shift by Months", **values: Any) -> Document:
	return steps.commit(a_draft(invoice, kind, **values).submit())


def months_on(months: int) -> date:
	return getdate(add_months(nowdate(), months))


def plan_rows(invoice: Document, *fields: str) -> list[tuple[Any, ...]]:
	fields = fields or ("number", "due_date", "amount")
	filters = {"parent": invoice.scb_instalment_plan}
	rows = frappe.get_all("Instalment", filters=filters, fields=list(fields), order_by="idx")
	return [tuple(row[field] for field in fields) for row in rows]


def ledger_due_dates(invoice: Document) -> set[Any]:
	"""Of the invoice's own entries in both ledgers."""
	found = set[Any]()
	for ledger in ("Payment Ledger Entry", "GL Entry"):
		filters = {"voucher_no": invoice.name, "party": invoice.customer}
		found |= set(frappe.get_all(ledger, filters=filters, pluck="due_date"))
	return found


def an_overdue_invoice(total: float = 300, months_ago: int = 4, **values: Any) -> Document:
	"""Three instalments, all of them in the past."""
	day = add_months(nowdate(), -months_ago)
	return steps.a_plan_invoice(total, posting_date=day, scb_first_due_date=add_months(day, 1), **values)


def an_approver(email: str = "approver@example.test") -> str:
	return make.a_user(email, "Accounts Manager")
