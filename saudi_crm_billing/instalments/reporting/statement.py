"""Reads all that a customer's statement of instalments is made of: the plans of one currency, their instalments, and
the Payment Ledger's entries against their invoices, each with the instalments that it settled."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import frappe
from frappe.query_builder.functions import Max, Sum

from saudi_crm_billing.common.money import to_money
from saudi_crm_billing.instalments.balances import LIVE
from saudi_crm_billing.instalments.engine.attribution import Voucher, attribute
from saudi_crm_billing.instalments.money_received import settled_without_money
from saudi_crm_billing.instalments.reporting.access import Scope
from saudi_crm_billing.instalments.reporting.columns import Row

INSTALMENT = "Instalment"
WRITE_OFF = "Instalment Write-Off"
SETTLED = ("amount", "paid", "written_off", "credited", "outstanding")


@dataclass(frozen=True)
class Movement:
	"""A debit above zero: an instalment on its due date, or a charge; a credit below it."""

	on: date
	kind: str
	document: str
	invoice: str
	plan: str
	amount: Decimal
	number: int | None = None
	settles: tuple[tuple[int, Decimal], ...] = ()
	"""Numbers of the instalments that a credit settled, with the parts."""
	is_deduction: bool = False
	"""What a payment settled without money, such as a rebate: a movement of its own after the money's."""


@dataclass(frozen=True)
class Statement:
	"""Instalments by due date, and all movements in order, of a customer's plans in one currency."""

	currency: str
	currencies: tuple[str, ...]
	instalments: tuple[Row, ...]
	movements: tuple[Movement, ...]

	def balance(self, before: date | None = None, up_to: date | None = None) -> Decimal:
		"""What had fallen due and was not settled before a day, or up to and with one; neither: all that is owed."""
		return sum(
			(
				each.amount
				for each in self.movements
				if (before is None or each.on < before) and (up_to is None or each.on <= up_to)
			),
			Decimal(0),
		)


def read(scope: Scope, currency: str | None, company_currency: str) -> Statement:
	"""In the currency asked for; else in the company's, or where no plan is in it, in the first one's."""
	plans = _plans(scope)
	currencies = tuple(sorted({plan.currency for plan in plans}))
	default = company_currency if company_currency in currencies else next(iter(currencies), company_currency)
	chosen = currency or default
	plans = [plan for plan in plans if plan.currency == chosen]
	rows = _instalments([plan.name for plan in plans])
	entries = _entries([plan.name for plan in plans], scope)
	movements = [each for plan in plans for each in _of_plan(plan, rows, entries)]
	movements.sort(key=lambda each: (each.on, each.amount < 0, each.plan, each.number or 0, each.document))
	return Statement(chosen, currencies, tuple(rows), tuple(movements))


def recovered(scope: Scope) -> Decimal:
	"""What came after all for what was written off, in the company's currency: it touches no debt."""
	recovery = frappe.qb.DocType("Write-Off Recovery")
	condition = scope.of(recovery.company, recovery.customer) & (recovery.docstatus == 1)
	return to_money(frappe.qb.from_(recovery).select(Sum(recovery.amount)).where(condition).run()[0][0] or 0)


def _plans(scope: Scope) -> list[Any]:
	plan = frappe.qb.DocType("Instalment Plan")
	query = frappe.qb.from_(plan).select(plan.name, plan.reference_name, plan.currency)
	condition = scope.of(plan.company, plan.customer) & plan.status.isin(LIVE)
	return (
		query.where(condition & (plan.reference_doctype == "Sales Invoice"))
		.orderby(plan.name)
		.run(as_dict=True)
	)


def _instalments(plans: Sequence[str]) -> list[Row]:
	if not plans:
		return []
	row = frappe.qb.DocType(INSTALMENT)
	found = (
		frappe.qb.from_(row)
		.select(row.parent.as_("plan"), row.sales_invoice, row.number, row.due_date, row.due_date_hijri)
		.select(row.grace_until, *(row[name] for name in SETTLED))
		.where(row.parent.isin(plans))
		.orderby(row.due_date, row.parent, row.idx)
		.run(as_dict=True)
	)
	for one in found:
		one.update({name: to_money(one[name] or 0) for name in SETTLED})
	return found


def _entries(plans: Sequence[str], scope: Scope) -> list[Any]:
	"""What each voucher changed of each invoice's debt, in the order of dates; of it `deducted` without money."""
	if not plans:
		return []
	names = ("Payment Ledger Entry", "Instalment Plan", "Sales Invoice", WRITE_OFF)
	entry, plan, invoice, write_off = (frappe.qb.DocType(name) for name in names)
	without = settled_without_money(lambda payment: scope.of(payment.company, payment.party))
	keys = (entry.posting_date, entry.voucher_type, entry.voucher_no, entry.against_voucher_no)
	return (
		frappe.qb.from_(entry)
		.join(plan)
		.on((plan.reference_name == entry.against_voucher_no) & plan.name.isin(plans))
		.join(invoice)
		.on((invoice.name == entry.against_voucher_no) & (invoice.debit_to == entry.account))
		.left_join(write_off)
		.on((write_off.journal_entry == entry.voucher_no) & (write_off.docstatus == 1))
		.left_join(without)
		.on((without.voucher == entry.voucher_no) & (without.invoice == entry.against_voucher_no))
		.select(*keys, write_off.name.as_("write_off"), Sum(entry.amount_in_account_currency).as_("amount"))
		.select(Max(without.amount).as_("deducted"))
		.where((entry.against_voucher_type == "Sales Invoice") & (entry.delinked == 0))
		.groupby(*keys, write_off.name)
		.orderby(*keys)
		.run(as_dict=True)
	)


def _of_plan(plan: Any, rows: Sequence[Row], entries: Sequence[Any]) -> Iterator[Movement]:
	own = [row for row in rows if row.plan == plan.name]
	booked = [entry for entry in entries if entry.against_voucher_no == plan.reference_name]
	for row in own:
		yield Movement(
			row.due_date, INSTALMENT, row.sales_invoice, row.sales_invoice, plan.name, row.amount, row.number
		)
	sale = [entry for entry in booked if entry.voucher_no == plan.reference_name]
	if extra := _sum(sale) - sum((row.amount for row in own), Decimal(0)):
		yield Movement(
			sale[0].posting_date, "Sales Invoice", plan.reference_name, plan.reference_name, plan.name, extra
		)
	yield from _settlements(plan, own, [entry for entry in booked if entry.voucher_no != plan.reference_name])


def _settlements(plan: Any, rows: Sequence[Row], booked: Sequence[Any]) -> Iterator[Movement]:
	parts = [part for entry in booked for part in _parts(entry)]
	vouchers = [
		Voucher(amount, entry.voucher_type == "Sales Invoice", bool(entry.write_off))
		for entry, amount, _is_deduction in parts
	]
	paid, credited, gone = ([row[name] for row in rows] for name in ("paid", "credited", "written_off"))
	shares = attribute(paid, credited, vouchers, gone)
	for (entry, amount, is_deduction), settled in zip(parts, shares, strict=True):
		yield Movement(
			entry.posting_date,
			WRITE_OFF if entry.write_off else entry.voucher_type,
			entry.write_off or entry.voucher_no,
			plan.reference_name,
			plan.name,
			-amount,
			settles=tuple((rows[share.place].number, share.amount) for share in settled),
			is_deduction=is_deduction,
		)


def _parts(entry: Any) -> Iterator[tuple[Any, Decimal, bool]]:
	"""What it settled as money, and what as a deduction."""
	settled, deducted = -to_money(entry.amount), to_money(entry.deducted or 0)
	if settled != deducted or not deducted:
		yield entry, settled - deducted, False
	if deducted:
		yield entry, deducted, True


def _sum(entries: Sequence[Any]) -> Decimal:
	return sum((to_money(entry.amount) for entry in entries), Decimal(0))
