"""Where a sale's documents lead: opportunity → quotation → order → invoice. Reads only; writes nothing."""

from __future__ import annotations

import frappe
from frappe.model.document import Document
from frappe.utils import nowdate
from pypika.queries import QueryBuilder
from pypika.terms import Case

ORDERED = ("Ordered", "Partially Ordered")


def quotation_to_bill(opportunity: str) -> str | None:
	"""The submitted quotation on which a won opportunity rests, named in its head or on its lines.

	Of several the one that was ordered, else the one that was accepted, else the newest; a lost one never, and one
	that has run out only if it was ordered or accepted in time.
	"""
	quotation = frappe.qb.DocType("Quotation")
	ordered = quotation.status.isin(ORDERED)
	accepted = quotation.scb_accepted_on.isnotnull()
	valid = (quotation.status != "Expired") & (
		quotation.valid_till.isnull() | (quotation.valid_till >= nowdate())
	)
	rows = (
		_submitted_quotations(opportunity)
		.where((quotation.status != "Lost") & (ordered | accepted | valid))
		.orderby(Case().when(ordered, 0).when(accepted, 1).else_(2))
		.orderby(quotation.transaction_date, order=frappe.qb.desc)
		.orderby(quotation.creation, order=frappe.qb.desc)
		.limit(1)
	).run()
	return rows[0][0] if rows else None


def newest_quotation(opportunity: str) -> str | None:
	"""The newest submitted quotation of an opportunity, whatever became of it."""
	quotation = frappe.qb.DocType("Quotation")
	rows = (
		_submitted_quotations(opportunity).orderby(quotation.creation, order=frappe.qb.desc).limit(1)
	).run()
	return rows[0][0] if rows else None


def _submitted_quotations(opportunity: str) -> QueryBuilder:
	quotation, line = frappe.qb.DocType("Quotation"), frappe.qb.DocType("Quotation Item")
	of_line = (line.prevdoc_doctype == "Opportunity") & (line.prevdoc_docname == opportunity)
	return (
		frappe.qb.from_(quotation)
		.left_join(line)
		.on(line.parent == quotation.name)
		.select(quotation.name)
		.where(((quotation.opportunity == opportunity) | of_line) & (quotation.docstatus == 1))
	)


def opportunity_of(quotation: str) -> str | None:
	if opportunity := frappe.db.get_value("Quotation", quotation, "opportunity"):
		return opportunity
	of_line = {"parent": quotation, "prevdoc_doctype": "Opportunity"}
	return frappe.db.get_value("Quotation Item", of_line, "prevdoc_docname")


def order_of(quotation: str) -> str | None:
	"""The newest Sales Order made from a quotation, draft or submitted."""
	made = {"prevdoc_docname": quotation, "docstatus": ("<", 2)}
	return frappe.db.get_value("Sales Order Item", made, "parent", order_by="creation desc")


def invoices_of_order(order: str) -> list[str]:
	"""Sales Invoices of an order, draft or submitted, without credit notes."""
	line, invoice = frappe.qb.DocType("Sales Invoice Item"), frappe.qb.DocType("Sales Invoice")
	return (
		frappe.qb.from_(line)
		.join(invoice)
		.on(invoice.name == line.parent)
		.select(invoice.name)
		.distinct()
		.where((line.sales_order == order) & (invoice.docstatus < 2) & (invoice.is_return == 0))
		.orderby(invoice.name)
	).run(pluck=True)


def invoices_of_quotation(quotation: str) -> list[str]:
	"""Sales Invoices that name this quotation as their source."""
	made = {"scb_quotation": quotation, "docstatus": ("<", 2), "is_return": 0}
	return frappe.get_all("Sales Invoice", made, pluck="name", order_by="name")


def customer_of_quotation(quotation_to: str, party: str) -> str | None:
	"""The customer behind a quotation; None while a lead or prospect has not become one."""
	if quotation_to == "Customer":
		return party
	link = {"Lead": "lead_name", "Prospect": "prospect_name"}.get(quotation_to)
	return frappe.db.get_value("Customer", {link: party}) if link else None


def customer_group_of(document: Document) -> str | None:
	"""The document's own customer group, or that of its customer."""
	if group := document.get("customer_group"):
		return group
	customer = document.get("customer")
	if not customer:
		kind = document.get("quotation_to") or document.get("opportunity_from")
		customer = customer_of_quotation(kind, document.get("party_name"))
	return frappe.get_cached_value("Customer", customer, "customer_group") if customer else None
