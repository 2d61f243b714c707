"""Instalment Portfolio: vintages and roll rates equal to a recount, contract by contract, of what the ledger says."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from types import ModuleType
from typing import Any

import instalments_book as books
import instalments_helpers as sell
import pytest
import settling_helpers as settle
from frappe.utils import add_days, add_months, get_last_day, getdate, nowdate
from instalments_book import COMPANY, book, figures_of, opened, rows_of, site, today
from test_instalments_prints_money import with_deduction

__all__ = ["book", "opened", "site"]

REPORT = "Instalment Portfolio"
STARTS = (1, 31, 61, 91, 121, 181, 361)


def report(**filters: Any) -> dict[str, Any]:
	return books.report(REPORT, **{"as_on": nowdate(), "months": 24, **filters})


class Contract:
	"""One plan, recounted in Python from plain rows."""

	def __init__(self, site: ModuleType, row: Any) -> None:
		self.sold_on, self.rate, self.total = row.posting_date, row.rate, row.total
		self.rows = site.db.sql(
			"select grace_until, amount from tabInstalment where parent = %s order by due_date", row.plan
		)
		self.entries = site.db.sql(
			"""select posting_date, -amount_in_account_currency from `tabPayment Ledger Entry`
			where against_voucher_no = %s and voucher_no != %s and delinked = 0""",
			(row.invoice, row.invoice),
		)

	def settled(self, day: date) -> float:
		return sum(amount for posted, amount in self.entries if posted <= day)

	def late(self, day: date) -> tuple[float, int]:
		"""Amount, and days of the oldest."""
		money, late, days = self.settled(day), 0.0, 0
		for until, amount in self.rows:
			left = amount - min(max(money, 0), amount)
			money -= amount
			if left > 0.001 and until < day:
				late += left
				days = max(days, (day - until).days)
		return late * self.rate, days

	def bucket(self, day: date) -> int:
		if self.settled(day) >= self.total - 0.001:
			return 8
		return sum(self.late(day)[1] >= start for start in STARTS)


def contracts(site: ModuleType) -> list[Contract]:
	rows = site.db.sql(
		"""select p.name plan, s.name invoice, s.posting_date, s.conversion_rate rate, p.total
		from `tabInstalment Plan` p join `tabSales Invoice` s on s.name = p.reference_name and s.docstatus = 1
		where s.company = %s""",
		COMPANY,
		as_dict=True,
	)
	return [Contract(site, row) for row in rows]


def ends() -> list[date]:
	last = [getdate(get_last_day(add_months(nowdate(), -back))) for back in range(23, 0, -1)]
	return [*last, today()]


def test_a_month_of_sale_is_what_its_contracts_are(site: ModuleType, book: dict[str, Any]) -> None:
	expected: dict[date, dict[str, float]] = defaultdict(lambda: defaultdict(float))
	for one in contracts(site):
		sums = expected[one.sold_on.replace(day=1)]
		sums["contracts"] += 1
		sums["sold"] += one.total * one.rate
		sums["collected"] += one.settled(today()) * one.rate
		sums["late"] += one.late(today())[0]
	*rows, total = rows_of(report())
	assert len(rows) == len(expected) >= 5
	for row, (_month, sums) in zip(rows, sorted(expected.items()), strict=True):
		assert row["contracts"] == sums["contracts"]
		assert row["sold"] == pytest.approx(sums["sold"], abs=0.01)
		settled = sum(row[name] for name in ("paid", "deducted", "written_off", "credited"))
		assert settled == pytest.approx(sums["collected"], abs=0.01)
		assert row["outstanding"] == pytest.approx(sums["sold"] - sums["collected"], abs=0.01)
		assert row["late"] == pytest.approx(sums["late"], abs=0.01)
		assert row["late_share"] == pytest.approx(100 * sums["late"] / sums["sold"], abs=0.051)
	assert total["sold"] == pytest.approx(sum(sums["sold"] for sums in expected.values()), abs=0.01)
	assert figures_of(report())["Late Amount"] == pytest.approx(total["late"], abs=0.001)


def test_shares_late_by_age_are_those_of_a_recount(site: ModuleType, book: dict[str, Any]) -> None:
	sold: dict[date, float] = defaultdict(float)
	late: dict[tuple[date, int], float] = defaultdict(float)
	for one in contracts(site):
		month = one.sold_on.replace(day=1)
		sold[month] += one.total * one.rate
		for end in ends():
			age = (end.year - month.year) * 12 + end.month - month.month
			if age >= 0:
				late[month, age] += one.late(end)[0]
	*rows, _total = rows_of(report())
	for row, month in zip(rows, sorted(sold), strict=True):
		ages = {age: amount for (at, age), amount in late.items() if at == month}
		for age, amount in ages.items():
			assert row[f"age_{age}"] == pytest.approx(100 * amount / sold[month], abs=0.051), (month, age)
		assert row.get(f"age_{max(ages) + 1}") is None
	assert any(amount for amount in late.values())


def test_late_once_and_paid_later_is_seen_in_the_months_between(
	site: ModuleType, book: dict[str, Any]
) -> None:
	journal = sell.a_journal_receipt(book["long late"], 300)
	month = book["long late"].posting_date
	*rows, _total = rows_of(report())
	(row,) = [row for row in rows if row["sold"] == 300]
	assert row["late"] == 0 and row["age_5"] == 100.0
	assert journal.posting_date == today() and month < today()


def test_what_is_paid_ahead_makes_up_for_nobody_else(site: ModuleType, book: dict[str, Any]) -> None:
	before = figures_of(report())["Late Amount"]
	sell.a_journal_receipt(book["not due"], 500)
	*rows, total = rows_of(report())
	assert [(row["late"], row["age_0"]) for row in rows if row["sold"] == 1234.56] == [(0, 0)]
	assert total["late"] == pytest.approx(before, abs=0.001)


def test_what_was_written_off_is_not_collected(site: ModuleType, book: dict[str, Any]) -> None:
	settle.written_off(book["long late"])
	*rows, total = rows_of(report())
	(row,) = [row for row in rows if row["sold"] == 300]
	assert (row["paid"], row["written_off"], row["outstanding"]) == (0, 300, 0)
	assert total["written_off"] == 300


def test_rebates_and_charges_are_not_collected(site: ModuleType, book: dict[str, Any]) -> None:
	settle.receive(settle.an_open_quote(book["half paid"]))
	with_deduction(book["long late"], 92.5, 7.5)
	month = {row["sold"]: row for row in rows_of(report())[:-1]}
	half, late = month[1000], month[300]
	assert (half["paid"], half["deducted"], half["outstanding"]) == (970, 30, 0)
	assert (late["paid"], late["deducted"], late["outstanding"]) == (92.5, 7.5, 200)
	assert rows_of(report())[-1]["deducted"] == 37.5


def test_a_payment_taken_back_deducted_nothing(site: ModuleType, book: dict[str, Any]) -> None:
	payment = with_deduction(book["long late"], 92.5, 7.5)
	payment.cancel()
	site.db.commit()
	(row,) = [row for row in rows_of(report())[:-1] if row["sold"] == 300]
	assert (row["paid"], row["deducted"], row["outstanding"]) == (0, 0, 300)


def test_rolls_are_those_of_a_recount(site: ModuleType, book: dict[str, Any]) -> None:
	start = today().replace(day=1) - timedelta(days=1)
	expected: dict[tuple[int, int], float] = defaultdict(float)
	numbers: dict[int, int] = defaultdict(int)
	for one in contracts(site):
		if one.sold_on > start or one.settled(start) >= one.total - 0.001:
			continue
		expected[one.bucket(start), one.bucket(today())] += (one.total - one.settled(start)) * one.rate
		numbers[one.bucket(start)] += 1
	rows = rows_of(report(view="Rolls"))
	assert [row["contracts"] for row in rows] == [numbers[bucket] for bucket in sorted(numbers)]
	for row, bucket in zip(rows, sorted(numbers), strict=True):
		owed = sum(amount for (before, _after), amount in expected.items() if before == bucket)
		assert row["owed"] == pytest.approx(owed, abs=0.01)
		for after in range(9):
			part = 100 * expected[bucket, after] / owed
			assert row[f"to_{after}"] == pytest.approx(part, abs=0.051), (bucket, after)
	assert sum(numbers.values()) == figures_of(report(view="Rolls"))["Contracts"]


def test_a_contract_paid_in_the_month_rolls_to_paid_off(site: ModuleType, book: dict[str, Any]) -> None:
	sell.a_journal_receipt(book["long late"], 300)
	rows = rows_of(report(view="Rolls"))
	(row,) = [row for row in rows if row["text"] == "Over 360"]
	assert (row["contracts"], row["owed"], row["to_8"]) == (1, 300, 100.0)


def test_an_earlier_day_is_as_the_ledger_was(site: ModuleType, book: dict[str, Any]) -> None:
	day = getdate(add_days(nowdate(), -45))
	late = sum(one.late(day)[0] for one in contracts(site) if one.sold_on <= day)
	assert figures_of(report(as_on=str(day)))["Late Amount"] == pytest.approx(late, abs=0.01)
	assert late != pytest.approx(figures_of(report())["Late Amount"], abs=0.01)


def test_a_day_to_come_and_too_many_months_are_refused(site: ModuleType, book: dict[str, Any]) -> None:
	with pytest.raises(site.ValidationError, match="is still to come"):
		report(as_on=add_days(nowdate(), 1))
	for months in (37, -1):
		with pytest.raises(site.ValidationError, match="Months: enter 1 to 36"):
			report(months=months)


def test_a_company_without_sales(site: ModuleType, book: dict[str, Any]) -> None:
	site.db.sql("delete from `tabInstalment Plan`")
	assert rows_of(report()) == rows_of(report(view="Rolls")) == []


def test_only_the_customer_that_the_user_may_see(site: ModuleType, book: dict[str, Any]) -> None:
	user = books.a_clerk("Sales Manager")
	site.permissions.add_user_permission("Customer", books.CUSTOMERS[2], user)
	site.set_user(user)
	*rows, total = rows_of(report())
	assert (len(rows), total["sold"]) == (1, 1234.56)


def test_another_company_and_no_role_are_refused(site: ModuleType, book: dict[str, Any]) -> None:
	books.check_who_is_refused(report)


@pytest.mark.parametrize("view", ["Vintages", "Rolls"])
def test_the_spreadsheet_is_arabic_with_real_numbers(
	site: ModuleType, book: dict[str, Any], view: str
) -> None:
	site.local.lang = "ar"
	head, *rows = books.spreadsheet(report(view=view))
	assert [label for label in head if label.isascii() and not label[0].isdigit()] == []
	assert all(isinstance(row[2], float) for row in rows)
