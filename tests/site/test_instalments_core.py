"""Plans on unmodified core: what the Desk's own scripts send, copies, prices with tax, rounding, several invoices."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType
from typing import Any

import factories as make
import frappe
import instalments_helpers as steps
import pytest
from e_invoicing_helpers import vat_row
from frappe.model.document import Document
from frappe.utils import add_days, nowdate

MAKERS = [make.a_quotation, make.a_sales_order, make.a_sales_invoice]
Maker = Callable[..., Document]


def rows(doc: Document) -> list[tuple[str, str, float]]:
	return [(row.payment_term, str(row.due_date), row.payment_amount) for row in doc.payment_schedule]


def amounts(doc: Document) -> list[float]:
	return [row.payment_amount for row in doc.payment_schedule]


def a_hijri_sale(maker: Maker, **values: Any) -> Document:
	steps.a_template(
		"Test Hijri Salary", calendar="Hijri", instalment_count=5, due_day=25, shift="Next workday"
	)
	return maker(
		items=[make.line(rate=999.99)], scb_plan_template="Test Hijri Salary", scb_down_payment=100, **values
	)


def recalculate_terms(doc: Document) -> None:
	"""What the Desk does to the rows when the posting date changes, and then sends with the save."""
	from erpnext.controllers.accounts_controller import get_payment_term_details

	posted = doc.get("posting_date") or doc.transaction_date
	for row in doc.payment_schedule:
		found = get_payment_term_details(
			row.payment_term,
			posting_date=posted,
			grand_total=doc.rounded_total or doc.grand_total,
			base_grand_total=doc.base_rounded_total or doc.base_grand_total,
		)
		row.update(found)


@pytest.mark.parametrize("maker", MAKERS)
def test_rows_survive_what_the_desk_recalculates(site: ModuleType, maker: Maker) -> None:
	doc = a_hijri_sale(maker).insert()
	planned = rows(doc)
	recalculate_terms(doc)
	assert rows(doc) != planned
	doc.save().reload()
	assert rows(doc) == planned


@pytest.mark.parametrize("maker", MAKERS)
def test_rows_without_a_term_on_the_posting_date_give_way(site: ModuleType, maker: Maker) -> None:
	doc = a_hijri_sale(maker).insert()
	planned = rows(doc)
	for row in doc.payment_schedule:
		row.update({"payment_term": None, "due_date": nowdate()})
	doc.save().reload()
	assert rows(doc) == planned


@pytest.mark.parametrize("maker", MAKERS)
@pytest.mark.parametrize(
	"edit",
	[
		lambda doc: doc.payment_schedule[1].update({"payment_amount": 1, "outstanding": 1}),
		lambda doc: doc.set("payment_schedule", doc.payment_schedule[:2]),
		lambda doc: doc.append(
			"payment_schedule", {"due_date": add_days(nowdate(), 999), "payment_amount": 50}
		),
		lambda doc: doc.set("payment_schedule", []),
		lambda doc: doc.update({"due_date": nowdate()}),
	],
)
def test_rows_that_an_api_edited_give_way_to_the_plan(site: ModuleType, maker: Maker, edit: Any) -> None:
	doc = a_hijri_sale(maker).insert()
	planned = rows(doc)
	edit(doc)
	doc.save().reload()
	assert rows(doc) == planned
	assert doc.submit().docstatus == 1


@pytest.mark.parametrize("maker", MAKERS)
def test_a_duplicate_has_a_plan_of_its_own_by_its_own_date(site: ModuleType, maker: Maker) -> None:
	doc = a_hijri_sale(maker).insert()
	copy = frappe.copy_doc(doc).insert()
	assert rows(copy) == rows(doc)
	plan = frappe.get_doc("Instalment Plan", copy.scb_instalment_plan)
	assert plan.name != doc.scb_instalment_plan
	assert (plan.previous_plan, plan.version, plan.reference_name) == (None, 1, copy.name)


@pytest.mark.parametrize("maker", [make.a_quotation, make.a_sales_order])
def test_an_amended_offer_replaces_its_plan(site: ModuleType, maker: Maker) -> None:
	doc = a_hijri_sale(maker).insert().submit()
	doc.cancel()
	amended = frappe.copy_doc(doc)
	amended.update({"amended_from": doc.name, "docstatus": 0})
	amended.insert().submit()
	plan = frappe.get_doc("Instalment Plan", amended.scb_instalment_plan)
	assert (plan.previous_plan, plan.version, plan.status) == (doc.scb_instalment_plan, 2, "Active")
	assert rows(amended) == rows(doc)


@pytest.mark.parametrize("disable_rounded_total", [0, 1])
@pytest.mark.parametrize("included", [0, 1])
@pytest.mark.parametrize("maker", MAKERS)
def test_prices_with_or_without_tax_rounded_or_not_add_up(
	site: ModuleType, maker: Maker, included: int, disable_rounded_total: int
) -> None:
	doc = maker(
		items=[make.line(rate=333.33, qty=7)],
		taxes=[vat_row(included_in_print_rate=included)],
		scb_plan_template=steps.a_template(),
		scb_instalment_count=7,
		disable_rounded_total=disable_rounded_total,
	).insert()
	exact = 2_333.31 if included else 2_683.31
	assert doc.grand_total == exact
	total = steps.money(exact if disable_rounded_total else round(exact))
	assert sum(map(steps.money, amounts(doc))) == total
	doc.submit()
	assert frappe.db.get_value("Instalment Plan", doc.scb_instalment_plan, "total") == float(total)


def test_a_down_payment_at_the_till_is_a_credit_invoice_and_a_payment(site: ModuleType) -> None:
	invoice = steps.a_plan_invoice(1_000, scb_down_payment=100)
	payment = make.a_payment(invoice.name, 100)
	payment.mode_of_payment = "Cash"
	payment.insert().submit()
	steps.commit(payment)
	assert steps.outstanding(invoice) == [0, 300, 300, 300]
	assert steps.schedule(invoice, "paid_amount", "outstanding")[:2] == [(100, 0), (0, 300)]
	described = [row.description for row in invoice.payment_schedule]
	assert steps.receivable_by_term(invoice) == dict(zip(described[1:], [300.0] * 3, strict=True))


def test_one_order_billed_in_parts_is_balanced_in_each_and_in_all(site: ModuleType) -> None:
	"""Three deliveries of 10,000.00 and a down payment of 100.00: thirds that no halala of either is lost in."""
	from erpnext.selling.doctype.sales_order.sales_order import make_delivery_note
	from erpnext.stock.doctype.delivery_note.delivery_note import make_sales_invoice

	order = make.a_sales_order(
		items=[make.line(rate=3_333.33, qty=3)],
		scb_plan_template=steps.a_template(),
		scb_instalment_count=7,
		scb_down_payment=100,
		disable_rounded_total=1,
	)
	order.insert().submit()
	invoices = []
	for _part in range(3):
		delivery = make_delivery_note(order.name)
		delivery.items[0].qty = 1
		delivery.insert().submit()
		invoice = make_sales_invoice(delivery.name)
		invoice.disable_rounded_total = 1
		invoice.insert().submit()
		assert sum(map(steps.money, amounts(invoice))) == steps.money(3_333.33)
		assert len(invoice.payment_schedule) == 8
		invoices.append(steps.commit(invoice))
	assert [amounts(invoice)[0] for invoice in invoices] == [33.33, 33.33, 33.34]
	assert sum(invoice.grand_total for invoice in invoices) == pytest.approx(order.grand_total)
	assert {steps.money(sum(steps.outstanding(invoice))) for invoice in invoices} == {steps.money(3_333.33)}
	assert frappe.db.get_value("Sales Order", order.name, "per_billed") == 100


@pytest.mark.parametrize("fetched", [0, 1])
def test_core_may_fetch_terms_from_the_order(site: ModuleType, fetched: int) -> None:
	from erpnext.selling.doctype.sales_order.sales_order import make_sales_invoice

	frappe.db.set_single_value("Accounts Settings", "automatically_fetch_payment_terms", fetched)
	order = a_hijri_sale(make.a_sales_order).insert().submit()
	invoice = make_sales_invoice(order.name)
	invoice.insert().submit()
	assert rows(invoice) == rows(order)


def test_an_advance_after_the_invoice_settles_the_oldest_when_it_is_reconciled(site: ModuleType) -> None:
	from instalments_helpers import reconcile

	customer = make.a_customer("Late Advance")
	invoice = steps.a_plan_invoice(300, customer=customer)
	steps.a_receipt(customer, 150)
	assert steps.outstanding(invoice) == [100, 100, 100]
	reconcile(customer)
	assert steps.outstanding(invoice) == [0, 50, 100]
