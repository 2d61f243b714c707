"""Instalments Due: what falls due in a span of days, equal to a plain recount and only what the user may see."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import frappe
import instalments_book as books
import pytest
from frappe.utils import add_days, get_first_day, get_last_day, getdate, nowdate
from instalments_book import COMPANY, book, figures_of, opened, rows_of, site, today

__all__ = ["book", "opened", "site"]

REPORT = "Instalments Due"

RECOUNT = """
	select i.parent plan, i.number, i.due_date, i.grace_until, i.customer, i.outstanding,
		round(i.amount * s.conversion_rate, 2) amount, i.base_outstanding, s.name sales_invoice
	from `tabInstalment` i join `tabSales Invoice` s on s.name = i.sales_invoice and s.docstatus = 1
	where s.company = %(company)s and i.due_date between %(first)s and %(last)s"""
WIDE = {"from_date": "2024-01-01", "to_date": "2031-12-31"}


def report(**filters: Any) -> dict[str, Any]:
	return books.report(REPORT, **{**WIDE, **filters})


def recount(site: ModuleType, first: str = WIDE["from_date"], last: str = WIDE["to_date"]) -> list[Any]:
	return site.db.sql(RECOUNT, {"company": COMPANY, "first": first, "last": last}, as_dict=True)


def keys(rows: list[Any]) -> set[tuple[str, int]]:
	return {(row["plan"], row["number"]) for row in rows}


def test_all_that_was_sold_falls_due_once(site: ModuleType, book: dict[str, Any]) -> None:
	expected, answer = recount(site), report()
	rows = rows_of(answer)
	assert keys(rows) == keys(expected) and len(rows) == len(expected) == 3 * len(book)
	by_key = {(row.plan, row.number): row for row in expected}
	for row in rows:
		same = by_key[row["plan"], row["number"]]
		assert row["amount"] == pytest.approx(same.amount, abs=0.001)
		assert row["outstanding"] == pytest.approx(same.base_outstanding, abs=0.001)
		assert row["paid"] + row["credited"] + row["outstanding"] == pytest.approx(row["amount"], abs=0.011)
	figures = figures_of(answer)
	assert figures["Falls Due"] == pytest.approx(sum(row.amount for row in expected), abs=0.001)
	assert figures["Outstanding"] == pytest.approx(sum(row.base_outstanding for row in expected), abs=0.001)
	assert figures["Paid"] == pytest.approx(1050, abs=0.011)


def test_the_days_at_both_ends_belong_to_the_span(site: ModuleType, book: dict[str, Any]) -> None:
	day = str(recount(site)[0].due_date)
	rows = rows_of(report(from_date=day, to_date=day))
	assert keys(rows) == keys(recount(site, day, day)) and rows
	assert keys(rows_of(report(from_date=add_days(day, 1), to_date=add_days(day, 1)))) == keys(
		recount(site, add_days(day, 1), add_days(day, 1))
	)


def test_without_dates_it_is_the_month_of_today(site: ModuleType, book: dict[str, Any]) -> None:
	first, last = get_first_day(nowdate()), get_last_day(nowdate())
	assert keys(rows_of(books.report(REPORT))) == keys(recount(site, str(first), str(last)))


@pytest.mark.parametrize(
	("state", "holds"),
	[
		("Open", lambda row: row.outstanding > 0),
		("Late", lambda row: row.outstanding > 0 and row.grace_until < today()),
		("Due", lambda row: row.outstanding > 0 and row.due_date <= today() <= row.grace_until),
		("Not Due", lambda row: row.outstanding > 0 and row.due_date > today()),
		("Paid", lambda row: not row.outstanding),
	],
)
def test_each_state(site: ModuleType, book: dict[str, Any], state: str, holds: Any) -> None:
	first = site.db.get_value("Instalment", {"parent": book["in grace"].scb_instalment_plan, "number": 1})
	site.db.set_value("Instalment", first, {"due_date": today(), "grace_until": add_days(nowdate(), 10)})
	expected = [row for row in recount(site) if holds(row)]
	answer = report(state=state)
	assert keys(rows_of(answer)) == keys(expected) and expected
	assert figures_of(answer)["Instalments"] == len(expected)
	if state != "Open":
		assert {row["state_name"] for row in rows_of(answer)} == {state}


def test_days_count_towards_and_past_the_due_date(site: ModuleType, book: dict[str, Any]) -> None:
	for row in rows_of(report(state="Open")):
		days = (today() - getdate(row["due_date"])).days
		assert (row["days_past_due"], row["days_until_due"]) == (max(days, 0), max(-days, 0))


def test_a_settled_instalment_has_no_days_past_due(site: ModuleType, book: dict[str, Any]) -> None:
	rows = rows_of(report(state="Paid"))
	assert rows and {row["days_past_due"] for row in rows} == {0}


def test_the_hijri_date_stands_beside(site: ModuleType, book: dict[str, Any]) -> None:
	from saudi_crm_billing.common.dates import to_hijri

	rows = rows_of(report(customer=books.CUSTOMERS[0]))
	assert [row["due_date_hijri"] for row in rows] == [to_hijri(row["due_date"]) for row in rows]


def test_a_cancelled_invoice_and_a_draft_fall_due_no_more(site: ModuleType, book: dict[str, Any]) -> None:
	plan = book["not due"].scb_instalment_plan
	site.get_doc("Sales Invoice", book["not due"].name).cancel()
	draft = books.make.a_sales_invoice(scb_plan_template=books.sell.a_template()).insert()
	assert not {plan, draft.scb_instalment_plan} & {row["plan"] for row in rows_of(report())}


def test_pages_and_what_stands_above_them(site: ModuleType, book: dict[str, Any]) -> None:
	pages = [report(page_size=10, page=number) for number in (1, 2)]
	assert keys(rows_of(pages[0]) + rows_of(pages[1])) == keys(recount(site))
	assert pages[1]["message"] == "Rows 11 to 18 of 18. The figures above add up all of them."
	assert figures_of(pages[0]) == figures_of(pages[1])


def test_a_sales_person_takes_in_those_below(site: ModuleType, book: dict[str, Any]) -> None:
	root = {"parent_sales_person": "Sales Team", "is_group": 1}
	lead = books.make.insert("Sales Person", sales_person_name="Riyadh team", **root)
	seller = books.make.insert("Sales Person", sales_person_name="Salma", parent_sales_person=lead.name)
	team = {"parenttype": "Sales Invoice", "parentfield": "sales_team", "sales_person": seller.name}
	row = site.get_doc({"doctype": "Sales Team", "parent": book["half paid"].name, **team})
	row.db_insert()
	rows = rows_of(report(sales_person=lead.name))
	assert {row["sales_invoice"] for row in rows} == {book["half paid"].name}
	assert {row["sales_person"] for row in rows} == {"Salma"}


def test_a_page_beyond_the_last_says_so(site: ModuleType, book: dict[str, Any]) -> None:
	answer = report(page=9, page_size=11)
	assert not answer["result"]
	assert answer["message"] == "Page 9 is beyond the last one, 2. The figures above add up all 18 rows."


def test_a_period_that_the_chart_has_not_is_refused(site: ModuleType, book: dict[str, Any]) -> None:
	with pytest.raises(
		frappe.ValidationError, match=r"The chart has no period Decade. Choose Week or Month\."
	):
		report(period="Decade")


@pytest.mark.parametrize("period", ["Week", "Month"])
def test_the_bars_add_up_to_what_falls_due(site: ModuleType, book: dict[str, Any], period: str) -> None:
	answer = report(period=period)
	data = answer["chart"]["data"]
	total = sum(sum(dataset["values"]) for dataset in data["datasets"])
	assert total == pytest.approx(figures_of(answer)["Falls Due"], abs=0.011)
	days = [row.due_date for row in recount(site)]
	starts = {
		getdate(get_first_day(day)) if period == "Month" else add_days(day, -((day.weekday() + 1) % 7))
		for day in days
	}
	assert len(data["labels"]) == len(starts)


def test_a_span_that_ends_before_it_begins_and_an_unknown_state(
	site: ModuleType, book: dict[str, Any]
) -> None:
	with pytest.raises(site.ValidationError, match="the end is before the beginning"):
		report(from_date=nowdate(), to_date=add_days(nowdate(), -1))
	with pytest.raises(site.ValidationError, match="An instalment has no state Lost"):
		report(state="Lost")


@pytest.mark.parametrize("role", ["Sales User", "Sales Manager", "Accounts User"])
def test_only_the_customer_that_the_user_may_see(site: ModuleType, book: dict[str, Any], role: str) -> None:
	own = [row for row in recount(site) if row.customer == books.CUSTOMERS[1]]
	user = books.a_clerk(role)
	site.permissions.add_user_permission("Customer", books.CUSTOMERS[1], user)
	site.set_user(user)
	answer = report()
	assert keys(rows_of(answer)) == keys(own)
	assert figures_of(answer)["Falls Due"] == pytest.approx(sum(row.amount for row in own), abs=0.001)


def test_another_company_and_no_role_are_refused(site: ModuleType, book: dict[str, Any]) -> None:
	books.check_who_is_refused(report)


def test_the_spreadsheet_is_arabic_with_real_numbers(site: ModuleType, book: dict[str, Any]) -> None:
	site.local.lang = "ar"
	head, *rows = books.spreadsheet(report())
	assert [label for label in head if label.isascii()] == []
	assert all(isinstance(row[head.index("المتبقي")], float) for row in rows)
	assert "Late" not in {cell for row in rows for cell in row}


@pytest.mark.parametrize("state", [None, "Open", "Late", "Due", "Not Due", "Paid", "Written Off"])
def test_sums_and_the_names_of_a_page_are_read_from_one_index_alone(
	site: ModuleType, book: dict[str, Any], state: str | None
) -> None:
	from saudi_crm_billing.instalments.reporting import due
	from saudi_crm_billing.instalments.reporting.access import Scope
	from saudi_crm_billing.instalments.reporting.columns import Page

	asked = due.Span(Scope(COMPANY), getdate("2024-01-01"), getdate("2031-12-31"), today(), state)
	for query in (due._sums(asked, frappe.qb.DocType("Instalment")), due._ids(asked, Page(1, 500))):
		first, *others = site.db.sql("explain " + query.get_sql(), as_dict=True)
		assert first.key == "scb_due" and "Using index" in first.Extra and "sort" not in first.Extra
		assert {one.select_type for one in others} <= {"MATERIALIZED", "DEPENDENT SUBQUERY"}, others
