"""A credit margin, in the price, exempt or as a fee: on lines of its own, never twice, never two kinds in one document."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import customer_tax_helpers as tax
import factories as make
import frappe
import instalments_helpers as steps
import instalments_margin_helpers as credit
import pytest
from frappe.model.document import Document
from frappe.utils import nowdate
from instalments_margin_helpers import EXEMPT, FEE, IN_PRICE, MARGIN, SERVICE

from saudi_crm_billing.instalments.errors import InstalmentPlanError


@pytest.fixture(autouse=True)
def company(site: ModuleType) -> None:
	credit.a_company_with_margins()


@pytest.mark.parametrize(
	("treatment", "margin_line", "total", "margin"),
	[
		# 1,150 of cash price with VAT, 12 % a year over 10 months: 115.00
		(IN_PRICE, (MARGIN, 115, "S"), 1_282.25, 132.25),
		(EXEMPT, (MARGIN, 115, "E"), 1_265, 115),
		(FEE, (SERVICE, 115, "S"), 1_282.25, 132.25),
	],
)
def test_each_treatment_has_its_line_and_its_tax(
	site: ModuleType, treatment: str, margin_line: tuple[str, float, str], total: float, margin: float
) -> None:
	invoice = credit.sold(treatment)
	assert credit.lines(invoice) == [("SCB-SERVICE", 1_000, "S"), margin_line]
	assert (invoice.grand_total, invoice.scb_margin) == (total, margin)
	assert (invoice.scb_margin_treatment, invoice.scb_margin_percent) == (treatment, 12)
	credit.assert_exact(invoice)
	plan = credit.plan_of(invoice)
	assert plan.margin == margin
	steps.commit(invoice.submit())
	assert sum(map(steps.money, steps.outstanding(invoice))) == steps.money(total)


def test_the_exempt_line_says_its_reason(site: ModuleType) -> None:
	row = credit.sold(EXEMPT).items[1]
	assert (row.scb_vat_category, row.scb_vat_rate, row.scb_vatex_code) == ("E", 0, "VATEX-SA-29")
	assert row.scb_vat_reason.startswith("Financial services")


def test_a_margin_in_the_price_bears_what_each_part_of_the_price_bears(site: ModuleType) -> None:
	medicine = tax.an_item_of(tax.MEDICINES)
	invoice = credit.sold(items=[make.line(rate=600), make.line(item=medicine, rate=310)])
	# 600 + 15 % + 310 = 1,000; 100 of margin by the price without VAT: 65.93 and 34.07
	assert credit.lines(invoice)[2:] == [(MARGIN, 65.93, "S"), (MARGIN, 34.07, "Z")]
	assert invoice.scb_margin == 109.89
	credit.assert_exact(invoice)


def test_a_fee_is_taxed_also_where_the_goods_are_not(site: ModuleType) -> None:
	invoice = credit.sold(FEE, items=[make.line(item=tax.an_item_of(tax.MEDICINES), rate=1_000)])
	assert credit.lines(invoice)[1] == (SERVICE, 100, "S")
	assert (invoice.grand_total, invoice.scb_margin) == (1_115, 115)


def test_the_margin_is_on_what_the_down_payment_leaves_and_the_down_payment_bears_none(
	site: ModuleType,
) -> None:
	credit.a_margin_template(EXEMPT, down_payment_percent=50)
	invoice = credit.sold(EXEMPT)
	assert credit.lines(invoice)[1] == (MARGIN, 57.5, "E")
	rows = credit.plan_of(invoice).instalments
	assert (rows[0].amount, rows[0].margin, rows[0].principal) == (575, 0, 575)
	assert {(row.amount, row.margin) for row in rows[1:]} == {(63.25, 5.75)}
	assert {steps.money(row.principal) for row in rows[1:]} == {steps.money(57.5)}


def test_prices_that_include_vat_have_a_margin_that_includes_it(site: ModuleType) -> None:
	frappe.db.set_value("Customer Tax Setup", make.COMPANY, "price_includes_vat", 1)
	frappe.clear_document_cache("Customer Tax Setup", make.COMPANY)
	invoice = credit.sold(rate=1_150)
	assert (invoice.items[1].amount, invoice.grand_total, invoice.scb_margin) == (115, 1_265, 115)
	credit.assert_exact(invoice)


def test_the_margin_is_never_put_on_twice(site: ModuleType) -> None:
	invoice = credit.sold()
	names = [row.name for row in invoice.items]
	for _again in range(2):
		invoice.save()
		invoice.reload()
	assert [row.name for row in invoice.items] == names
	assert (len(invoice.items), invoice.grand_total) == (2, 1_282.25)
	invoice.items[0].rate = 2_000
	invoice.save()
	assert credit.lines(invoice)[1] == (MARGIN, 230, "S")
	copy = frappe.copy_doc(invoice).insert()
	assert (len(copy.items), copy.grand_total) == (2, 2_564.5)
	invoice.submit()
	invoice.cancel()
	amended = frappe.copy_doc(invoice)
	amended.update({"amended_from": invoice.name, "docstatus": 0})
	amended.insert().submit()
	assert (len(amended.items), amended.grand_total) == (2, 2_564.5)


def test_what_is_typed_on_the_margin_line_gives_way(site: ModuleType) -> None:
	invoice = credit.sold()
	invoice.items[1].rate = 5
	invoice.append("items", make.line(item=MARGIN, rate=77))
	invoice.save()
	assert credit.lines(invoice) == [("SCB-SERVICE", 1_000, "S"), (MARGIN, 115, "S")]


@pytest.mark.parametrize("cleared", [{"scb_plan_template": None}, {"scb_plan_template": "No Margin"}])
def test_without_a_margin_the_lines_go(site: ModuleType, cleared: dict[str, Any]) -> None:
	steps.a_template("No Margin")
	invoice = credit.sold(EXEMPT)
	invoice.update(cleared)
	invoice.save()
	assert credit.lines(invoice) == [("SCB-SERVICE", 1_000, "S")]
	assert (invoice.scb_margin, invoice.scb_margin_treatment, invoice.grand_total) == (0, None, 1_150)


def test_another_treatment_changes_the_line(site: ModuleType) -> None:
	invoice = credit.sold(EXEMPT)
	invoice.scb_plan_template = credit.a_margin_template(IN_PRICE)
	invoice.save()
	assert credit.lines(invoice)[1:] == [(MARGIN, 115, "S")]
	plain = credit.sold(IN_PRICE)
	plain.scb_plan_template = steps.a_template()
	plain.save()
	assert len(plain.items) == 1


def test_a_margin_goes_along_and_each_bill_has_its_part(site: ModuleType) -> None:
	from erpnext.selling.doctype.quotation.quotation import make_sales_order
	from erpnext.selling.doctype.sales_order.sales_order import make_sales_invoice

	template = credit.a_margin_template(EXEMPT)
	quotation = make.a_quotation(items=[make.line(rate=100, qty=10)], scb_plan_template=template)
	quotation.insert().submit()
	frappe.get_doc("Instalment Plan Template", template).update({"margin_percent": 24}).save()
	order = make_sales_order(quotation.name)
	order.delivery_date = nowdate()
	order.insert().submit()
	assert credit.lines(order)[1] == (MARGIN, 115, "E")
	bills = []
	for quantity in (3, 7):
		bill = make_sales_invoice(order.name)
		bill.items[0].qty = quantity
		bill.disable_rounded_total = 1
		bill.insert().submit()
		credit.assert_exact(bill)
		bills.append(bill)
	assert [bill.scb_margin for bill in bills] == [34.5, 80.5]
	assert sum(bill.grand_total for bill in bills) == order.grand_total == 1_265
	assert frappe.db.get_value("Sales Order", order.name, "per_billed") == 100


def test_a_bill_of_a_part_bears_its_part_of_a_down_payment_in_riyals(site: ModuleType) -> None:
	from erpnext.selling.doctype.sales_order.sales_order import make_sales_invoice

	template = credit.a_margin_template(EXEMPT, down_payment_amount=150)
	order = make.a_sales_order(items=[make.line(rate=100, qty=10)], scb_plan_template=template)
	order.insert().submit()
	assert order.scb_margin == 100
	bill = make_sales_invoice(order.name)
	bill.items[0].qty = 4
	bill.disable_rounded_total = 1
	bill.insert()
	assert (bill.payment_schedule[0].payment_amount, bill.scb_margin) == (60, 40)
	credit.assert_exact(bill)


def test_a_margin_goes_along_through_a_delivery_note(site: ModuleType) -> None:
	from erpnext.selling.doctype.sales_order.sales_order import make_delivery_note
	from erpnext.stock.doctype.delivery_note.delivery_note import make_sales_invoice

	order = make.a_sales_order(
		items=[make.line(rate=100, qty=10)], scb_plan_template=credit.a_margin_template(EXEMPT)
	)
	order.insert().submit()
	delivery = make_delivery_note(order.name)
	delivery.items[0].qty = 4
	delivery.insert().submit()
	invoice = make_sales_invoice(delivery.name)
	invoice.insert()
	assert credit.lines(invoice) == [("SCB-SERVICE", 400, "S"), (MARGIN, 46, "E")]


def test_two_kinds_of_margin_in_one_document_are_refused(site: ModuleType) -> None:
	with pytest.raises(InstalmentPlanError, match=r"Line 2, item CREDIT-FEE, is a margin of another kind"):
		credit.sold(EXEMPT, items=[make.line(), make.line(item=SERVICE, rate=50)])


def test_orders_with_two_kinds_of_margin_are_billed_apart(site: ModuleType) -> None:
	from erpnext.selling.doctype.sales_order.sales_order import make_sales_invoice

	orders = []
	for treatment in (IN_PRICE, EXEMPT):
		order = make.a_sales_order(scb_plan_template=credit.a_margin_template(treatment))
		orders.append(order.insert().submit())
	invoice = make_sales_invoice(orders[0].name)
	invoice = make_sales_invoice(orders[1].name, target_doc=invoice)
	with pytest.raises(InstalmentPlanError, match=r"was agreed with the margin as .* document of its own"):
		invoice.insert()


@pytest.mark.parametrize("discount", [{"additional_discount_percentage": 10}, {"discount_amount": 100}])
@pytest.mark.parametrize("base", ["Net Total", "Grand Total"])
def test_a_discount_of_the_whole_document_is_refused_beside_a_margin(
	site: ModuleType, discount: dict[str, Any], base: str
) -> None:
	"""Core spreads it over the margin's line too, which would no longer be what was agreed."""
	steps.a_template("No Margin")
	plain = make.a_sales_invoice(scb_plan_template="No Margin", apply_discount_on=base, **discount).insert()
	assert plain.discount_amount
	message = r"discount of \d+\.\d\d SAR on the whole document .* Discount the lines of the goods instead"
	for make_sale in (make.a_quotation, make.a_sales_order, make.a_sales_invoice):
		sale = make_sale(
			scb_plan_template=credit.a_margin_template(EXEMPT), apply_discount_on=base, **discount
		)
		with pytest.raises(InstalmentPlanError, match=message):
			sale.insert()
	plain.scb_plan_template = credit.a_margin_template(EXEMPT)
	with pytest.raises(InstalmentPlanError, match=message):
		plain.save()


def test_a_discount_on_the_goods_lines_lowers_the_price_that_the_margin_is_on(site: ModuleType) -> None:
	goods = {**make.line(rate=900), "price_list_rate": 1_000, "discount_percentage": 10}
	invoice = credit.sold(EXEMPT, items=[goods])
	# 900 + 15 % = 1,035 of cash price, 10 % of it: 103.50
	assert credit.lines(invoice) == [("SCB-SERVICE", 900, "S"), (MARGIN, 103.5, "E")]
	assert (invoice.grand_total, invoice.total_taxes_and_charges) == (1_138.5, 135)
	credit.assert_exact(invoice)


@pytest.mark.parametrize("percents", [(12, 24), (24, 12), (0, 12), (12, 0)])
def test_orders_of_one_template_with_two_margins_are_not_billed_together(
	site: ModuleType, percents: tuple[int, int]
) -> None:
	from erpnext.selling.doctype.sales_order.sales_order import make_sales_invoice

	name = credit.a_margin_template(EXEMPT)
	orders = []
	for percent in percents:
		values = {"margin_treatment": EXEMPT if percent else "No margin", "margin_percent": percent}
		frappe.get_doc("Instalment Plan Template", name).update(values).save()
		orders.append(make.a_sales_order(scb_plan_template=name).insert().submit())
	both = make_sales_invoice(orders[1].name, target_doc=make_sales_invoice(orders[0].name))
	first, second = sorted(zip((order.name for order in orders), percents, strict=True))
	message = f"{first[0]} was agreed with a margin of {first[1]} % a year, {second[0]} with {second[1]} %"
	with pytest.raises(InstalmentPlanError, match=message):
		both.insert()


@pytest.mark.parametrize(
	("treatment", "emptied", "label"),
	[
		(IN_PRICE, "margin_item", "Item of the Margin"),
		(EXEMPT, "exempt_margin_template", "Item Tax Template of the Exempt Margin"),
		(FEE, "fee_item", "Item of the Service Fee"),
	],
)
def test_a_margin_without_its_item_is_refused(
	site: ModuleType, treatment: str, emptied: str, label: str
) -> None:
	frappe.get_doc("Instalment Settings", make.COMPANY).update({emptied: None}).save()
	with pytest.raises(InstalmentPlanError, match=f"{label} is empty in the Instalment Settings"):
		credit.sold(treatment)


def test_an_exempt_margin_that_comes_out_otherwise_is_refused(site: ModuleType) -> None:
	template = tax.a_template_of(tax.TAXABLE, title="Not exempt")
	frappe.get_doc("Instalment Settings", make.COMPANY).update({"exempt_margin_template": template}).save()
	with pytest.raises(
		InstalmentPlanError, match=r"should be exempt from VAT \(VATEX-SA-29\) but is classified S"
	):
		credit.sold(EXEMPT)


@pytest.mark.parametrize(
	("values", "message"),
	[
		({"margin_percent": 101}, "A margin of 101 % a year cannot be used"),
		({"margin_percent": 0}, "Enter the margin in percent a year, or choose No margin"),
		({"margin_treatment": "No margin", "margin_percent": 5}, "Choose how the margin of 5 % is taxed"),
	],
)
def test_a_template_says_margin_and_treatment_together(
	site: ModuleType, values: dict[str, Any], message: str
) -> None:
	with pytest.raises(InstalmentPlanError, match=message):
		steps.a_template("Test Half", **{"margin_treatment": IN_PRICE, "margin_percent": 10, **values})


def test_settings_refuse_an_item_with_stock_or_taxes(site: ModuleType) -> None:
	for item in (make.an_item("BOXED", is_stock_item=1), tax.an_item_of(tax.MEDICINES)):
		settings = frappe.get_doc("Instalment Settings", make.COMPANY)
		settings.margin_item = item
		with pytest.raises(frappe.ValidationError, match=f"Item of the Margin: item {item} must be sold"):
			settings.save()


def test_a_margin_item_sold_without_a_plan_is_an_ordinary_line(site: ModuleType) -> None:
	invoice = make.a_sales_invoice(items=[make.line(), make.line(item=SERVICE, rate=50)]).insert()
	invoice.save()
	assert [row.amount for row in invoice.items] == [1_000, 50]
	assert invoice.scb_margin == 0


def test_a_credit_note_gives_the_margin_line_back_as_it_was(site: ModuleType) -> None:
	from erpnext.accounts.doctype.sales_invoice.sales_invoice import make_sales_return

	invoice = steps.commit(credit.sold(EXEMPT).submit())
	note: Document = make_sales_return(invoice.name)
	note.disable_rounded_total = 1
	note.insert().submit()
	assert credit.lines(note) == [("SCB-SERVICE", -1_000, "S"), (MARGIN, -115, "E")]
	assert note.grand_total == -1_265
	assert not note.scb_margin


def test_an_order_with_a_margin_takes_new_items(site: ModuleType) -> None:
	"""Update Items of core: the margin line can be changed there as any line, the plan follows."""
	import json

	from erpnext.controllers.accounts_controller import update_child_qty_rate

	order = make.a_sales_order(
		scb_plan_template=credit.a_margin_template(EXEMPT), disable_rounded_total=1
	).insert()
	order.submit()
	rows = [
		{"docname": row.name, "name": row.name, "item_code": row.item_code, "qty": row.qty, "rate": rate}
		for row, rate in zip(order.items, (2_000, 230), strict=True)
	]
	update_child_qty_rate("Sales Order", json.dumps(rows), order.name)
	order.reload()
	assert order.grand_total == 2_530
	plan = credit.plan_of(order)
	assert sum(steps.money(row.amount) for row in plan.instalments) == 2_530
	assert plan.margin == order.scb_margin
