"""Custom fields of advances: on the Payment Entry, on the company that sets them up, on the entries of their VAT.

What the system writes is written by advances.py and advance_uses.py; people choose, and say why they refund.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from saudi_crm_billing.custom_fields import custom_field
from saudi_crm_billing.e_invoicing.documents import transaction_fields

field = partial(custom_field, "E-Invoicing")

# Why an entry is an advance or is none: options of a field, which the Desk translates. At most 140 characters.
RECEIVED = (
	"Received before the supply: its VAT is due now (GCC VAT Agreement, article 23), by an advance invoice."
)
REFUND = "Refund of an advance that has an advance invoice: it is credited by a credit note."
NOT_ASKED = "The company does not issue advance invoices. Switch it on in the Company, or choose Yes here."
REFUSED = "No advance invoice, as chosen here. If it is money for a supply to come, its VAT is due now nevertheless."
ALL_ALLOCATED = "All of it pays invoices that are issued: their VAT is declared already."
WHYS = (RECEIVED, REFUND, NOT_ASKED, REFUSED, ALL_ALLOCATED)

CHOICES = ("Automatic", "Yes", "No")
OWN_CURRENCY = "Company:company:default_currency"


def shown(fieldname: str, fieldtype: str, label: str, insert_after: str, **values: Any) -> dict[str, Any]:
	"""A field that only the system writes."""
	return field(
		fieldname, fieldtype, label, insert_after, **{"read_only": 1, "no_copy": 1, "print_hide": 1, **values}
	)


def later(fieldname: str, fieldtype: str, label: str, insert_after: str, **values: Any) -> dict[str, Any]:
	"""The same, also after submit."""
	return shown(fieldname, fieldtype, label, insert_after, allow_on_submit=1, **values)


def of_payment_entry(source: list[dict[str, Any]]) -> list[dict[str, Any]]:
	"""The advance's fields, then those of every document that an e-invoice is made from (`source`: source_fields.py)."""
	own = _own_fields()
	for values in source:
		if values["fieldname"] == "scb_zatca_section":
			values.update(insert_after=own[-1]["fieldname"], depends_on="scb_is_advance")
		if values["fieldname"] == "scb_zatca_note_reason":
			values.update(depends_on="scb_advance_refund_of")
		if values["fieldname"] == "scb_buyer_kind":
			values.update(depends_on="eval:doc.scb_is_advance && !doc.scb_advance_refund_of")
	return [*own, *source]


def _own_fields() -> list[dict[str, Any]]:
	return [
		*_choice_fields("deductions"),
		*_vat_fields("scb_advance_refund_of"),
		*_amount_fields("scb_contract_reference"),
		*_use_fields("scb_advance_vat"),
	]


def _choice_fields(after: str) -> list[dict[str, Any]]:
	"""Whether the entry is an advance, and why."""
	return [
		field(
			"scb_advance_section",
			"Section Break",
			"Advance Invoice (ZATCA)",
			after,
			collapsible=0,
			depends_on="eval:doc.scb_advance_why",
		),
		field(
			"scb_advance_choice",
			"Select",
			"Issue an Advance Invoice",
			"scb_advance_section",
			options="\n".join(CHOICES),
			default="Automatic",
			no_copy=1,
			print_hide=1,
			depends_on="eval:!doc.scb_advance_refund_of",
			description="Automatic: for what is received before the supply, if the company issues advance invoices",
		),
		shown("scb_is_advance", "Check", "Has an Advance Invoice", "scb_advance_choice", hidden=1),
		shown("scb_advance_why", "Select", "Why", "scb_is_advance", options="\n".join(("", *WHYS))),
		shown(
			"scb_advance_refund_of",
			"Link",
			"Refund of the Advance",
			"scb_advance_why",
			options="Payment Entry",
			depends_on="scb_advance_refund_of",
			read_only=0,
			read_only_depends_on="eval:!doc.__islocal",
		),
	]


def _vat_fields(after: str) -> list[dict[str, Any]]:
	"""Of which VAT it is, and whether to government."""
	return [
		field("scb_advance_column", "Column Break", "", after),
		field(
			"scb_tax_class",
			"Link",
			"Tax Class of the Advance",
			"scb_advance_column",
			options="Customer Tax Class",
			no_copy=1,
			print_hide=1,
			depends_on="eval:doc.scb_is_advance && !doc.scb_advance_refund_of",
			description="Empty: as the Sales Order is taxed, else the customer",
		),
		shown("scb_vat_category", "Data", "VAT Category", "scb_tax_class", depends_on="scb_is_advance"),
		shown("scb_vat_rate", "Float", "VAT Rate (%)", "scb_vat_category", depends_on="scb_is_advance"),
		shown("scb_vatex_code", "Data", "VATEX Code", "scb_vat_rate", depends_on="scb_vatex_code"),
		shown("scb_vat_reason", "Small Text", "Reason for No VAT", "scb_vatex_code", hidden=1),
		*transaction_fields.government_fields(
			"scb_vat_reason",
			asks_orders=True,
			depends_on="eval:doc.scb_is_advance && !doc.scb_advance_refund_of",
			mandatory_depends_on="",
		),
	]


def _amount_fields(after: str) -> list[dict[str, Any]]:
	return [
		field("scb_advance_amounts", "Column Break", "", after),
		shown(
			"scb_advance_gross",
			"Currency",
			"Advance with VAT",
			"scb_advance_amounts",
			options=OWN_CURRENCY,
			depends_on="scb_is_advance",
		),
		shown(
			"scb_advance_taxable",
			"Currency",
			"Advance without VAT",
			"scb_advance_gross",
			options=OWN_CURRENCY,
			depends_on="scb_is_advance",
		),
		shown(
			"scb_advance_vat",
			"Currency",
			"VAT in the Advance",
			"scb_advance_taxable",
			options=OWN_CURRENCY,
			depends_on="scb_is_advance",
		),
	]


def _use_fields(after: str) -> list[dict[str, Any]]:
	"""What became of it since."""
	return [
		later(
			"scb_advance_left",
			"Currency",
			"Left of the Advance Invoice",
			after,
			options=OWN_CURRENCY,
			depends_on="eval:doc.scb_is_advance && doc.docstatus && !doc.scb_advance_refund_of",
			description="What no final invoice, refund or credit note has used yet",
		),
		later(
			"scb_advance_to_credit",
			"Currency",
			"To Be Credited",
			"scb_advance_left",
			options=OWN_CURRENCY,
			depends_on="scb_advance_to_credit",
			description="Allocated to invoices that declare the full VAT themselves: the advance invoice needs a credit note",
		),
		later(
			"scb_advance_vat_left",
			"Currency",
			"VAT Left of the Advance Invoice",
			"scb_advance_to_credit",
			options=OWN_CURRENCY,
			hidden=1,
		),
		later(
			"scb_advance_declared",
			"Currency",
			"Of the Advance, Declared by Invoices or Credited",
			"scb_advance_vat_left",
			options=OWN_CURRENCY,
			hidden=1,
		),
	]


OTHERS: dict[str, list[dict[str, Any]]] = {
	"Payment Entry Deduction": [
		# Copied with its row, or an amended entry would keep the row as if a person had typed it.
		shown("scb_advance_vat", "Check", "VAT of the Advance", "description", no_copy=0),
	],
	"Company": [
		field(
			"scb_advance_invoices",
			"Check",
			"Issue Advance Invoices (ZATCA)",
			"default_advance_received_account",
			default="0",
			description="What a customer pays before the supply gets a prepayment invoice (386), and its VAT is due then"
			" (GCC VAT Agreement, article 23). Let your tax adviser confirm it before you switch it on.",
		),
		field(
			"scb_advance_vat_account",
			"Link",
			"Account for VAT on Advances",
			"scb_advance_invoices",
			options="Account",
			depends_on="scb_advance_invoices",
			description="Holds the VAT of advances until the final invoice; left empty, it is made when the company is saved",
		),
	],
	"Sales Invoice": [
		later(
			"scb_advance_vat_entry",
			"Link",
			"Journal Entry for VAT on Advances",
			# A field that none of ours follows, or this one would come after all of them, among the invoices corrected.
			"scb_buyer_kind",
			options="Journal Entry",
			depends_on="scb_advance_vat_entry",
		),
	],
}
