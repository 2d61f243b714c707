"""Reads a company's tax setup and the tax classes; a company without an enabled setup is left alone."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

import frappe
from frappe.model.document import Document
from frappe.utils import getdate

from saudi_crm_billing.customer_tax.engine.tax_class import TaxClass
from saudi_crm_billing.customer_tax.engine.vatex import Category

# Flag of a document in memory.
FOUND = "scb_tax_settings"


@dataclass(frozen=True)
class CompanySettings:
	company: str
	vat_account: str
	default_class: str | None
	price_includes_vat: bool


def active_settings(company: str | None) -> CompanySettings | None:
	"""The company's settings if its setup is enabled; None means that this slice does nothing."""
	fields = ("enabled", "vat_account", "default_class", "price_includes_vat")
	found = company and frappe.get_cached_value("Customer Tax Setup", company, fields, as_dict=True)
	if not found or not found.enabled or not found.vat_account:
		return None
	return CompanySettings(company, found.vat_account, found.default_class, bool(found.price_includes_vat))


def settings_for(doc: Document, *, anew: bool = False) -> CompanySettings | None:
	"""Of a document's company: each save asks anew, and what follows takes that answer. Frappe keeps no "there is none".

	An opening invoice brings a debt in whose VAT was declared already: it is left alone.
	"""
	company = doc.get("company") if doc.get("is_opening") != "Yes" else None
	kept = doc.flags.get(FOUND)
	if anew or not kept or kept[0] != company:
		kept = doc.flags[FOUND] = (company, active_settings(company))
	return kept[1]


def load_class(name: str | None) -> TaxClass | None:
	return as_tax_class(frappe.get_cached_doc("Customer Tax Class", name)) if name else None


def as_tax_class(doc: Document) -> TaxClass:
	"""The engine's view of a Customer Tax Class; raises ValueError for a category that is none of S, Z, E, O."""
	return TaxClass(
		name=doc.title or "",
		category=Category(doc.category),
		rate=Decimal(str(doc.rate or 0)),
		vatex_code=doc.vatex_code or "",
		reason_en=doc.reason_en or "",
		reason_ar=doc.reason_ar or "",
		valid_from=getdate(doc.valid_from) if doc.valid_from else None,
		valid_to=getdate(doc.valid_to) if doc.valid_to else None,
		enabled=bool(doc.enabled),
	)
