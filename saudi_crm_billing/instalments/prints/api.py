"""Prints of instalments as files, for whoever may print the document that they are of."""

from __future__ import annotations

import frappe
from frappe.utils import getdate

from saudi_crm_billing.instalments.prints import documents


@frappe.whitelist(methods=["GET", "POST"])
def download(wanted: str, doctype: str, name: str, language: str = "ar") -> None:
	"""`wanted`: schedule, receipt or clearance; the file's name says what it is of."""
	frappe.has_permission(doctype, "print", doc=name, throw=True)
	content = documents.make(wanted, frappe.get_doc(doctype, name), language)
	_answer(f"{wanted}-{name}", content)


@frappe.whitelist(methods=["GET", "POST"])
def download_statement(
	customer: str,
	company: str,
	from_date: str,
	to_date: str,
	language: str = "ar",
	currency: str | None = None,
) -> None:
	"""A customer's statement of instalments between two days, both included; without a currency in the company's."""
	frappe.has_permission("Customer", "print", doc=customer, throw=True)
	frappe.has_permission("Instalment Plan", "read", throw=True)
	frappe.has_permission("Company", "read", doc=company, throw=True)
	doc = frappe.get_doc("Customer", customer)
	days = getdate(from_date), getdate(to_date)
	content = documents.make_statement(doc, company, *days, language, currency or None)
	_answer("-".join(filter(None, ("statement", customer, to_date, currency))), content)


def _answer(name: str, content: bytes) -> None:
	frappe.response.filename = f"{name.replace('/', '-')}.pdf"
	frappe.response.filecontent = content
	frappe.response.type = "download"
