"""Puts onto a site what Frappe does not make from files: roles, custom fields, property setters, seeds.

The only writer of these. Each slice says in its own `install.py` what it needs.
"""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from types import ModuleType

import frappe
from frappe.custom.doctype.custom_field.custom_field import create_custom_fields

SLICES = ("customer_tax", "instalments", "e_invoicing", "collection", "crm_billing")


def slice_installers() -> list[ModuleType]:
	"""The `install` modules of all slices, lower slices first."""
	names = [f"saudi_crm_billing.{name}.install" for name in SLICES]
	return [import_module(name) for name in names if find_spec(name)]


def after_install() -> None:
	set_up()
	for installer in slice_installers():
		if seed_once := getattr(installer, "seed_once", None):
			seed_once()


def after_migrate() -> None:
	set_up()


def set_up() -> None:
	"""Idempotent: a second run changes nothing."""
	for installer in slice_installers():
		for role in getattr(installer, "ROLES", ()):
			add_role(role)
		create_custom_fields(missing_or_changed(installer.CUSTOM_FIELDS), ignore_validate=True)
		for setter in getattr(installer, "PROPERTY_SETTERS", ()):
			add_property_setter(setter)
		installer.seed()


def add_role(role: str) -> None:
	if not frappe.db.exists("Role", role):
		# Setup runs before anyone could hold a right on roles.
		frappe.get_doc({"doctype": "Role", "role_name": role, "desk_access": 1}).insert(
			ignore_permissions=True
		)


def missing_or_changed(custom_fields: dict[str, list[dict]]) -> dict[str, list[dict]]:
	"""Those of the fields that the site has not yet, or has otherwise, so that a quiet migrate writes nothing."""
	wanted = {}
	for doctype, fields in custom_fields.items():
		if needed := [field for field in fields if not field_stands(doctype, field)]:
			wanted[doctype] = needed
	return wanted


def field_stands(doctype: str, field: dict) -> bool:
	name = frappe.db.get_value("Custom Field", {"dt": doctype, "fieldname": field["fieldname"]})
	if not name:
		return False
	present = frappe.get_doc("Custom Field", name)
	return all(
		plain(present.get(key)) == plain(value) for key, value in field.items() if present.meta.has_field(key)
	)


def plain(value: object) -> str:
	"""One text for what the database and the code write differently: None, "", 0 and False; 1 and True."""
	return str(int(value) if isinstance(value, bool) else value or "")


def add_property_setter(setter: dict) -> None:
	key = {
		"doc_type": setter["doctype"],
		"field_name": setter.get("fieldname"),
		"property": setter["property"],
	}
	if frappe.db.get_value("Property Setter", key, "value") != str(setter["value"]):
		frappe.make_property_setter({**setter, "module": "CRM Billing"}, is_system_generated=True)
