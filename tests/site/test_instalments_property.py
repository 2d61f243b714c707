"""Whatever happens to invoices with a plan, in whatever order: after every event the instalments are the ledger's."""

from __future__ import annotations

import os
from decimal import Decimal
from types import ModuleType
from typing import Any

import frappe
import instalments_helpers as steps
import pytest
from frappe.model.document import Document
from instalments_walk import Walk, a_walk, money
from instalments_walk_changes import CHANGES, WISHES
from instalments_walk_money import MONEY
from rescheduling_helpers import ledger_due_dates

EVENTS = 200
REPORT_EVERY = 20
SEEDS = range(1, 6) if os.environ.get("SCB_FULL") else (20261128,)
ZERO = Decimal(0)


@pytest.mark.parametrize("seed", SEEDS)
def test_after_every_event_the_instalments_are_the_ledgers(site: ModuleType, seed: int) -> None:
	walk = a_walk(seed)
	for number in range(1, EVENTS + 1):
		try:
			walk.step({**MONEY, **CHANGES})
			for invoice in walk.invoices:
				check(invoice)
				if number % REPORT_EVERY == 0 or number == EVENTS:
					check_report(invoice)
		except Exception as error:
			pytest.fail(f"seed {seed}, event {number}: {error!r}\n" + "\n".join(walk.log))
	assert_every_kind_came(walk)
	advance = walk.receipts[0].name
	assert any(line.endswith(f"unreconcile {advance}") for line in walk.log), "the advance stood all along"


COMES = (
	*("pay ", "by one Payment Entry", "pay several", "pay USD", "journal", "charge", "credit", "receive"),
	*("reschedule", "undo", "settle", "write off", "recover", "direct", "unreconcile", "sell"),
	*("cancel Payment Entry", "of several invoices", "cancel Journal Entry", "cancel Sales Invoice"),
	"cancel Instalment Write-Off",
	*("by Deduction", "by Credit Note"),
)


def assert_every_kind_came(walk: Walk) -> None:
	missing = [word for word in COMES if not any(word in line for line in walk.log)]
	assert not missing, "\n".join(walk.log)
	ways = {way for way in WISHES if any(f": {way} " in line for line in walk.log)}
	assert len(ways) >= len(WISHES) - 1, f"of the ways to reschedule only {ways}"


def check(invoice: Document) -> None:
	"""Sums, rows, header, schedule and invoice against a recount that shares nothing with the app."""
	payments, credits, owed = recounted(invoice)
	plan = frappe.db.get_value("Instalment Plan", {"reference_name": invoice.name}, "*", as_dict=True)
	rows = frappe.get_all("Instalment", {"parent": plan.name}, ["*"], order_by="idx")
	stored = frappe.db.get_value("Sales Invoice", invoice.name, "outstanding_amount")
	outstanding = [money(row.outstanding) for row in rows]
	assert money(stored) == owed == sum(outstanding) + money(plan.not_scheduled)
	found = [tuple(money(row[name]) for name in ("paid", "credited", "outstanding")) for row in rows]
	amounts = [money(row.amount) for row in rows]
	assert sum(amounts) == money(invoice.grand_total)
	directed = directed_shares(invoice, rows, payments + credits)
	truth = restated(amounts, payments, credits, plan.credit_note_rule, directed)
	if plan.credit_note_rule == "Proportional":
		assert_sums(found, truth)
		truth = found
	assert found == truth, f"{invoice.name}: {found} is not {truth}"
	base = [money(Decimal(str(row.outstanding)) * Decimal(str(invoice.conversion_rate))) for row in rows]
	assert [money(row.base_outstanding) for row in rows] == base
	for index, name in enumerate(("paid", "credited", "outstanding")):
		assert money(plan[name]) == sum((row[index] for row in truth), ZERO), name
	following = next((row for row in rows if row.outstanding), None)
	assert plan.next_due_date == (following.due_date if following else None)
	assert money(plan.next_due_amount) == money(following.outstanding if following else 0)
	written_off = summed("Instalment Write-Off", invoice, docstatus=1)
	assert money(plan.written_off) == written_off
	assert plan.status == ("Active" if following else "Written Off" if written_off else "Completed")
	quotes = frappe.get_all("Settlement Quote", {"plan": plan.name, "status": "Open"}, pluck="outstanding")
	assert [money(quoted) for quoted in quotes] in ([], [owed])
	check_schedule(invoice, rows)
	check_dates(invoice, plan, rows)


def summed(doctype: str, invoice: Document, **filters: Any) -> Decimal:
	amounts = frappe.get_all(doctype, {"sales_invoice": invoice.name, **filters}, pluck="amount")
	return sum(map(money, amounts), ZERO)


def check_dates(invoice: Document, plan: Any, rows: list[Any]) -> None:
	"""Rising, and the same wherever a date is kept."""
	days = [row.due_date for row in rows]
	assert days == sorted(set(days))
	assert (plan.first_due_date, plan.last_due_date) == (days[0], days[-1])
	assert plan.instalment_count == len(rows)
	assert frappe.db.get_value("Sales Invoice", invoice.name, "due_date") == days[-1]
	assert ledger_due_dates(invoice) == {days[-1]}


def check_schedule(invoice: Document, rows: list[Any]) -> None:
	by_term = {row.payment_term: row for row in rows}
	rate = Decimal(str(invoice.conversion_rate))
	schedule = frappe.get_all("Payment Schedule", {"parent": invoice.name}, ["*"])
	assert sum(money(one.outstanding) for one in schedule) == sum(money(row.outstanding) for row in rows)
	advances = sum(min(money(row.advance), money(row.paid)) for row in rows)
	assert sum(money(one.payment_amount) for one in schedule) == money(invoice.grand_total) - advances
	for stored in schedule:
		row = by_term[stored.payment_term]
		assert money(stored.paid_amount) == money(row.paid) - min(money(row.advance), money(row.paid))
		assert (money(stored.outstanding), stored.due_date) == (money(row.outstanding), row.due_date)
		assert money(stored.base_paid_amount) == money(Decimal(str(stored.paid_amount)) * rate)
		whole = row.outstanding == stored.payment_amount
		expected = stored.base_payment_amount if whole else Decimal(str(row.outstanding)) * rate
		assert money(stored.base_outstanding) == money(expected)


def recounted(invoice: Document) -> tuple[Decimal, Decimal, Decimal]:
	"""Payments, credit notes and what is owed, by plain SQL over the Payment Ledger."""
	entries = frappe.db.sql(
		"""select voucher_type, voucher_no, amount_in_account_currency from `tabPayment Ledger Entry`
		where against_voucher_type = 'Sales Invoice' and against_voucher_no = %s and delinked = 0""",
		invoice.name,
	)
	paid = credited = charged = ZERO
	for doctype, name, amount in entries:
		if name == invoice.name:
			charged += money(amount)
		elif doctype == "Sales Invoice":
			credited -= money(amount)
		else:
			paid -= money(amount)
	assert charged == money(invoice.grand_total)
	return paid, credited, charged - paid - credited


def directed_shares(invoice: Document, rows: list[Any], settled: Decimal) -> list[Decimal]:
	"""What each instalment was sent: by write-offs to their rows, then by a direction after the other, as long as the
	voucher and the instalment have it."""
	fields = ["number", "voucher_no", "amount", "applied", "status"]
	filters = {"sales_invoice": invoice.name, "status": ("!=", "Withdrawn")}
	given = {row.number: ZERO for row in rows}
	amounts = {row.number: money(row.amount) for row in rows}
	left = vouchers(invoice)
	pool = max(min(sum(left.values(), ZERO), settled), ZERO)
	directions = frappe.get_all("Instalment Direction", filters, fields, order_by="creation, name")
	for one in [*written_off_rows(invoice), *directions]:
		room = amounts.get(one.number, ZERO) - given.get(one.number, ZERO)
		part = max(min(money(one.amount), left.get(one.voucher_no, ZERO), room, pool), ZERO)
		if "status" in one:
			assert (money(one.applied), one.status) == (part, "In Force" if part else "Lapsed")
		left[one.voucher_no] = left.get(one.voucher_no, ZERO) - part
		if part:
			given[one.number] += part
		pool -= part
	return list(given.values())


def written_off_rows(invoice: Document) -> list[Any]:
	return frappe.db.sql(
		"""select r.number, w.journal_entry voucher_no, r.written_off amount from `tabInstalment Write-Off` w
		join `tabInstalment Write-Off Row` r on r.parent = w.name where w.docstatus = 1 and w.sales_invoice = %s
		order by w.creation, w.name, r.idx""",
		invoice.name,
		as_dict=True,
	)


def vouchers(invoice: Document) -> dict[str, Decimal]:
	found = frappe.db.sql(
		"""select voucher_no, -sum(amount_in_account_currency) from `tabPayment Ledger Entry`
		where against_voucher_type = 'Sales Invoice' and against_voucher_no = %s and delinked = 0
		and voucher_type != 'Sales Invoice' group by voucher_no""",
		invoice.name,
	)
	return {name: money(amount) for name, amount in found}


def restated(
	amounts: list[Decimal], payments: Decimal, credits: Decimal, rule: str, directed: list[Decimal]
) -> list[tuple[Decimal, ...]]:
	"""The waterfall by cumulated sums: directed payments, other payments from the first on, then credit notes."""
	settled = max(payments + credits, ZERO)
	pool = max(min(payments, settled), ZERO)
	rest = [amount - part for amount, part in zip(amounts, directed, strict=True)]
	paid = [
		part + share
		for part, share in zip(directed, cumulated(rest, pool - sum(directed, ZERO)), strict=True)
	]
	left = [amount - part for amount, part in zip(amounts, paid, strict=True)]
	back = -1 if rule == "Last first" else 1
	credited = cumulated(left[::back], settled - pool)[::back]
	return [
		(part, note, amount - part - note) for amount, part, note in zip(amounts, paid, credited, strict=True)
	]


def cumulated(amounts: list[Decimal], pool: Decimal) -> list[Decimal]:
	before = [sum(amounts[:place], ZERO) for place in range(len(amounts))]
	return [min(max(pool - earlier, ZERO), amount) for earlier, amount in zip(before, amounts, strict=True)]


def assert_sums(found: list[tuple[Decimal, ...]], truth: list[tuple[Decimal, ...]]) -> None:
	"""A proportional note is shared by what was owed at its time; here only its sums are restated."""
	for index in range(3):
		assert sum(row[index] for row in found) == sum(row[index] for row in truth)
	assert min(min(row) for row in found) >= 0


def check_report(invoice: Document) -> None:
	"""Core's receivables by terms, row by row where the plan is all that is owed, else in sum."""
	shown = steps.receivable_by_term(invoice)
	plan = frappe.get_doc("Instalment Plan", {"reference_name": invoice.name})
	terms = dict(steps.schedule(invoice, "payment_term", "description"))
	owed = {terms[row.payment_term]: row.outstanding for row in plan.instalments if row.outstanding}
	if plan.not_scheduled:
		assert sum(shown.values()) == pytest.approx(sum(owed.values()) + plan.not_scheduled, abs=0.005)
	else:
		assert shown == pytest.approx(owed, abs=0.005), f"{invoice.name}: {shown} is not {owed}"
