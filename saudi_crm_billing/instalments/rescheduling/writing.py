"""The *only* writer of the dates and amounts of a plan whose invoice is submitted: its instalments, the invoice's
Payment Schedule rows and due date, and the due dates in the ledgers.

Core lets nobody change a schedule after submit, and an e-invoice that ZATCA has cannot be cancelled: so it is written
straight to the database. What is paid and owed of each row is for `balances` to recompute afterwards.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import frappe
from frappe.utils import add_days

from saudi_crm_billing.instalments.engine.schedule import portion_of
from saudi_crm_billing.instalments.rescheduling.reading import StoredPlan, StoredRow
from saudi_crm_billing.instalments.schedule_rows import describe
from saudi_crm_billing.instalments.terms import ensure_terms, term_name


def write_rows(plan: StoredPlan, rows: Sequence[StoredRow], version: int) -> None:
	"""Put `rows`, by date, in the place of the plan's. The caller holds the invoice and the plan."""
	ensure_terms({row.number for row in rows})
	_write_instalments(plan, rows)
	_write_schedule(plan, rows)
	_write_due_date(plan.sales_invoice, rows[-1].due_date)
	_write_header(plan, rows, version)


def _write_instalments(plan: StoredPlan, rows: Sequence[StoredRow]) -> None:
	names = {row.instalment for row in rows}
	gone = [row.instalment for row in plan.rows if row.instalment not in names]
	frappe.db.delete("Instalment", {"name": ("in", [*gone, ""])})
	known = {row.instalment for row in plan.rows} - set(gone)
	changes = {}
	for index, row in enumerate(rows, start=1):
		values = _instalment_values(plan.header, row, index)
		if row.instalment in known:
			changes[row.instalment] = values
		else:
			_insert("Instalment", row.instalment, {**_owner_of_instalment(plan.header), **values})
	frappe.db.bulk_update("Instalment", changes, update_modified=True)


def _instalment_values(header: Any, row: StoredRow, index: int) -> dict[str, Any]:
	return {
		"idx": index,
		"number": row.number,
		"due_date": row.due_date,
		"due_date_hijri": row.due_date_hijri,
		"grace_until": add_days(row.due_date, header.grace_days or 0),
		"payment_term": term_name(row.number),
		"amount": float(row.amount),
		"principal": float(row.amount - row.margin),
		"margin": float(row.margin),
		"advance": float(row.advance),
	}


def _owner_of_instalment(header: Any) -> dict[str, Any]:
	return {
		"parent": header.name,
		"parenttype": "Instalment Plan",
		"parentfield": "instalments",
		"company": header.company,
		"customer": header.customer,
		"sales_invoice": header.reference_name,
		"currency": header.currency,
	}


def _write_schedule(plan: StoredPlan, rows: Sequence[StoredRow]) -> None:
	"""Rows that advances have settled wholly are not in the schedule, as in the draft's."""
	carried = [row for row in rows if row.amount > row.advance]
	payable = sum((row.amount - row.advance for row in carried), Decimal(0))
	language = frappe.db.get_value("Sales Invoice", plan.sales_invoice, "language")
	filters = {"parent": plan.sales_invoice, "parenttype": "Sales Invoice"}
	stored = dict(frappe.get_all("Payment Schedule", filters, ["payment_term", "name"], as_list=True))
	changes = {}
	for index, row in enumerate(carried, start=1):
		values = _schedule_values(row, index, payable, language)
		if name := stored.pop(values["payment_term"], None):
			changes[name] = values
		else:
			_insert("Payment Schedule", "", {**filters, "parentfield": "payment_schedule", **values})
	frappe.db.bulk_update("Payment Schedule", changes, update_modified=True)
	frappe.db.delete("Payment Schedule", {"name": ("in", [*stored.values(), ""])})


def _schedule_values(row: StoredRow, index: int, payable: Decimal, language: str | None) -> dict[str, Any]:
	amount = row.amount - row.advance
	return {
		"idx": index,
		"payment_term": term_name(row.number),
		"description": describe(row.number, row.due_date_hijri, language),
		"due_date": row.due_date,
		"invoice_portion": float(portion_of(amount, payable)),
		"payment_amount": float(amount),
		"base_payment_amount": float(row.base_amount),
	}


def _write_due_date(sales_invoice: str, due_date: date) -> None:
	"""Core ages an invoice by the last of its dates, in the invoice and in both ledgers."""
	frappe.db.set_value("Sales Invoice", sales_invoice, "due_date", due_date)
	for ledger in ("Payment Ledger Entry", "GL Entry"):
		entry = frappe.qb.DocType(ledger)
		(
			frappe.qb.update(entry)
			.set(entry.due_date, due_date)
			.where((entry.voucher_type == "Sales Invoice") & (entry.voucher_no == sales_invoice))
			.where(entry.due_date.isnotnull())
			.run()
		)


def _write_header(plan: StoredPlan, rows: Sequence[StoredRow], version: int) -> None:
	values = {
		"version": version,
		"first_due_date": rows[0].due_date,
		"last_due_date": rows[-1].due_date,
		"instalment_count": sum(1 for row in rows if row.number),
		# Then the recompute finds the header changed, even where day and sums are the same.
		"next_due_date": None,
	}
	frappe.db.set_value("Instalment Plan", plan.header.name, values)
	frappe.clear_document_cache("Instalment Plan", plan.header.name)
	frappe.clear_document_cache("Sales Invoice", plan.sales_invoice)


def _insert(doctype: str, name: str, values: dict[str, Any]) -> None:
	row = frappe.new_doc(doctype)
	row.update(values)
	row.name = name or frappe.generate_hash(length=10)
	row.set_user_and_timestamp()
	row.db_insert()
