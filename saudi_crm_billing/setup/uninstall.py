"""Takes away everything that `install` put onto the site."""

from __future__ import annotations

import frappe

from saudi_crm_billing.setup.install import slice_installers


def before_uninstall() -> None:
	for installer in reversed(slice_installers()):
		remove_custom_fields(installer.CUSTOM_FIELDS)


def remove_custom_fields(custom_fields: dict[str, list[dict[str, object]]]) -> None:
	for doctype, fields in custom_fields.items():
		for field in fields:
			frappe.delete_doc_if_exists("Custom Field", f"{doctype}-{field['fieldname']}", force=True)
