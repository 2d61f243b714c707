"""A plan from another system owes what was left of it: print, statement and portfolio say so, and not the whole sale."""

from __future__ import annotations

from types import ModuleType

import factories as make
import frappe
import instalments_book as books
import opening_helpers as opening
from frappe.utils import add_months, getdate, nowdate

from saudi_crm_billing.instalments.prints.statement import statement

CUSTOMER = "Moved from Elsewhere"
"""Three of 100, the first two fell due; 150 was paid in the old system."""


def an_opening_plan() -> str:
	customer = make.a_customer(CUSTOMER)
	sold = getdate(add_months(nowdate(), -3))
	rows = opening.rows_of(customer=customer, posting_date=str(sold), paid=[100, 50])
	for place, row in enumerate(rows):
		row[opening.HEADINGS.index("Due Date")] = str(getdate(add_months(sold, place + 1 + (place == 2))))
	assert opening.imported(opening.as_csv(rows)).status == "Imported"
	return customer


def test_the_printed_statement_ends_with_what_is_owed(site: ModuleType) -> None:
	customer = an_opening_plan()
	first, last = getdate(add_months(nowdate(), -4)), getdate(add_months(nowdate(), 2))
	view = statement(frappe.get_doc("Customer", customer), make.COMPANY, first, last)
	assert (view.debits, view.credits, view.closing, view.owed) == ("300.00", "150.00", "150.00", "150.00")
	assert [(row.text.en, row.credit) for row in view.rows if row.credit] == [
		("Paid in the Earlier System", "150.00")
	]


def test_the_report_names_what_was_paid_before(site: ModuleType) -> None:
	customer = an_opening_plan()
	filters = {"customer": customer, "from_date": add_months(nowdate(), -4), "to_date": nowdate()}
	told = books.report("Customer Statement of Instalments", **filters)
	texts = [
		(row["text"], row["credit"]) for row in told["result"] if isinstance(row, dict) and row.get("credit")
	]
	assert texts == [("Paid in the Earlier System", 150)]


def test_the_portfolio_counts_as_late_what_is_late(site: ModuleType) -> None:
	an_opening_plan()
	told = books.rows_of(books.report("Instalment Portfolio", as_on=nowdate(), months=6))
	month_and_total = [one for one in told if one.get("contracts") == 1 and one.get("outstanding") == 150]
	assert [one["late"] for one in month_and_total] == [50, 50]
