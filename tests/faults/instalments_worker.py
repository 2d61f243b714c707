"""One process that keeps moving the debt of a few invoices, and the plain recount of what all of them left behind."""

from __future__ import annotations

import json
import random
import sys
from decimal import Decimal
from typing import Any

import frappe
import instalments_helpers as steps
import rescheduling_helpers as change
from frappe.model.document import Document
from frappe.utils import add_months, nowdate
from workers import serve

BUSY = (frappe.QueryDeadlockError, frappe.QueryTimeoutError, frappe.TimestampMismatchError)
"""What a user is told to try again after; nothing of it may have been written."""


def prepare(count: str) -> dict[str, Any]:
	"""Invoices of twelve instalments that nobody else knows, and the first numbers of the series they will need."""
	template = steps.a_template("Churned Twelve", instalment_count=12)
	invoices = [steps.a_plan_invoice(1000.01, template) for _each in range(int(count))]
	change.rescheduled(invoices[0])
	steps.pay(invoices[0], 0.01)
	steps.a_journal_receipt(invoices[0], 0.01)
	return {"invoices": [invoice.name for invoice in invoices]}


def churn(invoices: str, turns: str, seed: str) -> dict[str, Any]:
	"""Move, at random and each time committed, what the invoices owe and when; how often it was done or had to wait."""
	chance, names, done, refused = random.Random(int(seed)), json.loads(invoices), 0, 0
	for _turn in range(int(turns)):
		invoice = frappe.get_doc("Sales Invoice", chance.choice(names))
		try:
			chance.choice((pay, journal, take_back, move))(invoice, chance)
			frappe.db.commit()
			done += 1
		except (*BUSY, frappe.ValidationError):
			frappe.db.rollback()
			refused += 1
	return {"done": done, "refused": refused}


def settle_in_step(invoice: str, turns: str, by: str) -> dict[str, Any]:
	"""A small payment a turn, begun when all processes are done with the turn before; what was wrong by then.

	The recount also begins the snapshot, before any payment of this turn is committed.
	"""
	settle, wrong = {"payment": steps.pay, "journal": steps.a_journal_receipt}[by], list[str]()
	for turn in range(int(turns)):
		print("done", flush=True)
		sys.stdin.readline()
		frappe.db.rollback()
		wrong += [f"turn {turn}: {text}" for text in _wrong(invoice)]
		settle(frappe.get_doc("Sales Invoice", invoice), 0.01)
	return {"wrong": wrong}


def pay(invoice: Document, chance: random.Random) -> None:
	steps.pay(invoice, chance.randint(1, 9000) / 100)


def journal(invoice: Document, chance: random.Random) -> None:
	steps.a_journal_receipt(invoice, chance.randint(1, 5000) / 100)


def take_back(invoice: Document, chance: random.Random) -> None:
	filters = {"reference_name": invoice.name, "docstatus": 1}
	if payments := frappe.get_all("Payment Entry Reference", filters, pluck="parent"):
		frappe.get_doc("Payment Entry", chance.choice(payments)).cancel()


def move(invoice: Document, chance: random.Random) -> None:
	values = {
		"new_count": chance.randint(2, 12),
		"first_due_date": add_months(nowdate(), chance.randint(1, 5)),
	}
	change.a_draft(invoice, "New Number of Instalments", **values).submit()


def recount(invoices: str) -> dict[str, Any]:
	"""By invoice what does not agree, in words; and how many documents of each kind stand."""
	names = json.loads(invoices)
	wrong = {name: found for name in names if (found := _wrong(name))}
	settled = {"reference_name": ("in", names), "docstatus": 1}
	return {
		"wrong": wrong,
		"payments": frappe.db.count("Payment Entry Reference", settled),
		"reschedules": frappe.db.count(
			"Instalment Reschedule", {"sales_invoice": ("in", names), "docstatus": 1}
		),
	}


def _wrong(name: str) -> list[str]:
	owed = _one(
		"select sum(amount) from `tabPayment Ledger Entry` where delinked = 0 and against_voucher_no = %s",
		name,
	)
	entries = _one(
		"select sum(debit - credit) from `tabGL Entry` where is_cancelled = 0 and against_voucher = %s", name
	)
	shown = _one("select outstanding_amount from `tabSales Invoice` where name = %s", name)
	schedule = _one("select sum(outstanding) from `tabPayment Schedule` where parent = %s", name)
	rows = frappe.db.sql(
		"select amount, outstanding, due_date from `tabInstalment` where sales_invoice = %s order by idx",
		name,
	)
	due = _one_date("select max(due_date) from `tabPayment Schedule` where parent = %s", name)
	last = _one_date("select due_date from `tabSales Invoice` where name = %s", name)
	amounts, left = [_money(row[0]) for row in rows], [_money(row[1]) for row in rows]
	facts = {
		f"the ledger owes {owed}, the general ledger {entries}": owed == entries,
		f"the ledger owes {owed}, the invoice shows {shown}": owed == shown,
		f"the ledger owes {owed}, the instalments {sum(left)}": owed == sum(left),
		f"the instalments owe {sum(left)}, the schedule {schedule}": schedule == sum(left),
		f"the instalments are {sum(amounts)} in all": sum(amounts) == Decimal("1000.01"),
		f"{left} is not the oldest first of {amounts}": left == _oldest_first(amounts, sum(amounts) - owed),
		f"the invoice is due {last}, its last row {due}, its last instalment {rows[-1][2]}": last
		== due
		== rows[-1][2],
	}
	return [text for text, holds in facts.items() if not holds]


def _oldest_first(amounts: list[Decimal], settled: Decimal) -> list[Decimal]:
	left = []
	for amount in amounts:
		part = min(max(settled, Decimal(0)), amount)
		left.append(amount - part)
		settled -= part
	return left


def _one(query: str, name: str) -> Decimal:
	return _money(frappe.db.sql(query, name)[0][0])


def _one_date(query: str, name: str) -> Any:
	return frappe.db.sql(query, name)[0][0]


def _money(value: Any) -> Decimal:
	return Decimal(str(value or 0)).quantize(Decimal("0.01"))


if __name__ == "__main__":
	serve(globals())
