"""Refuses documents whose VAT would be wrong or undecided; reads only."""

from __future__ import annotations

import json
from decimal import Decimal

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import flt, format_date

from saudi_crm_billing.common.documents import INVOICE_DOCTYPES
from saudi_crm_billing.customer_tax.basis import supply_date
from saudi_crm_billing.customer_tax.engine.tax_class import percent
from saudi_crm_billing.customer_tax.engine.vatex import needs_national_id
from saudi_crm_billing.customer_tax.settings import settings_for


class UnclassifiedLine(frappe.ValidationError):
	"""A line without a VAT category in a company that uses tax classes."""


class VatRateMismatch(frappe.ValidationError):
	"""ERPNext computed a line at another rate than its tax class says."""


def refuse_unclassified_lines(doc: Document) -> None:
	"""Every line of a submitted document of an active company has a VAT category."""
	rows = [row for row in doc.items if not row.get("scb_vat_category")]
	if rows and settings_for(doc):
		messages = [unclassified_message(doc, row) for row in rows]
		frappe.throw("<br><br>".join(messages), exc=UnclassifiedLine, title=_("Lines without a VAT category"))


def unclassified_message(doc: Document, row: Document) -> str:
	item = row.get("item_code") or row.get("item_name")
	if row.get("item_tax_template"):
		return _(
			"Line {0}, item {1}, has no VAT category. Choose the Tax Class of Item Tax Template {2}, valid on {3}, and save this document again."
		).format(row.idx, item, row.item_tax_template, format_date(supply_date(doc)))
	return _(
		"Line {0}, item {1}, has no VAT category. Give the customer, or the item by an Item Tax Template, a tax class that is valid on {2}, or choose a default class in the Customer Tax Setup of {3}; then save this document again."
	).format(row.idx, item, format_date(supply_date(doc)), doc.company)


def refuse_other_rates(doc: Document) -> None:
	"""Core has computed the document: every line must have been taxed at the rate of its snapshot."""
	vat_row = next((row for row in doc.get("taxes", []) if row.get("scb_vat_row")), None)
	if not vat_row or doc.get("is_consolidated") or not settings_for(doc):
		return
	for row in doc.items:
		if row.get("scb_vat_category") and flt(row.net_amount):
			refuse_other_rate(row, computed_rate(row, vat_row))


def computed_rate(row: Document, vat_row: Document) -> Decimal:
	rates = json.loads(row.get("item_tax_rate") or "{}")
	return Decimal(str(rates.get(vat_row.account_head, vat_row.rate)))


def refuse_other_rate(row: Document, computed: Decimal) -> None:
	decided = Decimal(str(row.scb_vat_rate))
	if computed == decided:
		return
	frappe.throw(
		_(
			"Line {0}, item {1}: ERPNext computed VAT at {2}%, but tax class {3} has {4}%. Correct the VAT rate of Item Tax Template {5}, or take that template off the item."
		).format(
			row.idx,
			row.get("item_code") or row.get("item_name"),
			percent(computed),
			row.scb_tax_class,
			percent(decided),
			row.get("item_tax_template"),
		),
		exc=VatRateMismatch,
		title=_("VAT rate differs from the tax class"),
	)


def remind_of_national_id(doc: Document) -> None:
	"""A message only: the e-invoice's own rules refuse an invoice without it (BR-KSA-49)."""
	codes = sorted(
		{row.get("scb_vatex_code") for row in doc.items if needs_national_id(row.get("scb_vatex_code"))}
	)
	if doc.doctype in INVOICE_DOCTYPES and codes and settings_for(doc):
		frappe.msgprint(
			_("{0}: the e-invoice must name the buyer by a Saudi national ID (BR-KSA-49).").format(
				", ".join(codes)
			),
			title=_("National ID needed"),
			indicator="orange",
			alert=True,
		)
