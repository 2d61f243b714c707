"""A small book of instalments of four customers, late, due and settled, for the tests of reports."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from types import ModuleType
from typing import Any

import e_invoicing_helpers as zatca
import factories as make
import frappe
import instalments_helpers as sell
import pytest
from conftest import forget_cached_documents
from frappe.desk.query_report import run
from frappe.model.document import Document
from frappe.utils import add_months, getdate, nowdate

COMPANY = make.COMPANY
CUSTOMERS = ("Najd Furniture", "Tihama Stores", "Hijaz Motors", "Tabuk Export")
GRACE = "Test Three Months with Grace"


@pytest.fixture(scope="module")
def opened(connection: ModuleType) -> Iterator[dict[str, Document]]:
	"""The book, made once for all tests of a module."""
	with pytest.MonkeyPatch.context() as patch:
		_fresh(connection)
		connection.db.rollback()
		patch.setattr(connection.local.db, "commit", lambda: connection.local.db.before_commit.run())
		yield a_book()
	connection.db.rollback()
	_fresh(connection)


@pytest.fixture
def site(connection: ModuleType, opened: dict[str, Document]) -> Iterator[ModuleType]:
	"""`frappe` with the book on the site; what the test itself writes is taken back."""
	connection.db.savepoint("book")
	yield connection
	connection.db.rollback(save_point="book")
	_fresh(connection)


@pytest.fixture
def book(site: ModuleType, opened: dict[str, Document]) -> dict[str, Document]:
	return opened


def _fresh(connection: ModuleType) -> None:
	connection.set_user("Administrator")
	connection.local.lang = "en"
	connection.clear_messages()
	connection.cache.delete_value("user_permissions")
	forget_cached_documents(connection)


def a_book() -> dict[str, Document]:
	"""Invoices by what they are like; each of three monthly instalments from a month after its sale."""
	sell.a_template(GRACE, grace_days=10)
	sales = {
		"long late": (CUSTOMERS[0], -16, 300, None),
		"half paid": (CUSTOMERS[0], -4, 1000, None),
		"settled": (CUSTOMERS[1], -6, 600, None),
		"in grace": (CUSTOMERS[1], -2, 900, GRACE),
		"not due": (CUSTOMERS[2], 0, 1234.56, None),
	}
	book = {name: a_sale(*values) for name, values in sales.items()}
	sell.pay(book["half paid"], 450)
	sell.a_journal_receipt(book["settled"], 600)
	book["in dollars"] = a_sale(CUSTOMERS[3], -5, 99.99, None, **zatca.in_dollars())
	return {name: invoice.reload() for name, invoice in book.items()}


def a_sale(customer: str, months: int, total: float, template: str | None, **values: Any) -> Document:
	day = getdate(add_months(nowdate(), months))
	return sell.a_plan_invoice(
		total, template, customer=make.a_customer(customer), posting_date=day, **values
	)


def report(name: str, **filters: Any) -> dict[str, Any]:
	return run(name, {"company": COMPANY, **filters})


def rows_of(answer: dict[str, Any]) -> list[dict[str, Any]]:
	"""Without the total that core adds as a list."""
	return [row for row in answer["result"] if isinstance(row, dict)]


def figures_of(answer: dict[str, Any]) -> dict[str, float]:
	return {figure["label"]: figure["value"] for figure in answer["report_summary"]}


def labels_of(answer: dict[str, Any]) -> list[str]:
	return [column["label"] for column in answer["columns"]]


def a_clerk(role: str = "Accounts User") -> str:
	return make.a_user("limited@riyadh-trading.example", role)


def another_company() -> str:
	doc = frappe.get_doc(
		{"doctype": "Company", "company_name": "Other Co", "abbr": "OTH", "default_currency": "SAR"}
	)
	doc.name = "Other Co"
	doc.db_insert()
	return str(doc.name)


def check_who_is_refused(ask: Callable[[], Any]) -> None:
	"""A user of another company, and one without a role of the report."""
	clerk, stranger = a_clerk(), make.a_user("stranger@riyadh-trading.example", "Stock User")
	frappe.permissions.add_user_permission("Company", another_company(), clerk)
	frappe.set_user(clerk)
	with pytest.raises(frappe.PermissionError, match=f"no permission for company {COMPANY}"):
		ask()
	frappe.set_user(stranger)
	with pytest.raises(frappe.PermissionError, match="access to Report"):
		ask()


def spreadsheet(answer: dict[str, Any]) -> list[list[Any]]:
	"""The rows as core writes them to a file of Excel."""
	from frappe.desk.query_report import build_xlsx_data, format_fields

	data = frappe._dict(answer)
	format_fields(data)
	return build_xlsx_data(data, [], 0)[0]


def today() -> date:
	return getdate()
