"""Custom fields of credit and debit notes: the invoices that they correct (references.py reads them)."""

from __future__ import annotations

from functools import partial
from typing import Any

from saudi_crm_billing.custom_fields import custom_field

field = partial(custom_field, "E-Invoicing")

IS_NOTE = "eval:doc.is_return || doc.is_debit_note"


def of_sales_invoice(after: str) -> list[dict[str, Any]]:
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
