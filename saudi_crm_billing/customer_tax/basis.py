"""Reads what a document's tax decisions rest on: the customer, the date of supply, the invoice it corrects."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import frappe
from frappe.model.document import Document
from frappe.utils import cint, getdate

from saudi_crm_billing.common.documents import INVOICE_DOCTYPES
from saudi_crm_billing.customer_tax.engine.decision import Decision, Why
from saudi_crm_billing.customer_tax.engine.tax_class import TaxClass
from saudi_crm_billing.customer_tax.engine.vatex import Category
from saudi_crm_billing.customer_tax.settings import CompanySettings, load_class

SNAPSHOT_FIELDS = ("scb_tax_class", "scb_vat_category", "scb_vat_rate", "scb_vatex_code", "scb_vat_reason")


@dataclass(frozen=True)
class Original:
	"""The invoice that a credit or debit note corrects, as it was taxed; keys are row names and item codes."""

	name: str
	tax_class: str | None
	posting_date: date
	vat_account: str | None
	price_included_vat: bool
	decisions: dict[str, Decision]

	def decision_for(self, row: Document) -> Decision | None:
		"""What the original decided for the same row, or for the same item where the row is not linked to one."""
		keys = (row.get("sales_invoice_item") or row.get("pos_invoice_item"), row.get("item_code"))
		return next((self.decisions[key] for key in keys if key and key in self.decisions), None)


@dataclass(frozen=True)
class Basis:
	"""Everything but the item that decides how a line is taxed."""

	settings: CompanySettings
	on: date
	customer_class: TaxClass | None
	default_class: TaxClass | None
	tax_category: str | None
	original: Original | None

	@property
	def vat_account(self) -> str:
		"""A correction is booked to the account that the original used, also when the setup names another now."""
		return (self.original and self.original.vat_account) or self.settings.vat_account


def read_basis(doc: Document, settings: CompanySettings) -> Basis:
	corrects = doc.get("is_return") or doc.get("is_debit_note")
	original = read_original(doc.doctype, doc.get("return_against")) if corrects else None
	customer = customer_of(doc)
	tax_class, tax_category = customer_tax(customer)
	return Basis(
		settings=settings,
		on=original.posting_date if original else supply_date(doc),
		customer_class=load_class(tax_class),
		default_class=load_class(settings.default_class),
		tax_category=doc.get("tax_category") or tax_category,
		original=original,
	)


def customer_of(doc: Document) -> str | None:
	"""The customer; for a quotation to a lead, the customer made from that lead, if there is one already."""
	if doc.doctype != "Quotation":
		return doc.get("customer")
	if doc.quotation_to == "Customer":
		return doc.party_name
	if doc.quotation_to == "Lead" and doc.party_name:
		return frappe.db.get_value("Customer", {"lead_name": doc.party_name})
	return None


def customer_tax(customer: str | None) -> tuple[str | None, str | None]:
	"""Tax class and ERPNext tax category of a customer."""
	if not customer:
		return None, None
	found = frappe.get_cached_value("Customer", customer, ("scb_tax_class", "tax_category"))
	return (found[0], found[1]) if found else (None, None)


def supply_date(doc: Document) -> date:
	"""The date that will stand on the document: core sets an invoice's to today unless it may be edited."""
	if doc.doctype not in INVOICE_DOCTYPES:
		return getdate(doc.get("transaction_date"))
	keeps_date = cint(doc.get("set_posting_time")) or frappe.flags.in_import
	return getdate(doc.posting_date if keeps_date else None)


def read_original(doctype: str, name: str | None) -> Original | None:
	if not name:
		return None
	header = frappe.db.get_value(doctype, name, ["posting_date", "scb_tax_class"], as_dict=True)
	vat_row = frappe.db.get_value(
		"Sales Taxes and Charges",
		{"parenttype": doctype, "parent": name, "scb_vat_row": 1},
		["account_head", "included_in_print_rate"],
	) or (None, 0)
	return Original(
		name=name,
		tax_class=header.scb_tax_class,
		posting_date=getdate(header.posting_date),
		vat_account=vat_row[0],
		price_included_vat=bool(vat_row[1]),
		decisions=_original_decisions(doctype, name),
	)


def _original_decisions(doctype: str, invoice: str) -> dict[str, Decision]:
	rows = frappe.get_all(
		f"{doctype} Item",
		filters={"parenttype": doctype, "parent": invoice, "scb_vat_category": ("is", "set")},
		fields=["name", "item_code", *SNAPSHOT_FIELDS],
		order_by="idx desc",
	)
	decisions: dict[str, Decision] = {}
	for row in rows:
		decisions[row.name] = _decision_of(row)
		if row.item_code:
			decisions[row.item_code] = decisions[row.name]
	return decisions


def _decision_of(row: frappe._dict) -> Decision:
	reason_en, _bar, reason_ar = (row.scb_vat_reason or "").partition(" | ")
	return Decision(
		why=Why.ORIGINAL,
		category=Category(row.scb_vat_category),
		rate=Decimal(str(row.scb_vat_rate)),
		vatex_code=row.scb_vatex_code or "",
		reason_en=reason_en,
		reason_ar=reason_ar,
		class_name=row.scb_tax_class or "",
	)
