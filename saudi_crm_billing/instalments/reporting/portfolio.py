"""Reads a company's instalment sales by month of sale, and how contracts roll from bucket to bucket in a month.

What was late on an earlier day is reckoned from the Payment Ledger: what had fallen due by then, less what had been
settled by then, contract by contract, the oldest first. That is the ledger as restated today, with the due dates as
agreed today; a balance event says what was known then, but knows no due dates. So a row a contract with a sum for each
day is enough, and no instalment is looked at twice. Amounts are converted as the invoice was.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import frappe
from frappe.query_builder.functions import Coalesce, Count, Sum
from frappe.utils import getdate
from pypika.queries import QueryBuilder, Table
from pypika.terms import Case, Function, Term

from saudi_crm_billing.common.money import to_money
from saudi_crm_billing.instalments.balances import LIVE
from saudi_crm_billing.instalments.engine.ageing import COUNT, STARTS
from saudi_crm_billing.instalments.money_received import settled_without_money
from saudi_crm_billing.instalments.reporting.access import Scope
from saudi_crm_billing.instalments.reporting.columns import Row

INDEX = "scb_portfolio"
"""Forced: it holds all that is summed, in the order of contracts, so that no row is looked up."""

SETTLED = COUNT
"""In a roll: the contract owes nothing more. The buckets of ageing stand before it."""

SUMS = ("sold", "paid", "deducted", "written_off", "credited", "outstanding")
"""Of a month of sale; what was sold is the sum of the others, as far as the plans say all that the ledger does."""


@dataclass(frozen=True)
class Portfolio:
	"""Contracts sold from `first` on, as they stood on `day`."""

	scope: Scope
	first: date
	day: date


@dataclass(frozen=True)
class Contracts:
	"""Contracts with a sum for each day asked for: `due_0` … had fallen due, `settled_0` … was settled."""

	plan: Table
	invoice: Table
	due: QueryBuilder
	settled: QueryBuilder
	query: QueryBuilder

	def late(self, index: int) -> Term:
		return Function("GREATEST", 0, self.due[f"due_{index}"] - self.settled_on(index))

	def settled_on(self, index: int) -> Term:
		"""What an earlier system was paid is in no entry of an opening invoice, which owes the rest only."""
		earlier = Case().when(self.invoice.is_opening == "Yes", self.due.earlier).else_(0)
		return Coalesce(self.settled[f"settled_{index}"], 0) + earlier


def by_month_of_sale(asked: Portfolio) -> list[Row]:
	"""Sold, settled and outstanding as they are now, by the first day of the month of sale. `paid` is what was collected:
	neither `deducted` by a payment (a rebate, a bank's charge) nor written off."""
	plan, invoice, query = _sold(asked)
	month = _month(invoice.posting_date)
	without = _deducted(asked)
	query = query.left_join(without).on(without.invoice == invoice.name)
	deducted = Coalesce(without.amount, 0)
	collected = plan.paid - plan.written_off - deducted
	amounts = (plan.total, collected, deducted, plan.written_off, plan.credited, plan.outstanding)
	sums = [
		Sum(amount * invoice.conversion_rate).as_(name) for name, amount in zip(SUMS, amounts, strict=True)
	]
	rows = query.select(month.as_("month"), Count("*").as_("contracts"), *sums).groupby(month).orderby(month)
	found = rows.run(as_dict=True)
	for row in found:
		row.update({name: to_money(row[name]) for name in SUMS}, month=getdate(row.month))
	return found


def _deducted(asked: Portfolio) -> QueryBuilder:
	"""A row an invoice of which a payment settled something without money."""
	each = settled_without_money(lambda payment: payment.company == asked.scope.company)
	return frappe.qb.from_(each).select(each.invoice, Sum(each.amount).as_("amount")).groupby(each.invoice)


def late_by_month(asked: Portfolio, days: Sequence[date]) -> dict[date, list[Decimal]]:
	"""By the first day of the month of sale: what of it was late on each of these days."""
	found = _contracts(asked, [day - timedelta(days=1) for day in days], days)
	month = _month(found.invoice.posting_date)
	late = [Sum(found.late(index) * found.invoice.conversion_rate) for index in range(len(days))]
	rows = found.query.select(month, *late).groupby(month).run()
	return {getdate(sold): [to_money(amount) for amount in amounts] for sold, *amounts in rows}


def rolls(asked: Portfolio, start: date) -> list[Any]:
	"""Contracts that owed something on `start`, by their bucket then and on the day asked for: how many, and what they
	owed on `start`."""
	days = (start, asked.day)
	since = [day - timedelta(days=least) for day in days for least in STARTS]
	found = _contracts(asked, since, days)
	owed = (found.plan.total - found.settled_on(0)) * found.invoice.conversion_rate
	first, second = (_bucket(found, which) for which in range(len(days)))
	rows = (
		found.query.select(first.as_("start"), second.as_("end"), Count("*").as_("contracts"))
		.select(Sum(owed).as_("owed"))
		.where((found.plan.total > found.settled_on(0)) & (found.invoice.posting_date <= start))
		.groupby(first, second)
	).run(as_dict=True)
	for row in rows:
		row.owed = to_money(row.owed)
	return rows


def _bucket(found: Contracts, which: int) -> Term:
	"""The bucket of ageing on the first or second day of a roll; `SETTLED` where nothing is owed.

	A debt is at least so many days late if more had fallen due by so many days before than was settled on the day.
	"""
	places = range(which * len(STARTS), (which + 1) * len(STARTS))
	settled = found.settled_on(which)
	late = [Case().when(found.due[f"due_{place}"] > settled, 1).else_(0) for place in places]
	return Case().when(found.plan.total <= settled, SETTLED).else_(sum(late[1:], late[0]))


def _sold(asked: Portfolio) -> tuple[Table, Table, QueryBuilder]:
	plan, invoice = frappe.qb.DocType("Instalment Plan"), frappe.qb.DocType("Sales Invoice")
	condition = asked.scope.of(plan.company, plan.customer) & plan.status.isin(LIVE)
	condition &= plan.reference_doctype == "Sales Invoice"
	condition &= invoice.posting_date.between(asked.first, asked.day)
	query = frappe.qb.from_(plan).join(invoice).on(invoice.name == plan.reference_name).where(condition)
	return plan, invoice, query


def _contracts(asked: Portfolio, due_by: Sequence[date], settled_by: Sequence[date]) -> Contracts:
	plan, invoice, query = _sold(asked)
	due, settled = _due(asked, due_by), _settled(asked, settled_by)
	query = query.join(due).on(due.plan == plan.name).left_join(settled).on(settled.invoice == invoice.name)
	return Contracts(plan, invoice, due, settled, query)


def _due(asked: Portfolio, days: Sequence[date]) -> QueryBuilder:
	"""A row a plan, of orders too: what had come to the end of its grace by each day."""
	row = frappe.qb.DocType("Instalment")
	sums = [
		_sum_until(row.grace_until, day, row.amount).as_(f"due_{index}") for index, day in enumerate(days)
	]
	earlier = Sum(row.advance).as_("earlier")
	query = frappe.qb.from_(row).force_index(INDEX).select(row.parent.as_("plan"), earlier, *sums)
	return query.where(row.company == asked.scope.company).groupby(row.parent)


def _settled(asked: Portfolio, days: Sequence[date]) -> QueryBuilder:
	"""A row an invoice: what vouchers posted by each day took off its debt."""
	entry = frappe.qb.DocType("Payment Ledger Entry")
	sums = [
		(0 - _sum_until(entry.posting_date, day, entry.amount_in_account_currency)).as_(f"settled_{index}")
		for index, day in enumerate(days)
	]
	condition = (entry.company == asked.scope.company) & (entry.delinked == 0)
	condition &= (entry.party_type == "Customer") & (entry.against_voucher_type == "Sales Invoice")
	condition &= entry.voucher_no != entry.against_voucher_no
	invoice = entry.against_voucher_no
	return frappe.qb.from_(entry).select(invoice.as_("invoice"), *sums).where(condition).groupby(invoice)


def _sum_until(on: Term, day: date, amount: Term) -> Term:
	return Sum(Case().when(on <= day, amount).else_(0))


def _month(day: Term) -> Term:
	"""Its first day."""
	return Function("SUBDATE", day, Function("DAY", day) - 1)
