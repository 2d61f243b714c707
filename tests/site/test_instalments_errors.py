"""Plans that cannot be made say what, where and how to mend, and leave nothing behind; rights; the preview."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType
from typing import Any

import factories as make
import frappe
import instalments_helpers as steps
import pytest
from frappe.model.document import Document
from frappe.utils import nowdate

from saudi_crm_billing.instalments.api import plan_balances, preview
from saudi_crm_billing.instalments.errors import InstalmentPlanError

DOCUMENTS: dict[str, Callable[..., Document]] = {
	"Quotation": make.a_quotation,
	"Sales Order": make.a_sales_order,
	"Sales Invoice": make.a_sales_invoice,
}


@pytest.mark.parametrize("doctype", DOCUMENTS)
@pytest.mark.parametrize(
	("wishes", "message"),
	[
		({"scb_down_payment": 1_000}, r"down payment of 1,000.00 must be less than the total of 1,000.00"),
		(
			{"scb_first_due_date": "2020-01-31"},
			r"is before the document's date .* Choose a later one",
		),
		({"scb_first_due_date": "2077-10-20"}, r"outside 1343 to 1500 AH .* fewer instalments"),
		({"scb_instalment_count": 2_000}, r"outside 1343 to 1500 AH"),
		(
			{"scb_plan_template": None, "scb_instalment_count": 5},
			r"5 instalments .* Choose an Instalment Plan",
		),
	],
)
def test_wishes_that_make_no_plan_are_refused_on_every_document(
	site: ModuleType, doctype: str, wishes: dict[str, Any], message: str
) -> None:
	values = {"scb_plan_template": steps.a_template(), **wishes}
	with pytest.raises(InstalmentPlanError, match=message):
		DOCUMENTS[doctype](**values).insert()
	assert frappe.get_all("Instalment Plan", filters={"plan_template": steps.PLAN}) == []


@pytest.mark.parametrize(
	("values", "message"),
	[
		({"is_pos": 1, "payments": [{"mode_of_payment": "Cash"}]}, "Clear Include Payment"),
		({"is_opening": "Yes"}, "opening invoice no payment schedule"),
		({"items": [make.line(item="SCB-SERVICE", rate=1_000_000_000)]}, "Split the sale"),
		({"items": [make.line(item="SCB-SERVICE", rate=0)]}, "Enter an amount above zero"),
	],
)
def test_invoices_that_cannot_carry_a_plan_are_refused(
	site: ModuleType, values: dict[str, Any], message: str
) -> None:
	make.an_item()
	invoice = make.a_sales_invoice(scb_plan_template=steps.a_template())
	invoice.update(values)
	with pytest.raises(InstalmentPlanError, match=message):
		invoice.insert()


def test_a_foreign_invoice_on_a_riyal_account_is_refused(site: ModuleType) -> None:
	frappe.db.set_single_value(
		"Accounts Settings", "allow_multi_currency_invoices_against_single_party_account", 1
	)
	invoice = make.a_sales_invoice(currency="USD", conversion_rate=3.75, scb_plan_template=steps.a_template())
	message = (
		r"in USD but the receivable account Debtors - RTC is kept in SAR.* choose a receivable account in USD"
	)
	with pytest.raises(InstalmentPlanError, match=message):
		invoice.insert()


def test_a_disabled_template_is_refused(site: ModuleType) -> None:
	steps.a_template("Test Disabled", enabled=0)
	with pytest.raises(
		InstalmentPlanError, match=r"Test Disabled is disabled\. Choose another, or enable it"
	):
		make.a_quotation(scb_plan_template="Test Disabled").insert()


@pytest.mark.parametrize(
	("values", "message"),
	[
		({"instalment_count": 0}, "0 instalments cannot be made. Enter at least 1"),
		({"due_day": 32}, "Day 32 does not exist in a month. Choose a day from 1 to 31"),
		({"due_day": 31, "calendar": "Hijri"}, "Choose a day from 1 to 30"),
		({"every": 0}, "interval of 0 cannot"),
		({"down_payment_percent": 100}, r"Down Payment \(%\) must be at least 0 and less than 100"),
		({"instalment_count": 1_000}, "outside 1343 to 1500 AH"),
	],
)
def test_a_template_that_makes_no_plan_is_refused(
	site: ModuleType, values: dict[str, Any], message: str
) -> None:
	with pytest.raises(frappe.ValidationError, match=message):
		steps.a_template("Test Impossible", **values)


def test_the_preview_shows_what_a_save_writes(site: ModuleType) -> None:
	steps.a_template("Test Preview", down_payment_percent=10, due_day=27, shift="Nearest workday")
	quotation = make.a_quotation(scb_plan_template="Test Preview", scb_instalment_count=5).insert()
	shown = preview("Quotation", "Test Preview", total=1_000, document_date=nowdate(), count=5)
	assert [(row["amount"], row["due_date"]) for row in shown["rows"]] == [
		(row.payment_amount, row.due_date) for row in quotation.payment_schedule
	]
	assert [row["number"] for row in shown["rows"]] == [0, 1, 2, 3, 4, 5]
	assert len(shown["rows"][0]["due_date_hijri"]) == 10


def test_the_preview_takes_advances_into_account(site: ModuleType) -> None:
	shown = preview("Sales Invoice", steps.a_template(), 300, nowdate(), advance=150)
	assert [(row["amount"], row["advance"]) for row in shown["rows"]] == [(100, 100), (100, 50), (100, 0)]


def test_the_preview_refuses_as_a_save_does(site: ModuleType) -> None:
	with pytest.raises(InstalmentPlanError, match=r"must be less than the total of 300\.00"):
		preview("Quotation", steps.a_template(), 300, nowdate(), down_payment=300)


def test_the_preview_needs_the_right_to_write_such_a_document(site: ModuleType) -> None:
	steps.a_template()
	seller = make.a_user("sales@example.com", "Sales User")
	site.set_user(make.a_user("stock@example.com", "Stock User"))
	with pytest.raises(frappe.PermissionError):
		preview("Quotation", steps.PLAN, 300, nowdate())
	site.set_user(seller)
	assert len(preview("Quotation", steps.PLAN, 300, nowdate())["rows"]) == 3
	with pytest.raises(frappe.PermissionError):
		preview("Sales Invoice", steps.PLAN, 300, nowdate())
	with pytest.raises(frappe.PermissionError, match="User cannot carry an instalment plan"):
		preview("User", steps.PLAN, 300, nowdate())


def test_balances_are_shown_to_whoever_may_read_the_document(site: ModuleType) -> None:
	invoice = steps.a_plan_invoice()
	steps.pay(invoice, 150)
	shown = plan_balances("Sales Invoice", invoice.name)
	assert (shown["status"], shown["outstanding"]) == ("Active", 150)
	assert [(row["paid"], row["outstanding"]) for row in shown["rows"]] == [(100, 0), (50, 50), (0, 100)]
	site.set_user(make.a_user("sales@example.com", "Sales User"))
	with pytest.raises(frappe.PermissionError):
		plan_balances("Sales Invoice", invoice.name)


def test_a_sales_user_plans_a_quotation_but_changes_no_plan_or_template(site: ModuleType) -> None:
	steps.a_template()
	make.a_customer()
	make.an_item()
	site.set_user(make.a_user("sales@example.com", "Sales User"))
	quotation = make.a_quotation(scb_plan_template=steps.PLAN).insert()
	plan = frappe.get_doc("Instalment Plan", quotation.scb_instalment_plan)
	plan.check_permission("read")
	plan.total = 1
	with pytest.raises(frappe.PermissionError):
		plan.save()
	template = frappe.get_doc("Instalment Plan Template", steps.PLAN)
	with pytest.raises(frappe.PermissionError):
		template.save()
	with pytest.raises(frappe.PermissionError):
		frappe.delete_doc("Instalment Plan", plan.name)


def test_only_accounts_managers_write_templates(site: ModuleType) -> None:
	site.set_user(make.a_user("accounts@example.com", "Accounts Manager"))
	template = frappe.get_doc(
		{"doctype": "Instalment Plan Template", "template_name": "Test Mine", "instalment_count": 4}
	).insert()
	assert template.name == "Test Mine"
