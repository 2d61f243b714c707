"""A till of the test company: its profile, an opened shift, sales, and the closing that sums them up."""

from __future__ import annotations

from typing import Any

import e_invoicing_helpers as zatca
import factories as make
import frappe
from frappe.model.document import Document
from frappe.utils import get_datetime, nowdate

PROFILE = "Till 1"


def a_till(**values: Any) -> Document:
	"""The profile, with an open shift of the Administrator."""
	if not frappe.db.exists("POS Profile", PROFILE):
		make_profile(**values)
	profile = frappe.get_doc("POS Profile", PROFILE)
	if not frappe.db.exists("POS Opening Entry", {"pos_profile": PROFILE, "status": "Open", "docstatus": 1}):
		open_shift()
	return profile


def make_profile(**values: Any) -> Document:
	cash = frappe.get_doc("Mode of Payment", "Cash")
	if not any(row.company == make.COMPANY for row in cash.accounts):
		cash.append("accounts", {"company": make.COMPANY, "default_account": make.account("Cash")})
		cash.save()
	return make.insert(
		"POS Profile",
		**{
			"__newname": PROFILE,
			"company": make.COMPANY,
			"currency": "SAR",
			"selling_price_list": "Standard Selling",
			"warehouse": make.account("Stores"),
			"write_off_account": make.account("Write Off"),
			"write_off_cost_center": make.account("Main"),
			"disable_rounded_total": 1,
			"update_stock": 0,
			"payments": [{"mode_of_payment": "Cash", "default": 1}],
			**values,
		},
	)


def open_shift() -> Document:
	entry = make.insert(
		"POS Opening Entry",
		pos_profile=PROFILE,
		user=frappe.session.user,
		company=make.COMPANY,
		period_start_date=get_datetime(),
		balance_details=[{"mode_of_payment": "Cash"}],
	)
	entry.submit()
	return entry


def a_sale(customer: str, items: list[dict[str, Any]] | None = None, **values: Any) -> Document:
	"""A draft POS Invoice, paid in cash, with VAT of 15 %; not yet inserted."""
	a_till()
	sale = frappe.get_doc(
		{
			"doctype": "POS Invoice",
			"customer": customer,
			"company": make.COMPANY,
			"pos_profile": PROFILE,
			"is_pos": 1,
			"posting_date": nowdate(),
			"currency": "SAR",
			"selling_price_list": "Standard Selling",
			"items": items or [make.line(rate=100)],
			"taxes": [zatca.vat_row()],
			"disable_rounded_total": 1,
			**values,
		}
	)
	sale.set_missing_values()
	sale.calculate_taxes_and_totals()
	sale.set(
		"payments", [{"mode_of_payment": "Cash", "account": make.account("Cash"), "amount": sale.grand_total}]
	)
	return sale


def sold(sale: Document) -> Document:
	return zatca.submitted(sale)


def return_of(sale: Document, **values: Any) -> Document:
	from erpnext.accounts.doctype.pos_invoice.pos_invoice import make_sales_return

	note = make_sales_return(sale.name)
	note.update(values)
	note.calculate_taxes_and_totals()
	note.set(
		"payments", [{"mode_of_payment": "Cash", "account": make.account("Cash"), "amount": note.grand_total}]
	)
	return note


def closed_shift() -> Document:
	"""Close the open shift; core makes the consolidated invoices in the same transaction."""
	from erpnext.accounts.doctype.pos_closing_entry.pos_closing_entry import make_closing_entry_from_opening

	opening = frappe.get_doc("POS Opening Entry", {"pos_profile": PROFILE, "status": "Open"})
	closing = make_closing_entry_from_opening(opening)
	for row in closing.payment_reconciliation:
		row.closing_amount = row.expected_amount
	closing.insert().submit()
	return closing.reload()
