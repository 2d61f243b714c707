"""Plain ERPNext records for tests on a site; nothing here knows this app's own logic."""

from __future__ import annotations

from typing import Any

import frappe
from frappe.model.document import Document
from frappe.utils import add_days, nowdate

COMPANY = "Riyadh Trading Co"
ABBR = "RTC"


def insert(doctype: str, **values: Any) -> Document:
	return frappe.get_doc({"doctype": doctype, **values}).insert(ignore_permissions=True)


def account(title: str) -> str:
	return f"{title} - {ABBR}"


def a_customer(name: str = "Najd Furniture", **values: Any) -> str:
	if frappe.db.exists("Customer", {"customer_name": name}):
		return frappe.db.get_value("Customer", {"customer_name": name})
	defaults = {"customer_type": "Company", "customer_group": "Commercial", "territory": "Saudi Arabia"}
	if not frappe.db.exists("Territory", "Saudi Arabia"):
		defaults["territory"] = "All Territories"
	return insert("Customer", customer_name=name, **{**defaults, **values}).name


def an_address(customer: str, **values: Any) -> str:
	defaults = {
		"address_title": customer,
		"address_type": "Billing",
		"address_line1": "King Fahd Road",
		"city": "Riyadh",
		"pincode": "12345",
		"country": "Saudi Arabia",
		"is_primary_address": 1,
		"links": [{"link_doctype": "Customer", "link_name": customer}],
	}
	return insert("Address", **{**defaults, **values}).name


def an_item(code: str = "SCB-SERVICE", **values: Any) -> str:
	if frappe.db.exists("Item", code):
		return code
	defaults = {"item_name": code, "item_group": "All Item Groups", "stock_uom": "Nos", "is_stock_item": 0}
	return insert("Item", item_code=code, **{**defaults, **values}).name


def a_user(email: str, *roles: str) -> str:
	if not frappe.db.exists("User", email):
		user = frappe.get_doc(
			{"doctype": "User", "email": email, "first_name": email.split("@")[0], "send_welcome_email": 0}
		)
		user.flags.no_welcome_mail = True
		user.insert(ignore_permissions=True)
	frappe.get_doc("User", email).add_roles(*roles)
	return email


def line(item: str | None = None, qty: float = 1, rate: float = 1000, **values: Any) -> dict[str, Any]:
	return {"item_code": item or an_item(), "qty": qty, "rate": rate, "price_list_rate": rate, **values}


def a_quotation(
	customer: str | None = None, items: list[dict[str, Any]] | None = None, **values: Any
) -> Document:
	return frappe.get_doc(
		{
			"doctype": "Quotation",
			"quotation_to": "Customer",
			"party_name": customer or a_customer(),
			"company": COMPANY,
			"transaction_date": nowdate(),
			"valid_till": add_days(nowdate(), 30),
			"currency": "SAR",
			"selling_price_list": "Standard Selling",
			"items": items or [line()],
			**values,
		}
	)


def a_sales_order(
	customer: str | None = None, items: list[dict[str, Any]] | None = None, **values: Any
) -> Document:
	return frappe.get_doc(
		{
			"doctype": "Sales Order",
			"customer": customer or a_customer(),
			"company": COMPANY,
			"transaction_date": nowdate(),
			"delivery_date": add_days(nowdate(), 7),
			"currency": "SAR",
			"selling_price_list": "Standard Selling",
			"items": items or [line()],
			**values,
		}
	)


def a_sales_invoice(
	customer: str | None = None, items: list[dict[str, Any]] | None = None, **values: Any
) -> Document:
	return frappe.get_doc(
		{
			"doctype": "Sales Invoice",
			"customer": customer or a_customer(),
			"company": COMPANY,
			"posting_date": nowdate(),
			"set_posting_time": 1,
			"currency": "SAR",
			"selling_price_list": "Standard Selling",
			"items": items or [line()],
			**values,
		}
	)


def a_payment(invoice: str, amount: float | None = None) -> Document:
	"""A draft Payment Entry in cash against one Sales Invoice; insert and submit it in the test."""
	from erpnext.accounts.doctype.payment_entry.payment_entry import get_payment_entry

	payment = get_payment_entry("Sales Invoice", invoice, bank_account=account("Cash"))
	payment.reference_no, payment.reference_date = "TEST", nowdate()
	if amount is not None:
		payment.paid_amount = payment.received_amount = amount
		payment.references[0].allocated_amount = amount
	return payment


def a_statement_waits() -> bool:
	"""Whether another connection to this site has hung in one statement for two seconds: behind a lock, here."""
	threads = frappe.db.sql("show full processlist", as_dict=True)
	return any(row.Info and row.Command == "Query" and row.Time >= 2 for row in threads)
