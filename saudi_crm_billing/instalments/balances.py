"""The instalments' truth, recomputed from the Payment Ledger: the only writer of what an instalment has paid and
still owes.

Every movement of the ledger enlists the invoice's plan; right before the commit each plan is locked, recomputed from
locking reads, and written where it changed. The same ledger gives the same answer, however often it runs.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any

import frappe
from frappe.query_builder.functions import Sum
from frappe.utils import now_datetime

from saudi_crm_billing.common.money import to_decimal, to_money
from saudi_crm_billing.instalments.engine.waterfall import InstalmentBalance, settle
from saudi_crm_billing.instalments.healing import heal_outstanding, heal_schedule
from saudi_crm_billing.unit_of_work import Phase, enlist

LIVE = ("Active", "Completed", "Rescheduled", "Defaulted")
"""States of a plan whose balances follow the ledger; the others owe nothing."""

SETTLED = ("paid", "credited", "outstanding")
WRITTEN = (*SETTLED, "base_outstanding")


@dataclass(frozen=True)
class LedgerState:
	"""Money of one invoice in the currency of its receivable account."""

	outstanding: Decimal
	credits: Decimal


@dataclass(frozen=True)
class OpenInstalment:
	"""An instalment of a submitted Sales Invoice that is still owed, wholly or in part."""

	plan: str
	sales_invoice: str
	company: str
	customer: str
	number: int
	due_date: date
	outstanding: Decimal
	currency: str
	instalment: str


def open_instalments(company: str, up_to: date, customers: list[str] | None = None) -> list[OpenInstalment]:
	"""What is owed and due up to and including `up_to`, by customer, then oldest first."""
	row = frappe.qb.DocType("Instalment")
	query = (
		frappe.qb.from_(row)
		.select(
			row.parent.as_("plan"),
			row.sales_invoice,
			row.company,
			row.customer,
			row.number,
			row.due_date,
			row.outstanding,
			row.currency,
			row.name.as_("instalment"),
		)
		.where((row.company == company) & (row.due_date <= up_to) & (row.outstanding > 0))
		.orderby(row.customer)
		.orderby(row.due_date)
		.orderby(row.name)
	)
	if customers is not None:
		if not customers:
			return []
		query = query.where(row.customer.isin(customers))
	return [
		OpenInstalment(**{**found, "outstanding": to_money(found.outstanding)})
		for found in query.run(as_dict=True)
	]


def enlist_recompute(sales_invoices: Iterable[str | None]) -> None:
	"""Have the plans of these invoices recomputed once, right before this transaction commits."""
	enlist_plans(plans_of(sales_invoices))


def enlist_plans(plans: Mapping[str, str]) -> None:
	"""The same for plans by invoice, as `plans_of` found them."""
	for invoice, plan in plans.items():
		enlist(Phase.PLANS, plan, partial(recompute, plan, invoice))


def lock_plans(plans: Mapping[str, str], saved: str | None = None) -> dict[str, int]:
	"""Lock invoices that have a plan, then the plans, each by name, before the ledger is written.

	Two payments of one invoice would otherwise each hold ledger rows that the other's recompute waits for. The
	invoice comes first because saving it locks it before any event of ours; so the `saved` one is locked already.
	Returns the docstatus of each other one as of now.
	"""
	states = {
		invoice: frappe.db.get_value("Sales Invoice", invoice, "docstatus", for_update=True)
		for invoice in plans
		if invoice != saved
	}
	for plan in sorted(plans.values()):
		frappe.db.get_value("Instalment Plan", plan, "name", for_update=True)
	return states


def plans_of(sales_invoices: Iterable[str | None]) -> dict[str, str]:
	"""Plan by invoice, sorted by invoice; invoices without one are left out."""
	names = {name for name in sales_invoices if name}
	if not names:
		return {}
	filters = {"reference_doctype": "Sales Invoice", "reference_name": ("in", list(names))}
	found = frappe.get_all(
		"Instalment Plan", filters=filters, fields=["reference_name", "name"], as_list=True
	)
	return dict(sorted(found))


def recompute(plan: str, sales_invoice: str | None = None) -> bool:
	"""Bring plan, instalments and schedule rows to what the ledger says; whether anything changed.

	Bears a plan that no longer exists, for a savepoint may have taken it back. Asks for its invoice if not told.
	"""
	invoice = _locked_invoice(sales_invoice or frappe.db.get_value("Instalment Plan", plan, "reference_name"))
	header = _locked_header(plan)
	if not header or header.status not in LIVE:
		return False
	rows = _locked_rows(plan)
	ledger = read_ledger(invoice.name, invoice.debit_to)
	total = sum((row.amount for row in rows), Decimal(0))
	payments = total - ledger.outstanding - ledger.credits
	balances = settle([row.amount for row in rows], payments, ledger.credits)
	changed = _write_instalments(rows, balances, to_decimal(invoice.conversion_rate))
	heal_schedule(invoice, rows, balances)
	heal_outstanding(invoice, ledger.outstanding)
	return _write_header(header, rows, balances, ledger) or changed


def read_ledger(sales_invoice: str, account: str) -> LedgerState:
	"""Sum the invoice's ledger entries with a locking read, which sees what others committed meanwhile.

	Credit notes are told from payments as ERPNext's receivables report does: by the voucher's doctype.
	"""
	entry = frappe.qb.DocType("Payment Ledger Entry")
	sums = (
		frappe.qb.from_(entry)
		.select(entry.voucher_type, entry.voucher_no, Sum(entry.amount_in_account_currency))
		.where(
			(entry.against_voucher_no == sales_invoice)
			& (entry.against_voucher_type == "Sales Invoice")
			& (entry.account == account)
			& (entry.delinked == 0)
		)
		.groupby(entry.voucher_type, entry.voucher_no)
		.for_update()
	).run()
	outstanding = credits = Decimal(0)
	for voucher_type, voucher_no, amount in sums:
		outstanding += to_money(amount)
		if voucher_type == "Sales Invoice" and voucher_no != sales_invoice:
			credits -= to_money(amount)
	return LedgerState(outstanding, credits)


def _locked_header(plan: str) -> Any:
	fields = ["name", "status", "reference_name", "currency", "paid", "credited", "outstanding"]
	return frappe.db.get_value(
		"Instalment Plan", plan, [*fields, "not_scheduled", "next_due_date"], as_dict=True, for_update=True
	)


def _locked_invoice(sales_invoice: str | None) -> Any:
	fields = ["name", "debit_to", "currency", "conversion_rate", "outstanding_amount"]
	return frappe.db.get_value("Sales Invoice", sales_invoice, fields, as_dict=True, for_update=True)


def _locked_rows(plan: str) -> list[Any]:
	row = frappe.qb.DocType("Instalment")
	rows = (
		frappe.qb.from_(row)
		.select(
			row.name,
			row.number,
			row.payment_term,
			row.due_date,
			row.amount,
			row.advance,
			row.paid,
			row.credited,
			row.outstanding,
			row.base_outstanding,
		)
		.where((row.parent == plan) & (row.parenttype == "Instalment Plan"))
		.orderby(row.idx)
		.for_update()
	).run(as_dict=True)
	for found in rows:
		found.update({name: to_money(found[name] or 0) for name in ("amount", "advance", *WRITTEN)})
	return rows


def _write_instalments(
	rows: Sequence[Any], balances: Sequence[InstalmentBalance], conversion_rate: Decimal
) -> bool:
	changes = {}
	for row, balance in zip(rows, balances, strict=True):
		new = {name: getattr(balance, name) for name in SETTLED}
		new["base_outstanding"] = to_money(balance.outstanding * conversion_rate)
		if changed := {name: float(value) for name, value in new.items() if row[name] != value}:
			changes[row.name] = changed
	frappe.db.bulk_update("Instalment", changes, update_modified=False)
	return bool(changes)


def _write_header(
	header: Any, rows: Sequence[Any], balances: Sequence[InstalmentBalance], ledger: LedgerState
) -> bool:
	owed = sum((balance.outstanding for balance in balances), Decimal(0))
	following = next(
		((row, balance) for row, balance in zip(rows, balances, strict=True) if balance.outstanding), None
	)
	sums = {
		"paid": sum((balance.paid for balance in balances), Decimal(0)),
		"credited": sum((balance.credited for balance in balances), Decimal(0)),
		"outstanding": owed,
		"not_scheduled": ledger.outstanding - owed,
	}
	next_due = following[0].due_date if following else None
	if all(to_money(header[name] or 0) == value for name, value in sums.items()) and (
		header.next_due_date == next_due
	):
		return False
	values: dict[str, Any] = {name: float(value) for name, value in sums.items()}
	values["next_due_date"] = next_due
	values["next_due_amount"] = float(following[1].outstanding) if following else 0.0
	if header.status in ("Active", "Completed"):
		values["status"] = "Active" if owed else "Completed"
	frappe.db.set_value("Instalment Plan", header.name, values)
	frappe.clear_document_cache("Sales Invoice", header.reference_name)
	_record(header, values, rows, balances)
	return True


def _record(
	header: Any, values: dict[str, Any], rows: Sequence[Any], balances: Sequence[InstalmentBalance]
) -> None:
	"""Append what is known now: the ledger is restated later, what a customer was told is not."""
	known = {str(row.number): str(balance.outstanding) for row, balance in zip(rows, balances, strict=True)}
	event = frappe.new_doc("Instalment Balance Event")
	event.update(
		{
			"name": frappe.generate_hash(length=12),
			"plan": header.name,
			"sales_invoice": header.reference_name,
			"recorded_at": now_datetime(),
			"currency": header.currency,
			"balances": json.dumps(known),
			**{name: values[name] for name in SETTLED},
		}
	)
	event.set_user_and_timestamp()
	event.db_insert()
