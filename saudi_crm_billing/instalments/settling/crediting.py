"""Makes the credit note by which a Settlement Quote's rebate lowers the price and its VAT, and takes it back.

Nothing is returned: a line for each kind of VAT that the invoice's lines bear, of no item and no quantity, which core
takes for a change of price, linked to a line of that kind, whose tax class it keeps.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal
from typing import Any

import frappe
from erpnext.accounts.doctype.accounting_dimension.accounting_dimension import get_accounting_dimensions
from frappe import _
from frappe.model.document import Document
from frappe.query_builder.functions import Sum
from frappe.utils import get_time, getdate, nowtime

from saudi_crm_billing.bilingual import said
from saudi_crm_billing.common.money import HALALA, split, to_decimal, to_money
from saudi_crm_billing.instalments.settings import cost_center_of, margin_items, settings_of
from saudi_crm_billing.instalments.settling.refusals import refuse

ZERO = Decimal(0)
CREDIT_NOTE = "Credit Note"
NOTED_HOOK = "scb_rebate_noted"
"""Functions of (note) that complete the draft: an e-invoice needs its reason."""
SAME_VAT = ("item_tax_template", "scb_vat_category", "scb_vat_rate", "scb_vatex_code")
STEPS = range(3, -4, -1)
LEFT_OVER = Decimal("0.05")
"""ERPNext rounds each row of VAT, so not every total exists; what is left over is the payment's deduction."""


@dataclass(frozen=True)
class Share:
	"""The lines of one kind of VAT: the first of them, and what of all is not credited yet, without VAT."""

	line: Document
	amount: Decimal


def check(quote: Document) -> None:
	"""On the quote's submit: what could not be credited when it is paid."""
	invoice = frappe.get_doc("Sales Invoice", quote.sales_invoice)
	if invoice.is_opening == "Yes":
		refuse(
			_(
				"{0} was opened from another system, which declared its VAT. Make the credit note of the rebate by "
				"hand, name the older invoice in it, and then quote what is left with no rebate."
			).format(invoice.name)
		)
	trial = frappe.copy_doc(invoice).update({"is_return": 1, "return_against": invoice.name})
	_price_lines(_emptied(trial), invoice, quote)


def make(quote: Document, posting_date: Any) -> Document:
	"""Submitted, of the rebate or up to five halalas less. The user's own rights on Sales Invoice hold."""
	invoice = frappe.get_doc("Sales Invoice", quote.sales_invoice)
	note = _draft(invoice, quote, posting_date)
	_price_lines(note, invoice, quote)
	for path in frappe.get_hooks(NOTED_HOOK):
		frappe.get_attr(path)(note)
	note.insert()
	note.submit()
	return note


def total_of(note: Document) -> Decimal:
	return abs(to_money(note.grand_total))


def take_back(name: str, payment: str) -> None:
	"""Cancel the note; where that is refused (its e-invoice is issued), say so and let it stand."""
	note = frappe.get_doc("Sales Invoice", name)
	if note.docstatus != 1:
		return
	_check_may_cancel(note, payment)
	note.flags.scb_with_its_payment = True
	frappe.db.savepoint("take_back_note")
	try:
		note.cancel()
	except frappe.ValidationError as refused:
		frappe.db.rollback(save_point="take_back_note")
		frappe.clear_last_message()
		frappe.msgprint(
			_("The credit note {0} stands, though its payment is cancelled: {1}").format(name, refused),
			title=_("Credit note not cancelled"),
			indicator="orange",
		)


def _check_may_cancel(note: Document, payment: str) -> None:
	"""Core would say only that there is no permission, and not for what."""
	if note.has_permission("cancel"):
		return
	roles = {row.role for row in note.meta.permissions if row.cancel and not row.permlevel}
	frappe.throw(
		_(
			"{0} is settled together with the credit note {1}, which you may not cancel. Have somebody with one of these "
			"roles cancel {0}: {2}."
		).format(payment, note.name, ", ".join(_(role) for role in sorted(roles))),
		frappe.PermissionError,
	)


def refuse_cancel_alone(note: Document) -> None:
	"""Payment and note settle the quote together."""
	if note.flags.scb_with_its_payment or not note.is_return:
		return
	filters = {"credit_note": note.name, "docstatus": 1}
	quote = frappe.db.get_value("Settlement Quote", filters, ["name", "payment_entry"], as_dict=True)
	if quote and frappe.db.get_value("Payment Entry", quote.payment_entry, "docstatus") == 1:
		refuse(
			_(
				"{0} is the rebate of the settlement {1}. Cancel its payment {2}: both are taken back together."
			).format(note.name, quote.name, quote.payment_entry)
		)


def _price_lines(note: Document, invoice: Document, quote: Document) -> None:
	shares = _shares(invoice, quote)
	for share in shares:
		note.append("items", _line(share.line, quote))
	_fit(note, to_money(quote.rebate), [share.amount for share in shares], quote)


def _shares(invoice: Document, quote: Document) -> list[Share]:
	"""A rebate of the margin lowers the margin's lines, any other the price of all lines."""
	lines = invoice.items
	if quote.rebate_kind == "Unearned Margin":
		items = margin_items(invoice.company)
		lines = [row for row in invoice.items if row.item_code in items] or lines
	credited = _credited(invoice.name)
	sums: dict[tuple[Any, ...], Share] = {}
	for row in lines:
		key = tuple(row.get(name) or "" for name in SAME_VAT)
		before = sums.get(key, Share(row, ZERO))
		left = to_decimal(row.net_amount) + credited.get(row.name, ZERO)
		sums[key] = Share(before.line, before.amount + left)
	shares = [share for share in sums.values() if share.amount > 0]
	if not shares:
		refuse(
			_(
				"All lines of {0} that the rebate could lower are credited already. Quote with another kind of rebate."
			).format(invoice.name)
		)
	return shares


def _credited(invoice: str) -> dict[str, Decimal]:
	"""What earlier credit notes took off each line, below zero."""
	row, note = frappe.qb.DocType("Sales Invoice Item"), frappe.qb.DocType("Sales Invoice")
	query = (
		frappe.qb.from_(row)
		.join(note)
		.on(note.name == row.parent)
		.select(row.sales_invoice_item, Sum(row.net_amount))
		.where((note.return_against == invoice) & (note.is_return == 1) & (note.docstatus == 1))
		.groupby(row.sales_invoice_item)
	)
	return {name: to_decimal(amount) for name, amount in query.run() if name}


def _draft(invoice: Document, quote: Document, posting_date: Any) -> Document:
	"""As core maps a return, without what was sold, paid or charged besides."""
	from erpnext.accounts.doctype.sales_invoice.sales_invoice import make_sales_return

	note = make_sales_return(invoice.name)
	remark = _("Rebate of early settlement {0}").format(quote.name)
	note.update({"posting_date": getdate(posting_date), "set_posting_time": 1, "remarks": remark})
	note.update({"posting_time": _time_after(invoice, note.posting_date), "due_date": note.posting_date})
	return _emptied(note)


def _emptied(note: Document) -> Document:
	note.update({"update_stock": 0, "update_outstanding_for_self": 0, "disable_rounded_total": 1})
	note.update({"is_pos": 0, "additional_discount_percentage": 0, "discount_amount": 0})
	for table in ("items", "payments", "advances", "timesheets", "packed_items", "payment_schedule"):
		note.set(table, [])
	for tax in note.taxes:
		tax.included_in_print_rate = 0  # core takes no VAT out of a line without a quantity
		if tax.charge_type == "Actual":
			tax.tax_amount = 0
	return note


def _time_after(invoice: Document, day: date) -> time:
	"""Now; on the invoice's own day not before it, which core refuses."""
	now = get_time(nowtime())
	return max(now, get_time(invoice.posting_time)) if day == getdate(invoice.posting_date) else now


def _line(of: Document, quote: Document) -> dict[str, Any]:
	text = said(lambda lang: _("Rebate of early settlement {0}", lang=lang).format(quote.name))
	name = f"{text.ar} | {text.en}"
	return {
		"item_name": name,
		"description": name,
		"qty": 0,
		"uom": of.uom,
		"stock_uom": of.stock_uom or of.uom,
		"conversion_factor": 1,
		"income_account": settings_of(quote.company).rebate_account,
		"cost_center": cost_center_of(quote.company),
		**{name: of.get(name) for name in ("project", *get_accounting_dimensions())},
		"item_tax_template": of.item_tax_template,
		"sales_invoice_item": of.name,
	}


def _fit(note: Document, wanted: Decimal, weights: Sequence[Decimal], quote: Document) -> None:
	"""Give the lines rates with which core itself comes to the rebate, VAT with it, or to the next total below."""
	whole = sum(weights, ZERO)
	_price(note, weights)
	_refuse_beyond(wanted, total_of(note), quote)
	net = to_money(whole * wanted / total_of(note)) if total_of(note) else ZERO
	for step in STEPS:
		if not 0 < (tried := net + step * HALALA) <= whole:
			continue
		_price(note, split(tried, weights))
		if 0 <= wanted - total_of(note) <= LEFT_OVER:
			note.set("items", [row for row in note.items if row.rate])
			return
	refuse(
		_(
			"The taxes of {0} allow no credit note of {1}. Make it by hand, and then quote what is left with no rebate."
		).format(quote.sales_invoice, f"{wanted:,.2f}")
	)


def _refuse_beyond(wanted: Decimal, left: Decimal, quote: Document) -> None:
	"""No line is credited beyond itself: an exempt one would come below zero in the VAT return."""
	if wanted - left > LEFT_OVER:
		refuse(
			_(
				"The rebate of {0} is more than the {1} that may still be credited on the lines of {2} that it lowers. "
				"Choose a rebate of {1} or less."
			).format(f"{wanted:,.2f}", f"{left:,.2f}", quote.sales_invoice)
		)


def _price(note: Document, amounts: Sequence[Decimal]) -> None:
	for row, amount in zip(note.items, amounts, strict=True):
		row.rate = float(amount)
	note.calculate_taxes_and_totals()
