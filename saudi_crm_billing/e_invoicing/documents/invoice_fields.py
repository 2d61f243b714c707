"""Custom fields of invoices and notes: the kind chosen (buyer_kind.py), the invoices a note corrects (references.py)."""

from __future__ import annotations

from functools import partial
from typing import Any

from saudi_crm_billing.custom_fields import custom_field

field = partial(custom_field, "E-Invoicing")

IS_NOTE = "eval:doc.is_return || doc.is_debit_note"
CHOICES = ("By Rule", "Standard", "Simplified")


def kind_fields(after: str) -> list[dict[str, Any]]:
	"""Why the document is standard or simplified, and the choice, which only who may write permission level 1 makes."""
	return [
		field("scb_buyer_kind_view", "HTML", "Kind of E-Invoice", after, print_hide=1),
		field(
			"scb_buyer_kind",
			"Select",
			"Standard or Simplified",
			"scb_buyer_kind_view",
			options="\n".join(CHOICES),
			default=CHOICES[0],
			permlevel=1,
			no_copy=1,
			print_hide=1,
			depends_on="scb_zatca_unit",
		),
	]


def reference_fields(after: str) -> list[dict[str, Any]]:
	"""ERPNext's own link holds one invoice; a note may correct several, and one of an older system."""
	return [
		field(
			"scb_zatca_references_section",
			"Section Break",
			"Invoices Corrected",
			after,
			collapsible=0,
			depends_on=IS_NOTE,
		),
		field(
			"scb_zatca_references",
			"Table",
			"Invoices Corrected",
			"scb_zatca_references_section",
			options="ZATCA Billing Reference",
			depends_on=IS_NOTE,
			no_copy=1,
			print_hide=1,
			description="Beside the one in Return Against: further invoices, or invoices of an older system by their numbers",
		),
	]
