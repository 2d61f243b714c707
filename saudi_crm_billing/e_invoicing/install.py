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
STATUSES = ("Pending", "Sending", "Waiting for Configuration", "Cleared", "Reported", "Rejected")

# KSA-10 names the reasons for which article 40 of the VAT Law lets a supplier issue a note.
NOTE_REASONS = (
	"Cancellation or suspension of the supply",
	"Essential change or amendment of the supply",
	"Amendment of the supply value agreed in advance",
	"Refund of goods or services",
	"Change of the seller's or buyer's information",
)

field = partial(custom_field, MODULE)


def written_by_system(
	fieldname: str, fieldtype: str, label: str, insert_after: str, **values: Any
) -> dict[str, Any]:
	"""A field that code writes after submit too: read only, never copied to another document."""
	values = {"read_only": 1, "no_copy": 1, "allow_on_submit": 1, "print_hide": 1, **values}
	return field(fieldname, fieldtype, label, insert_after, **values)


def options(values: tuple[str, ...]) -> str:
	return "\n".join(("", *values))


def issuer_fields(after: str) -> list[dict[str, Any]]:
	"""Who issues the document, and its branch for a site without an accounting dimension for it (issuers.py)."""
	return [
		field(
			"scb_zatca_unit",
			"Link",
			"Issued by Unit",
			after,
			options="ZATCA Unit",
			read_only=1,
			no_copy=1,
			print_hide=1,
			ignore_user_permissions=1,
		),
		field(
			"scb_branch",
			"Link",
			"Branch",
			"scb_zatca_unit",
			options="Branch",
			print_hide=1,
			depends_on='eval:frappe.boot.scb_zatca_branches && !frappe.meta.has_field(doc.doctype, "branch")',
			description="The branch's own e-invoicing unit issues this document",
		),
	]


def accepted_fields(after: str) -> list[dict[str, Any]]:
	"""Which warnings a person accepted at submit, and who (warning_policy.py)."""
	shown = {"read_only": 1, "no_copy": 1, "print_hide": 1}
	return [
		field(
			"scb_zatca_accepted_section",
			"Section Break",
			"Accepted Warnings of the E-Invoice",
			after,
			depends_on="scb_zatca_accepted_by",
		),
		field("scb_zatca_accepted_warnings", "Small Text", "Warnings", "scb_zatca_accepted_section", **shown),
		field("scb_zatca_accepted_column", "Column Break", "", "scb_zatca_accepted_warnings"),
		field(
			"scb_zatca_accepted_by",
			"Link",
			"Accepted By",
			"scb_zatca_accepted_column",
			options="User",
			**shown,
		),
		field("scb_zatca_accepted_on", "Datetime", "Accepted On", "scb_zatca_accepted_by", **shown),
	]


def source_fields(after: str) -> list[dict[str, Any]]:
	"""What every document carries that an e-invoice is made from (sources.py)."""
	return [
		field(
			"scb_zatca_section",
			"Section Break",
			"E-Invoice",
			after,
			collapsible=0,
			depends_on="eval:doc.scb_zatca_unit || doc.scb_zatca_document || doc.is_return || doc.is_debit_note"
			" || frappe.boot.scb_zatca_branches",
		),
		written_by_system(
			"scb_zatca_status",
			"Select",
			"E-Invoice Status",
			"scb_zatca_section",
			options=options(STATUSES),
			in_standard_filter=1,
			in_list_view=1,
			search_index=1,
		),
		written_by_system(
			"scb_zatca_document", "Link", "ZATCA Document", "scb_zatca_status", options="ZATCA Document"
		),
		field("scb_zatca_column", "Column Break", "", "scb_zatca_document"),
		*issuer_fields("scb_zatca_column"),
		field(
			"scb_zatca_note_reason",
			"Select",
			"Reason for the Note",
			"scb_branch",
			options=options(NOTE_REASONS),
			depends_on="eval:doc.is_return || doc.is_debit_note",
			no_copy=1,
			description="ZATCA demands the reason on every credit and debit note",
		),
		field(
			"scb_zatca_findings_section",
			"Section Break",
			"E-Invoice Findings",
			"scb_zatca_note_reason",
			collapsible=0,
			depends_on="eval:!doc.docstatus && (doc.__onload?.scb_e_invoice?.findings || []).length",
		),
		field(
			"scb_zatca_findings_view",
			"HTML",
			"Findings",
			"scb_zatca_findings_section",
			print_hide=1,
		),
		written_by_system(
			"scb_zatca_findings",
			"Long Text",
			"E-Invoice Findings (Data)",
			"scb_zatca_findings_view",
			hidden=1,
			report_hide=1,
			ignore_xss_filter=1,
		),
		written_by_system(
			"scb_qr", "Long Text", "QR (Base64)", "scb_zatca_findings", hidden=1, report_hide=1
		),
		*accepted_fields("scb_qr"),
	]


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
		*source_fields("amended_from"),
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
