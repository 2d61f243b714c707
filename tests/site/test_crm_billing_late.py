"""Customers who say yes late: the first due date that was agreed has passed when the documents are made."""

from __future__ import annotations

from types import ModuleType

import factories as make
import pytest
from crm_billing_helpers import a_rule, accepted_run, process, submitted_quotation
from frappe.model.document import Document
from frappe.utils import add_days, add_months, getdate, nowdate


def quotation_of_days_ago(days: int, first_due_date: str) -> Document:
	return submitted_quotation(
		items=[make.line(rate=900)],
		transaction_date=add_days(nowdate(), -days),
		scb_plan_template="12 Months",
		scb_instalment_count=3,
		scb_first_due_date=first_due_date,
	)


def comments_on(site: ModuleType, document: Document) -> str:
	found = site.get_all(
		"Comment", {"reference_name": document.name, "comment_type": "Info"}, pluck="content"
	)
	return "\n".join(found)


def test_a_first_due_date_that_passed_before_the_yes_moves_to_its_next_month(
	site: ModuleType, borders: None
) -> None:
	a_rule()
	passed = add_days(nowdate(), -2)
	run = process(accepted_run(quotation_of_days_ago(5, passed)))
	assert (run.status, run.error) == ("Done", None)
	order = site.get_doc("Sales Order", run.sales_order)
	invoice = site.get_doc("Sales Invoice", run.sales_invoice)
	agreed = [getdate(add_months(passed, months)) for months in (1, 2, 3)]
	for document in (order, invoice):
		assert [getdate(row.due_date) for row in document.payment_schedule] == agreed
		assert getdate(document.scb_first_due_date) == agreed[0]
	assert "had passed" in comments_on(site, order)
	assert "had passed" not in comments_on(site, invoice)


def test_a_first_due_date_of_today_or_later_stands(site: ModuleType, borders: None) -> None:
	a_rule()
	run = process(accepted_run(quotation_of_days_ago(5, nowdate())))
	order = site.get_doc("Sales Order", run.sales_order)
	assert getdate(order.payment_schedule[0].due_date) == getdate(nowdate())
	assert "had passed" not in comments_on(site, order)


def test_an_order_that_is_delivered_late_is_billed_all_the_same(site: ModuleType, borders: None) -> None:
	from saudi_crm_billing.crm_billing import automation

	a_rule(trigger="Sales Order delivered", make="Sales Invoice")
	passed = add_days(nowdate(), -2)
	order = make.a_sales_order(
		transaction_date=add_days(nowdate(), -5), scb_plan_template="12 Months", scb_first_due_date=passed
	).insert()
	order.submit()
	order.db_set("per_delivered", 100)
	automation.fire_delivered(order.name)
	run = process(site.get_doc("SCB Billing Run", {"sales_order": order.name}))
	assert (run.status, run.error) == ("Done", None)
	invoice = site.get_doc("Sales Invoice", run.sales_invoice)
	assert getdate(invoice.payment_schedule[0].due_date) == getdate(add_months(passed, 1))
	assert "had passed" in comments_on(site, invoice)


def test_what_a_person_types_is_still_refused(site: ModuleType) -> None:
	with pytest.raises(site.ValidationError, match="is before the document's date"):
		make.a_quotation(scb_plan_template="12 Months", scb_first_due_date=add_days(nowdate(), -1)).insert()
