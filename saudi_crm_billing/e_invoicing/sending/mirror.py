"""Shows the state of the invoice and its payment on the order and the quotation that it came from.

The only writer of `scb_sales_invoice`, `scb_zatca_status` and `scb_payment_status` on Quotation and Sales Order.
"""

from __future__ import annotations

from functools import cached_property

import frappe
from frappe.query_builder import DocType
from frappe.query_builder.functions import Coalesce
from frappe.utils import add_days, now_datetime

from saudi_crm_billing.e_invoicing.devices import units
from saudi_crm_billing.unit_of_work import Phase, enlist

MIRRORED = ("scb_sales_invoice", "scb_zatca_status", "scb_payment_status")
BATCH = 100
# An invoice without an open amount is looked at this long after its last change.
LATELY_DAYS = 30


def enlist_mirror(invoice: str) -> None:
	"""Have the sources of `invoice` brought up to date before this transaction commits."""
	mirror = Mirror(invoice)
	enlist(Phase.SHOWN, invoice, mirror.lock)
	enlist(Phase.MIRRORS, invoice, mirror.write)


def enlist_for(company: str, invoice: str) -> None:
	"""The same, for a company that has set e-invoicing up; asked then, once, and not at every ledger entry."""
	enlist(Phase.SHOWN, invoice, lambda: _enlist_if_set_up(company, invoice))


def _enlist_if_set_up(company: str, invoice: str) -> None:
	if units.exist_for(company):
		mirror = Mirror(invoice)
		mirror.lock()
		enlist(Phase.MIRRORS, invoice, mirror.write)


def write(invoice: str) -> None:
	"""Bring order and quotation to the state of `invoice` at once."""
	Mirror(invoice).write()


class Mirror:
	"""The orders and quotations that show an invoice; none where it is gone or came from neither."""

	def __init__(self, invoice: str) -> None:
		self.invoice = invoice

	def lock(self) -> None:
		"""Before a unit's counter is locked: who holds one must not wait for an order that another invoice holds."""
		for order in self.orders:
			_lock("Sales Order", order)
		for quotation in self.quotations:
			_lock("Quotation", quotation)

	def write(self) -> None:
		for order in self.orders:
			_show("Sales Order", order, _of_orders((order,)))
		for quotation in self.quotations:
			of_quotation = self._through_orders.get(quotation, ())
			_show("Quotation", quotation, {*_of_orders(of_quotation), *_direct_invoices(quotation)})

	@cached_property
	def orders(self) -> tuple[str, ...]:
		return tuple(sorted(orders_of(self.invoice)))

	@cached_property
	def quotations(self) -> tuple[str, ...]:
		return tuple(sorted({*self._through_orders, *direct_quotations(self.invoice)}))

	@cached_property
	def _through_orders(self) -> dict[str, tuple[str, ...]]:
		return quotations_of(self.orders)


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
	"""Copy what changed without an event (a payment became overdue by the day alone, a set-based write).

	Only invoices that can still change are looked at: open ones, and those touched lately. Commits by batches.
	"""
	for doctype in ("Sales Order", "Quotation"):
		last = ""
		while batch := _stale(doctype, last):
			_copy(doctype, batch)
			last = batch[-1][0]
			frappe.db.commit()  # nosemgrep: a batch that is complete in itself; its row locks end here


def _stale(doctype: str, after: str) -> list[tuple[str, str]]:
	"""The next documents by name whose mirror is behind the invoice that it shows, with that invoice."""
	shown, invoice = DocType(doctype), DocType("Sales Invoice")
	since = add_days(now_datetime(), -LATELY_DAYS)
	behind = (Coalesce(shown.scb_payment_status, "") != Coalesce(invoice.status, "")) | (
		Coalesce(shown.scb_zatca_status, "") != Coalesce(invoice.scb_zatca_status, "")
	)
	return (
		frappe.qb.from_(shown)
		.join(invoice)
		.on(invoice.name == shown.scb_sales_invoice)
		.select(shown.name, invoice.name)
		.where((shown.name > after) & (invoice.docstatus == 1) & behind)
		.where((invoice.outstanding_amount != 0) | (invoice.modified >= since))
		.orderby(shown.name)
		.limit(BATCH)
	).run()


def _copy(doctype: str, batch: list[tuple[str, str]]) -> None:
	"""One update for all documents that come to show the same states, as these are once the invoices are locked."""
	shown = DocType(doctype)
	states = _locked_states({invoice for _name, invoice in batch})
	for values in set(states.values()):
		rows = [row for row in batch if states.get(row[1]) == values]
		(
			frappe.qb.update(shown)
			.set(shown.scb_zatca_status, values[0])
			.set(shown.scb_payment_status, values[1])
			.where(shown.name.isin([row[0] for row in rows]))
			.where(shown.scb_sales_invoice.isin({row[1] for row in rows}))
		).run()
		for name, _invoice in rows:
			frappe.clear_document_cache(doctype, name)
			_tell(doctype, name)


def _locked_states(invoices: set[str]) -> dict[str, tuple[str, str]]:
	"""E-invoice and payment state of each submitted one, locked before the documents that show it, as everywhere."""
	table = DocType("Sales Invoice")
	rows = (
		frappe.qb.from_(table)
		.select(table.name, table.scb_zatca_status, table.status)
		.where(table.name.isin(invoices) & (table.docstatus == 1))
		.orderby(table.name)
		.for_update()
	).run()
	return {name: (zatca, payment) for name, zatca, payment in rows}


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
	"""The mirrored values by the newest submitted invoice among `candidates`; all empty where there is none.

	As they are now, not as they were when this transaction began: of the rows that are free. One that another
	transaction holds is not waited for (it may wait for us); what that one changes, it mirrors after us.
	"""
	table = DocType("Sales Invoice")
	query = (
		frappe.qb.from_(table)
		.select(table.name, table.scb_zatca_status, table.status, table.docstatus, table.creation)
		.where(table.name.isin(candidates or {""}) & (table.is_return == 0))
	)
	rows = {row[0]: row for row in (*query.run(), *query.for_update(skip_locked=True).run())}
	submitted = [row for row in rows.values() if row[3] == 1]
	newest = max(submitted, key=lambda row: row[4], default=(None, None, None))
	return dict(zip(MIRRORED, newest[:3], strict=True))


def _lock(doctype: str, name: str) -> None:
	frappe.db.get_value(doctype, name, "name", for_update=True)


def _show(doctype: str, name: str, candidates: set[str]) -> None:
	"""Under the document's lock. The invoice it shows by now may be newer than what this transaction can see."""
	shown = frappe.db.get_value(doctype, name, MIRRORED, for_update=True)
	if shown is None:
		return
	values = _latest_invoice({*candidates, shown[0] or ""})
	if tuple(shown) == tuple(values.values()):
		return
	frappe.db.set_value(doctype, name, values, update_modified=False)
	_tell(doctype, name)


def _tell(doctype: str, name: str) -> None:
	"""Bring open forms and lists up to date once this is committed."""
	frappe.publish_realtime("scb_e_invoice", {"name": name}, doctype=doctype, docname=name, after_commit=True)
	frappe.publish_realtime(
		"list_update", {"doctype": doctype, "name": name, "user": frappe.session.user}, after_commit=True
	)
