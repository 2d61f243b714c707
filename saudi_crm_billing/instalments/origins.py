"""Reads where a selling document comes from: the one it amends, or those that it was mapped from. Writes nothing."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import frappe
from frappe.model.document import Document
from frappe.query_builder.functions import Sum

from saudi_crm_billing.common.money import to_decimal
from saudi_crm_billing.instalments.settings import margin_items

SOURCES = {"Sales Invoice": ("Sales Order", "sales_order"), "Sales Order": ("Quotation", "prevdoc_docname")}
"""Doctype of the source, and the field of a document's item rows that names it."""
AGREED = ("scb_plan_template", "scb_margin_treatment", "scb_margin_percent")
CHOSEN = ("scb_chosen_template", "scb_chosen_terms")
"""What the customer chose on the acceptance page of a quotation, in place of its own plan."""


@dataclass(frozen=True)
class Origin:
	"""The documents that a plan was agreed in before, with their margin; `terms` where a customer chose them there."""

	doctype: str
	names: tuple[str, ...]
	margin_treatment: str = ""
	margin_percent: Decimal = Decimal(0)
	terms: str | None = None


def origin_of(doc: Document) -> Origin | None:
	"""Where the document's template was agreed before, submitted or cancelled since; None where it is new here.

	What was agreed stands, though the template changed or expired meanwhile.
	"""
	if doc.get("amended_from"):
		return _agreed(doc, doc.doctype, {doc.amended_from})
	doctype, names = sources_of(doc)
	return _agreed(doc, doctype, names) if names else None


def share_of(doc: Document, origin: Origin) -> Decimal:
	"""How much of the goods of its origin a document has: 1 for all, and for one that amends it."""
	whole = _goods_of(origin, doc.company) if origin.doctype != doc.doctype else Decimal(0)
	return min(_goods(doc.items, doc.company) / whole, Decimal(1)) if whole else Decimal(1)


def terms_kept_by(origin: Origin) -> str | None:
	"""What these documents keep of their template; None where they keep nothing, or not the same."""
	if origin.terms:
		return origin.terms
	filters = {"reference_doctype": origin.doctype, "reference_name": ("in", origin.names)}
	found = set(frappe.get_all("Instalment Plan", filters, pluck="agreed_terms"))
	return found.pop() if len(found) == 1 else None


def sources_of(doc: Document) -> tuple[str, set[str]]:
	"""Doctype and names of the documents that its lines were mapped from."""
	doctype, fieldname = SOURCES.get(doc.doctype, ("", ""))
	return doctype, {row.get(fieldname) for row in doc.get("items") or [] if row.get(fieldname)}


def _agreed(doc: Document, doctype: str, names: Collection[str]) -> Origin | None:
	filters = {"name": ("in", sorted(names)), "docstatus": (">", 0)}
	found = frappe.get_all(doctype, filters, [*AGREED, *(CHOSEN if doctype == "Quotation" else ())])
	agreed = [one for row in found if (one := _agreed_in(row, doc.get("scb_plan_template")))]
	if len(agreed) != len(names):
		return None
	return Origin(doctype, tuple(sorted(names)), *agreed[0])


def _agreed_in(row: Any, template: str | None) -> tuple[str, Decimal, str | None] | None:
	"""Margin, and the terms if a customer chose them, with which the document agreed on the template; None if it did not."""
	if template and row.get("scb_chosen_template") == template:
		terms = json.loads(row.scb_chosen_terms)
		return terms["margin_treatment"], to_decimal(terms["margin_percent"]), terms.get("agreed_terms")
	if template and row.scb_plan_template == template:
		return row.scb_margin_treatment or "", to_decimal(row.scb_margin_percent or 0), None
	return None


def _goods_of(origin: Origin, company: str) -> Decimal:
	filters = {"parenttype": origin.doctype, "parent": ("in", origin.names)}
	return _goods(frappe.get_all(f"{origin.doctype} Item", filters, ["item_code", "net_amount"]), company)


def _goods(rows: Iterable[Any], company: str) -> Decimal:
	"""Without margin lines, which follow the goods."""
	margins = margin_items(company)
	amounts = (to_decimal(row.net_amount or 0) for row in rows if row.item_code not in margins)
	return sum(amounts, Decimal(0))


def billed_of(order: str) -> tuple[Decimal, Decimal]:
	"""What submitted invoices have of an order already: net amount, and wished down payments."""
	row, invoice = frappe.qb.DocType("Sales Invoice Item"), frappe.qb.DocType("Sales Invoice")
	found = (
		frappe.qb.from_(row)
		.join(invoice)
		.on(invoice.name == row.parent)
		.select(invoice.name, invoice.scb_down_payment, Sum(row.net_amount))
		.where((row.sales_order == order) & (invoice.docstatus == 1) & (invoice.is_return == 0))
		.groupby(invoice.name, invoice.scb_down_payment)
	).run()
	net = sum((to_decimal(amount or 0) for _name, _down, amount in found), Decimal(0))
	return net, sum((to_decimal(down or 0) for _name, down, _amount in found), Decimal(0))
