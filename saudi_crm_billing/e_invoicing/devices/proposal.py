"""What a new unit takes from its company's record and national address. Reads only."""

from __future__ import annotations

import re

import frappe
from frappe.model.document import Document

from saudi_crm_billing.e_invoicing.documents import parties
from saudi_crm_billing.e_invoicing.engine.csr import MAX_NAME

ARABIC = re.compile("[\u0600-\u06ff]")


def of_company(company: str) -> dict[str, str]:
	"""Values of the unit's fields as far as the records have them."""
	name, arabic, vat_number = frappe.db.get_value(
		"Company", company, ("company_name", "scb_name_ar", "tax_id")
	)
	found = {"organisation": (arabic or name)[:MAX_NAME], "vat_number": parties.clean(vat_number)}
	if address := parties.linked_address("Company", company):
		found["short_address"] = one_line(frappe.get_doc("Address", address))
	return {field: value for field, value in found.items() if value}


def one_line(address: Document) -> str:
	"""The written address as far as a certificate's name holds it: its short form is in no record."""
	street = (address.get("scb_building_number"), address.address_line1)
	place = (address.get("scb_district"), address.city)
	line = joined(*street, *place)
	return line if len(line) <= MAX_NAME else joined(*place)[:MAX_NAME]


def joined(*parts: str | None) -> str:
	said = [part.strip() for part in parts if part and part.strip()]
	return ("، " if any(ARABIC.search(part) for part in said) else ", ").join(said)
