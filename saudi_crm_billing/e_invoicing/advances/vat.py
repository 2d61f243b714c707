"""Which VAT an advance bears: as the entry's own class says, else its sales order, else the customer. One for each entry."""

from __future__ import annotations

from decimal import Decimal

import frappe
from frappe.model.document import Document
from frappe.query_builder import DocType
from frappe.utils import getdate

from saudi_crm_billing.customer_tax.basis import customer_tax
from saudi_crm_billing.customer_tax.engine.decision import Decision, decide
from saudi_crm_billing.customer_tax.settings import active_settings, load_class
from saudi_crm_billing.e_invoicing.documents.taxes import CannotIssue
from saudi_crm_billing.e_invoicing.engine.model import Vat, VatCategory

STANDARD = Vat(VatCategory.STANDARD, Decimal(15))

MIXED = (
	"{order} has lines of different VAT, and an advance bears one. Choose the Tax Class of the Advance, or receive one"
	" Payment Entry for each."
)
UNKNOWN = "No tax class is found for an advance of {customer}. Choose the Tax Class of the Advance, or give the customer one."
CLASS_INVALID = (
	"The tax class {name} is disabled or not valid on {date}. Choose another as Tax Class of the Advance."
)


def of_entry(doc: Document) -> Vat:
	"""`CannotIssue` where it cannot be known; standard VAT where the company has not set tax classes up."""
	if doc.get("scb_tax_class"):
		return _of_class(doc)
	orders = sorted({row.reference_name for row in doc.references if row.reference_doctype == "Sales Order"})
	if found := _of_orders(orders):
		return found
	settings = active_settings(doc.company)
	if settings is None:
		return STANDARD
	customer_class, _category = customer_tax(doc.party)
	return _as_vat(
		decide(
			load_class(customer_class), None, load_class(settings.default_class), getdate(doc.posting_date)
		),
		CannotIssue(UNKNOWN, customer=doc.party),
	)


def stored(doc: Document) -> Vat:
	"""The snapshot on the entry."""
	return _from_row(doc)


def store(doc: Document, vat: Vat | None) -> None:
	doc.update(
		{
			"scb_vat_category": vat.category.value if vat else None,
			"scb_vat_rate": float(vat.rate) if vat else 0,
			"scb_vatex_code": vat.exemption_code if vat else None,
			"scb_vat_reason": vat.exemption_reason if vat else None,
		}
	)


def _of_class(doc: Document) -> Vat:
	on = getdate(doc.posting_date)
	refusal = CannotIssue(CLASS_INVALID, name=doc.scb_tax_class, date=on.isoformat())
	return _as_vat(decide(load_class(doc.scb_tax_class), None, None, on), refusal)


def _of_orders(orders: list[str]) -> Vat | None:
	"""The VAT that all classified lines of the orders have; None where no line is classified."""
	if not orders:
		return None
	row = DocType("Sales Order Item")
	rows = (
		frappe.qb.from_(row)
		.select(row.scb_vat_category, row.scb_vat_rate, row.scb_vatex_code, row.scb_vat_reason)
		.where(row.parent.isin(orders) & (row.parenttype == "Sales Order"))
		.where(row.scb_vat_category.isnotnull() & (row.scb_vat_category != ""))
		.distinct()
	).run(as_dict=True)
	kinds = {_from_row(found) for found in rows}
	if len({(vat.category, vat.rate, vat.exemption_code) for vat in kinds}) > 1:
		raise CannotIssue(MIXED, order=", ".join(orders))
	return kinds.pop() if kinds else None


def _as_vat(decision: Decision, refusal: CannotIssue) -> Vat:
	if decision.category is None:
		raise refusal
	taxed = decision.category.value == VatCategory.STANDARD.value
	return Vat(
		VatCategory(decision.category.value),
		decision.rate,
		"" if taxed else decision.vatex_code,
		"" if taxed else decision.reason,
	)


def _from_row(row: Document) -> Vat:
	taxed = row.get("scb_vat_category") == VatCategory.STANDARD.value
	return Vat(
		VatCategory(row.get("scb_vat_category")),
		Decimal(str(row.get("scb_vat_rate") or 0)),
		"" if taxed else row.get("scb_vatex_code") or "",
		"" if taxed else row.get("scb_vat_reason") or "",
	)
