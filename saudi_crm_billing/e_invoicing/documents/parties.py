"""Seller, buyer and their addresses as the masters have them."""

from __future__ import annotations

from typing import Any

import frappe
from frappe.model.document import Document
from frappe.query_builder import DocType

from saudi_crm_billing.e_invoicing.engine.model import Address, Identification, Party, Scheme
from saudi_crm_billing.e_invoicing.engine.qr import MAX_VALUE_BYTES


def customer_of(doc: Document) -> Document:
	"""The buyer; a Payment Entry calls it its party."""
	return frappe.get_cached_doc("Customer", doc.get("customer") or doc.get("party"))


def company_of(doc: Document) -> Document:
	return frappe.get_cached_doc("Company", doc.company)


def buyer_vat_number(doc: Document) -> str:
	return clean(doc.get("tax_id")) or clean(customer_of(doc).tax_id)


def seller(doc: Document) -> Party:
	company = company_of(doc)
	return Party(
		name=_name(company.get("scb_name_ar"), company.company_name),
		vat_number=clean(company.tax_id),
		identification=_identification(company.get("scb_id_scheme") or "CRN", company.get("scb_cr_number")),
		address=_address(seller_address(doc)),
	)


def buyer(doc: Document) -> Party:
	customer = customer_of(doc)
	return Party(
		name=_name(customer.get("scb_name_ar"), doc.get("customer_name") or customer.customer_name),
		vat_number=buyer_vat_number(doc),
		identification=_identification(customer.get("scb_buyer_id_scheme"), customer.get("scb_buyer_id")),
		address=_address(buyer_address(doc)),
	)


def seller_address(doc: Document) -> str | None:
	return doc.get("company_address") or linked_address("Company", doc.company)


def buyer_address(doc: Document) -> str | None:
	return (
		doc.get("customer_address")
		or customer_of(doc).customer_primary_address
		or linked_address("Customer", customer_of(doc).name)
	)


def linked_address(doctype: str, name: str) -> str | None:
	"""The enabled address of a master, its primary one first."""
	address, link = DocType("Address"), DocType("Dynamic Link")
	rows = (
		frappe.qb.from_(address)
		.join(link)
		.on((link.parent == address.name) & (link.parenttype == "Address"))
		.select(address.name)
		.where((link.link_doctype == doctype) & (link.link_name == name) & (address.disabled == 0))
		.orderby(address.is_primary_address, order=frappe.qb.desc)
		.orderby(address.creation)
		.limit(1)
	).run()
	return rows[0][0] if rows else None


def _address(name: str | None) -> Address | None:
	if not name:
		return None
	row: Any = frappe.get_cached_doc("Address", name)
	country = frappe.get_cached_value("Country", row.country, "code") if row.country else "sa"
	return Address(
		street=row.address_line1 or "",
		additional_street=row.address_line2 or "",
		building_number=clean(row.get("scb_building_number")),
		additional_number=clean(row.get("scb_additional_number")),
		district=row.get("scb_district") or row.county or "",
		city=row.city or "",
		postal_code=clean(row.pincode),
		province=row.state or "",
		country_code=(country or "sa").upper(),
	)


def _identification(scheme: str | None, value: str | None) -> Identification | None:
	return Identification(Scheme(scheme), clean(value)) if scheme and clean(value) else None


def _name(arabic: str | None, other: str | None) -> str:
	"""`Arabic | other` as in ZATCA's samples, as long as the QR code can carry it; Arabic alone else."""
	arabic, other = (arabic or "").strip(), (other or "").strip()
	if not arabic or not other:
		return arabic or other
	joined = other if arabic in other else f"{arabic} | {other}"
	return joined if len(joined.encode()) <= MAX_VALUE_BYTES else arabic


def clean(value: object) -> str:
	return "".join(str(value or "").split())
