"""Instalment Ageing: equal to a plain recount, paged, and only what the user may see."""

from __future__ import annotations

from datetime import timedelta
from types import ModuleType
from typing import Any

import instalments_book as books
import pytest
from frappe.utils import add_days, format_date, nowdate
from instalments_book import COMPANY, book, figures_of, opened, rows_of, site, today

__all__ = ["book", "opened", "site"]

REPORT = "Instalment Ageing"

RECOUNT = """
	select i.customer, datediff(%(day)s, i.{late_from}) days, i.base_outstanding amount
	from `tabInstalment` i
	join `tabInstalment Plan` p on p.name = i.parent and p.reference_doctype = 'Sales Invoice'
	join `tabSales Invoice` s on s.name = p.reference_name and s.docstatus = 1
	where s.company = %(company)s and i.outstanding > 0"""
BOUNDS = ((-99999, 0), (1, 30), (31, 60), (61, 90), (91, 120), (121, 180), (181, 360), (361, 99999))


def report(**filters: Any) -> dict[str, Any]:
	return books.report(REPORT, as_on=str(today()), **filters)


def recount(site: ModuleType, late_from: str = "grace_until", day: str | None = None) -> list[Any]:
	values = {"day": day or nowdate(), "company": COMPANY}
	return site.db.sql(RECOUNT.format(late_from=late_from), values, as_dict=True)


@pytest.mark.parametrize(("chosen", "late_from"), [("Grace", "grace_until"), ("Due Date", "due_date")])
def test_the_buckets_of_each_customer_are_those_of_a_plain_recount(
	site: ModuleType, book: dict[str, Any], chosen: str, late_from: str
) -> None:
	expected = recount(site, late_from)
	answer = report(late_from=chosen)
	rows = {row["customer"]: row for row in rows_of(answer)}
	assert set(rows) == {row.customer for row in expected} == set(books.CUSTOMERS)
	for customer, row in rows.items():
		own = [found for found in expected if found.customer == customer]
		for bucket, (low, high) in enumerate(BOUNDS):
			amount = sum(found.amount for found in own if low <= found.days <= high)
			assert row[f"bucket_{bucket}"] == pytest.approx(amount, abs=0.001), (customer, bucket)
		late = [found for found in own if found.days > 0]
		assert row["late"] == pytest.approx(sum(found.amount for found in late), abs=0.001)
		assert row["late_count"] == len(late)
	assert figures_of(answer) == {
		"Customers": 4,
		"Late Instalments": sum(found.days > 0 for found in expected),
		"Late Amount": pytest.approx(sum(found.amount for found in expected if found.days > 0), abs=0.001),
		"Outstanding": pytest.approx(sum(found.amount for found in expected), abs=0.001),
	}


def test_an_instalment_within_its_grace_is_not_late(site: ModuleType, book: dict[str, Any]) -> None:
	plan = site.get_doc("Instalment Plan", book["in grace"].scb_instalment_plan)
	last_day = plan.instalments[0].grace_until
	site.db.set_value("Instalment", plan.instalments[0].name, "grace_until", today())
	(row,) = rows_of(report(customer=books.CUSTOMERS[1]))
	assert (row["late_count"], row["bucket_0"]) == (0, 900)
	(row,) = rows_of(report(customer=books.CUSTOMERS[1], late_from="Due Date"))
	assert row["late_count"] == sum(one.due_date < today() for one in plan.instalments) > 0
	assert last_day == plan.instalments[0].due_date + timedelta(days=10)


def test_who_is_late_with_most_comes_first(site: ModuleType, book: dict[str, Any]) -> None:
	late = [row["late"] for row in rows_of(report())]
	assert late == sorted(late, reverse=True) and late[0] > late[-1]


def test_a_later_day_ages_on_and_says_so(site: ModuleType, book: dict[str, Any]) -> None:
	day = add_days(nowdate(), 40)
	answer = books.report(REPORT, as_on=day)
	late = sum(row.amount for row in recount(site, day=day) if row.days > 0)
	assert figures_of(answer)["Late Amount"] == pytest.approx(late, abs=0.001)
	assert answer["message"] == (
		f"Days are counted to {format_date(day)}; outstanding amounts are those of now."
	)


def test_an_earlier_day_is_refused(site: ModuleType, book: dict[str, Any]) -> None:
	day = add_days(nowdate(), -1)
	with pytest.raises(site.ValidationError, match=f"cannot go back to {format_date(day)}"):
		books.report(REPORT, as_on=day)


def test_instalments_of_one_bucket(site: ModuleType, book: dict[str, Any]) -> None:
	rows = rows_of(report(view="Instalments", bucket=">360"))
	expected = [row for row in recount(site) if row.days > 360]
	assert [row["days_late"] for row in rows] == sorted((row.days for row in expected), reverse=True)
	assert {row["sales_invoice"] for row in rows} == {book["long late"].name}
	assert {row["ageing"] for row in rows} == {"Over 360"}


def test_pages_hold_every_instalment_once(site: ModuleType, book: dict[str, Any]) -> None:
	pages = [report(view="Instalments", page_size=4, page=number) for number in (1, 2, 3, 4)]
	seen = [(row["plan"], row["number"]) for page in pages for row in rows_of(page)]
	assert len(seen) == len(set(seen)) == len(recount(site))
	assert pages[1]["message"] == f"Rows 5 to 8 of {len(seen)}. The figures above add up all of them."
	assert figures_of(pages[0]) == figures_of(pages[2])


def test_pages_of_customers(site: ModuleType, book: dict[str, Any]) -> None:
	whole = [row["customer"] for row in rows_of(report())]
	pages = [report(page_size=2, page=number) for number in (1, 2)]
	assert [row["customer"] for page in pages for row in rows_of(page)] == whole
	assert figures_of(pages[0]) == figures_of(pages[1]) == figures_of(report())


def test_more_rows_than_a_browser_bears_are_refused(site: ModuleType, book: dict[str, Any]) -> None:
	with pytest.raises(site.ValidationError, match="At most 5000 rows"):
		report(page_size=5001)


def test_an_unknown_bucket_and_no_company_are_refused(site: ModuleType, book: dict[str, Any]) -> None:
	with pytest.raises(site.ValidationError, match="There is no bucket 1-31"):
		report(bucket="1-31")
	with pytest.raises(site.ValidationError, match=r"Choose a company\."):
		report(company=None)


def test_a_territory_takes_in_those_below_it(site: ModuleType, book: dict[str, Any]) -> None:
	north = books.make.insert(
		"Territory", territory_name="North", parent_territory="All Territories", is_group=1
	)
	hail = books.make.insert("Territory", territory_name="Hail", parent_territory=north.name)
	site.db.set_value("Customer", books.CUSTOMERS[1], "territory", hail.name)
	assert {row["customer"] for row in rows_of(report(territory=north.name))} == {books.CUSTOMERS[1]}


def test_an_empty_book_has_no_rows(site: ModuleType) -> None:
	site.db.delete("Instalment")
	answer = report()
	assert rows_of(answer) == []
	assert figures_of(answer) == {"Customers": 0, "Late Instalments": 0, "Late Amount": 0, "Outstanding": 0}


@pytest.mark.parametrize("role", ["Sales User", "Sales Manager", "Accounts User"])
@pytest.mark.parametrize("view", ["Customers", "Instalments"])
def test_a_user_permission_on_customer_leaves_only_that_customer(
	site: ModuleType, book: dict[str, Any], role: str, view: str
) -> None:
	own = sum(row.amount for row in recount(site) if row.customer == books.CUSTOMERS[1])
	user = books.a_clerk(role)
	site.permissions.add_user_permission("Customer", books.CUSTOMERS[1], user)
	site.set_user(user)
	answer = report(view=view)
	assert {row["customer"] for row in rows_of(answer)} == {books.CUSTOMERS[1]}
	assert figures_of(answer)["Outstanding"] == pytest.approx(own, abs=0.001)
	assert sum(answer["chart"]["data"]["datasets"][0]["values"]) == pytest.approx(own, abs=0.001)


def test_a_user_permission_on_territory_hides_the_customers_of_others(
	site: ModuleType, book: dict[str, Any]
) -> None:
	territory = books.make.insert("Territory", territory_name="Asir 50%", parent_territory="All Territories")
	site.db.set_value("Customer", books.CUSTOMERS[2], "territory", territory.name)
	user = books.a_clerk()
	site.permissions.add_user_permission("Territory", territory.name, user)
	site.set_user(user)
	answer = report()
	assert {row["customer"] for row in rows_of(answer)} == {books.CUSTOMERS[2]}
	assert figures_of(answer)["Outstanding"] == pytest.approx(1234.56)


def test_another_company_and_no_role_are_refused(site: ModuleType, book: dict[str, Any]) -> None:
	books.check_who_is_refused(report)


def test_a_direct_call_is_refused_without_the_right_to_plans(site: ModuleType, book: dict[str, Any]) -> None:
	from saudi_crm_billing.instalments.report.instalment_ageing.instalment_ageing import execute

	site.set_user(books.make.a_user("stranger@riyadh-trading.example", "Stock User"))
	with pytest.raises(site.PermissionError):
		execute({"company": COMPANY})


@pytest.mark.parametrize("view", ["Customers", "Instalments"])
def test_the_spreadsheet_has_arabic_headings_and_real_numbers(
	site: ModuleType, book: dict[str, Any], view: str
) -> None:
	site.local.lang = "ar"
	head, *rows = books.spreadsheet(report(view=view))
	assert {"العميل", "المتبقي"} <= set(head)
	latin = [label for label in head if label.isascii() and not label[0].isdigit()]
	assert latin == []
	assert all(isinstance(row[head.index("المتبقي")], float) for row in rows)


def test_the_sum_is_read_from_its_index_alone(site: ModuleType, book: dict[str, Any]) -> None:
	from saudi_crm_billing.instalments.reporting import ageing
	from saudi_crm_billing.instalments.reporting.access import Scope

	query = ageing._by_bucket(ageing.Ageing(Scope(COMPANY), today()))
	(plan,) = site.db.sql("explain " + query.get_sql(), as_dict=True)
	assert plan.key == "scb_ageing" and "Using index" in plan.Extra


@pytest.mark.parametrize("bucket", range(8))
def test_every_bucket_opens_to_its_instalments(site: ModuleType, book: dict[str, Any], bucket: int) -> None:
	names = ["0", "1-30", "31-60", "61-90", "91-120", "121-180", "181-360", ">360"]
	low, high = BOUNDS[bucket]
	expected = [row for row in recount(site) if low <= row.days <= high]
	answer = report(view="Instalments", bucket=names[bucket])
	assert sorted(row["outstanding"] for row in rows_of(answer)) == pytest.approx(
		sorted(row.amount for row in expected), abs=0.001
	)
	assert figures_of(answer)["Instalments"] == len(expected)
