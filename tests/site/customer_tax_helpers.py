"""What the site tests of the tax classes share."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import frappe
from factories import COMPANY, a_customer, an_item, insert
from frappe.model.document import Document

EXPORT = "Zero-rated export of goods"
MEDICINES = "Medicines and medical equipment"
TAXABLE = "Taxable 15%"


def enable_tax_classes(**values: Any) -> Document:
	"""The company's setup, as proposed, enabled."""
	from saudi_crm_billing.customer_tax.propose import propose

	proposal = propose(COMPANY)
	fields = {
		"vat_account": proposal["vat_account"],
		"default_class": proposal["default_class"],
		"enabled": 1,
	}
	return insert("Customer Tax Setup", company=COMPANY, **{**fields, **values})


def a_customer_of(tax_class: str | None, name: str | None = None) -> str:
	customer = a_customer(name or f"Customer {tax_class}")
	frappe.db.set_value("Customer", customer, "scb_tax_class", tax_class)
	return customer


def a_template_of(tax_class: str, title: str | None = None, **values: Any) -> str:
	return insert(
		"Item Tax Template", title=title or tax_class, company=COMPANY, scb_tax_class=tax_class, **values
	).name


def an_item_of(tax_class: str, code: str | None = None) -> str:
	"""An item whose master names an Item Tax Template of that class."""
	template = a_template_of(tax_class, title=f"{tax_class} for {code or 'items'}")
	return an_item(code or f"ITEM {tax_class}", taxes=[{"item_tax_template": template}])


def a_special_class(title: str = "Special 5%", **values: Any) -> str:
	fields = {
		"title": title,
		"category": "S",
		"rate": 5,
		"valid_from": "2026-01-01",
		"valid_to": "2099-12-31",
	}
	return insert("Customer Tax Class", **{**fields, **values}).name


def vat_rows(doc: Document) -> list[Document]:
	return [row for row in doc.taxes if row.scb_vat_row]


def vat_amount(doc: Document) -> Decimal:
	(row,) = vat_rows(doc)
	return Decimal(str(row.tax_amount_after_discount_amount))


def percent_of(amount: float, rate: int) -> Decimal:
	exact = Decimal(str(amount)) * rate / 100
	return exact.quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)


def snapshot(row: Document) -> tuple[str, str, float, str, str]:
	return (
		row.scb_tax_class,
		row.scb_vat_category,
		row.scb_vat_rate,
		row.scb_vatex_code,
		row.scb_vat_reason,
	)


def vat_in_ledger(invoice: str, account: str) -> Decimal:
	rows = frappe.get_all(
		"GL Entry", filters={"voucher_no": invoice, "account": account}, fields=["debit", "credit"]
	)
	return sum((Decimal(str(row.credit)) - Decimal(str(row.debit)) for row in rows), Decimal(0))
