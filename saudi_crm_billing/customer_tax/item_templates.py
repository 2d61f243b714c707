"""Item Tax Templates: which one a line has, the rate and class it carries; the only writer of their VAT rows.

ERPNext has one way to tax a line apart from the others of its document: the rates of the line's Item Tax Template,
which it reads again at every calculation. So the class of an item is named by its template, and the template's VAT
rate is kept equal to the rate of the class.
"""

from __future__ import annotations

from decimal import Decimal

import frappe
from erpnext.stock.get_item_details import get_item_tax_template
from frappe import _
from frappe.model.document import Document
from frappe.utils import flt

from saudi_crm_billing.customer_tax.engine.tax_class import percent
from saudi_crm_billing.customer_tax.settings import CompanySettings, active_settings, load_class


def template_of(doc: Document, row: Document, tax_category: str | None) -> str | None:
	"""The Item Tax Template that ERPNext will accept for a line: the one on it, or the item's or item group's."""
	if not row.get("item_code"):
		return row.get("item_tax_template")
	conditions = {
		"company": doc.company,
		"tax_category": tax_category,
		"posting_date": doc.get("posting_date"),
		"transaction_date": doc.get("transaction_date") or doc.get("posting_date"),
		"base_net_rate": flt(row.get("base_net_rate"))
		or flt(row.get("rate")) * flt(doc.get("conversion_rate") or 1),
		"item_tax_template": row.get("item_tax_template"),
	}
	item = frappe.get_cached_doc("Item", row.item_code)
	return get_item_tax_template(conditions, item) or row.get("item_tax_template")


def class_of(template: str | None) -> str | None:
	return frappe.get_cached_value("Item Tax Template", template, "scb_tax_class") if template else None


def vat_rate_of(template: str | None, vat_account: str) -> Decimal | None:
	"""The rate, in percent, that a template sets for the VAT account; None when it sets none."""
	if not template:
		return None
	rows = frappe.get_cached_doc("Item Tax Template", template).taxes
	return next((Decimal(str(row.tax_rate)) for row in rows if row.tax_type == vat_account), None)


def template_for(rate: Decimal, settings: CompanySettings, vat_account: str) -> str:
	"""A template without a class that does nothing but set the VAT rate; made when it is first needed."""
	title = f"VAT {percent(rate)}%"
	found = frappe.get_all(
		"Item Tax Template",
		filters={"company": settings.company, "title": ("in", [title, f"{title} ({vat_account})"])},
		pluck="name",
	)
	for name in found:
		if vat_rate_of(name, vat_account) == rate:
			return name
	return _make_template(f"{title} ({vat_account})" if found else title, rate, settings.company, vat_account)


def _make_template(title: str, rate: Decimal, company: str, vat_account: str) -> str:
	template = frappe.get_doc(
		{
			"doctype": "Item Tax Template",
			"title": title,
			"company": company,
			"taxes": [{"tax_type": vat_account, "tax_rate": float(rate)}],
		}
	)
	# Whoever saves the document that needs the rate may lack the right to make templates.
	return template.insert(ignore_permissions=True).name


def write_vat_rate(template: Document) -> None:
	"""Give a classified template of an active company the VAT rate of its class; other accounts are kept."""
	settings = active_settings(template.company) if template.get("scb_tax_class") else None
	if not settings:
		return
	rate = float(load_class(template.scb_tax_class).rate)
	row = next((row for row in template.taxes if row.tax_type == settings.vat_account), None)
	row = row or template.append("taxes", {"tax_type": settings.vat_account})
	row.tax_rate = rate


def update_templates(**filters: str) -> None:
	"""Save the classified templates that match, so that each gets the VAT rate of its class."""
	filters = {"scb_tax_class": ("is", "set"), **filters}
	for name in frappe.get_all("Item Tax Template", filters=filters, pluck="name"):
		template = frappe.get_doc("Item Tax Template", name)
		before = [(row.tax_type, row.tax_rate) for row in template.taxes]
		write_vat_rate(template)
		if before != [(row.tax_type, row.tax_rate) for row in template.taxes]:
			template.save()


def refuse_invalid_class(template: Document) -> None:
	tax_class = load_class(template.get("scb_tax_class"))
	if tax_class and not tax_class.enabled:
		frappe.throw(
			_("Tax class {0} is disabled: choose another one for Item Tax Template {1}.").format(
				tax_class.name, template.title
			)
		)
