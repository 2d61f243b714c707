"""Plans on selling documents: exact rows through unmodified core, mapping along, advances."""

from __future__ import annotations

from datetime import date
from types import ModuleType

import factories as make
import frappe
import instalments_helpers as steps
import pytest
from frappe.model.document import Document
from frappe.utils import add_days, getdate, nowdate


def amounts(doc: Document) -> list[float]:
	return [row.payment_amount for row in doc.payment_schedule]


def assert_core_agrees(doc: Document) -> None:
	"""Core's own recomputation from the portions, and its check of the sum, find nothing to change."""
	before = [(row.payment_amount, row.base_payment_amount) for row in doc.payment_schedule]
	doc.set_payment_schedule()
	doc.validate_payment_schedule_dates()
	doc.validate_payment_schedule_amount()
	assert [(row.payment_amount, row.base_payment_amount) for row in doc.payment_schedule] == before


@pytest.mark.parametrize(
	("total", "count"),
	[(1_000_000, 60), (99_999.99, 36), (11_500, 7), (10_000, 3), (1_000_000, 3), (123_456.78, 59)],
)
def test_submitted_rows_are_exact_and_core_recomputes_the_same(
	site: ModuleType, total: float, count: int
) -> None:
	invoice = steps.a_plan_invoice(total, scb_instalment_count=count)
	assert invoice.docstatus == 1
	assert len(invoice.payment_schedule) == count
	assert sum(map(steps.money, amounts(invoice))) == steps.money(total)
	assert amounts(invoice) == sorted(amounts(invoice), reverse=True)
	assert max(amounts(invoice)) - min(amounts(invoice)) < 0.0101
	assert len({row.payment_term for row in invoice.payment_schedule}) == count
	assert getdate(invoice.due_date) == max(getdate(row.due_date) for row in invoice.payment_schedule)
	assert_core_agrees(invoice)


@pytest.mark.parametrize("count", range(3, 61))
@pytest.mark.full
def test_every_count_from_3_to_60(site: ModuleType, count: int) -> None:
	assert_core_agrees(steps.a_plan_invoice(1_000_000, scb_instalment_count=count))


def test_a_plan_without_margin_is_principal_wholly(site: ModuleType) -> None:
	plan = frappe.get_doc("Instalment Plan", steps.a_plan_invoice(100).scb_instalment_plan)
	assert [(row.principal, row.margin) for row in plan.instalments] == [(33.34, 0), (33.33, 0), (33.33, 0)]


def test_the_plan_uses_the_rounded_total_where_there_is_one(site: ModuleType) -> None:
	invoice = make.a_sales_invoice(
		items=[make.line(rate=999.60)], scb_plan_template=steps.a_template()
	).insert()
	assert (invoice.grand_total, invoice.rounded_total) == (999.6, 1000)
	assert amounts(invoice) == [333.34, 333.33, 333.33]
	assert frappe.db.get_value("Instalment Plan", invoice.scb_instalment_plan, "total") == 1000


def test_a_write_off_that_core_does_not_post_stays_in_the_plan(site: ModuleType) -> None:
	"""Core lowers its schedule by the write-off but posts it for a point of sale only."""
	invoice = steps.a_plan_invoice(
		310, write_off_amount=10, write_off_account=make.account("Write Off"), scb_down_payment=10
	)
	assert invoice.outstanding_amount == 310
	assert amounts(invoice) == [10, 100, 100, 100]
	assert steps.outstanding(invoice) == [10, 100, 100, 100]
	assert frappe.db.get_value("Instalment Plan", invoice.scb_instalment_plan, "not_scheduled") == 0


def test_a_changed_draft_is_rebuilt_without_leftovers(site: ModuleType) -> None:
	invoice = make.a_sales_invoice(
		items=[make.line(rate=1_000_000)], scb_plan_template=steps.a_template(), scb_instalment_count=60
	).insert()
	names = [row.name for row in invoice.payment_schedule]
	invoice.items[0].rate = 1_234_567.89
	invoice.save()
	assert [row.name for row in invoice.payment_schedule] == names
	assert sum(map(steps.money, amounts(invoice))) == steps.money(1_234_568)
	invoice.scb_instalment_count = 5
	invoice.save().reload()
	assert len(invoice.payment_schedule) == 5
	plan = frappe.get_doc("Instalment Plan", invoice.scb_instalment_plan)
	assert [row.amount for row in plan.instalments] == amounts(invoice)
	assert frappe.db.count("Instalment", {"parent": plan.name}) == 5


def test_the_plan_goes_along_from_quotation_to_order_to_invoice(site: ModuleType) -> None:
	from erpnext.selling.doctype.quotation.quotation import make_sales_order
	from erpnext.selling.doctype.sales_order.sales_order import make_sales_invoice

	first_due = add_days(nowdate(), 20)
	quotation = make.a_quotation(
		items=[make.line(rate=11_500)],
		scb_plan_template=steps.a_template(),
		scb_instalment_count=7,
		scb_first_due_date=first_due,
		scb_down_payment=1_500,
	)
	quotation.insert().submit()
	order = make_sales_order(quotation.name)
	order.delivery_date = add_days(nowdate(), 7)
	order.insert().submit()
	invoice = make_sales_invoice(order.name)
	invoice.insert()
	steps.commit(invoice.submit())

	rows = [(row.payment_term, row.payment_amount, getdate(row.due_date)) for row in invoice.payment_schedule]
	for document in (quotation.reload(), order.reload()):
		assert [
			(row.payment_term, row.payment_amount, getdate(row.due_date)) for row in document.payment_schedule
		] == rows
	assert rows[0] == ("Instalment 000 (down payment)", 1_500, getdate())
	assert rows[1] == ("Instalment 001", 1_428.58, getdate(first_due))
	assert len(rows) == 8

	plans = [
		frappe.get_doc("Instalment Plan", doc.scb_instalment_plan) for doc in (quotation, order, invoice)
	]
	assert [plan.previous_plan for plan in plans] == [None, plans[0].name, plans[1].name]
	assert {plan.status for plan in plans} == {"Active"}
	assert [plan.outstanding for plan in plans] == [0, 0, 11_500]
	assert [plan.reference_name for plan in plans] == [quotation.name, order.name, invoice.name]


def test_part_of_an_order_asks_for_part_of_the_down_payment(site: ModuleType) -> None:
	from erpnext.selling.doctype.sales_order.sales_order import make_sales_invoice

	order = make.a_sales_order(
		items=[make.line(rate=100, qty=10)], scb_plan_template=steps.a_template(), scb_down_payment=150
	)
	order.insert().submit()
	first = make_sales_invoice(order.name)
	first.items[0].qty = 6
	first.scb_down_payment = 90
	first.insert().submit()
	rest = make_sales_invoice(order.name)
	rest.insert()
	assert rest.net_total == 400
	assert amounts(rest) == [60, 113.34, 113.33, 113.33]


def test_the_plan_goes_along_through_a_delivery_note(site: ModuleType) -> None:
	from erpnext.selling.doctype.sales_order.sales_order import make_delivery_note
	from erpnext.stock.doctype.delivery_note.delivery_note import make_sales_invoice

	order = make.a_sales_order(
		items=[make.line(rate=100, qty=10)], scb_plan_template=steps.a_template(), scb_down_payment=150
	)
	order.insert().submit()
	delivery = make_delivery_note(order.name)
	delivery.items[0].qty = 4
	delivery.insert().submit()
	invoice = make_sales_invoice(delivery.name)
	invoice.insert()
	assert invoice.scb_plan_template == steps.PLAN
	assert amounts(invoice) == [60, 113.34, 113.33, 113.33]
	plan = frappe.get_doc("Instalment Plan", invoice.scb_instalment_plan)
	assert plan.previous_plan == order.scb_instalment_plan


def test_a_quotation_to_a_lead_plans_without_a_customer(site: ModuleType) -> None:
	lead = make.insert("Lead", lead_name="Hopeful Lead", company_name="Hopeful Trading")
	quotation = make.a_quotation(
		customer=lead.name, quotation_to="Lead", scb_plan_template=steps.a_template()
	).insert()
	plan = frappe.get_doc("Instalment Plan", quotation.scb_instalment_plan)
	assert plan.customer is None
	assert [row.customer for row in plan.instalments] == [None, None, None]


def test_a_salary_day_plan_in_hijri_and_gregorian_months(site: ModuleType) -> None:
	steps.a_template("Test Salary", due_day=27, shift="Previous workday", first_due_after_months=0)
	invoice = make.a_sales_invoice(
		scb_plan_template="Test Salary", posting_date="2027-08-01", scb_instalment_count=2
	)
	invoice.insert()
	assert [getdate(row.due_date) for row in invoice.payment_schedule] == [
		date(2027, 8, 26),
		date(2027, 9, 27),
	]
	steps.a_template("Test Hijri", calendar="Hijri", instalment_count=25, first_due_after_months=0)
	hijri = make.a_sales_invoice(scb_plan_template="Test Hijri", posting_date="2026-12-01").insert()
	assert getdate(hijri.due_date) == date(2028, 11, 8)
	plan = frappe.get_doc("Instalment Plan", hijri.scb_instalment_plan)
	assert plan.instalments[-1].due_date_hijri == "1450-06-21"


def test_a_holiday_list_moves_due_dates(site: ModuleType) -> None:
	holidays = make.insert(
		"Holiday List",
		holiday_list_name="Test Holidays",
		from_date="2027-01-01",
		to_date="2027-12-31",
		holidays=[{"holiday_date": "2027-09-23", "description": "National Day"}],
	)
	steps.a_template("Test Holidays", holiday_list=holidays.name, shift="Next workday")
	invoice = make.a_sales_invoice(
		scb_plan_template="Test Holidays", posting_date="2027-08-23", scb_instalment_count=1
	).insert()
	# 23 September 2027 is a Thursday, and the weekend follows.
	assert getdate(invoice.due_date) == date(2027, 9, 26)


def test_the_templates_down_payment_is_due_on_the_documents_date(site: ModuleType) -> None:
	steps.a_template("Test Ten Percent", down_payment_percent=10)
	invoice = steps.a_plan_invoice(1_000, template="Test Ten Percent")
	assert amounts(invoice) == [100, 300, 300, 300]
	assert getdate(invoice.payment_schedule[0].due_date) == getdate(invoice.posting_date)
	steps.pay(invoice, 100)
	assert steps.outstanding(invoice) == [0, 300, 300, 300]


def test_an_advance_settles_the_down_payment_and_leaves_the_rest_whole(site: ModuleType) -> None:
	customer = make.a_customer("Advance Customer")
	receipt = steps.a_receipt(customer, 150)
	invoice = make.a_sales_invoice(
		customer=customer,
		items=[make.line(rate=1_000)],
		scb_plan_template=steps.a_template(),
		scb_down_payment=100,
		allocate_advances_automatically=1,
	)
	invoice.insert()
	assert amounts(invoice) == [250, 300, 300]
	steps.commit(invoice.submit())

	assert invoice.outstanding_amount == 850
	assert steps.outstanding(invoice) == [0, 250, 300, 300]
	assert steps.schedule(invoice, "outstanding", "paid_amount") == [(250, 0), (300, 0), (300, 0)]
	plan = frappe.get_doc("Instalment Plan", invoice.scb_instalment_plan)
	assert [row.advance for row in plan.instalments] == [100, 50, 0, 0]
	assert_core_agrees(frappe.get_doc("Sales Invoice", invoice.name))
	described = [row.description for row in invoice.payment_schedule]
	assert steps.receivable_by_term(invoice) == dict(zip(described, [250, 300, 300], strict=True))

	steps.pay(invoice, 300)
	assert steps.outstanding(invoice) == [0, 0, 250, 300]
	assert steps.schedule(invoice, "outstanding", "paid_amount") == [(0, 250), (250, 50), (300, 0)]
	assert steps.receivable_by_term(invoice) == dict(zip(described[1:], [250, 300], strict=True))
	assert receipt.name in [row.reference_name for row in invoice.advances]


def test_an_advance_over_the_whole_invoice_leaves_one_empty_row(site: ModuleType) -> None:
	customer = make.a_customer("Prepaid Customer")
	steps.a_receipt(customer, 300)
	invoice = steps.a_plan_invoice(300, customer=customer, allocate_advances_automatically=1)
	assert amounts(invoice) == [0]
	assert invoice.outstanding_amount == 0
	plan = frappe.get_doc("Instalment Plan", invoice.scb_instalment_plan)
	assert (plan.status, plan.paid) == ("Completed", 300)


def test_an_invoice_in_another_currency_on_an_account_of_that_currency(site: ModuleType) -> None:
	debtors = make.insert(
		"Account",
		account_name="Debtors USD",
		parent_account=frappe.db.get_value("Account", make.account("Debtors"), "parent_account"),
		company=make.COMPANY,
		account_type="Receivable",
		account_currency="USD",
	)
	customer = make.a_customer("Dollar Customer", default_currency="USD")
	invoice = steps.a_plan_invoice(
		1_000, customer=customer, currency="USD", conversion_rate=3.75, debit_to=debtors.name
	)
	assert amounts(invoice) == [333.34, 333.33, 333.33]
	assert sum(steps.money(row.base_payment_amount) for row in invoice.payment_schedule) == 3_750
	assert steps.outstanding(invoice) == [333.34, 333.33, 333.33]
	assert frappe.db.get_value("Instalment Plan", invoice.scb_instalment_plan, "currency") == "USD"


def test_core_terms_of_the_customer_are_replaced(site: ModuleType) -> None:
	make.insert("Payment Term", payment_term_name="Test Half", invoice_portion=50)
	template = make.insert(
		"Payment Terms Template",
		template_name="Test Halves",
		terms=[
			{"payment_term": "Test Half", "invoice_portion": 50, "credit_days": days} for days in (10, 20)
		],
	)
	customer = make.a_customer("Terms Customer", payment_terms=template.name)
	invoice = steps.a_plan_invoice(customer=customer, payment_terms_template=template.name)
	assert invoice.payment_terms_template == ""
	assert [row.payment_term for row in invoice.payment_schedule] == [
		"Instalment 001",
		"Instalment 002",
		"Instalment 003",
	]
