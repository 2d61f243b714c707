"""From the customer's yes to the invoice, on a real site; and every way in which it must not happen."""

from __future__ import annotations

from types import ModuleType

import factories as make
import pytest
from crm_billing_helpers import (
	a_rule,
	accepted_run,
	an_opportunity,
	billing_clerk,
	invoices_of,
	process,
	submitted_quotation,
)
from frappe.utils import get_datetime

RUN = "SCB Billing Run"


def test_an_accepted_quotation_becomes_a_submitted_order_and_invoice(site: ModuleType, borders: None) -> None:
	a_rule()
	quotation = submitted_quotation(items=[make.line(qty=2, rate=500), make.line(rate=250.25)])
	run = accepted_run(quotation)
	assert run.status == "Queued"
	assert run.run_key == f"Quotation:{quotation.name}:Sales Order and Sales Invoice"

	run = process(run)

	assert (run.status, run.error) == ("Done", None)
	order = site.get_doc("Sales Order", run.sales_order)
	invoice = site.get_doc("Sales Invoice", run.sales_invoice)
	assert (order.docstatus, invoice.docstatus) == (1, 1)
	assert {row.prevdoc_docname for row in order.items} == {quotation.name}
	assert {row.sales_order for row in invoice.items} == {order.name}
	assert [(row.qty, row.rate) for row in invoice.items] == [(2, 500), (1, 250.25)]
	assert invoice.grand_total == order.grand_total == quotation.grand_total
	assert (invoice.scb_billing_run, order.scb_billing_run) == (run.name, run.name)
	assert (invoice.owner, order.owner) == (billing_clerk(), billing_clerk())
	assert run.attempts == 1
	took = get_datetime(run.finished_on) - get_datetime(run.triggered_on)
	assert run.seconds == pytest.approx(took.total_seconds(), abs=0.001)


def test_the_plan_travels_with_the_sale_without_retyping(site: ModuleType, borders: None) -> None:
	a_rule()
	quotation = submitted_quotation(
		items=[make.line(rate=1000)], scb_plan_template="12 Months", scb_instalment_count=3
	)
	run = process(accepted_run(quotation))
	assert (run.status, run.error) == ("Done", None)

	def schedule(doctype: str, name: str) -> list[tuple[str, float]]:
		return [
			(str(row.due_date), row.payment_amount) for row in site.get_doc(doctype, name).payment_schedule
		]

	agreed = schedule("Quotation", quotation.name)
	assert [amount for _due, amount in agreed] == [333.34, 333.33, 333.33]
	assert schedule("Sales Order", run.sales_order) == agreed
	assert schedule("Sales Invoice", run.sales_invoice) == agreed


def test_the_salespersons_documents_show_the_state(site: ModuleType, borders: None) -> None:
	a_rule()
	quotation = submitted_quotation()
	run = accepted_run(quotation)
	assert quotation.reload().scb_billing_status == "Queued"
	process(run)
	assert quotation.reload().scb_billing_status == "Done"
	assert quotation.scb_billing_run == run.name


def test_the_job_running_twice_makes_one_invoice(site: ModuleType, borders: None) -> None:
	a_rule()
	quotation = submitted_quotation()
	run = process(accepted_run(quotation))
	again = process(run)
	assert again.attempts == 1
	assert invoices_of(quotation) == [run.sales_invoice]


def test_the_event_firing_twice_makes_one_run(site: ModuleType, borders: None) -> None:
	from saudi_crm_billing.crm_billing import automation
	from saudi_crm_billing.crm_billing.engine.rules import Trigger

	a_rule()
	quotation = submitted_quotation()
	run = accepted_run(quotation)
	assert automation.fire(Trigger.QUOTATION_ACCEPTED, quotation) is None
	assert site.get_all(RUN, {"quotation": quotation.name}, pluck="name") == [run.name]
	assert not [m for m in site.get_message_log() if "unique" in str(m).lower()]


def test_two_rules_that_reach_the_same_sale_make_one_invoice(site: ModuleType, borders: None) -> None:
	a_rule()
	a_rule(trigger="Sales Order submitted", make="Sales Invoice")
	quotation = submitted_quotation()
	first = process(accepted_run(quotation))
	second = site.get_doc(RUN, {"sales_order": first.sales_order, "trigger": "Sales Order submitted"})
	second = process(second)
	assert (second.status, second.sales_invoice) == ("Done", first.sales_invoice)
	assert second.note == f"Sales Invoice {first.sales_invoice} existed already."
	assert invoices_of(quotation) == [first.sales_invoice]


def test_rules_can_follow_each_other(site: ModuleType, borders: None) -> None:
	a_rule(make="Sales Order")
	a_rule(trigger="Sales Order submitted", make="Sales Invoice")
	quotation = submitted_quotation()
	first = process(accepted_run(quotation))
	assert (first.status, first.sales_invoice) == ("Done", None)
	second = process(
		site.get_doc(RUN, {"sales_order": first.sales_order, "trigger": "Sales Order submitted"})
	)
	assert second.status == "Done"
	assert invoices_of(quotation) == [second.sales_invoice]


def test_a_rule_can_leave_the_last_document_as_a_draft(site: ModuleType, borders: None) -> None:
	a_rule(submit_documents=0)
	run = process(accepted_run(submitted_quotation()))
	assert site.db.get_value("Sales Order", run.sales_order, "docstatus") == 1
	assert site.db.get_value("Sales Invoice", run.sales_invoice, "docstatus") == 0


def test_an_invoice_straight_from_the_quotation_names_it(site: ModuleType, borders: None) -> None:
	a_rule(make="Sales Invoice")
	quotation = submitted_quotation()
	run = process(accepted_run(quotation))
	assert (run.status, run.sales_order) == ("Done", None)
	assert site.db.get_value("Sales Invoice", run.sales_invoice, "scb_quotation") == quotation.name


def test_an_order_made_by_hand_is_used_not_doubled(site: ModuleType, borders: None) -> None:
	from erpnext.selling.doctype.quotation.quotation import make_sales_order

	a_rule()
	quotation = submitted_quotation()
	order = make_sales_order(quotation.name)
	order.delivery_date = site.utils.nowdate()
	order.insert().submit()
	run = process(accepted_run(quotation))
	assert (run.status, run.sales_order) == ("Done", order.name)
	assert site.db.count("Sales Order Item", {"prevdoc_docname": quotation.name}) == 1


def test_a_lead_becomes_a_customer(site: ModuleType, borders: None) -> None:
	a_rule()
	lead = make.insert("Lead", lead_name="Abdullah", company_name="Tabuk Stones", email_id="a@tabuk.example")
	quotation = submitted_quotation(quotation_to="Lead", party_name=lead.name)
	run = process(accepted_run(quotation))
	assert (run.status, run.error) == ("Done", None)
	customer = site.db.get_value("Sales Invoice", run.sales_invoice, "customer")
	assert site.db.get_value("Customer", customer, ["customer_name", "lead_name"]) == (
		"Tabuk Stones",
		lead.name,
	)


def test_a_won_opportunity_bills_its_latest_quotation(site: ModuleType, borders: None) -> None:
	from saudi_crm_billing.crm_billing import api

	a_rule(trigger="Opportunity won")
	opportunity = an_opportunity()
	submitted_quotation(opportunity=opportunity.name, items=[make.line(rate=100)])
	latest = submitted_quotation(opportunity=opportunity.name, items=[make.line(rate=900)])
	assert api.mark_won(opportunity.name) is True
	assert api.mark_won(opportunity.name) is False
	opportunity.reload()
	assert opportunity.scb_won_by == "Administrator"
	run = process(site.get_doc(RUN, {"opportunity": opportunity.name}))
	assert (run.status, run.quotation) == ("Done", latest.name)
	assert site.db.get_value("Sales Invoice", run.sales_invoice, "net_total") == 900
	assert opportunity.reload().scb_billing_status == "Done"


def test_a_deal_without_a_quotation_is_not_won_where_a_rule_would_bill_it(site: ModuleType) -> None:
	from saudi_crm_billing.crm_billing import api

	a_rule(title="Bill won deals", trigger="Opportunity won")
	opportunity = an_opportunity()
	make.a_quotation(opportunity=opportunity.name).insert()
	with pytest.raises(
		site.ValidationError, match="has no submitted quotation, and billing rule Bill won deals"
	):
		api.mark_won(opportunity.name)
	assert opportunity.reload().scb_won_on is None
	assert not site.db.exists(RUN, {"opportunity": opportunity.name})

	submitted_quotation(opportunity=opportunity.name)
	assert api.mark_won(opportunity.name) is True


def test_a_deal_without_a_quotation_is_won_where_no_rule_bills_it(site: ModuleType) -> None:
	from saudi_crm_billing.crm_billing import api

	a_rule(trigger="Opportunity won", min_total=1_000_000)
	opportunity = an_opportunity()
	assert api.mark_won(opportunity.name) is True
	assert opportunity.reload().scb_won_by == "Administrator"


def test_a_won_deal_whose_quotation_is_gone_says_what_to_do_and_can_be_retried(
	site: ModuleType, borders: None
) -> None:
	from saudi_crm_billing.crm_billing import api

	a_rule(trigger="Opportunity won")
	opportunity = an_opportunity()
	quotation = submitted_quotation(opportunity=opportunity.name)
	api.mark_won(opportunity.name)
	quotation.reload().cancel()
	run = process(site.get_doc(RUN, {"opportunity": opportunity.name}))
	assert run.status == "Failed"
	assert run.error == (
		f"Opportunity {opportunity.name} has no submitted quotation to bill. Make and submit one."
	)
	submitted_quotation(opportunity=opportunity.name)
	api.retry(run.name)
	run = process(run)
	assert (run.status, run.error, run.next_step) == ("Done", None, None)


def test_a_lost_opportunity_cannot_be_won(site: ModuleType) -> None:
	from saudi_crm_billing.crm_billing import api

	opportunity = an_opportunity()
	opportunity.db_set("status", "Lost")
	with pytest.raises(site.ValidationError, match="Reopen it before you mark it"):
		api.mark_won(opportunity.name)


def test_without_a_matching_rule_nothing_happens(site: ModuleType) -> None:
	a_rule(min_total=5000)
	quotation = submitted_quotation(items=[make.line(rate=1000)])
	assert accepted_run(quotation) is None
	assert quotation.reload().scb_accepted_on


def test_conditions_and_customer_groups_select(site: ModuleType) -> None:
	a_rule(customer_group="Government")
	a_rule(conditions=[{"fieldname": "order_type", "operator": "=", "value": "Maintenance"}])
	assert accepted_run(submitted_quotation()) is None
	chosen = a_rule(customer_group="All Customer Groups", priority=1)
	assert accepted_run(submitted_quotation()).rule == chosen.name


def test_a_delivered_order_is_billed_when_all_is_delivered(site: ModuleType, borders: None) -> None:
	from saudi_crm_billing.crm_billing import automation

	a_rule(trigger="Sales Order delivered", make="Sales Invoice")
	order = make.a_sales_order().insert()
	order.submit()
	order.db_set("per_delivered", 50)
	automation.fire_delivered(order.name)
	assert not site.db.exists(RUN, {"sales_order": order.name})
	order.db_set("per_delivered", 100)
	automation.fire_delivered(order.name)
	run = process(site.get_doc(RUN, {"sales_order": order.name}))
	assert (run.status, run.error) == ("Done", None)
	assert site.db.get_value("Sales Invoice Item", {"parent": run.sales_invoice}, "sales_order") == order.name


def test_a_delivery_note_fires_the_delivered_trigger(site: ModuleType, borders: None) -> None:
	from erpnext.selling.doctype.sales_order.sales_order import make_delivery_note

	a_rule(trigger="Sales Order delivered", make="Sales Invoice")
	order = make.a_sales_order().insert()
	order.submit()
	make_delivery_note(order.name).insert().submit()
	assert site.get_doc(RUN, {"sales_order": order.name}).trigger == "Sales Order delivered"
