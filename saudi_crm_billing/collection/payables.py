"""Reads supplier bills that are open, with their due amounts. It never writes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from itertools import groupby

import frappe

from saudi_crm_billing.collection.engine.payables import Bill, OverdueRow, overdue_bill_rows
from saudi_crm_billing.common.money import to_money


def overdue_on(company: str, today: date) -> tuple[OverdueRow, ...]:
	"""Due amounts of submitted, unpaid Purchase Invoices that passed; bills on hold are left out."""
	return overdue_bill_rows(_open_bills(company, today), today)


def _open_bills(company: str, today: date) -> Iterator[Bill]:
	for _name, group in groupby(_rows(company, today), key=lambda row: row.name):
		rows = list(group)
		bill = rows[0]
		yield Bill(
			name=bill.name,
			supplier=bill.supplier_name or bill.supplier,
			outstanding=to_money(bill.outstanding_amount),
			currency=bill.party_account_currency,
			schedule=tuple(_due_amount(row) for row in rows),
		)


def _due_amount(row: frappe._dict) -> tuple[date, Decimal]:
	"""In the currency of the payable account, as the outstanding is; a bill without schedule is due at once."""
	if not row.row_due_date:
		return row.due_date, to_money(row.outstanding_amount)
	same = row.currency == row.party_account_currency
	return row.row_due_date, to_money(row.payment_amount if same else row.base_payment_amount)


def _rows(company: str, today: date) -> list[frappe._dict]:
	bill, schedule = frappe.qb.DocType("Purchase Invoice"), frappe.qb.DocType("Payment Schedule")
	return (
		frappe.qb.from_(bill)
		.left_join(schedule)
		.on((schedule.parent == bill.name) & (schedule.parenttype == "Purchase Invoice"))
		.select(
			bill.name,
			bill.supplier,
			bill.supplier_name,
			bill.outstanding_amount,
			bill.currency,
			bill.party_account_currency,
			bill.due_date,
			schedule.due_date.as_("row_due_date"),
			schedule.payment_amount,
			schedule.base_payment_amount,
		)
		.where((bill.company == company) & (bill.docstatus == 1) & (bill.outstanding_amount > 0))
		.where((bill.is_return == 0) & (bill.on_hold == 0) & (bill.posting_date <= today))
		.orderby(bill.name)
		.orderby(schedule.idx)
	).run(as_dict=True)
