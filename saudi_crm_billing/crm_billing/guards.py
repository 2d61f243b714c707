"""Guards of the Sales Invoice: it has a sale (R20), it goes to that sale's customer (R21), it says what was agreed (R26).

Reads only. Inert for companies without billing settings.
"""

from __future__ import annotations

from decimal import Decimal

import frappe
from frappe import _
from frappe.model.document import Document

from saudi_crm_billing.crm_billing.engine.comparison import Difference, SoldLine, compare
from saudi_crm_billing.crm_billing.settings import settings_of
from saudi_crm_billing.crm_billing.sources import customer_of_quotation
from saudi_crm_billing.instalments.settings import margin_items

HEAD_FIELDS = ("customer", "currency")
Heads = dict[str, frappe._dict]


def check(invoice: Document) -> None:
	"""Before submit: refuse or warn as the company's settings say."""
	settings = settings_of(invoice.company)
	if settings is None or is_exempt(invoice):
		return
	sources = sources_of(invoice)
	if settings.require_source and not sources:
		frappe.throw(
			_(
				"Sales Invoice {0} is not linked to a sale. Make it from its Sales Order, Delivery Note or "
				"Quotation, or fill in the field {1}."
			).format(invoice.name, frappe.bold(_("Source Quotation"))),
			title=_("No Source"),
		)
	orders = heads_of_orders(invoice)
	if settings.same_customer:
		check_customer(invoice, sources, orders)
	if settings.on_difference != "Ignore":
		report_differences(invoice, orders, refuse=settings.on_difference == "Refuse")


def is_exempt(invoice: Document) -> bool:
	"""A note follows its invoice; opening balances and counter sales have no order."""
	return bool(
		invoice.is_return or invoice.get("return_against") or invoice.is_opening == "Yes" or invoice.is_pos
	)


def sources_of(invoice: Document) -> set[tuple[str, str]]:
	"""Pairs of type and name: the orders, deliveries and the quotation that this invoice bills."""
	found = {
		(doctype, row.get(field))
		for row in invoice.items
		for doctype, field in (("Sales Order", "sales_order"), ("Delivery Note", "delivery_note"))
		if row.get(field)
	}
	if invoice.get("scb_quotation"):
		found.add(("Quotation", invoice.scb_quotation))
	return found


def check_customer(invoice: Document, sources: set[tuple[str, str]], orders: Heads) -> None:
	for doctype, name in sorted(sources):
		order = orders.get(name) if doctype == "Sales Order" else None
		customer = order.customer if order else customer_of(doctype, name)
		if customer != invoice.customer:
			frappe.throw(
				_(
					"Sales Invoice {0} is for customer {1}, but {2} {3} was agreed with {4}. Correct the customer."
				).format(
					invoice.name,
					frappe.bold(invoice.customer),
					_(doctype),
					name,
					frappe.bold(customer or "-"),
				),
				title=_("Another Customer"),
			)


def customer_of(doctype: str, name: str) -> str | None:
	if doctype != "Quotation":
		return frappe.db.get_value(doctype, name, "customer")
	row = frappe.db.get_value("Quotation", name, ["quotation_to", "party_name"], as_dict=True)
	return customer_of_quotation(row.quotation_to, row.party_name)


def report_differences(invoice: Document, orders: Heads, refuse: bool) -> None:
	found = differences(invoice, orders)
	if not found:
		return
	message = _("Sales Invoice {0} differs from what was ordered:").format(invoice.name)
	lines = [describe(difference) for difference in found]
	if refuse:
		lines.append(_("Correct the invoice, or have the order changed first."))
		frappe.throw([message, *lines], title=_("Differs from the Order"), as_list=True)
	frappe.msgprint([message, *lines], title=_("Differs from the Order"), indicator="orange", as_list=True)


def differences(invoice: Document, orders: Heads) -> tuple[Difference, ...]:
	"""Field by field against the Sales Orders that the invoice bills; none if it bills no order."""
	if not orders:
		return ()
	invoiced_head = head_of(invoice)
	found: set[Difference] = set()
	for order in orders.values():
		found |= set(compare(head_of(order), invoiced_head, {}, ()))
	by_plan = margin_items(invoice.company) if invoice.get("scb_margin_treatment") else set()
	typed = [as_line(row, row.so_detail) for row in invoice.items if row.item_code not in by_plan]
	lines = compare({}, {}, ordered_lines(list(orders)), typed)
	return (*sorted(found, key=lambda difference: difference.field), *lines)


def heads_of_orders(invoice: Document) -> Heads:
	"""What is compared of the Sales Orders that the invoice bills, by name."""
	if not (orders := orders_of(invoice)):
		return {}
	found = frappe.get_all("Sales Order", {"name": ("in", orders)}, ["name", *HEAD_FIELDS])
	return {order.name: order for order in found}


def orders_of(invoice: Document) -> list[str]:
	return sorted({row.sales_order for row in invoice.items if row.sales_order})


def head_of(row: Document | frappe._dict) -> dict[str, str]:
	return {field: str(row.get(field) or "") for field in HEAD_FIELDS}


def ordered_lines(orders: list[str]) -> dict[str, SoldLine]:
	"""By row name; read without the orders' other tables, which every submit would wait for."""
	fields = ["name", "idx", "item_code", "item_name", "uom", "qty", "rate"]
	filters = {"parenttype": "Sales Order", "parent": ("in", orders)}
	rows = frappe.get_all("Sales Order Item", filters, fields)
	return {row.name: as_line(row, row.name) for row in rows}


def as_line(row: Document | frappe._dict, ordered_as: str | None) -> SoldLine:
	return SoldLine(
		number=row.idx,
		ordered_as=ordered_as or None,
		item=row.item_code or row.item_name or "",
		unit=row.uom or "",
		quantity=Decimal(str(row.qty or 0)),
		rate=Decimal(str(row.rate or 0)),
	)


def describe(difference: Difference) -> str:
	if difference.field == "line":
		return _("Line {0}: {1} is not in the order").format(difference.line, difference.invoiced)
	label = field_label(difference.field)
	if not difference.line:
		return _("{0}: ordered {1}, invoiced {2}").format(label, difference.ordered, difference.invoiced)
	return _("Line {0}, {1}: ordered {2}, invoiced {3}").format(
		difference.line, label, difference.ordered, difference.invoiced
	)


def field_label(field: str) -> str:
	return {
		"customer": _("Customer"),
		"currency": _("Currency"),
		"item": _("Item"),
		"unit": _("UOM"),
		"quantity": _("Quantity"),
		"rate": _("Rate"),
	}[field]
