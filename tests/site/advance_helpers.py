"""Advances on a site: a company that invoices them, receipts, refunds, and what the ledger says of VAT."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import e_invoicing_helpers as zatca
import factories as make
import frappe
from frappe.model.document import Document
from frappe.utils import nowdate

PAYMENT = "Payment Entry"


def invoices_advances() -> str:
	"""Switch advance invoices on; the account for their VAT, which the company's save makes."""
	zatca.vat_account()
	company = frappe.get_doc("Company", make.COMPANY)
	company.scb_advance_invoices = 1
	company.save()
	return str(company.scb_advance_vat_account)


def a_receipt(customer: str, amount: float, **values: Any) -> Document:
	"""A draft Payment Entry in cash without an invoice, not yet inserted."""
	return frappe.get_doc(
		{
			"doctype": PAYMENT,
			"payment_type": "Receive",
			"party_type": "Customer",
			"party": customer,
			"company": make.COMPANY,
			"posting_date": nowdate(),
			"mode_of_payment": "Cash",
			"paid_from": make.account("Debtors"),
			"paid_to": make.account("Cash"),
			"paid_amount": amount,
			"received_amount": amount,
			"source_exchange_rate": 1,
			"target_exchange_rate": 1,
			"reference_no": "TEST",
			"reference_date": nowdate(),
			**values,
		}
	)


def received(customer: str, amount: float, **values: Any) -> Document:
	"""The same, submitted, with its advance invoice."""
	return zatca.submitted(a_receipt(customer, amount, **values))


def for_order(order: str, amount: float) -> dict[str, Any]:
	row = {"reference_doctype": "Sales Order", "reference_name": order, "allocated_amount": amount}
	return {"references": [row]}


def an_order(customer: str, rate: float = 10000) -> Document:
	order = make.a_sales_order(
		customer, [make.line(rate=rate)], taxes=[zatca.vat_row()], disable_rounded_total=1
	)
	order.insert()
	order.submit()
	return order


def using(invoice: Document, *uses: tuple[Document, float]) -> Document:
	"""Allocate parts of advances to a draft invoice, as its table Advances does."""
	for entry, amount in uses:
		orders = [row for row in entry.references if row.reference_doctype == "Sales Order"]
		invoice.append(
			"advances",
			{
				"reference_type": PAYMENT,
				"reference_name": entry.name,
				"reference_row": orders[0].name if orders else None,
				"advance_amount": orders[0].allocated_amount if orders else entry.unallocated_amount,
				"allocated_amount": amount,
				"remarks": "-",
			},
		)
	return invoice


def ledger(voucher: str) -> dict[str, Decimal]:
	"""What a voucher books on each account: debit less credit."""
	rows = frappe.get_all(
		"GL Entry", filters={"voucher_no": voucher, "is_cancelled": 0}, fields=["account", "debit", "credit"]
	)
	found: dict[str, Decimal] = {}
	for row in rows:
		amount = Decimal(str(row.debit)) - Decimal(str(row.credit))
		found[row.account] = found.get(row.account, Decimal(0)) + amount
	return {account: amount.quantize(Decimal("0.01")) for account, amount in found.items() if amount}


def balance(account: str) -> Decimal:
	"""Debit less credit of all vouchers that stand."""
	rows = frappe.get_all(
		"GL Entry",
		filters={"account": account, "company": make.COMPANY, "is_cancelled": 0},
		fields=["debit", "credit"],
	)
	return sum((Decimal(str(row.debit)) - Decimal(str(row.credit)) for row in rows), Decimal(0)).quantize(
		Decimal("0.01")
	)


def reconciled(entry: Document, invoice: Document, amount: float) -> None:
	"""Allocate a part of an advance to an invoice that is issued already, with core's Payment Reconciliation."""
	tool = frappe.get_doc(
		{
			"doctype": "Payment Reconciliation",
			"company": make.COMPANY,
			"party_type": "Customer",
			"party": entry.party,
			"receivable_payable_account": make.account("Debtors"),
		}
	)
	tool.get_unreconciled_entries()
	payments = [row.as_dict() for row in tool.payments if row.reference_name == entry.name]
	invoices = [row.as_dict() for row in tool.invoices if row.invoice_number == invoice.name]
	tool.allocate_entries(frappe._dict(payments=payments, invoices=invoices))
	tool.allocation[0].allocated_amount = amount
	tool.reconcile()
	frappe.db.commit()
