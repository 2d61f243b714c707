"""ERPNext's tax table and totals, as an e-invoice reads them: they agree with the document or nothing is issued."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

import frappe
from frappe.model.document import Document
from frappe.utils import cint

from saudi_crm_billing.common.money import HALALA, to_decimal, to_money
from saudi_crm_billing.e_invoicing.engine.model import Invoice, Vat, VatCategory
from saudi_crm_billing.e_invoicing.engine.tax_table import Basis, TaxRow, vat_rate
from saudi_crm_billing.e_invoicing.engine.totals import Totals, compute

# What ERPNext itself may move into a total, with prices that include VAT or a discount on the grand total.
SHIFT_TOLERANCE = Decimal("0.05")
# ERPNext's account types of charges; a computed row on any other account is VAT.
CHARGE_ACCOUNTS = ("Chargeable", "Expense Account", "Expenses Included In Valuation", "Income Account")

UNCLASSIFIED = (
	"Row {row}: item {item} bears no VAT and does not say why. Give the customer or the item a Customer Tax Class, or"
	" add the VAT row under Taxes and Charges."
)
DISCOUNT_AFTER_VAT = (
	"The discount of {amount} lowers what is due and not the VAT (Is Cash or Non Trade Discount): an e-invoice has no"
	" place for it. Clear that box, or deduct the discount in the Payment Entry."
)
NET_DIFFERS = (
	"Total without VAT: the e-invoice has {document}, this invoice has {erpnext}, a difference of {difference}. Save"
	" this invoice again; if the difference stays, set the Currency Precision in System Settings to 2."
)
VAT_DIFFERS = (
	"VAT ({categories}): the e-invoice has {document}, this invoice has {erpnext}, a difference of {difference}. ZATCA"
	" rounds VAT once for each category. Clear Round Tax Amount Row-wise in Accounts Settings, and let each VAT row"
	" under Taxes and Charges be computed from its rate."
)
TOTAL_DIFFERS = (
	"Total with VAT: the e-invoice has {document}, this invoice has {erpnext}, a difference of {difference}, which no"
	" item, discount, charge or VAT of this invoice explains. Save it again, or remove what changes its Grand Total."
)


class CannotIssue(ValueError):
	"""An invoice that has no e-invoice; `template` (English, translatable) and `params` say what to mend."""

	def __init__(self, template: str, **params: object) -> None:
		super().__init__(template.format(**params))
		self.template, self.params = template, params


@dataclass(frozen=True)
class Table:
	"""The rows of Taxes and Charges; `accounts` and `rates` are theirs, in the same order."""

	rows: tuple[TaxRow, ...]
	accounts: tuple[str, ...]
	rates: tuple[Decimal, ...]

	@property
	def is_inclusive(self) -> bool:
		return any(row.is_included for row in self.rows)

	def rates_of(self, item: Any) -> tuple[Decimal, ...]:
		"""The rates for one item: of its Item Tax Template where that names the account, else the rows' own."""
		own = item.item_tax_rate
		own = json.loads(own) if isinstance(own, str) and own else own or {}
		if not own:
			return self.rates
		pairs = zip(self.accounts, self.rates, strict=True)
		return tuple(to_decimal(own[account] or 0) if account in own else rate for account, rate in pairs)


def table_of(doc: Document) -> Table:
	rows: list[Any] = list(doc.get("taxes") or ())
	vat = _vat_rows(rows)
	return Table(
		rows=tuple(_row(doc, row, any(row is taxed for taxed in vat)) for row in rows),
		accounts=tuple(row.account_head for row in rows),
		rates=tuple(to_decimal(row.rate or 0) for row in rows),
	)


def vat_of(item: Any, table: Table, rates: tuple[Decimal, ...]) -> Vat:
	"""The line's snapshot by customer_tax; without one, a positive rate of ERPNext's tax rows is standard VAT."""
	if category := item.get("scb_vat_category"):
		taxed = category == VatCategory.STANDARD.value
		return Vat(
			category=VatCategory(category),
			rate=to_decimal(item.get("scb_vat_rate") or 0),
			exemption_code="" if taxed else item.get("scb_vatex_code") or "",
			exemption_reason="" if taxed else item.get("scb_vat_reason") or "",
		)
	if rate := vat_rate(table.rows, rates):
		return Vat(VatCategory.STANDARD, rate)
	raise CannotIssue(UNCLASSIFIED, row=item.idx, item=item.item_code or item.item_name)


def sign(doc: Document) -> int:
	"""A return's figures are negative in ERPNext; a credit note's are positive."""
	return -1 if doc.is_return else 1


def payable(doc: Document) -> Decimal:
	"""What the buyer owes by ERPNext: the rounded total where there is one, positive also for a return."""
	return abs(to_money(doc.rounded_total or doc.grand_total))


def close_rounding(doc: Document, invoice: Invoice) -> tuple[Invoice, Totals]:
	"""The invoice with the rounding [BT-114] that brings its total to ERPNext's, and its totals.

	The rounding carries ERPNext's own rounding adjustment, one halala for each VAT category (ERPNext may round half to
	even, ZATCA rounds half up), and what ERPNext itself moves where prices include VAT or the grand total is
	discounted. `CannotIssue` for more than that: it names the figure, both amounts and their difference.
	"""
	if (
		doc.get("is_cash_or_non_trade_discount")
		and doc.discount_amount
		and doc.apply_discount_on == "Grand Total"
	):
		raise CannotIssue(DISCOUNT_AFTER_VAT, amount=f"{abs(to_money(doc.discount_amount)):,}")
	totals = compute(invoice)
	_reconcile(doc, totals)
	difference = payable(doc) - totals.inclusive
	if not difference:
		return invoice, totals
	closed = replace(invoice, rounding=difference)
	return closed, compute(closed)


def _reconcile(doc: Document, totals: Totals) -> None:
	"""Refuses the first figure that ERPNext has otherwise."""
	table = table_of(doc)
	vat = sum((row.amount for row in table.rows if row.is_vat), Decimal(0))
	net = to_money(doc.net_total) * sign(doc) + sum(
		(row.amount for row in table.rows if not row.is_vat), Decimal(0)
	)
	# ERPNext rounds once a row, ZATCA once a category.
	roundings = max(
		sum(row.is_vat for row in table.rows), sum(bool(row.vat.rate) for row in totals.categories)
	)
	total = to_money(doc.grand_total) * sign(doc)
	_agree(NET_DIFFERS, totals.taxable, net, Decimal(0))
	_agree(VAT_DIFFERS, totals.tax, vat, HALALA * roundings, categories=_named(totals))
	_agree(TOTAL_DIFFERS, net + vat, total, SHIFT_TOLERANCE)


def _agree(template: str, document: Decimal, erpnext: Decimal, tolerance: Decimal, **more: object) -> None:
	difference = erpnext - document
	if abs(difference) > tolerance:
		raise CannotIssue(
			template, document=f"{document:,}", erpnext=f"{erpnext:,}", difference=f"{difference:,}", **more
		)


def _named(totals: Totals) -> str:
	return ", ".join(
		f"{row.vat.category.value} {row.vat.rate.normalize():f}%: {row.tax:,}" for row in totals.categories
	)


def _vat_rows(rows: list[Any]) -> list[Any]:
	"""The row that customer_tax wrote; else every computed row that is not on an account of charges."""
	if ours := [row for row in rows if row.get("scb_vat_row")]:
		return ours
	return [row for row in rows if row.charge_type != Basis.ACTUAL.value and not _is_charge(row)]


def _is_charge(row: Any) -> bool:
	return frappe.get_cached_value("Account", row.account_head, "account_type") in CHARGE_ACCOUNTS


def _row(doc: Document, row: Any, is_vat: bool) -> TaxRow:
	return TaxRow(
		basis=Basis(row.charge_type),
		amount=to_money(row.tax_amount_after_discount_amount or 0) * sign(doc),
		is_vat=is_vat,
		of_row=cint(row.row_id),
		is_included=bool(row.included_in_print_rate),
		name=row.description or row.account_head,
	)
