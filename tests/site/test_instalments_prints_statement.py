"""A customer's statement where one currency or company is not all that he owes."""

from __future__ import annotations

import re

import factories as make
import frappe
import instalments_helpers as plans
import pytest
from frappe.model.document import Document
from frappe.translate import print_language
from frappe.utils import getdate, nowdate

from saudi_crm_billing.instalments.prints import documents
from saudi_crm_billing.instalments.prints.api import download_statement
from saudi_crm_billing.instalments.prints.statement import statement

pytestmark = pytest.mark.usefixtures("site")
SPAN = (getdate("2026-01-01"), getdate("2028-12-31"))
OTHER = "Jeddah Branch Co"


@pytest.fixture
def customer() -> Document:
	"""Owes 300 riyals and 120 dollars: core allows one currency a customer and company, but two customers to be merged."""
	name = make.a_customer("Two Currencies Est")
	plans.a_plan_invoice(300, customer=name)
	dollars = plans.a_dollar_invoice("Two Currencies Inc", 120).customer
	frappe.rename_doc("Customer", dollars, name, merge=True, show_alert=False)
	return frappe.get_doc("Customer", name)


def text_of(customer: Document, language: str, *arguments: object) -> str:
	html = documents.html_of(documents.STATEMENT, customer, language, make.COMPANY, *SPAN, *arguments)
	body = re.sub(r"<style>.*?</style>", " ", html[html.index('class="sti"') :], flags=re.S)
	return re.sub(r"\s+", " ", re.sub(r"<[^>]+>|\u200e", " ", body))


def test_a_statement_is_of_the_currency_that_is_asked_for(customer: Document) -> None:
	view = statement(customer, make.COMPANY, *SPAN, "USD")
	assert (view.currency, view.owed, [row.debit for row in view.rows]) == ("USD", "120.00", ["40.00"] * 3)
	view = statement(customer, make.COMPANY, *SPAN)
	assert (view.currency, view.owed) == ("SAR", "300.00")


def test_the_paper_says_that_other_currencies_are_not_on_it(customer: Document) -> None:
	assert "Instalments in USD are on a statement of their own." in text_of(customer, "en")
	arabic = text_of(customer, "ar", "USD")
	assert "للأقساط بعملة SAR كشف مستقل." in arabic
	assert "إجمالي المتبقي من الأقساط بعملة USD Outstanding of all instalments in USD 120.00 USD" in arabic


def test_a_statement_of_all_that_is_owed_says_nothing_of_currencies() -> None:
	customer = plans.a_plan_invoice(300).customer
	english = text_of(frappe.get_doc("Customer", customer), "en")
	assert "of their own" not in english and "Outstanding of all instalments إجمالي" in english


def test_a_currency_without_instalments_is_refused_with_those_that_have_some(customer: Document) -> None:
	with pytest.raises(
		frappe.ValidationError,
		match=f"Two Currencies Est has no instalments in {make.COMPANY} in EUR. Choose one of these currencies: SAR, USD",
	):
		statement(customer, make.COMPANY, *SPAN, "EUR")


def test_the_file_is_of_the_currency_that_is_asked_for(
	customer: Document, monkeypatch: pytest.MonkeyPatch
) -> None:
	seen = list[str]()
	monkeypatch.setattr(documents.rendering, "to_pdf", lambda html, _files: seen.append(html) or b"%PDF")
	download_statement(customer.name, make.COMPANY, "2026-01-01", "2028-12-31", "en", "USD")
	assert "120.00 USD" in seen[0] and frappe.response.filename.endswith("2028-12-31-USD.pdf")


def a_plan_in(company: str, customer: str) -> None:
	"""What a statement reads of a plan, of a company that has no books here."""
	if not frappe.db.exists("Company", company):
		values = {
			"company_name": company,
			"abbr": "JBC",
			"default_currency": "SAR",
			"country": "Saudi Arabia",
		}
		frappe.get_doc({"doctype": "Company", **values}).db_insert()
	plan = frappe.new_doc("Instalment Plan")
	plan.update({"name": f"PLAN-{company}", "company": company, "customer": customer, "status": "Active"})
	plan.update({"reference_doctype": "Sales Invoice", "reference_name": "ELSEWHERE-1", "currency": "SAR"})
	plan.db_insert()


def test_the_print_view_says_how_to_choose_another_company() -> None:
	customer = frappe.get_doc("Customer", make.a_customer("Customer Of Another"))
	a_plan_in(OTHER, customer.name)
	with (
		print_language("en"),
		pytest.raises(
			frappe.ValidationError,
			match=f"Customer Of Another has no instalments in {make.COMPANY}, but in {OTHER}. On the customer, Instalments > "
			"Print Statement asks for the company",
		),
	):
		frappe.get_print("Customer", customer.name, "Customer Instalment Statement")


def test_a_company_that_the_reader_may_not_see_is_not_named() -> None:
	customer = frappe.get_doc("Customer", make.a_customer("Customer Of Another"))
	a_plan_in(OTHER, customer.name)
	reader = make.a_user("one-company@example.com", "Accounts User")
	make.insert("User Permission", user=reader, allow="Company", for_value=make.COMPANY)
	frappe.set_user(reader)
	with pytest.raises(frappe.ValidationError) as raised:
		statement(customer, make.COMPANY, getdate(nowdate()), getdate(nowdate()))
	assert str(raised.value) == f"Customer Of Another has no instalments in {make.COMPANY}."
