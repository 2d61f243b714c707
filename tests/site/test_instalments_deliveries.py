"""What a Delivery Note bills keeps the plan of the order that it delivers: the note itself carries none."""

from __future__ import annotations

from types import ModuleType

import factories as make
import frappe
import instalments_helpers as steps
from erpnext.selling.doctype.sales_order.sales_order import make_delivery_note
from erpnext.stock.doctype.delivery_note.delivery_note import make_sales_invoice
from frappe.model.document import Document


def an_order(count: int, **values: object) -> Document:
	order = make.a_sales_order(
		scb_plan_template=steps.a_template(), scb_instalment_count=count, items=[make.line()], **values
	)
	return order.insert().submit()


def billed(*orders: Document, extra: dict[str, object] | None = None) -> Document:
	delivery = None
	for order in orders:
		delivery = make_delivery_note(order.name, target_doc=delivery)
	if extra:
		delivery.append("items", extra)
	delivery.insert().submit()
	return make_sales_invoice(delivery.name)


def said() -> str:
	return " ".join(str(message) for message in frappe.message_log)


def test_a_line_that_no_order_has_leaves_the_plan_in_place(site: ModuleType) -> None:
	invoice = billed(an_order(7), extra=make.line(rate=50)).insert()
	assert [row.sales_order is None for row in invoice.items] == [False, True]
	assert len(invoice.payment_schedule) == 7
	assert sum(steps.money(row.payment_amount) for row in invoice.payment_schedule) == steps.money(
		invoice.rounded_total or invoice.grand_total
	)


def test_two_orders_that_wish_the_same_are_billed_by_one_plan(site: ModuleType) -> None:
	invoice = billed(an_order(7), an_order(7)).insert()
	assert len(invoice.payment_schedule) == 7
	assert "No instalment plan" not in said()


def test_orders_that_wish_otherwise_leave_the_choice_to_a_person_and_say_so(site: ModuleType) -> None:
	orders = an_order(7), an_order(5)
	frappe.clear_messages()
	invoice = billed(*orders)
	assert not invoice.scb_plan_template
	names = ", ".join(sorted(order.name for order in orders))
	assert f"{names} were sold on different plans, so this invoice has none" in said()


def test_down_payments_of_two_orders_are_not_mixed(site: ModuleType) -> None:
	frappe.clear_messages()
	invoice = billed(an_order(7, scb_down_payment=100), an_order(7, scb_down_payment=100))
	assert not invoice.scb_plan_template
	assert "were sold on different plans" in said()


def test_orders_without_a_plan_say_nothing(site: ModuleType) -> None:
	orders = [make.a_sales_order(items=[make.line()]).insert().submit() for _each in range(2)]
	frappe.clear_messages()
	assert not billed(*orders).scb_plan_template
	assert "No instalment plan" not in said()
