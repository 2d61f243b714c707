"""What this slice puts onto a site: custom fields, and the tax classes it starts with (their only writer)."""

from __future__ import annotations

import hashlib
import json
from functools import partial
from typing import Any

import frappe
from frappe.model.document import Document

from saudi_crm_billing.common.documents import TAXED_DOCTYPES
from saudi_crm_billing.custom_fields import custom_field
from saudi_crm_billing.custom_fields import mark as _
from saudi_crm_billing.customer_tax.item_templates import delete_rate_templates
from saudi_crm_billing.customer_tax.seeds import SEEDS, Seed

MODULE = "Customer Tax"
field = partial(custom_field, MODULE)


def snapshot(fieldname: str, fieldtype: str, label: str, insert_after: str, **more: Any) -> dict[str, Any]:
	"""A field that only `apply.py` writes: read-only, and not carried along when a document is mapped."""
	return field(fieldname, fieldtype, label, insert_after, read_only=1, no_copy=1, **more)


def header_fields() -> list[dict[str, Any]]:
	return [
		snapshot("scb_tax_class", "Link", _("Tax Class"), "tax_category", options="Customer Tax Class"),
		field("scb_tax_line", "HTML", _("VAT Treatment"), "taxes", print_hide=1),
		snapshot("scb_tax_decision", "Small Text", _("VAT Decision"), "scb_tax_line", hidden=1, print_hide=1),
		snapshot(
			"scb_tax_facts", "Long Text", _("VAT Decision Facts"), "scb_tax_decision", hidden=1, print_hide=1
		),
	]


def row_fields() -> list[dict[str, Any]]:
	hide = {"print_hide": 1}
	return [
		snapshot(
			"scb_tax_class", "Link", _("Tax Class"), "item_tax_template", options="Customer Tax Class", **hide
		),
		snapshot(
			"scb_vat_category", "Select", _("VAT Category"), "scb_tax_class", options="\nS\nZ\nE\nO", **hide
		),
		snapshot("scb_vat_rate", "Float", _("VAT Rate (%)"), "scb_vat_category", precision="2", **hide),
		snapshot("scb_vatex_code", "Data", _("VATEX Code"), "scb_vat_rate", **hide),
		snapshot("scb_vat_reason", "Small Text", _("Reason for No VAT"), "scb_vatex_code", **hide),
	]


CUSTOM_FIELDS: dict[str, list[dict[str, Any]]] = {
	"Customer": [
		field(
			"scb_tax_class",
			"Link",
			_("Tax Class"),
			"tax_category",
			options="Customer Tax Class",
			in_standard_filter=1,
			description=_(
				"Decides the VAT on this customer's documents. Empty: the company's default class."
			),
		),
		field("scb_tax_meaning", "HTML", _("Meaning of the Tax Class"), "scb_tax_class"),
	],
	"Item Tax Template": [
		field(
			"scb_tax_class",
			"Link",
			_("Tax Class"),
			"company",
			options="Customer Tax Class",
			in_standard_filter=1,
			description=_(
				"Tax class of the items with this template; its VAT rate is kept equal to the class's."
			),
		)
	],
	"Sales Taxes and Charges": [
		field(
			"scb_vat_row", "Check", _("VAT Row of the Tax Class"), "dont_recompute_tax", hidden=1, read_only=1
		)
	],
	**{doctype: header_fields() for doctype in TAXED_DOCTYPES},
	**{f"{doctype} Item": row_fields() for doctype in TAXED_DOCTYPES},
}


def seed() -> None:
	"""Insert the classes that are missing; update those that nobody has changed since they were seeded."""
	for each in SEEDS:
		if frappe.db.exists("Customer Tax Class", each.title):
			update_unchanged(frappe.get_doc("Customer Tax Class", each.title), each)
		else:
			write_seed(frappe.new_doc("Customer Tax Class"), each)


def unseed() -> list[str]:
	"""Before uninstalling: take the rate templates away that nothing uses; returns what stays."""
	accounts = frappe.get_all(
		"Customer Tax Setup", filters={"vat_account": ("is", "set")}, order_by="name", pluck="vat_account"
	)
	templates = delete_rate_templates()
	return [f"Item Tax Template {name}" for name in templates] + [f"Account {name}" for name in accounts]


def update_unchanged(doc: Document, each: Seed) -> None:
	was_changed = doc.seed_hash != fingerprint(doc)
	if not was_changed and doc.seed_hash != fingerprint(frappe._dict(each._asdict())):
		write_seed(doc, each)


def write_seed(doc: Document, each: Seed) -> None:
	doc.update(each._asdict())
	doc.seed_hash = fingerprint(doc)
	# Install and migrate run without a person whose rights could be asked.
	doc.save(ignore_permissions=True)


def fingerprint(values: Any) -> str:
	"""A digest of the seeded fields, the same whether they come from the seed or from the database."""
	plain = [_plain(values.get(name)) for name in Seed._fields]
	return hashlib.sha256(json.dumps(plain, ensure_ascii=False).encode()).hexdigest()


def _plain(value: Any) -> str:
	return f"{value:g}" if isinstance(value, int | float) else str(value or "")
