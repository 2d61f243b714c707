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
	for order in sorted(orders):
		_show("Sales Order", order, _latest_invoice(_of_orders((order,))))
	through_orders = quotations_of(orders)
	for quotation in sorted({*through_orders, *direct_quotations(invoice)}):
		of_quotation = through_orders.get(quotation, ())
		_show(
			"Quotation", quotation, _latest_invoice({*_of_orders(of_quotation), *_direct_invoices(quotation)})
		)


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
	if not orders:
		return {}
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


def direct_quotations(invoice: str) -> set[str]:
	"""Quotations that `invoice` names itself, in the fields that hooks.py tells."""
	table = DocType("Sales Invoice")
	names = (
		frappe.qb.from_(table).select(table[field]).where(table.name == invoice).run()
		for field in _source_fields()
	)
	return {name for rows in names for (name,) in rows if name}


def refresh_all() -> None:
	"""Daily: a payment status that passing time alone changed (overdue) is shown too."""
	invoice = DocType("Sales Invoice")
	for doctype in ("Sales Order", "Quotation"):
		shown = DocType(doctype)
		stale = (
			frappe.qb.from_(shown)
			.join(invoice)
			.on(invoice.name == shown.scb_sales_invoice)
			.select(invoice.name)
			.where((invoice.docstatus == 1) & (shown.scb_payment_status != invoice.status))
			.distinct()
		).run(pluck=True)
		for name in stale:
			write(name)


def _source_fields() -> list[str]:
	"""Fields of Sales Invoice that link it to a quotation; a higher slice may register its own."""
	meta = frappe.get_meta("Sales Invoice")
	return [field for field in frappe.get_hooks("scb_source_quotation_fields") if meta.has_field(field)]


def _of_orders(orders: tuple[str, ...]) -> set[str]:
	if not orders:
		return set()
	row = DocType("Sales Invoice Item")
	return set(
		frappe.qb.from_(row).select(row.parent).where(row.sales_order.isin(orders)).distinct().run(pluck=True)
	)


def _direct_invoices(quotation: str) -> set[str]:
	table = DocType("Sales Invoice")
	return {
		name
		for field in _source_fields()
		for name in frappe.qb.from_(table).select(table.name).where(table[field] == quotation).run(pluck=True)
	}


def _latest_invoice(candidates: set[str]) -> dict[str, str | None]:
	"""The mirrored values by the newest submitted invoice among `candidates`; all empty where there is none."""
	table = DocType("Sales Invoice")
	found = (
		frappe.qb.from_(table)
		.select(table.name, table.scb_zatca_status, table.status)
		.where(table.name.isin(candidates or {""}) & (table.docstatus == 1) & (table.is_return == 0))
		.orderby(table.creation, order=frappe.qb.desc)
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
