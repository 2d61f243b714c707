"""The VAT row of a document's taxes table; written for `apply.py` only, which is its one caller."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

import erpnext
import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import cint


@dataclass(frozen=True)
class VatRow:
	account: str
	rate: Decimal
	price_includes_vat: bool


def add_template_rows(doc: Document) -> None:
	"""Take the rows of the tax template over as core would; it does not once the table has our row."""
	if not doc.get("taxes") and not doc.get("is_pos"):
		doc.set_taxes()


def write_vat_row(doc: Document, wanted: VatRow) -> None:
	"""Leave exactly one VAT row, in the place of the first one found, else at the end; other rows are kept."""
	found = [
		row for row in doc.get("taxes", []) if row.get("scb_vat_row") or row.account_head == wanted.account
	]
	row = found[0] if found else doc.append("taxes", {})
	if not row.get("scb_vat_row"):
		take_over(row, doc, wanted)
	row.account_head = wanted.account
	# Core fetches it with the links, which it has done before this row was added.
	row.account_currency = frappe.get_cached_value("Account", wanted.account, "account_currency")
	if not covers_charges(row):
		row.charge_type, row.row_id = "On Net Total", None
	row.rate = float(wanted.rate)
	drop_rows(doc, found[1:], row)


def take_over(row: Document, doc: Document, wanted: VatRow) -> None:
	"""Make a row this app's; whether prices include VAT is settled here, and afterwards on the document."""
	row.scb_vat_row = 1
	row.description = _("VAT", lang=doc.get("language"))
	row.included_in_print_rate = cint(wanted.price_includes_vat)
	row.cost_center = row.get("cost_center") or erpnext.get_default_cost_center(doc.company)
	row.dont_recompute_tax = 0


def covers_charges(row: Document) -> bool:
	"""VAT on items and on the charges above it, as a person or a template has said; core cannot include it in prices."""
	return row.charge_type == "On Previous Row Total" and not cint(row.included_in_print_rate)


def drop_rows(doc: Document, dropped: list[Document], heir: Document) -> None:
	"""Remove rows; what was computed on one of them is computed on `heir`, and row numbers follow."""
	if not dropped:
		return
	old = {row.idx: row for row in doc.taxes}
	doc.taxes = [row for row in doc.taxes if not any(row is gone for gone in dropped)]
	new_idx = {id(row): number for number, row in enumerate(doc.taxes, start=1)}
	for row in doc.taxes:
		base = old.get(cint(row.row_id))
		if base is not None:
			row.row_id = str(new_idx.get(id(base), new_idx[id(heir)]))
		row.idx = new_idx[id(row)]
