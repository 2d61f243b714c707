"""Takes away what `install` put onto the site: custom fields with their columns, property setters, roles, seeds.

Frappe itself removes the app's own doctypes. What posted records still need stays, and is listed.
"""

from __future__ import annotations

from collections.abc import Iterable

import click
import frappe
from frappe import _

from saudi_crm_billing.e_invoicing.issuing.archive import production_documents_not_exported
from saudi_crm_billing.setup.install import slice_installers


def before_uninstall() -> None:
	refuse_while_documents_must_be_kept()
	kept: list[str] = []
	for installer in reversed(slice_installers()):
		if unseed := getattr(installer, "unseed", None):
			kept += unseed() or []
		remove_property_setters(getattr(installer, "PROPERTY_SETTERS", ()))
		remove_custom_fields(installer.CUSTOM_FIELDS)
		for role in getattr(installer, "ROLES", ()):
			frappe.delete_doc("Role", role, force=True, ignore_missing=True)
	remove_scheduled_jobs()
	frappe.clear_cache()
	tell_what_stays(kept)


def refuse_while_documents_must_be_kept() -> None:
	"""The law keeps e-invoices six years (VAT Regulations, article 66)."""
	if count := production_documents_not_exported():
		frappe.throw(
			_(
				"{0} e-invoices of a production unit have not been exported; the law keeps them six years. "
				"Run: bench --site {1} export-e-invoices FOLDER, keep the folder safe, then uninstall. A document that "
				"ZATCA has not answered yet can be exported only after its answer."
			).format(count, frappe.local.site)
		)


def remove_scheduled_jobs() -> None:
	"""Frappe takes them away only at the next migrate; until then the scheduler would call what is gone."""
	jobs = frappe.get_all(
		"Scheduled Job Type", filters={"method": ("like", "saudi_crm_billing.%")}, pluck="name"
	)
	frappe.db.delete("Scheduled Job Log", {"scheduled_job_type": ("in", [*jobs, ""])})
	frappe.db.delete("Scheduled Job Type", {"name": ("in", [*jobs, ""])})


def remove_custom_fields(custom_fields: dict[str, list[dict]]) -> None:
	for doctype, fields in custom_fields.items():
		names = [field["fieldname"] for field in fields]
		for name in names:
			frappe.delete_doc("Custom Field", f"{doctype}-{name}", force=True, ignore_missing=True)
		drop_columns(doctype, names)
		frappe.clear_cache(doctype=doctype)


def drop_columns(doctype: str, names: Iterable[str]) -> None:
	present = set(frappe.db.get_table_columns(doctype))
	drops = ", ".join(f"DROP COLUMN `{name}`" for name in names if name in present)
	if drops:
		# The query builder has no ALTER TABLE; the names are this app's own constants.
		frappe.db.sql_ddl(f"ALTER TABLE `tab{doctype}` {drops}")


def remove_property_setters(setters: Iterable[dict]) -> None:
	for setter in setters:
		frappe.db.delete(
			"Property Setter",
			{
				"doc_type": setter["doctype"],
				"field_name": setter.get("fieldname"),
				"property": setter["property"],
				"value": str(setter["value"]),
			},
		)


def tell_what_stays(kept: list[str]) -> None:
	for line in kept:
		click.secho(_("Kept, because posted records need it: {0}").format(line), fg="yellow")
