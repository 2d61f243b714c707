"""Shows the state of the invoice and its payment on the order and the quotation that it came from.

The only writer of `scb_sales_invoice`, `scb_zatca_status` and `scb_payment_status` on Quotation and Sales Order.
"""

from __future__ import annotations

import frappe
from frappe.query_builder import DocType

from saudi_crm_billing.unit_of_work import Phase, enlist

MIRRORED = ("scb_sales_invoice", "scb_zatca_status", "scb_payment_status")


def enlist_mirror(invoice: str) -> None:
	"""Have the sources of `invoice` brought up to date before this transaction commits."""
	enlist(Phase.MIRRORS, invoice, lambda: write(invoice))


def write(invoice: str) -> None:
	"""Bring order and quotation to the state of `invoice`; nothing where it is gone or came from neither."""
	orders = orders_of(invoice)
	if not orders:
		return
	for order in sorted(orders):
		_show("Sales Order", order, _latest_invoice(orders_in=(order,)))
	for quotation, of_quotation in sorted(quotations_of(orders).items()):
		_show("Quotation", quotation, _latest_invoice(orders_in=of_quotation))


def orders_of(invoice: str) -> tuple[str, ...]:
	row = DocType("Sales Invoice Item")
	found = (
		frappe.qb.from_(row)
		.select(row.sales_order)
		.where((row.parent == invoice) & row.sales_order.isnotnull() & (row.sales_order != ""))
		.distinct()
		.run()
	)
	return tuple(name for (name,) in found)


def quotations_of(orders: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
	"""The quotations behind `orders`, each with all its orders."""
	row = DocType("Sales Order Item")
	quotations = (
		frappe.qb.from_(row)
		.select(row.prevdoc_docname)
		.where(row.parent.isin(orders) & row.prevdoc_docname.isnotnull() & (row.prevdoc_docname != ""))
		.distinct()
	).run(pluck=True)
	if not quotations:
		return {}
	pairs = (
		frappe.qb.from_(row)
		.select(row.prevdoc_docname, row.parent)
		.where(row.prevdoc_docname.isin(quotations))
		.distinct()
	).run()
	return {name: tuple(order for quotation, order in pairs if quotation == name) for name in quotations}


def refresh_all() -> None:
	"""Daily: a payment status that passing time alone changed (overdue) is shown too."""
	invoice, row, order = DocType("Sales Invoice"), DocType("Sales Invoice Item"), DocType("Sales Order")
	stale = (
		frappe.qb.from_(invoice)
		.join(row)
		.on(row.parent == invoice.name)
		.join(order)
		.on((order.name == row.sales_order) & (order.scb_sales_invoice == invoice.name))
		.select(invoice.name)
		.where((invoice.docstatus == 1) & (order.scb_payment_status != invoice.status))
		.distinct()
	).run(pluck=True)
	for name in stale:
		write(name)


def _latest_invoice(orders_in: tuple[str, ...]) -> dict[str, str | None]:
	"""The mirrored values by the newest submitted invoice of the orders; all empty where there is none."""
	invoice, row = DocType("Sales Invoice"), DocType("Sales Invoice Item")
	found = (
		frappe.qb.from_(invoice)
		.join(row)
		.on(row.parent == invoice.name)
		.select(invoice.name, invoice.scb_zatca_status, invoice.status)
		.where(row.sales_order.isin(orders_in) & (invoice.docstatus == 1) & (invoice.is_return == 0))
		.orderby(invoice.creation, order=frappe.qb.desc)
		.limit(1)
	).run()
	return dict(zip(MIRRORED, found[0] if found else (None, None, None), strict=True))


def _show(doctype: str, name: str, values: dict[str, str | None]) -> None:
	shown = frappe.db.get_value(doctype, name, MIRRORED)
	if shown is None or tuple(shown) == tuple(values.values()):
		return
	frappe.db.set_value(doctype, name, values, update_modified=False)
	frappe.publish_realtime("scb_e_invoice", {"name": name}, doctype=doctype, docname=name, after_commit=True)
	frappe.publish_realtime(
		"list_update", {"doctype": doctype, "name": name, "user": frappe.session.user}, after_commit=True
	)
