"""Custom fields of every document that an e-invoice is made from (sources.py): its state, who issues it, what is said of it."""

from __future__ import annotations

from functools import partial
from typing import Any

from saudi_crm_billing.custom_fields import custom_field

STATUSES = ("Pending", "Sending", "Waiting for Configuration", "Cleared", "Reported", "Rejected")

# KSA-10 names the reasons for which article 40 of the VAT Law lets a supplier issue a note.
NOTE_REASONS = (
	"Cancellation or suspension of the supply",
	"Essential change or amendment of the supply",
	"Amendment of the supply value agreed in advance",
	"Refund of goods or services",
	"Change of the seller's or buyer's information",
)

VALUE_AMENDED = NOTE_REASONS[2]

field = partial(custom_field, "E-Invoicing")


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
		*state_fields(after),
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
		*finding_fields("scb_zatca_note_reason"),
		written_by_system(
			"scb_qr", "Long Text", "QR (Base64)", "scb_zatca_findings", hidden=1, report_hide=1
		),
		*accepted_fields("scb_qr"),
	]


def state_fields(after: str) -> list[dict[str, Any]]:
	"""The section of the e-invoice, its state and its document."""
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
	]


def finding_fields(after: str) -> list[dict[str, Any]]:
	"""What is said against the draft (validating.py)."""
	return [
		field(
			"scb_zatca_findings_section",
			"Section Break",
			"E-Invoice Findings",
			after,
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
	]
