"""A company that sells on credit with a margin, and readings of it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import customer_tax_helpers as tax
import factories as make
import frappe
import instalments_helpers as steps
from frappe.model.document import Document

IN_PRICE, EXEMPT, FEE = "Part of the taxable price", "Separate exempt line", "Taxable service fee"
MARGIN, SERVICE = "CREDIT-MARGIN", "CREDIT-FEE"
FINANCIAL = "Exempt financial services"


def a_company_with_margins() -> None:
	"""Tax classes on, and the items of a margin chosen in Instalment Settings."""
	tax.enable_tax_classes()
	make.insert(
		"Instalment Settings",
		company=make.COMPANY,
		margin_item=make.an_item(MARGIN, item_name="هامش البيع الآجل | Credit margin"),
		exempt_margin_template=tax.a_template_of(FINANCIAL),
		fee_item=make.an_item(SERVICE, item_name="رسوم خدمة التقسيط | Instalment fee"),
	)


def a_margin_template(treatment: str = IN_PRICE, **values: Any) -> str:
	"""Ten percent a year over ten months, unless said otherwise."""
	defaults = {"instalment_count": 10, "margin_treatment": treatment, "margin_percent": 12}
	return steps.a_template(f"Test {treatment}", **{**defaults, **values})


def sold(treatment: str = IN_PRICE, rate: float = 1_000, **values: Any) -> Document:
	"""A draft invoice of one line with a margin."""
	items = values.pop("items", [make.line(rate=rate)])
	return make.a_sales_invoice(
		items=items, scb_plan_template=a_margin_template(treatment), disable_rounded_total=1, **values
	).insert()


def lines(doc: Document) -> list[tuple[str, float, str | None]]:
	return [(row.item_code, row.amount, row.scb_vat_category) for row in doc.items]


def plan_of(doc: Document) -> Document:
	return frappe.get_doc("Instalment Plan", doc.scb_instalment_plan)


def assert_exact(doc: Document) -> None:
	"""Principal and margin of the instalments add up to the document's, each row to its amount."""
	rows = plan_of(doc).instalments
	total = steps.money(doc.rounded_total or doc.grand_total)
	assert sum((steps.money(row.amount) for row in rows), Decimal(0)) == total
	assert sum((steps.money(row.margin) for row in rows), Decimal(0)) == steps.money(doc.scb_margin)
	assert all(
		steps.money(row.principal) + steps.money(row.margin) == steps.money(row.amount) for row in rows
	)
