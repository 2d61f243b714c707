"""What the tests of e-invoicing on a site share: a Saudi company, its unit, buyers of each kind, and invoices."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

import factories as make
import frappe
import pytest
from frappe.model.document import Document

from saudi_crm_billing.common.dates import RIYADH
from saudi_crm_billing.e_invoicing.engine.xml import parse, text_at

SELLER_VAT = "399999999900003"
BUYER_VAT = "311111111100003"
OTP = "123345"
UNIT = "Riyadh Branch"


def a_saudi_company() -> None:
	"""VAT number, registration and national address of the test company."""
	frappe.db.set_value(
		"Company",
		make.COMPANY,
		{
			"tax_id": SELLER_VAT,
			"scb_name_ar": "شركة الرياض التجارية",
			"scb_id_scheme": "CRN",
			"scb_cr_number": "1010010000",
		},
	)
	frappe.clear_document_cache("Company", make.COMPANY)
	a_company_address()


def a_company_address() -> None:
	if not frappe.db.exists("Address", {"address_title": make.COMPANY}):
		links = [{"link_doctype": "Company", "link_name": make.COMPANY}]
		a_national_address(make.COMPANY, links=links, is_your_company_address=1)


def a_national_address(owner: str, **values: Any) -> str:
	defaults = {
		"address_line1": "طريق الملك فهد",
		"scb_building_number": "2322",
		"scb_district": "العليا",
		"city": "الرياض",
		"pincode": "12345",
	}
	return make.an_address(owner, **{**defaults, **values})


def vat_account() -> str:
	name = make.account("VAT 15%")
	if not frappe.db.exists("Account", name):
		make.insert(
			"Account",
			account_name="VAT 15%",
			company=make.COMPANY,
			parent_account=make.account("Duties and Taxes"),
			account_type="Tax",
			tax_rate=15,
		)
	return name


def vat_row(**values: Any) -> dict[str, Any]:
	return {
		"charge_type": "On Net Total",
		"account_head": vat_account(),
		"description": "VAT 15%",
		"rate": 15,
		**values,
	}


def in_dollars() -> dict[str, Any]:
	"""What an invoice in USD needs: a receivable account in USD, and a rate."""
	account = make.insert(
		"Account",
		account_name="Debtors USD",
		company=make.COMPANY,
		parent_account=frappe.db.get_value("Account", make.account("Debtors"), "parent_account"),
		account_type="Receivable",
		account_currency="USD",
	)
	return {"currency": "USD", "conversion_rate": 3.75, "debit_to": account.name}


def a_unit(base_url: str, **values: Any) -> Document:
	a_saudi_company()
	return make.insert(
		"ZATCA Unit",
		**{
			"title": UNIT,
			"company": make.COMPANY,
			"environment": "Sandbox",
			"base_url": base_url,
			"organisation_unit": "Riyadh Branch",
			"industry": "Furniture",
			"short_address": "RRRD2929",
			"invoice_types": "1100",
			**values,
		},
	)


def an_active_unit(base_url: str, **values: Any) -> Document:
	from saudi_crm_billing.e_invoicing.devices import onboarding

	unit = a_unit(base_url, **values)
	onboarding.onboard(unit.name, OTP)
	return unit.reload()


def a_business(name: str = "Najd Furniture Factory", **values: Any) -> str:
	"""A buyer registered for VAT, with its national address."""
	customer = make.a_customer(name, **{"tax_id": BUYER_VAT, "scb_name_ar": "مصنع نجد للأثاث", **values})
	if not frappe.db.exists("Dynamic Link", {"parenttype": "Address", "link_name": customer}):
		a_national_address(customer, scb_building_number="1111")
	return customer


def a_person(name: str = "Sara Al-Harbi", **values: Any) -> str:
	return make.a_customer(name, **{"customer_type": "Individual", "customer_group": "Individual", **values})


def an_invoice(customer: str, items: list[dict[str, Any]] | None = None, **values: Any) -> Document:
	"""A draft with VAT of 15 %, not yet inserted."""
	return make.a_sales_invoice(
		customer, items, **{"taxes": [vat_row()], "disable_rounded_total": 1, **values}
	)


def submitted(invoice: Document) -> Document:
	invoice.insert()
	invoice.submit()
	frappe.db.commit()
	return invoice.reload()


def document_of(invoice: Document) -> Document:
	return frappe.get_doc("ZATCA Document", invoice.scb_zatca_document)


def stated_issue(document: Document) -> str:
	"""Date and time of issue as its XML has them, 2026-11-28T07:15:00."""
	root = parse(document.xml.encode())
	return f"{text_at(root, 'cbc:IssueDate')}T{text_at(root, 'cbc:IssueTime')}"


def sent(invoice: Document) -> Document:
	"""Send the invoice's document as the job does; the document afterwards."""
	from saudi_crm_billing.e_invoicing.sending import outbox

	outbox.send(invoice.scb_zatca_document)
	invoice.reload()
	return document_of(invoice)


def due_now(document: str) -> None:
	frappe.db.set_value("ZATCA Document", document, "next_attempt_on", frappe.utils.now_datetime())


def return_of(invoice: Document, **values: Any) -> Document:
	from erpnext.accounts.doctype.sales_invoice.sales_invoice import make_sales_return

	note = make_sales_return(invoice.name)
	note.set_posting_time = 1
	note.update(values)
	return note


def assert_fatoority(document: Document) -> None:
	"""A validator that nobody here wrote finds nothing, in any stage."""
	fatoora = pytest.importorskip("fatoora", reason="fatoority is not installed")
	with fatoora.Config() as config:
		result = fatoora.validate_zatca_invoice_from_str(
			config, document.xml, previous_invoice_hash=document.previous_hash
		)
	found = [row for stage in result["stages"] for row in stage["findings"]]
	if datetime.now(RIYADH).date() > datetime.now(timezone.utc).date():
		# After nine in the evening by UTC, its clock, a document of today is to it one of tomorrow.
		found = [row for row in found if row["code"] != "BR-KSA-04"]
	assert not found, found
	assert {stage["status"] for stage in result["stages"]} <= {"completed", "not_applicable"}
