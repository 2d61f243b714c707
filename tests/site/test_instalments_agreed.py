"""What was agreed stands in what is made from it, though the template was changed or retired since."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import factories as make
import frappe
import instalments_helpers as steps
import pytest
from erpnext.selling.doctype.quotation.quotation import make_sales_order
from erpnext.selling.doctype.sales_order.sales_order import make_delivery_note, make_sales_invoice
from frappe.model.document import Document
from frappe.utils import add_months, getdate, nowdate

from saudi_crm_billing.instalments import api
from saudi_crm_billing.instalments.errors import InstalmentPlanError
from saudi_crm_billing.instalments.schedule_rows import move_passed_wish

AGREED = "Test Agreed"


def an_order(**values: Any) -> Document:
	steps.a_template(AGREED, instalment_count=12)
	order = make.a_sales_order(scb_plan_template=AGREED, items=[make.line(rate=100, qty=12)], **values)
	return order.insert().submit()


def change(**values: Any) -> None:
	frappe.get_doc("Instalment Plan Template", AGREED).update(values).save()


def amended(doc: Document) -> Document:
	doc.cancel()
	new = frappe.copy_doc(doc)
	new.update({"amended_from": doc.name, "docstatus": 0})
	return new


def plan_of(doc: Document) -> Document:
	return frappe.get_doc("Instalment Plan", doc.scb_instalment_plan)


def dates(doc: Document) -> list[Any]:
	return [getdate(row.due_date) for row in doc.payment_schedule]


def test_a_retired_template_still_carries_what_was_agreed_on_it(site: ModuleType) -> None:
	order = an_order()
	bill = make_sales_invoice(order.name).insert()
	change(enabled=0)
	bill.reload().submit()
	assert len(bill.payment_schedule) == 12
	again = amended(bill).insert().submit()
	assert len(again.payment_schedule) == 12
	order.reload()
	again.cancel()
	assert len(amended(order.reload()).insert().payment_schedule) == 12
	with pytest.raises(InstalmentPlanError, match="Test Agreed is disabled"):
		make.a_sales_order(scb_plan_template=AGREED).insert()


def test_a_changed_template_changes_nothing_that_was_agreed(site: ModuleType) -> None:
	quotation = make.a_quotation(
		scb_plan_template=steps.a_template(AGREED, instalment_count=12), items=[make.line(rate=100, qty=12)]
	)
	quotation.insert().submit()
	change(instalment_count=10, frequency="Quarter", calendar="Hijri", due_day=5, grace_days=9)
	order = make_sales_order(quotation.name)
	order.delivery_date = nowdate()
	order.insert().submit()
	delivery = make_delivery_note(order.name)
	delivery.insert().submit()
	from erpnext.stock.doctype.delivery_note.delivery_note import make_sales_invoice as bill_delivery

	bills = [make_sales_invoice(order.name).insert(), bill_delivery(delivery.name).insert()]
	for doc in (order, *bills):
		assert dates(doc) == [getdate(add_months(nowdate(), month)) for month in range(1, 13)]
		plan = plan_of(doc)
		assert (plan.calendar, plan.grace_days, plan.plan_template) == ("Gregorian", 0, AGREED)
	again = amended(bills[0].submit()).insert()
	assert dates(again) == dates(bills[0])
	new = make.a_sales_order(scb_plan_template=AGREED).insert()
	assert (len(new.payment_schedule), plan_of(new).calendar) == (10, "Hijri")


def test_other_wishes_win_over_what_was_agreed(site: ModuleType) -> None:
	order = an_order()
	change(instalment_count=10, frequency="Week")
	bill = make_sales_invoice(order.name)
	bill.scb_instalment_count = 6
	bill.insert()
	assert dates(bill) == [getdate(add_months(nowdate(), month)) for month in range(1, 7)]
	bill.scb_instalment_count = 0
	bill.scb_plan_template = steps.a_template()
	assert len(bill.save().payment_schedule) == 3
	change(enabled=0)
	free = make.a_sales_invoice(scb_plan_template=AGREED)
	with pytest.raises(InstalmentPlanError, match="Test Agreed is disabled"):
		free.insert()


def test_update_items_spreads_a_submitted_order_as_it_was_agreed(site: ModuleType) -> None:
	import json

	from erpnext.controllers.accounts_controller import update_child_qty_rate

	order = an_order(disable_rounded_total=1)
	change(instalment_count=10, enabled=0)
	row = order.items[0]
	changed = {"docname": row.name, "name": row.name, "item_code": row.item_code, "qty": 24, "rate": 100}
	update_child_qty_rate("Sales Order", json.dumps([changed]), order.name)
	order.reload()
	assert [item.payment_amount for item in order.payment_schedule] == [200.0] * 12
	assert plan_of(order).instalment_count == 12


def test_orders_of_one_template_that_agreed_otherwise_follow_it_as_it_stands(site: ModuleType) -> None:
	first = an_order()
	change(instalment_count=10)
	second = an_order()
	change(instalment_count=8)
	both = make_sales_invoice(second.name, target_doc=make_sales_invoice(first.name)).insert()
	assert len(both.payment_schedule) == 8


def test_a_passed_wish_moves_by_the_agreed_calendar(site: ModuleType) -> None:
	order = an_order(scb_first_due_date=nowdate())
	change(calendar="Hijri")
	bill = make_sales_invoice(order.name)
	bill.posting_date = add_months(nowdate(), 1)
	bill.scb_first_due_date = add_months(nowdate(), 0)
	move_passed_wish(bill)
	assert getdate(bill.scb_first_due_date) == getdate(add_months(nowdate(), 1))


def test_a_reschedule_counts_by_the_agreed_days(site: ModuleType) -> None:
	import rescheduling_helpers as reschedule

	invoice = steps.a_plan_invoice(template=steps.a_template(AGREED, instalment_count=3))
	change(frequency="Quarter", due_day=5, enabled=0)
	reschedule.rescheduled(invoice, "New Number of Instalments", new_count=4)
	months = [reschedule.months_on(number) for number in range(1, 5)]
	assert [due for (due,) in reschedule.plan_rows(invoice, "due_date")] == months


def test_an_agreed_margin_survives_its_removal_from_the_template(site: ModuleType) -> None:
	"""Through a Delivery Note too, which carries no margin's fields."""
	import instalments_margin_helpers as credit
	from erpnext.stock.doctype.delivery_note.delivery_note import make_sales_invoice as bill_delivery

	credit.a_company_with_margins()
	order = make.a_sales_order(scb_plan_template=credit.a_margin_template(credit.EXEMPT)).insert().submit()
	template = frappe.get_doc("Instalment Plan Template", order.scb_plan_template)
	template.update({"margin_treatment": "No margin", "margin_percent": 0}).save()
	bill = bill_delivery(make_delivery_note(order.name).insert().submit().name).insert()
	assert (bill.scb_margin_percent, bill.scb_margin) == (12, 115)


def test_the_preview_shows_what_was_agreed_to_whoever_reads_the_source(site: ModuleType) -> None:
	order = an_order()
	change(instalment_count=10, enabled=0)
	asked = {"doctype": "Sales Invoice", "template": AGREED, "total": 1_200, "document_date": nowdate()}
	assert len(api.preview(**asked, sources=[order.name])["rows"]) == 12
	with pytest.raises(InstalmentPlanError, match="Test Agreed is disabled"):
		api.preview(**asked)
	make.insert(
		"User Permission",
		user=make.a_user("other-seller@example.com", "Sales User", "Accounts User"),
		allow="Customer",
		for_value=make.a_customer("The Only One"),
	)
	site.set_user("other-seller@example.com")
	with pytest.raises(frappe.PermissionError):
		api.preview(**asked, sources=[order.name])


def test_plans_from_before_take_the_template_as_it_stands(site: ModuleType) -> None:
	from saudi_crm_billing.patches import plans_keep_their_terms

	order = an_order()
	frappe.db.set_value("Instalment Plan", order.scb_instalment_plan, "agreed_terms", None)
	plans_keep_their_terms.execute()
	change(instalment_count=10)
	assert len(make_sales_invoice(order.name).insert().payment_schedule) == 12
