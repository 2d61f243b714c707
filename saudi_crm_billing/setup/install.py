"""Puts onto a site what Frappe does not make from files: custom fields, roles, property setters, seeds.

The only writer of these; every slice says in its own `install.py` what it needs.
"""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from types import ModuleType

from frappe.custom.doctype.custom_field.custom_field import create_custom_fields

SLICES = ("customer_tax", "instalments", "e_invoicing", "collection", "crm_billing")


def slice_installers() -> list[ModuleType]:
	"""The `install` modules of all slices, lower slices first."""
	names = [f"saudi_crm_billing.{name}.install" for name in SLICES]
	return [import_module(name) for name in names if find_spec(name)]


def after_install() -> None:
	set_up()


def after_migrate() -> None:
	set_up()


def set_up() -> None:
	"""Idempotent: a second run changes nothing."""
	for installer in slice_installers():
		create_custom_fields(installer.CUSTOM_FIELDS, ignore_validate=True)
		installer.seed()
