"""Seller, buyer and their addresses as the masters have them."""

from __future__ import annotations

import re
from typing import Any

import frappe
from frappe.model.document import Document
from frappe.query_builder import DocType

from saudi_crm_billing.e_invoicing.engine.model import Address, Identification, Party, Scheme
from saudi_crm_billing.e_invoicing.engine.qr import MAX_VALUE_BYTES

SAUDI_NUMBER = r"3[0-9]{13}3"


def customer_of(doc: Document) -> Document:
	"""The buyer; a Payment Entry calls it its party."""
	return frappe.get_cached_doc("Customer", doc.get("customer") or doc.get("party"))


def company_of(doc: Document) -> Document:
	return frappe.get_cached_doc("Company", doc.company)


def buyer_vat_number(doc: Document) -> str:
	"""The buyer's number as registered for VAT in Saudi Arabia [BT-48]; of a buyer abroad only one of its form."""
	number = _tax_id(doc)
	return "" if _is_foreign(doc, number) else number


def seller(doc: Document) -> Party:
	company = company_of(doc)
	return Party(
		name=_name(company.get("scb_name_ar"), company.company_name),
		vat_number=clean(company.tax_id),
		identification=_identification(company.get("scb_id_scheme") or "CRN", company.get("scb_cr_number")),
		address=_address(seller_address(doc)),
	)


def buyer(doc: Document) -> Party:
	customer, number = customer_of(doc), _tax_id(doc)
	foreign = Identification(Scheme.OTHER, _letters_and_digits(number)) if _is_foreign(doc, number) else None
	typed = _identification(customer.get("scb_buyer_id_scheme"), customer.get("scb_buyer_id"))
	return Party(
		name=_name(customer.get("scb_name_ar"), doc.get("customer_name") or customer.customer_name),
		vat_number="" if foreign else number,
		identification=typed or foreign,
		address=_address(buyer_address(doc)),
	)


def _tax_id(doc: Document) -> str:
	return clean(doc.get("tax_id")) or clean(customer_of(doc).tax_id)


def _is_foreign(doc: Document, number: str) -> bool:
	"""Whether it is another country's number: an e-invoice names it as another ID, for BT-48 is a Saudi number only."""
	if not _letters_and_digits(number) or re.fullmatch(SAUDI_NUMBER, number):
		return False
	address = _address(buyer_address(doc))
	return address is not None and address.country_code != "SA"


def _letters_and_digits(number: str) -> str:
	"""What BT-46 may consist of."""
	return re.sub(r"[^A-Za-z0-9]", "", number)


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
