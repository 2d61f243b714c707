"""The customer compares plans behind the acceptance link and chooses one before accepting; the order carries it."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import factories as make
import frappe
import instalments_helpers as steps
import instalments_margin_helpers as credit
import pytest
from crm_billing_helpers import a_rule, process
from frappe.model.document import Document
from frappe.utils import add_days, nowdate
from test_crm_billing_acceptance import link_of, page

LONG, SPECIAL = "Twelve Months", "For Government"


def a_choice(**values: Any) -> Document:
	"""A submitted quotation of 12,000 over three months, with leave to choose."""
	steps.a_template(LONG, instalment_count=12, down_payment_percent=10)
	steps.a_template(SPECIAL, customers=[{"customer_group": "Government"}])
	defaults = {"scb_plan_template": steps.a_template(), "scb_customer_chooses": 1}
	defaults["items"] = [make.line(rate=12_000)]
	quotation = make.a_quotation(**{**defaults, **values})
	quotation.insert().submit()
	return quotation


def accept(site: ModuleType, quotation: Document, plan: str) -> str:
	"""As the page's form does for a visitor; where it leads to."""
	from saudi_crm_billing.crm_billing import api

	query = link_of(quotation)
	site.set_user("Guest")
	api.accept_by_link(**query, signed_by="Noura", plan=plan)
	site.set_user("Administrator")
	quotation.reload()
	return str(site.local.response.location)


def order_of(quotation: Document) -> Document:
	from erpnext.selling.doctype.quotation.quotation import make_sales_order

	order = make_sales_order(quotation.name)
	order.delivery_date = nowdate()
	return order.insert()


def amounts(doc: Document) -> list[float]:
	return [row.payment_amount for row in doc.payment_schedule]


def test_the_page_shows_the_plans_that_the_customer_may_have(site: ModuleType) -> None:
	status, text = page(site, **link_of(a_choice()))
	assert status == 200
	assert "اختر طريقة السداد" in text
	assert 'name="plan" value=""' in text
	assert f'name="plan" value="{LONG}"' in text
	assert "12 × 900.00 SAR" in text
	assert "3 × 4,000.00 SAR" in text
	assert SPECIAL not in text


@pytest.mark.parametrize(
	"values",
	[{"scb_customer_chooses": 0}, {"scb_offered_plans": [{"plan_template": SPECIAL}]}],
)
def test_without_leave_or_another_plan_there_is_nothing_to_choose(
	site: ModuleType, values: dict[str, Any]
) -> None:
	steps.a_template(SPECIAL, customers=[{"customer_group": "Government"}])
	quotation = a_choice(**values)
	_status, text = page(site, **link_of(quotation))
	assert 'name="plan"' not in text
	assert "4,000.00" in text
	assert "gone=1" in accept(site, quotation, LONG)
	assert not quotation.scb_accepted_on


def test_the_chosen_plan_is_what_the_order_and_the_page_carry(site: ModuleType) -> None:
	quotation = a_choice()
	assert "gone" not in accept(site, quotation, LONG)
	assert (quotation.scb_chosen_template, quotation.scb_accepted_by) == (LONG, "Noura")
	assert amounts(quotation) == [4_000] * 3
	order = order_of(quotation)
	assert order.scb_plan_template == LONG
	assert amounts(order) == [1_200, *[900.0] * 12]
	_status, text = page(site, **link_of(quotation))
	assert "الخطة المختارة" in text
	assert "12 × 900.00 SAR" in text
	assert "4,000.00" not in text


def test_accepting_without_a_choice_keeps_the_quotations_own_plan(site: ModuleType) -> None:
	quotation = a_choice()
	accept(site, quotation, "")
	assert quotation.scb_accepted_on
	assert not quotation.scb_chosen_template
	assert order_of(quotation).scb_plan_template == steps.PLAN


@pytest.mark.parametrize("plan", [SPECIAL, "No Such Plan", steps.PLAN])
def test_a_plan_that_is_not_offered_accepts_nothing(site: ModuleType, plan: str) -> None:
	quotation = a_choice()
	assert "gone=1" in accept(site, quotation, plan)
	assert (quotation.scb_accepted_on, quotation.scb_chosen_template) == (None, None)
	_status, text = page(site, **link_of(quotation), gone="1")
	assert "no longer offered. Please choose again" in text


def test_a_second_acceptance_changes_no_choice(site: ModuleType) -> None:
	quotation = a_choice()
	accept(site, quotation, LONG)
	accept(site, quotation, "")
	assert quotation.scb_chosen_template == LONG
	other = a_choice()
	accept(site, other, "")
	accept(site, other, LONG)
	assert not other.scb_chosen_template


def test_a_chosen_plan_stands_with_the_margin_that_was_shown(site: ModuleType) -> None:
	credit.a_company_with_margins()
	names = [credit.a_margin_template(kind) for kind in (credit.IN_PRICE, credit.EXEMPT)]
	quotation = a_choice(scb_plan_template=names[0], items=[make.line(rate=1_000)])
	_status, text = page(site, **link_of(quotation))
	assert "115.00" in text
	assert "1,265.00" in text
	accept(site, quotation, names[1])
	template = frappe.get_doc("Instalment Plan Template", names[1])
	template.update({"margin_percent": 36, "valid_to": add_days(nowdate(), -1)}).save()
	order = order_of(quotation)
	assert (order.scb_margin_treatment, order.scb_margin, order.grand_total) == (credit.EXEMPT, 115, 1_265)
	assert credit.lines(order) == [("SCB-SERVICE", 1_000, "S"), (credit.MARGIN, 115, "E")]


def test_a_billing_rule_bills_what_was_chosen(site: ModuleType) -> None:
	a_rule()
	quotation = a_choice()
	accept(site, quotation, LONG)
	run = frappe.get_doc("SCB Billing Run", {"quotation": quotation.name})
	process(run)
	invoice = frappe.get_doc("Sales Invoice", run.reload().sales_invoice)
	assert invoice.scb_plan_template == LONG
	assert amounts(invoice) == [1_200, *[900.0] * 12]


def test_the_choice_cannot_be_written_through_the_form(site: ModuleType) -> None:
	steps.a_template(LONG)
	quotation = make.a_quotation(scb_chosen_template=LONG, scb_chosen_terms="{}").insert()
	assert not quotation.scb_chosen_template
	quotation.update({"scb_chosen_template": LONG, "scb_chosen_terms": "{}"})
	quotation.save().reload()
	assert (quotation.scb_chosen_template, quotation.scb_chosen_terms) == (None, None)


def test_a_quotation_without_a_plan_offers_plans_beside_paying_as_quoted(site: ModuleType) -> None:
	quotation = a_choice(scb_plan_template=None)
	_status, text = page(site, **link_of(quotation))
	assert "كما في عرض السعر" in text
	assert "12 × 900.00 SAR" in text
	accept(site, quotation, LONG)
	assert order_of(quotation).scb_plan_template == LONG
