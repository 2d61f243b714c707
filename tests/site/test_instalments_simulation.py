"""Terms side by side before one is taken: what each comes to, who may have it, who may ask."""

from __future__ import annotations

import json
from types import ModuleType
from typing import Any

import factories as make
import frappe
import instalments_helpers as steps
import instalments_margin_helpers as credit
import pytest
from frappe.model.document import Document
from frappe.utils import getdate

from saudi_crm_billing.instalments.offering.api import compare

PLAIN, HIJRI, SPECIAL = "Test Plain", "Test Hijri", "Test Special"


def compared(doc: Document) -> dict[str, dict[str, Any]]:
	"""What the dialog shows for a document, by template."""
	return {plan["template"]: plan for plan in compare(json.dumps(doc.as_dict(), default=str))}


def a_sale(**values: Any) -> Document:
	return make.a_quotation(items=[make.line(rate=12_000)], transaction_date="2026-12-01", **values)


def test_every_plan_shows_rows_total_and_dates_in_both_calendars(site: ModuleType) -> None:
	steps.a_template(PLAIN, instalment_count=24, down_payment_percent=10)
	plan = compared(a_sale())[PLAIN]
	assert (plan["total"], plan["down_payment"], plan["margin"]) == (12_000, 1_200, 0)
	assert plan["runs"] == [{"count": 24, "amount": 450}]
	assert (str(plan["first"]["due_date"]), plan["first"]["due_date_hijri"]) == ("2027-01-01", "1448-07-23")
	assert (str(plan["last"]["due_date"]), plan["last"]["due_date_hijri"]) == ("2028-12-01", "1450-07-14")
	assert [row["number"] for row in plan["rows"]] == list(range(25))
	assert sum(row["amount"] for row in plan["rows"]) == 12_000


def test_a_hijri_plan_says_by_how_many_days_it_ends_earlier(site: ModuleType) -> None:
	steps.a_template(PLAIN, instalment_count=24)
	steps.a_template(HIJRI, instalment_count=24, calendar="Hijri")
	plans = compared(a_sale())
	assert plans[HIJRI]["earlier_days"] == 23
	assert str(plans[HIJRI]["last"]["due_date"]) == "2028-11-08"
	assert plans[PLAIN]["earlier_days"] == 0


def test_what_each_plan_costs_stands_beside_the_cash_price(site: ModuleType) -> None:
	credit.a_company_with_margins()
	names = [credit.a_margin_template(kind) for kind in (credit.IN_PRICE, credit.EXEMPT)]
	plain = steps.a_template(PLAIN)
	plans = compared(make.a_quotation())
	assert [plans[name]["margin"] for name in (*names, plain)] == [132.25, 115, 0]
	assert {plans[name]["cash_total"] for name in (*names, plain)} == {1_150}
	assert plans[names[1]]["total"] == 1_265


def test_a_draft_that_has_a_margin_is_compared_by_its_cash_price(site: ModuleType) -> None:
	credit.a_company_with_margins()
	invoice = credit.sold(credit.IN_PRICE)
	plain = steps.a_template(PLAIN)
	plans = compared(invoice)
	assert (plans[plain]["total"], plans[plain]["cash_total"]) == (1_150, 1_150)
	assert plans[invoice.scb_plan_template]["total"] == 1_282.25


def test_it_shows_what_a_save_writes(site: ModuleType) -> None:
	steps.a_template(PLAIN, instalment_count=7, down_payment_amount=500, balloon_percent=30)
	quotation = a_sale()
	plan = compared(quotation)[PLAIN]
	quotation.scb_plan_template = PLAIN
	quotation.insert()
	assert [(row["due_date"], row["amount"]) for row in plan["rows"]] == [
		(getdate(row.due_date), row.payment_amount) for row in quotation.payment_schedule
	]


def test_wishes_for_the_plan_on_the_form_do_not_count_for_others(site: ModuleType) -> None:
	steps.a_template(PLAIN)
	quotation = a_sale(scb_plan_template=steps.a_template(HIJRI), scb_instalment_count=9, scb_down_payment=77)
	assert compared(quotation)[PLAIN]["runs"] == [{"count": 3, "amount": 4_000}]


def test_a_plan_that_cannot_be_made_says_why_and_one_for_others_is_left_out(site: ModuleType) -> None:
	steps.a_template(PLAIN, minimum_instalment=5_000)
	steps.a_template(SPECIAL, customers=[{"customer_group": "Government"}])
	plans = compared(a_sale())
	assert plans[PLAIN] == {
		"template": PLAIN,
		"reason": "Instalment 1 would be 4,000.00, less than the minimum of 5,000.00. "
		"12,000.00 allows 2 equal instalments at most.",
	}
	assert SPECIAL not in plans
	assert [said.message for said in frappe.local.message_log if not said.get("alert")] == []


def test_nothing_is_saved(site: ModuleType) -> None:
	"""Core writes an Item Price when it looks a new item's details up; a comparison does not."""
	credit.a_company_with_margins()
	credit.a_margin_template(credit.IN_PRICE)
	quotation = a_sale().insert()
	before = frappe.get_doc("Quotation", quotation.name).as_json()
	prices = frappe.db.count("Item Price")
	compared(quotation)
	assert frappe.get_doc("Quotation", quotation.name).as_json() == before
	assert frappe.db.count("Instalment Plan") == 0
	assert frappe.db.count("Item Price") == prices


def test_it_is_for_whoever_may_write_the_document(site: ModuleType) -> None:
	steps.a_template(PLAIN)
	quotation, invoice = a_sale().insert(), make.a_sales_invoice().insert()
	seller = make.a_user("seller@example.com", "Sales User")
	stranger = make.a_user("stranger@example.com", "Projects User")
	item = make.an_item()
	site.set_user(seller)
	assert PLAIN in compared(quotation)
	with pytest.raises(frappe.PermissionError):
		compared(invoice)
	site.set_user(stranger)
	with pytest.raises(frappe.PermissionError):
		compared(quotation)
	site.set_user("Administrator")
	with pytest.raises(frappe.PermissionError, match="Item cannot carry an instalment plan"):
		compare(json.dumps({"doctype": "Item", "name": item}))


def test_a_customer_that_the_user_may_not_read_is_not_asked_about(site: ModuleType) -> None:
	seller = make.a_user("seller@example.com", "Sales User")
	make.insert("User Permission", user=seller, allow="Customer", for_value=make.a_customer("The Only One"))
	quotation = make.a_quotation(customer=make.a_customer())
	site.set_user(seller)
	with pytest.raises(frappe.PermissionError):
		compared(quotation)
