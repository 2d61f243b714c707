"""Prepares the debit note of a Sales Invoice: ERPNext maps a return, but no note that raises what was charged.

It writes nothing: a person enters by how much, chooses the reason and saves.
"""

from __future__ import annotations

import frappe
from frappe import _
from frappe.model.document import Document

from saudi_crm_billing.e_invoicing.documents import transactions

HEADER = (
	"company",
	"customer",
	"tax_id",
	"customer_address",
	"contact_person",
	"company_address",
	"currency",
	"conversion_rate",
	"selling_price_list",
	"price_list_currency",
	"plc_conversion_rate",
	"debit_to",
	"tax_category",
	"taxes_and_charges",
	"cost_center",
	"project",
	"language",
	"letter_head",
	"disable_rounded_total",
)
LINE = (
	"item_code",
	"item_name",
	"description",
	"item_group",
	"uom",
	"stock_uom",
	"conversion_factor",
	"income_account",
	"cost_center",
	"project",
	"item_tax_template",
)
TAX = (
	"charge_type",
	"row_id",
	"account_head",
	"description",
	"rate",
	"included_in_print_rate",
	"cost_center",
)


def prepare(invoice: str) -> Document:
	"""A draft in memory with the invoice's lines at no amount: quantity 0, and the rate is what is added."""
	source = frappe.get_doc("Sales Invoice", invoice)
	_refuse_unfit(source)
	note = frappe.new_doc("Sales Invoice")
	note.update({field: source.get(field) for field in HEADER})
	note.update({field: source.get(field) for field in transactions.KINDS})
	# Its lines name no order, of which it could be asked.
	note.update({field: transactions.said_by(source, field) for field in transactions.SAID_ONCE})
	note.update({"is_debit_note": 1, "return_against": source.name, "ignore_pricing_rule": 1})
	for row in source.items:
		values = {field: row.get(field) for field in LINE}
		note.append(
			"items", {**values, "sales_invoice_item": row.name, "qty": 0, "rate": 0, "price_list_rate": 0}
		)
	for tax in source.taxes:
		if tax.charge_type != "Actual":
			note.append("taxes", {field: tax.get(field) for field in TAX})
	return note


def _refuse_unfit(source: Document) -> None:
	if source.docstatus != 1 or source.is_return or source.get("is_consolidated"):
		frappe.throw(
			_(
				"{0} gets no debit note: only a submitted invoice does that is no return and sums up no sales at a till."
			).format(source.name),
			title=_("Debit Note"),
		)
