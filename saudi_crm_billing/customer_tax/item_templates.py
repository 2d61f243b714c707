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
from frappe.model.rename_doc import get_link_fields
from frappe.utils import flt

from saudi_crm_billing.customer_tax.engine.tax_class import percent
from saudi_crm_billing.customer_tax.settings import active_settings, load_class

RATES_BELOW_STANDARD = (Decimal(0), Decimal(5))
RATE_ONLY = "(rate only)"


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


def rate_template(rate: Decimal, company: str, vat_account: str) -> str | None:
	"""A template without a class that does nothing but set this rate for the VAT account."""
	filters = {"company": company, "disabled": 0, "scb_tax_class": ("is", "not set")}
	for name in frappe.get_all("Item Tax Template", filters=filters, order_by="creation", pluck="name"):
		rows = frappe.get_cached_doc("Item Tax Template", name).taxes
		if len(rows) == 1 and vat_rate_of(name, vat_account) == rate:
			return name
	return None


def make_rate_templates(company: str, vat_account: str) -> None:
	"""One template for each rate below the standard one: credit notes need them when an item's own has changed."""
	for rate in RATES_BELOW_STANDARD:
		if not rate_template(rate, company, vat_account):
			make_rate_template(rate, company, vat_account)


def make_rate_template(rate: Decimal, company: str, vat_account: str) -> None:
	title = f"VAT {percent(rate)}% {RATE_ONLY}"
	if frappe.db.exists("Item Tax Template", {"title": title, "company": company}):
		title = f"{title} {vat_account}"
	row = {"tax_type": vat_account, "tax_rate": float(rate)}
	frappe.get_doc(
		{"doctype": "Item Tax Template", "title": title, "company": company, "taxes": [row]}
	).insert()


def delete_rate_templates() -> list[str]:
	"""Delete the templates that `make_rate_template` made and no record uses; returns the names of the others."""
	filters = {"title": ("like", f"VAT %{RATE_ONLY}%"), "scb_tax_class": ("is", "not set")}
	names = frappe.get_all("Item Tax Template", filters=filters, order_by="name", pluck="name")
	used = _used_templates(names)
	for name in names:
		if name not in used:
			frappe.delete_doc("Item Tax Template", name, force=True)
	return [name for name in names if name in used]


def _used_templates(names: list[str]) -> set[str]:
	"""Those of the names that a record of any doctype links to."""
	used: set[str] = set()
	for link in (each for each in get_link_fields("Item Tax Template") if not each["issingle"]):
		filters = {link["fieldname"]: ("in", [*names, ""])}
		used |= set(frappe.get_all(link["parent"], filters, pluck=link["fieldname"], distinct=True))
	return used


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


def refuse_disabled_class(template: Document) -> None:
	"""A disabled class cannot be newly chosen; templates that have it keep it, and their items fall back."""
	chosen = template.get("scb_tax_class")
	if not chosen or not active_settings(template.company) or not template.has_value_changed("scb_tax_class"):
		return
	if not load_class(chosen).enabled:
		frappe.throw(
			_("Tax class {0} is disabled: choose another one for Item Tax Template {1}.").format(
				chosen, template.title
			)
		)
