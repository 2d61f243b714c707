"""Reads what is owed by days late, summed in the database over the index `scb_ageing` of Instalment, which holds
every column of the sum. Late counts from the day after `grace_until`, or after the due date."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import frappe
from frappe.query_builder.functions import Count, Sum
from pypika.analytics import Count as CountOver
from pypika.analytics import RowNumber
from pypika.enums import Order
from pypika.queries import QueryBuilder, Table
from pypika.terms import Case, Criterion, Function, Term, ValueWrapper

from saudi_crm_billing.common.money import to_money
from saudi_crm_billing.instalments.engine.ageing import COUNT, NOT_LATE, STARTS, days_of
from saudi_crm_billing.instalments.reporting.access import Scope
from saudi_crm_billing.instalments.reporting.columns import Page, Row, number

INDEX = "scb_ageing"
"""Forced: reading it through takes a sixth of the time of looking up the rows of a span of dates."""

AMOUNTS = [f"bucket_{bucket}" for bucket in range(COUNT)]
SUMS = (*AMOUNTS, "outstanding", "late", "late_count")


@dataclass(frozen=True)
class Ageing:
	"""Which open instalments are asked for, and after which date of its row one is late."""

	scope: Scope
	day: date
	late_from: str = "grace_until"
	bucket: int | None = None


def by_customer(asked: Ageing, page: Page) -> tuple[list[Row], Row, int]:
	"""A page of customers, who is late with most first; the sums over all of them, and how many they are."""
	ranked = _ranked(_pivot(_by_bucket(asked)))
	first, last = page.offset + 2, page.offset + page.size + 1  # the sum over all comes first
	customer = frappe.qb.DocType("Customer")
	rows = (
		frappe.qb.from_(ranked)
		.left_join(customer)
		.on(customer.name == ranked.customer)
		.select(ranked.star, customer.customer_name, customer.customer_group, customer.territory)
		.where((ranked.place == 1) | ranked.place.between(first, last))
		.orderby(ranked.place)
	).run(as_dict=True)
	if not rows:
		return [], dict.fromkeys(SUMS, 0.0), 0
	found = rows[0].pop("found") - 1
	shown = [_numbers(row) for row in rows]
	return shown[1:], shown[0], found


def detail(asked: Ageing, page: Page) -> list[Row]:
	"""A page of open instalments, the oldest first."""
	row = frappe.qb.DocType("Instalment")
	ids = (
		frappe.qb.from_(row)
		.force_index(INDEX)
		.select(row.name)
		.where(_condition(asked, row))
		.orderby(row[asked.late_from], row.customer, row.name)
		.limit(page.size)
		.offset(page.offset)
	)
	shown, customer = frappe.qb.DocType("Instalment"), frappe.qb.DocType("Customer")
	rows = (
		frappe.qb.from_(ids)
		.join(shown)
		.on(shown.name == ids.name)
		.left_join(customer)
		.on(customer.name == shown.customer)
		.select(
			shown.customer,
			customer.customer_name,
			shown.sales_invoice,
			shown.parent.as_("plan"),
			shown.number,
			shown.due_date,
			shown.due_date_hijri,
			shown.grace_until,
			shown.amount,
			shown.outstanding.as_("outstanding_in_currency"),
			shown.base_outstanding.as_("outstanding"),
			shown.currency.as_("invoice_currency"),
		)
		.orderby(shown[asked.late_from], shown.customer, shown.name)
	).run(as_dict=True)
	for found in rows:
		found["days_late"] = max(0, (asked.day - found[asked.late_from]).days)
		found.update(
			{name: number(found[name]) for name in ("amount", "outstanding", "outstanding_in_currency")}
		)
	return rows


def totals(asked: Ageing) -> tuple[Row, int]:
	"""Sums over all open instalments asked for, and how many they are."""
	buckets = _by_bucket(asked, by_customer=False).run(as_dict=True)
	sums: Row = dict.fromkeys(AMOUNTS, 0.0)
	sums |= {AMOUNTS[row.bucket]: number(row.amount) for row in buckets}
	late = [row for row in buckets if row.bucket != NOT_LATE]
	sums["outstanding"] = number(sum(to_money(row.amount) for row in buckets))
	sums["late"] = number(sum(to_money(row.amount) for row in late))
	sums["late_count"] = sum(row.instalments for row in late)
	return sums, sum(row.instalments for row in buckets)


def _by_bucket(asked: Ageing, by_customer: bool = True) -> QueryBuilder:
	row = frappe.qb.DocType("Instalment")
	bucket = _bucket(asked, row)
	keys = [row.customer, bucket.as_("bucket")] if by_customer else [bucket.as_("bucket")]
	return (
		frappe.qb.from_(row)
		.force_index(INDEX)
		.select(*keys, Count("*").as_("instalments"), Sum(row.base_outstanding).as_("amount"))
		.where(_condition(asked, row))
		.groupby(*([row.customer, bucket] if by_customer else [bucket]))
	)


def _bucket(asked: Ageing, row: Table) -> Term:
	"""The index of the bucket, as `engine.ageing.bucket_of` counts it: one comparison a row in place of eight."""
	days = Function("DATEDIFF", ValueWrapper(asked.day), row[asked.late_from])
	return Function("INTERVAL", days, *STARTS)


def _condition(asked: Ageing, row: Table) -> Criterion:
	condition = asked.scope.of(row.company, row.customer) & (row.outstanding > 0)
	if asked.bucket is not None:
		fewest, most = days_of(asked.bucket)
		if fewest is not None:
			condition &= row[asked.late_from] <= asked.day - timedelta(days=fewest)
		if most is not None:
			condition &= row[asked.late_from] >= asked.day - timedelta(days=most)
	return condition


def _pivot(buckets: QueryBuilder) -> QueryBuilder:
	"""A row a customer with its buckets beside each other, and one without a customer for all together."""
	late = buckets.bucket != NOT_LATE
	return (
		frappe.qb.from_(buckets)
		.select(
			buckets.customer,
			*(
				_sum_where(buckets.bucket == bucket, buckets.amount).as_(name)
				for bucket, name in enumerate(AMOUNTS)
			),
			Sum(buckets.amount).as_("outstanding"),
			_sum_where(late, buckets.amount).as_("late"),
			_sum_where(late, buckets.instalments).as_("late_count"),
		)
		.groupby(buckets.customer)
		.rollup(vendor="mysql")
	)


def _ranked(sums: QueryBuilder) -> QueryBuilder:
	place = RowNumber().over().orderby(sums.customer.isnull(), order=Order.desc)
	place = place.orderby(sums.late, sums.outstanding, order=Order.desc).orderby(sums.customer)
	return frappe.qb.from_(sums).select(sums.star, place.as_("place"), CountOver("*").over().as_("found"))


def _sum_where(condition: Criterion, amount: Term) -> Term:
	return Sum(Case().when(condition, amount).else_(0))


def _numbers(row: Row) -> Row:
	return {**row, **{name: number(row[name]) for name in SUMS}, "late_count": int(row["late_count"])}
