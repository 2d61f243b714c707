"""What e-invoicing needs on a site: the custom fields it reads and writes. It seeds nothing.

Issuing, sending and mirroring write the read-only ones (issue.py, outbox.py, mirror.py); people fill in the rest.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import frappe
from frappe.utils.password import delete_all_passwords_for

from saudi_crm_billing.custom_fields import custom_field
from saudi_crm_billing.e_invoicing import given_rights
from saudi_crm_billing.e_invoicing.advances import fields as advance_fields
from saudi_crm_billing.e_invoicing.documents import invoice_fields, transaction_fields
from saudi_crm_billing.e_invoicing.documents.source_fields import (
	STATUSES,
	options,
	source_fields,
	written_by_system,
)

MODULE = "E-Invoicing"

BUYER_SCHEMES = ("TIN", "CRN", "MOM", "MLS", "700", "SAG", "NAT", "GCC", "IQA", "PAS", "OTH")
SELLER_SCHEMES = ("CRN", "MOM", "MLS", "SAG", "OTH", "700")
# ERPNext's own states of a Sales Invoice, which mirror.py copies.
PAYMENT_STATUSES = (
	"Draft",
	"Return",
	"Credit Note Issued",
	"Submitted",
	"Paid",
	"Partly Paid",
	"Unpaid",
	"Unpaid and Discounted",
	"Partly Paid and Discounted",
	"Overdue and Discounted",
	"Overdue",
	"Cancelled",
	"Internal Transfer",
)

field = partial(custom_field, MODULE)


def mirrored_fields(section_after: str) -> list[dict[str, Any]]:
	"""What sales staff, who may not read invoices, see on their own document; mirror.py writes it."""
	return [
		field(
			"scb_invoice_section",
			"Section Break",
			"Invoice and Payment",
			section_after,
			collapsible=0,
			depends_on="scb_sales_invoice",
		),
		written_by_system(
			"scb_sales_invoice", "Data", "Sales Invoice Number", "scb_invoice_section", report_hide=0
		),
		written_by_system(
			"scb_zatca_status",
			"Select",
			"E-Invoice Status",
			"scb_sales_invoice",
			options=options(STATUSES),
			in_standard_filter=1,
		),
		field("scb_invoice_column", "Column Break", "", "scb_zatca_status"),
		written_by_system(
			"scb_payment_status",
			"Select",
			"Payment Status",
			"scb_invoice_column",
			options=options(PAYMENT_STATUSES),
			in_standard_filter=1,
		),
	]


CUSTOM_FIELDS: dict[str, list[dict[str, Any]]] = {
	"Sales Invoice": [
		*source_fields("amended_from"),
		*invoice_fields.kind_fields("scb_branch"),
		*invoice_fields.reference_fields("scb_zatca_note_reason"),
		*transaction_fields.of_sales_invoice("scb_zatca_accepted_on"),
	],
	"POS Invoice": [
		*source_fields("return_against"),
		*invoice_fields.kind_fields("scb_branch"),
		*transaction_fields.of_pos_invoice("scb_zatca_accepted_on"),
	],
	"Payment Entry": advance_fields.of_payment_entry(
		[*source_fields("deductions"), *invoice_fields.kind_fields("scb_branch")]
	),
	"Company": [
		field("scb_name_ar", "Data", "Company Name in Arabic", "company_name", length=127),
		field("scb_id_scheme", "Select", "Registration Type", "tax_id", options=options(SELLER_SCHEMES)),
		field(
			"scb_cr_number",
			"Data",
			"Registration Number",
			"scb_id_scheme",
			description="Commercial registration or another number of the type above; e-invoices carry it",
		),
		field(
			"scb_e_invoice_warnings",
			"Select",
			"E-Invoice with Warnings",
			"scb_cr_number",
			options="Allow\nAsk\nRefuse",
			default="Allow",
			description="What to do at submit when ZATCA would accept the e-invoice with warnings. Errors are always refused.",
		),
	],
	"Customer": [
		field("scb_name_ar", "Data", "Customer Name in Arabic", "customer_name"),
		field(
			"scb_buyer_id_scheme",
			"Select",
			"Buyer ID Type",
			"tax_id",
			options=options(BUYER_SCHEMES),
			description="For a buyer without a VAT number: CRN commercial registration, 700 unified number, NAT national ID, IQA resident ID …",
		),
		field(
			"scb_buyer_id",
			"Data",
			"Buyer ID",
			"scb_buyer_id_scheme",
			mandatory_depends_on="scb_buyer_id_scheme",
		),
		*transaction_fields.of_customer("scb_buyer_id"),
	],
	"Address": [
		field(
			"scb_building_number",
			"Data",
			"Building Number",
			"address_line2",
			description="4 digits, from the national address",
		),
		field("scb_district", "Data", "District", "scb_building_number"),
		field("scb_additional_number", "Data", "Additional Number", "scb_district"),
	],
	"Quotation": mirrored_fields("amended_from"),
	"Sales Order": mirrored_fields("amended_from") + transaction_fields.of_sales_order("scb_payment_status"),
}

for doctype, fields in advance_fields.OTHERS.items():
	CUSTOM_FIELDS.setdefault(doctype, []).extend(fields)


def seed() -> None:
	"""Nothing: a unit is made by a person, for a company."""


def seed_once() -> None:
	given_rights.grant()


def unseed() -> None:
	"""Before uninstalling: no key or secret of a unit stays behind in the password table, and no right of ours."""
	given_rights.take_back()
	for unit in frappe.get_all("ZATCA Unit", pluck="name"):
		delete_all_passwords_for("ZATCA Unit", unit)
