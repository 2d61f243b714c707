"""The *only* writer of the dates and amounts of a plan whose invoice is submitted: its instalments, the invoice's due
date, and the due dates in the ledgers; the Payment Schedule rows follow by `submitted_schedule`.

Core lets nobody change a schedule after submit, and an e-invoice that ZATCA has cannot be cancelled: so it is written
straight to the database. What is paid and owed of each row is for `balances` to recompute afterwards.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import frappe

from saudi_crm_billing.instalments.rescheduling.reading import StoredPlan, StoredRow
from saudi_crm_billing.instalments.submitted_schedule import put_rows
from saudi_crm_billing.instalments.terms import ensure_terms, term_name


def write_rows(plan: StoredPlan, rows: Sequence[StoredRow], version: int) -> None:
	"""Put `rows`, by date, in the place of the plan's. The caller holds the invoice and the plan."""
	ensure_terms({row.number for row in rows})
	_write_instalments(plan, rows)
	put_rows(plan.sales_invoice, rows, [row.amount - row.advance for row in rows])
	_write_due_date(plan.sales_invoice, rows[-1].due_date)
	_write_header(plan, rows, version)


def _write_instalments(plan: StoredPlan, rows: Sequence[StoredRow]) -> None:
	names = {row.instalment for row in rows}
	gone = [row.instalment for row in plan.rows if row.instalment not in names]
	frappe.db.delete("Instalment", {"name": ("in", [*gone, ""])})
	known = {row.instalment for row in plan.rows} - set(gone)
	changes = {}
	for index, row in enumerate(rows, start=1):
		values = _instalment_values(plan, row, index)
		if row.instalment in known:
			changes[row.instalment] = values
		else:
			_insert_instalment(row.instalment, {**_owner_of_instalment(plan.header), **values})
	frappe.db.bulk_update("Instalment", changes, update_modified=True)


def _instalment_values(plan: StoredPlan, row: StoredRow, index: int) -> dict[str, Any]:
	return {
		"idx": index,
		"number": row.number,
		"due_date": row.due_date,
		"due_date_hijri": row.due_date_hijri,
		"grace_until": plan.grace_until(row),
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


def _insert_instalment(name: str, values: dict[str, Any]) -> None:
	row = frappe.new_doc("Instalment")
	row.update(values)
	row.name = name or frappe.generate_hash(length=10)
	row.set_user_and_timestamp()
	row.db_insert()
