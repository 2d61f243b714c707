"""Reads the instalments of submitted invoices that fall due in a span of days, settled ones too, a page at a time.

Sums and the names of a page are read from one index of Instalment; rows are looked up for the page alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import frappe
from frappe.query_builder.functions import Count, Round, Sum
from pypika.queries import QueryBuilder, Table
from pypika.terms import Case, Criterion, Term

from saudi_crm_billing.common.money import to_money
from saudi_crm_billing.instalments.balances import LIVE
from saudi_crm_billing.instalments.reporting.access import Scope
from saudi_crm_billing.instalments.reporting.columns import Page, Row, currency_of, number

LATE, DUE, UPCOMING, PAID, WRITTEN_OFF = "Late", "Due", "Not Due", "Paid", "Written Off"
OPEN = "Open"
INDEX = "scb_due"
"""Forced: it holds all that is summed, so that no row is looked up."""

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
	page_of_ids = _ids(asked, page)
	row, customer = frappe.qb.DocType("Instalment"), frappe.qb.DocType("Customer")
	rows = (
		frappe.qb.from_(page_of_ids)
		.join(row)
		.on(row.name == page_of_ids.name)
		.left_join(customer)
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
			*_amounts(asked, row),
		)
		.orderby(row.due_date, row.customer, row.parent, row.number)
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
	row = frappe.qb.DocType("Instalment")
	found = _sums(asked, row).run()
	days = {day: tuple(to_money(amount) for amount in amounts) for day, _count, *amounts in found}
	return days, sum(count for _day, count, *_amounts in found)


def state_of(row: Row, today: date) -> str:
	if not row["outstanding"]:
		return WRITTEN_OFF if row["written_off"] else PAID
	if row["due_date"] > today:
		return UPCOMING
	return LATE if row["grace_until"] < today else DUE


def _ids(asked: Span, page: Page) -> QueryBuilder:
	"""In the order of the index, which therefore is read as far as the page only."""
	row = frappe.qb.DocType("Instalment")
	query = _selected(asked, row).select(row.name).orderby(row.due_date, row.customer, row.parent)
	return query.limit(page.size).offset(page.offset)


def _sums(asked: Span, row: Table) -> QueryBuilder:
	sums = [Sum(amount).as_(amount.alias) for amount in _amounts(asked, row)]
	return _selected(asked, row).select(row.due_date, Count("*"), *sums).groupby(row.due_date)


def _selected(asked: Span, row: Table) -> QueryBuilder:
	condition = asked.scope.of(row.company, row.customer) & row.due_date.between(asked.first, asked.last)
	condition &= row.parent.notin(_fallen_away())
	if asked.state:
		condition &= _in_state(asked, row)
	if asked.sales_person:
		condition &= row.parent.isin(_sold_by(asked.sales_person))
	return frappe.qb.from_(row).force_index(INDEX).where(condition)


def _fallen_away() -> QueryBuilder:
	"""Plans whose instalments fall due no more, or not yet: read once, where the live ones were looked up a row."""
	plan = frappe.qb.DocType("Instalment Plan")
	of_none = plan.status.notin(LIVE) | (plan.reference_doctype != "Sales Invoice")
	return frappe.qb.from_(plan).select(plan.name).where(of_none)


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


def _amounts(asked: Span, row: Table) -> list[Term]:
	"""In company currency. What is outstanding stands in the row; the others are converted as the invoice was. What was
	written off is not paid."""
	money = {name: row[name] for name in AMOUNTS[:-1]} | {"paid": row.paid - row.written_off}
	rate = _rate(asked, row)
	converted = [Round(value * rate, 2, alias=name) for name, value in money.items()]
	return [*converted, row.base_outstanding.as_("outstanding")]


def _rate(asked: Span, row: Table) -> Term:
	"""The invoice is looked up for foreign currencies only."""
	plan, invoice = frappe.qb.DocType("Instalment Plan"), frappe.qb.DocType("Sales Invoice")
	rate = frappe.qb.from_(plan).join(invoice).on(invoice.name == plan.reference_name)
	rate = rate.select(invoice.conversion_rate).where(plan.name == row.parent)
	return Case().when(row.currency == currency_of(asked.scope.company), 1).else_(rate)


def _sold_by(sales_person: str) -> QueryBuilder:
	"""Plans of invoices that this sales person, or one below, has a share in."""
	lft, rgt = frappe.get_cached_value("Sales Person", sales_person, ["lft", "rgt"])
	names = ("Sales Person", "Sales Team", "Instalment Plan")
	person, team, plan = (frappe.qb.DocType(name) for name in names)
	below = frappe.qb.from_(person).select(person.name).where((person.lft >= lft) & (person.rgt <= rgt))
	return (
		frappe.qb.from_(team)
		.join(plan)
		.on(plan.reference_name == team.parent)
		.select(plan.name)
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
