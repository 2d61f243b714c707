"""Instalment Cash Forecast: equal to a plain recount; late and lost payments, and what one customer's delay does."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from types import ModuleType
from typing import Any

import instalments_book as books
import pytest
from frappe.utils import add_days, getdate, nowdate
from instalments_book import COMPANY, book, figures_of, opened, rows_of, site, today

__all__ = ["book", "opened", "site"]

REPORT = "Instalment Cash Forecast"

RECOUNT = """
	select i.due_date, i.base_outstanding, i.customer from `tabInstalment` i
	join `tabSales Invoice` s on s.name = i.sales_invoice and s.docstatus = 1
	where s.company = %s and i.outstanding > 0"""


def report(**filters: Any) -> dict[str, Any]:
	return books.report(REPORT, **{"from_date": nowdate(), **filters})


def by_row(site: ModuleType, late: int = 0, slower: str = "", more: int = 0) -> dict[Any, float]:
	"""Sums by the Sunday of their week; "overdue", and "later" than thirteen weeks."""
	sums: dict[Any, float] = defaultdict(float)
	sunday = today() - timedelta(days=(today().weekday() + 1) % 7)
	for due, amount, customer in site.db.sql(RECOUNT, COMPANY):
		comes = due + timedelta(days=late + (more if customer == slower else 0))
		week = comes - timedelta(days=(comes.weekday() + 1) % 7)
		if due < today():
			sums["overdue"] += amount
		else:
			sums["later" if week >= sunday + timedelta(weeks=13) else week] += amount
	return sums


def check_rows(answer: dict[str, Any], fieldname: str, expected: dict[Any, float]) -> None:
	overdue, *weeks, later, total = rows_of(answer)
	assert len(weeks) == 13
	assert overdue[fieldname] == pytest.approx(expected["overdue"], abs=0.01)
	assert later[fieldname] == pytest.approx(expected["later"], abs=0.01)
	for row in weeks:
		sunday = row["last"] - timedelta(days=6)
		assert row[fieldname] == pytest.approx(expected.get(sunday, 0), abs=0.01), sunday
	assert total[fieldname] == pytest.approx(sum(expected.values()), abs=0.01)


def test_as_agreed_is_a_plain_recount(site: ModuleType, book: dict[str, Any]) -> None:
	expected = by_row(site)
	assert expected["overdue"] and len(expected) >= 3
	answer = report()
	check_rows(answer, "agreed", expected)
	check_rows(answer, "in_case", expected)
	assert figures_of(answer)["Overdue at the Start"] == pytest.approx(expected["overdue"], abs=0.01)
	assert figures_of(answer)["Furthest Behind"] == 0


def test_everyone_late_and_a_part_lost(site: ModuleType, book: dict[str, Any]) -> None:
	answer = report(late_days=20, lost_percent=25)
	check_rows(answer, "agreed", by_row(site))
	check_rows(answer, "in_case", {key: amount * 0.75 for key, amount in by_row(site, late=20).items()})


def test_one_late_payment_is_seen_in_the_weeks_between(site: ModuleType, book: dict[str, Any]) -> None:
	slower = books.CUSTOMERS[2]
	answer = report(late_customer=slower, late_customer_days=21)
	check_rows(answer, "in_case", by_row(site, slower=slower, more=21))
	first = min(
		getdate(due) for due, _a, who in site.db.sql(RECOUNT, COMPANY) if who == slower and due >= today()
	)
	weeks = rows_of(answer)[1:-2]
	(week,) = [row for row in weeks if row["first"] <= first <= row["last"]]
	assert week["gap"] == week["gap_sum"] == pytest.approx(-411.52, abs=0.01)
	assert weeks[weeks.index(week) + 3]["gap"] == pytest.approx(411.52, abs=0.01)
	(label,) = [label for label in figures_of(answer) if label.startswith("Furthest Behind")]
	assert figures_of(answer)[label] == -min(row["gap_sum"] for row in weeks) > 0


def test_running_sums_leave_the_overdue_out(site: ModuleType, book: dict[str, Any]) -> None:
	agreed = 0.0
	for row in rows_of(report(late_days=9))[1:-2]:
		agreed += row["agreed"]
		assert row["agreed_sum"] == pytest.approx(agreed, abs=0.01)
		assert row["gap_sum"] == pytest.approx(row["in_case_sum"] - row["agreed_sum"], abs=0.01)


@pytest.mark.parametrize(
	("filters", "message"),
	[
		({"weeks": 0}, "Weeks: enter 1 to 104"),
		({"weeks": 105}, "Weeks: enter 1 to 104"),
		({"late_days": -1}, "Everyone Pays Late by Days: enter 0 to 365"),
		({"lost_percent": 101}, "Never Paid .*: enter 0 to 100"),
		(
			{"late_customer": "Najd Furniture", "late_customer_days": 400},
			"This Customer Later by Days: enter 0",
		),
	],
)
def test_a_case_out_of_bounds_is_refused(
	site: ModuleType, book: dict[str, Any], filters: dict[str, Any], message: str
) -> None:
	with pytest.raises(site.ValidationError, match=message):
		report(**filters)


def test_an_empty_book_expects_nothing(site: ModuleType, book: dict[str, Any]) -> None:
	site.db.delete("Instalment")
	assert {row["agreed"] for row in rows_of(report())} == {0}


def test_the_first_week_begins_on_the_day_chosen(site: ModuleType, book: dict[str, Any]) -> None:
	day = getdate(add_days(nowdate(), 3))
	week: dict[str, date] = rows_of(report(from_date=str(day)))[1]
	assert week["first"] == day and week["last"].weekday() == 5


def test_only_the_customer_that_the_user_may_see(site: ModuleType, book: dict[str, Any]) -> None:
	user = books.a_clerk("Sales Manager")
	site.permissions.add_user_permission("Customer", books.CUSTOMERS[2], user)
	site.set_user(user)
	assert rows_of(report())[-1]["agreed"] == pytest.approx(1234.56)
	with pytest.raises(site.PermissionError):
		report(late_customer=books.CUSTOMERS[0])


def test_another_company_and_no_role_are_refused(site: ModuleType, book: dict[str, Any]) -> None:
	books.check_who_is_refused(report)


def test_the_spreadsheet_is_arabic_with_real_numbers(site: ModuleType, book: dict[str, Any]) -> None:
	site.local.lang = "ar"
	head, *rows = books.spreadsheet(report())
	assert [label for label in head if label.isascii()] == []
	assert all(isinstance(row[3], float) for row in rows)
	assert not {"Total", "Later", "Overdue at the Start"} & {str(cell) for row in rows for cell in row}
