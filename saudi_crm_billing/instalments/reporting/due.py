"""Reads the instalments of submitted invoices that fall due in a span of days, settled ones too, a page at a time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import frappe
from frappe.query_builder.functions import Count, Round, Sum
from pypika.queries import QueryBuilder, Table
from pypika.terms import Criterion

from saudi_crm_billing.common.money import to_money
from saudi_crm_billing.instalments.balances import LIVE
from saudi_crm_billing.instalments.reporting.access import Scope
from saudi_crm_billing.instalments.reporting.columns import Page, Row, number

LATE, DUE, UPCOMING, PAID, WRITTEN_OFF = "Late", "Due", "Not Due", "Paid", "Written Off"
OPEN = "Open"
AMOUNTS = ("amount", "paid", "written_off", "credited", "outstanding")


@dataclass(frozen=True)
class Span:
	"""Which instalments are asked for: due from and up to these days, as they stand on `today`."""

	scope: Scope
	first: date
	last: date
	today: date
	state: str | None = None
	sales_person: str | None = None


def page_of_rows(asked: Span, page: Page) -> list[Row]:
	"""A page of instalments by due date, amounts in company currency."""
	row, plan, invoice, customer = _tables()
	query = _selected(asked, row, plan, invoice)
	rows = (
		query.left_join(customer)
		.on(customer.name == row.customer)
		.select(
			row.customer,
			customer.customer_name,
			customer.territory,
			row.sales_invoice,
			row.parent.as_("plan"),
			row.number,
			row.due_date,
			row.due_date_hijri,
			row.grace_until,
			*_amounts(row, invoice),
		)
		.orderby(row.due_date, row.customer, row.name)
		.limit(page.size)
		.offset(page.offset)
	).run(as_dict=True)
	sellers = _sellers({found.sales_invoice for found in rows})
	for found in rows:
		days = (asked.today - found.due_date).days
		found.update({name: number(found[name]) for name in AMOUNTS})
		found["days_past_due"] = max(days, 0) if found.outstanding else 0
		found["days_until_due"] = max(-days, 0)
		found["state"] = state_of(found, asked.today)
		found["sales_person"] = ", ".join(sellers.get(found.sales_invoice, ()))
	return rows


def by_day(asked: Span) -> tuple[dict[date, tuple[Decimal, ...]], int]:
	"""Amounts by due date, in the order of `AMOUNTS`, and how many instalments they are of."""
	row, plan, invoice, _customer = _tables()
	sums = [Sum(amount).as_(amount.alias) for amount in _amounts(row, invoice)]
	found = (
		_selected(asked, row, plan, invoice)
		.select(row.due_date, Count("*"), *sums)
		.groupby(row.due_date)
		.run()
	)
	days = {day: tuple(to_money(amount) for amount in amounts) for day, _count, *amounts in found}
	return days, sum(count for _day, count, *_amounts in found)


def state_of(row: Row, today: date) -> str:
	if not row["outstanding"]:
		return WRITTEN_OFF if row["written_off"] else PAID
	if row["due_date"] > today:
		return UPCOMING
	return LATE if row["grace_until"] < today else DUE


def _tables() -> tuple[Table, Table, Table, Table]:
	names = ("Instalment", "Instalment Plan", "Sales Invoice", "Customer")
	row, plan, invoice, customer = (frappe.qb.DocType(name) for name in names)
	return row, plan, invoice, customer


def _selected(asked: Span, row: Table, plan: Table, invoice: Table) -> QueryBuilder:
	condition = asked.scope.of(row.company, row.customer) & row.due_date.between(asked.first, asked.last)
	condition &= plan.status.isin(LIVE) & (plan.reference_doctype == "Sales Invoice")
	if asked.state:
		condition &= _in_state(asked, row)
	if asked.sales_person:
		condition &= invoice.name.isin(_sold_by(asked.sales_person))
	return (
		frappe.qb.from_(row)
		.join(plan)
		.on(plan.name == row.parent)
		.join(invoice)
		.on(invoice.name == plan.reference_name)
		.where(condition)
	)


def _in_state(asked: Span, row: Table) -> Criterion:
	"""As `state_of` says of a row."""
	if asked.state == PAID:
		return (row.outstanding == 0) & (row.written_off == 0)
	if asked.state == WRITTEN_OFF:
		return (row.outstanding == 0) & (row.written_off > 0)
	owed = row.outstanding > 0
	if asked.state == UPCOMING:
		return owed & (row.due_date > asked.today)
	if asked.state == LATE:
		return owed & (row.grace_until < asked.today)
	if asked.state == DUE:
		return owed & (row.due_date <= asked.today) & (row.grace_until >= asked.today)
	return owed


def _amounts(row: Table, invoice: Table) -> list[Round]:
	"""In company currency. What is outstanding stands in the row; the others are converted as the invoice was. What was
	written off is not paid."""
	money = {name: row[name] for name in AMOUNTS[:-1]} | {"paid": row.paid - row.written_off}
	converted = [Round(value * invoice.conversion_rate, 2, alias=name) for name, value in money.items()]
	return [*converted, row.base_outstanding.as_("outstanding")]


def _sold_by(sales_person: str) -> QueryBuilder:
	"""Invoices that this sales person, or one below, has a share in."""
	lft, rgt = frappe.get_cached_value("Sales Person", sales_person, ["lft", "rgt"])
	person, team = frappe.qb.DocType("Sales Person"), frappe.qb.DocType("Sales Team")
	below = frappe.qb.from_(person).select(person.name).where((person.lft >= lft) & (person.rgt <= rgt))
	return (
		frappe.qb.from_(team)
		.select(team.parent)
		.where((team.parenttype == "Sales Invoice") & team.sales_person.isin(below))
	)


def _sellers(invoices: set[str]) -> dict[str, list[str]]:
	if not invoices:
		return {}
	team = frappe.qb.DocType("Sales Team")
	found = (
		frappe.qb.from_(team)
		.select(team.parent, team.sales_person)
		.where((team.parenttype == "Sales Invoice") & team.parent.isin(sorted(invoices)))
		.orderby(team.parent, team.idx)
		.run()
	)
	sellers: dict[str, list[str]] = {}
	for invoice, seller in found:
		sellers.setdefault(invoice, []).append(seller)
	return sellers
