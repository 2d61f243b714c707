"""Overdue Instalments: equal to a plain recount, and only what the user may see."""

from __future__ import annotations

from datetime import date
from types import ModuleType
from typing import Any

import collection_kit as kit
import factories
import pytest
from collection_kit import SUNDAY, days
from frappe.desk.query_report import run

COMPANY = factories.COMPANY
REPORT = "Overdue Instalments"


def report(day: date = SUNDAY, **filters: Any) -> dict[str, Any]:
	return run(REPORT, {"company": COMPANY, "as_on": str(day), **filters})


def rows_of(answer: dict[str, Any]) -> list[dict[str, Any]]:
	return [row for row in answer["result"] if isinstance(row, dict)]


@pytest.fixture
def debts(site: ModuleType) -> None:
	for index, name in enumerate(("Najd Furniture", "Tihama Stores", "Hijaz Motors")):
		dates = [days(-100 + index), days(-45), days(-1), SUNDAY, days(30)]
		kit.an_owing_invoice(kit.a_reachable_customer(name), dates, 1642.86 + index)


def test_the_figures_are_those_of_a_plain_recount(site: ModuleType, debts: None) -> None:
	answer = report()
	recount = site.db.sql(
		"""select i.customer, count(*), sum(i.outstanding), max(datediff(%(day)s, i.due_date))
		from `tabInstalment` i
		join `tabInstalment Plan` p on p.name = i.parent
		join `tabSales Invoice` s on s.name = p.reference_name and s.docstatus = 1
		where i.company = %(company)s and i.outstanding > 0 and i.due_date < %(day)s group by i.customer""",
		{"day": SUNDAY, "company": COMPANY},
	)
	rows = rows_of(answer)
	assert len(rows) == 9
	for customer, count, total, oldest in recount:
		own = [row for row in rows if row["customer"] == customer]
		assert len(own) == count
		assert sum(row["outstanding"] for row in own) == pytest.approx(float(total), abs=0.001)
		assert max(row["days_past_due"] for row in own) == oldest
	total = sum(row[2] for row in recount)
	(overdue,) = [line for line in answer["report_summary"] if line["datatype"] == "Currency"]
	assert overdue["value"] == pytest.approx(float(total), abs=0.001)


def test_due_today_is_left_out_and_comes_in_tomorrow(site: ModuleType, debts: None) -> None:
	assert SUNDAY not in {row["due_date"] for row in rows_of(report())}
	assert SUNDAY in {row["due_date"] for row in rows_of(report(days(1)))}


def test_rows_bear_their_age(site: ModuleType, debts: None) -> None:
	rows = rows_of(report(customer="Najd Furniture"))
	assert [(row["days_past_due"], row["bucket"]) for row in rows] == [
		(100, "91+"),
		(45, "31-60"),
		(1, "1-30"),
	]
	assert {row["customer_name"] for row in rows} == {"Najd Furniture"}


def test_the_last_reminder_is_shown(site: ModuleType, debts: None) -> None:
	with kit.mail_server() as server:
		kit.a_policy(kit.an_outgoing_account(server.port))
	from saudi_crm_billing.collection import tasks

	tasks.run(COMPANY, SUNDAY)
	rows = rows_of(report(customer="Najd Furniture"))
	assert {(row["last_reminded"], row["reminder_state"]) for row in rows} == {(SUNDAY, "Queued")}


@pytest.mark.parametrize("role", ["Sales User", "Accounts User"])
def test_a_user_permission_on_customer_leaves_only_that_customer(
	site: ModuleType, debts: None, role: str
) -> None:
	user = factories.a_user("limited@riyadh-trading.example", role)
	site.permissions.add_user_permission("Customer", "Tihama Stores", user)
	site.set_user(user)
	assert {row["customer"] for row in rows_of(report())} == {"Tihama Stores"}


def test_a_user_permission_on_another_territory_hides_the_customers(site: ModuleType, debts: None) -> None:
	territory = factories.insert(
		"Territory", territory_name="Asir for tests", parent_territory="All Territories"
	)
	site.db.set_value("Customer", "Hijaz Motors", "territory", territory.name)
	user = factories.a_user("limited@riyadh-trading.example", "Sales User")
	site.permissions.add_user_permission("Territory", territory.name, user)
	site.set_user(user)
	assert {row["customer"] for row in rows_of(report())} == {"Hijaz Motors"}


def test_only_the_customers_of_the_rows_are_asked_for(
	site: ModuleType, debts: None, monkeypatch: pytest.MonkeyPatch
) -> None:
	answers: list[list[str]] = []
	get_list = site.get_list

	def listen(doctype: str, *rest: Any, **named: Any) -> list[str]:
		found = get_list(doctype, *rest, **named)
		if doctype == "Customer":
			answers.append(found)
		return found

	monkeypatch.setattr(site, "get_list", listen)
	report(customer="Najd Furniture")
	assert answers == [["Najd Furniture"]]


def test_without_a_role_the_report_is_refused(site: ModuleType, debts: None) -> None:
	site.set_user(factories.a_user("stranger@riyadh-trading.example", "Stock User"))
	with pytest.raises(site.PermissionError):
		report()


def test_a_user_of_another_company_is_refused(site: ModuleType, debts: None) -> None:
	user = factories.a_user("limited@riyadh-trading.example", "Accounts User")
	other = site.get_doc(
		{
			"doctype": "Company",
			"company_name": "Other Co",
			"abbr": "OTH",
			"default_currency": "SAR",
			"country": "Saudi Arabia",
		}
	)
	other.name = "Other Co"
	other.db_insert()
	site.permissions.add_user_permission("Company", "Other Co", user)
	site.set_user(user)
	with pytest.raises(site.PermissionError, match="no permission for company Riyadh Trading Co"):
		report()


def test_amounts_are_numbers_in_a_spreadsheet(site: ModuleType, debts: None) -> None:
	"""Core writes a Decimal to a file of Excel as text, which adds up to nothing there."""
	from frappe.desk.query_report import build_xlsx_data

	head, *rows = build_xlsx_data(site._dict(report()), [], 0)[0]
	assert {type(row[head.index("Outstanding")]) for row in rows} == {float}
