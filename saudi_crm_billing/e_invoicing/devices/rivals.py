"""Other apps that issue e-invoices on the same site: a company has exactly one issuer, or its chain forks."""

from __future__ import annotations

import frappe
from frappe.query_builder import DocType

# App, the DocType that holds its settings for a company, the company's field, the switch that some of its versions have.
SETTINGS = (("ksa_compliance", "ZATCA Business Settings", "company", "enable_zatca_integration"),)
# App, the switch that it adds to Company.
SWITCHES = (("zatca_erpgulf", "custom_zatca_invoice_enabled"),)


def other_issuer(company: str) -> str | None:
	"""The app that already issues e-invoices for `company`, if any."""
	for app, doctype, field, switch in SETTINGS:
		if frappe.db.table_exists(doctype) and frappe.db.exists(
			doctype, _active(doctype, field, company, switch)
		):
			return app
	for app, switch in SWITCHES:
		if frappe.get_meta("Company").has_field(switch) and _switched_on(company, switch):
			return app
	return None


def _active(doctype: str, field: str, company: str, switch: str) -> dict[str, object]:
	switched = {switch: 1} if frappe.db.has_column(doctype, switch) else {}
	return {field: company, **switched}


def _switched_on(company: str, switch: str) -> bool:
	table = DocType("Company")
	rows = frappe.qb.from_(table).select(table[switch]).where(table.name == company).run()
	return bool(rows and int(rows[0][0] or 0))
