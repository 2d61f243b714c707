"""Who may have a template: refused with the reason on save, left out of the Link's list; what was agreed stands."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import factories as make
import frappe
import instalments_helpers as steps
import pytest
from customer_tax_helpers import EXPORT, a_customer_of, enable_tax_classes
from frappe.utils import add_days, nowdate

from saudi_crm_billing.customer_tax import customer_facts
from saudi_crm_billing.instalments.errors import InstalmentPlanError
from saudi_crm_billing.instalments.offering.api import templates_query

SPECIAL = "Test Special"


def offered(**sale: Any) -> list[str]:
	"""The names that the Link's list shows for a sale."""
	filters = {"company": make.COMPANY, "date": nowdate(), **sale}
	return [row[0] for row in templates_query("Instalment Plan Template", "", "name", 0, 100, filters)]


def a_score(customer: str, company: str, on: object) -> dict[str, Any]:
	"""What an app that rates customers would provide."""
	return {"score": 700 if customer == make.a_customer("Well Rated") else 100}


@pytest.mark.parametrize(
	("values", "message"),
	[
		({"valid_from": "2099-01-01"}, "Test Special is offered from .* the document is of"),
		({"valid_to": "2020-12-31"}, "Test Special was offered until"),
		(
			{"minimum_sale": 1_000.01},
			r"is for sales from 1,000.01; this one is 1,000.00. Choose another plan",
		),
		({"maximum_sale": 999.99}, r"is for sales up to 999.99; this one is 1,000.00"),
		(
			{"customers": [{"customer_group": "Government"}]},
			"is not for Najd Furniture, but for customers of group Government. Choose another plan, or let",
		),
		(
			{"customers": [{"customer_group": "Commercial", "minimum_score": 600}, {"tax_class": EXPORT}]},
			f"customers of group Commercial, a score of at least 600; tax class {EXPORT}",
		),
	],
)
@pytest.mark.parametrize("maker", [make.a_quotation, make.a_sales_order, make.a_sales_invoice])
def test_a_plan_that_the_sale_may_not_have_is_refused_and_not_offered(
	site: ModuleType, maker: Any, values: dict[str, Any], message: str
) -> None:
	steps.a_template(SPECIAL, **values)
	with pytest.raises(InstalmentPlanError, match=message):
		maker(scb_plan_template=SPECIAL).insert()
	assert SPECIAL not in offered(customer=make.a_customer(), total=1_000)


@pytest.mark.parametrize(
	"values",
	[
		{"valid_from": "2020-01-01", "valid_to": "2099-12-31"},
		{"minimum_sale": 1_000, "maximum_sale": 1_000},
		{"customers": [{"customer_group": "Commercial"}]},
		{"customers": [{"customer_group": "All Customer Groups"}]},
		{"customers": [{"customer_group": "Government"}, {"customer_group": "Commercial"}]},
	],
)
def test_a_plan_that_the_sale_may_have_is_offered_and_taken(site: ModuleType, values: dict[str, Any]) -> None:
	steps.a_template(SPECIAL, **values)
	assert SPECIAL in offered(customer=make.a_customer(), total=1_000)
	assert make.a_sales_invoice(scb_plan_template=SPECIAL).insert().scb_instalment_plan


def test_the_tax_class_that_holds_for_the_customer_decides(site: ModuleType) -> None:
	steps.a_template(SPECIAL, customers=[{"tax_class": EXPORT}])
	exporter = a_customer_of(EXPORT)
	assert SPECIAL in offered(customer=exporter)
	enable_tax_classes()
	assert SPECIAL in offered(customer=exporter)
	assert SPECIAL not in offered(customer=make.a_customer())
	frappe.db.set_value("Customer Tax Class", EXPORT, {"valid_to": add_days(nowdate(), -1)})
	frappe.clear_document_cache("Customer Tax Class", EXPORT)
	assert SPECIAL not in offered(customer=exporter)


def test_a_score_comes_from_whoever_provides_one(site: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
	steps.a_template(SPECIAL, customers=[{"minimum_score": 600}])
	rated, other = make.a_customer("Well Rated"), make.a_customer()
	assert SPECIAL not in offered(customer=rated)
	monkeypatch.setattr(customer_facts, "tax_class_fact", a_score)
	assert SPECIAL in offered(customer=rated)
	assert SPECIAL not in offered(customer=other)


def test_a_party_that_is_no_customer_gets_what_is_for_all(site: ModuleType) -> None:
	steps.a_template(SPECIAL, customers=[{"customer_group": "All Customer Groups"}])
	lead = make.insert("Lead", lead_name="Hopeful Lead", company_name="Hopeful Trading")
	quotation = make.a_quotation(customer=lead.name, quotation_to="Lead", scb_plan_template=SPECIAL)
	with pytest.raises(InstalmentPlanError, match="is not for a party that is no customer yet"):
		quotation.insert()
	assert SPECIAL not in offered()
	assert steps.a_template() in offered()


def test_what_was_agreed_stands_in_what_is_made_from_it(site: ModuleType) -> None:
	"""A part of an order is below the smallest sale and the minimum, and the template's dates have passed."""
	from erpnext.selling.doctype.quotation.quotation import make_sales_order
	from erpnext.selling.doctype.sales_order.sales_order import make_sales_invoice

	steps.a_template(
		SPECIAL, minimum_sale=1_000, minimum_instalment=300, down_payment_amount=100, valid_to=nowdate()
	)
	quotation = make.a_quotation(items=[make.line(rate=100, qty=10)], scb_plan_template=SPECIAL)
	quotation.insert().submit()
	template = frappe.get_doc("Instalment Plan Template", SPECIAL)
	template.valid_to = add_days(nowdate(), -1)
	template.save()
	order = make_sales_order(quotation.name)
	order.delivery_date = nowdate()
	order.insert().submit()
	assert [row.payment_amount for row in order.payment_schedule] == [100, 300, 300, 300]
	bills = []
	for quantity in (3, 7):
		bill = make_sales_invoice(order.name)
		bill.items[0].qty = quantity
		bill.disable_rounded_total = 1
		bills.append(bill.insert().submit())
	assert [[row.payment_amount for row in bill.payment_schedule] for bill in bills] == [
		[30, 90, 90, 90],
		[70, 210, 210, 210],
	]
	with pytest.raises(InstalmentPlanError, match="was offered until"):
		make.a_sales_order(scb_plan_template=SPECIAL).insert()


def test_an_amended_document_keeps_its_plan(site: ModuleType) -> None:
	steps.a_template(SPECIAL, minimum_sale=300)
	invoice = steps.a_plan_invoice(300, template=SPECIAL)
	invoice.cancel()
	amended = frappe.copy_doc(invoice)
	amended.update({"amended_from": invoice.name, "docstatus": 0})
	amended.items[0].rate = 200
	assert amended.insert().scb_instalment_plan
	copy = frappe.copy_doc(amended)
	copy.amended_from = None
	with pytest.raises(InstalmentPlanError, match=r"is for sales from 300.00; this one is 200.00"):
		copy.insert()


def test_the_list_is_for_whoever_reads_templates_and_the_customer(site: ModuleType) -> None:
	customer, only = make.a_customer(), make.a_customer("The Only One")
	seller = make.a_user("seller@example.com", "Sales User")
	make.insert("User Permission", user=seller, allow="Customer", for_value=only)
	stranger = make.a_user("stranger@example.com", "Projects User")
	steps.a_template()
	site.set_user(seller)
	assert steps.PLAN in offered(customer=only)
	with pytest.raises(frappe.PermissionError):
		offered(customer=customer)
	site.set_user(stranger)
	with pytest.raises(frappe.PermissionError):
		offered()
