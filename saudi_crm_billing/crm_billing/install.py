"""What this slice puts onto a site: its fields on the selling documents. It seeds nothing: rules are the user's."""

from __future__ import annotations

from typing import Any

from saudi_crm_billing.custom_fields import custom_field

MODULE = "CRM Billing"
STATUSES = "\nQueued\nRunning\nDone\nFailed"


def field(fieldname: str, fieldtype: str, label: str, insert_after: str, **more: Any) -> dict[str, Any]:
	"""A field that the app writes and a user only reads, unless `more` says otherwise."""
	values = {"read_only": 1, "no_copy": 1, "print_hide": 1, **more}
	return custom_field(MODULE, fieldname, fieldtype, label, insert_after, **values)


def layout(fieldname: str, fieldtype: str, label: str, insert_after: str, **more: Any) -> dict[str, Any]:
	return field(fieldname, fieldtype, label, insert_after, read_only=0, no_copy=0, print_hide=0, **more)


def billing_fields(insert_after: str) -> list[dict[str, Any]]:
	return [
		field(
			"scb_billing_status",
			"Select",
			"Billing Status",
			insert_after,
			options=STATUSES,
			in_standard_filter=1,
		),
		field("scb_billing_run", "Link", "Billing Run", "scb_billing_status", options="SCB Billing Run"),
	]


def sending_fields(
	insert_after: str, shown: str = "eval:doc.docstatus==1", listed: int = 1
) -> list[dict[str, Any]]:
	"""Whether the customer has the document; sending.py writes them after submit."""
	return [
		layout(
			"scb_sent_section",
			"Section Break",
			"Sent to Customer",
			insert_after,
			depends_on=shown,
		),
		field(
			"scb_sent_state",
			"Select",
			"Sent to Customer",
			"scb_sent_section",
			options="Not Sent\nQueued\nSent\nFailed",
			default="Not Sent",
			allow_on_submit=1,
			in_standard_filter=listed,
			in_list_view=listed,
			search_index=1,
		),
		field("scb_sent_on", "Datetime", "Sent On", "scb_sent_state", allow_on_submit=1),
		*_message_fields("scb_sent_on"),
	]


def _message_fields(insert_after: str) -> list[dict[str, Any]]:
	"""To whom, and why not."""
	return [
		layout("scb_sent_column", "Column Break", "", insert_after),
		field("scb_sent_to", "Data", "Sent To", "scb_sent_column", allow_on_submit=1),
		field(
			"scb_sent_message",
			"Data",
			"Last Message to the Customer",
			"scb_sent_to",
			hidden=1,
			allow_on_submit=1,
		),
		field(
			"scb_sent_note",
			"Small Text",
			"Why Not Sent",
			"scb_sent_message",
			allow_on_submit=1,
			depends_on="eval:!frappe.utils.is_rtl() && doc.scb_sent_note",
		),
		field(
			"scb_sent_note_ar",
			"Small Text",
			"Why Not Sent",
			"scb_sent_note",
			allow_on_submit=1,
			depends_on="eval:frappe.utils.is_rtl() && doc.scb_sent_note_ar",
		),
	]


CUSTOM_FIELDS: dict[str, list[dict[str, Any]]] = {
	"Quotation": [
		layout(
			"scb_acceptance_section",
			"Section Break",
			"Acceptance and Billing",
			"amended_from",
			depends_on="eval:doc.docstatus==1",
		),
		field("scb_accepted_on", "Datetime", "Accepted On", "scb_acceptance_section"),
		field("scb_accepted_by", "Data", "Accepted By", "scb_accepted_on"),
		layout("scb_acceptance_column", "Column Break", "", "scb_accepted_by"),
		field(
			"scb_acceptance_channel",
			"Select",
			"Accepted Through",
			"scb_acceptance_column",
			options="\nDesk\nSigned link",
		),
		*billing_fields("scb_acceptance_channel"),
	],
	"Opportunity": [
		layout(
			"scb_won_section",
			"Section Break",
			"Won and Billing",
			"probability",
			depends_on="eval:doc.scb_won_on",
		),
		field("scb_won_on", "Datetime", "Won On", "scb_won_section"),
		field("scb_won_by", "Link", "Won By", "scb_won_on", options="User"),
		layout("scb_won_column", "Column Break", "", "scb_won_by"),
		*billing_fields("scb_won_column"),
	],
	"Sales Order": billing_fields("amended_from"),
	"Sales Invoice": [
		field(
			"scb_quotation",
			"Link",
			"Source Quotation",
			"amended_from",
			options="Quotation",
			read_only=0,
			search_index=1,
			description="For an invoice that bills a quotation without an order in between.",
		),
		field("scb_billing_run", "Link", "Billing Run", "scb_quotation", options="SCB Billing Run"),
		*sending_fields("scb_billing_run"),
	],
	# Of these only what has an e-invoice is sent; their lists are mostly of other documents.
	**{
		doctype: sending_fields(
			"scb_zatca_accepted_on", "eval:doc.docstatus==1 && doc.scb_zatca_document", listed=0
		)
		for doctype in ("POS Invoice", "Payment Entry", "ZATCA Advance Credit Note")
	},
}


def seed() -> None:
	"""Nothing: a company bills by itself only when it has written its own rules."""
