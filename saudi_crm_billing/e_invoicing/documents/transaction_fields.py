"""Custom fields that say what kind of transaction an invoice is about; transactions.py reads them.

A note and an amended invoice take the kinds over, as they are about the same transaction; a duplicate gets a date of its
own. A sale at a till is to government or not; the other kinds are a Sales Invoice's.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from saudi_crm_billing.custom_fields import custom_field

field = partial(custom_field, "E-Invoicing")

YES, NO = "Yes", "No"


def of_sales_invoice(after: str) -> list[dict[str, Any]]:
	return [
		field("scb_details_section", "Section Break", "E-Invoice Details", after, collapsible=1),
		_check("scb_third_party", "Issued by a Third Party", "scb_details_section", "On the seller's behalf"),
		_check(
			"scb_nominal",
			"Nominal Supply",
			"scb_third_party",
			"A supply without consideration that the VAT Law treats as a supply",
		),
		_check(
			"scb_self_billed",
			"Self-Billed",
			"scb_nominal",
			"The buyer issues it by agreement; neither for an export nor simplified",
		),
		_check(
			"scb_summary", "Summary Invoice", "scb_self_billed", "Several supplies of a period in one invoice"
		),
		_check(
			"scb_continuous_supply",
			"Continuous Supply",
			"scb_summary",
			"Such as rent, electricity or a contract",
		),
		field("scb_details_column", "Column Break", "", "scb_continuous_supply"),
		field(
			"scb_supply_date",
			"Date",
			"Supply Date",
			"scb_details_column",
			no_copy=1,
			print_hide=1,
			description="The first day of a period. Empty: the posting date",
		),
		field(
			"scb_supply_end",
			"Date",
			"Supply Period End",
			"scb_supply_date",
			no_copy=1,
			print_hide=1,
			description="The last day of a summary invoice's or a continuous supply's period",
		),
		*government_fields("scb_supply_end", asks_orders=True),
	]


def of_sales_order(after: str) -> list[dict[str, Any]]:
	"""Said once, for its advances and its invoices: these ask the order for what they do not say (transactions.py)."""
	return _government_section(after)


def of_pos_invoice(after: str) -> list[dict[str, Any]]:
	return _government_section(after)


def _government_section(after: str) -> list[dict[str, Any]]:
	return [
		field("scb_details_section", "Section Break", "E-Invoice Details", after, collapsible=1),
		*government_fields("scb_details_section"),
	]


def government_fields(after: str, asks_orders: bool = False, **values: Any) -> list[dict[str, Any]]:
	"""`asks_orders`: what is left empty is as the Sales Orders say; `values` are of both fields."""
	return [
		field(
			"scb_government",
			"Select",
			"Supply to Government",
			after,
			options=f"\n{YES}\n{NO}",
			print_hide=1,
			description="Empty: as the Sales Order says, else the customer"
			if asks_orders
			else "Empty: as the customer says",
			**values,
		),
		field(
			"scb_contract_reference",
			"Data",
			"Contract Number",
			"scb_government",
			length=127,
			print_hide=1,
			description="ZATCA demands it for a supply to government. Empty: as the Sales Order says"
			if asks_orders
			else "ZATCA demands it for a supply to government",
			**{"mandatory_depends_on": 'eval:doc.scb_government === "Yes"', **values},
		),
	]


def of_customer(after: str) -> list[dict[str, Any]]:
	return [
		field(
			"scb_government",
			"Check",
			"Government Entity",
			after,
			description="Its e-invoices are marked as supplies to government and carry a contract number",
		)
	]


def _check(fieldname: str, label: str, after: str, description: str) -> dict[str, Any]:
	return field(fieldname, "Check", label, after, print_hide=1, description=description)
