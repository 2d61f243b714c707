"""Customer Statement of Instalments: what fell due and what settled it, with a running balance; or every instalment
with the vouchers that settled it. The end ties to the Payment Ledger."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import frappe
from frappe import _
from frappe.utils import format_date, get_year_start, getdate

from saudi_crm_billing.common.dates import hijri_or_blank
from saudi_crm_billing.instalments.report.instalments_due.instalments_due import state_names
from saudi_crm_billing.instalments.reporting import statement
from saudi_crm_billing.instalments.reporting.access import Scope, scope_of
from saudi_crm_billing.instalments.reporting.columns import (
	INVOICE,
	PLAN,
	Row,
	column,
	currency_column,
	currency_of,
	figure,
	filled,
	link,
	money,
	number,
	shown,
)
from saudi_crm_billing.instalments.reporting.due import state_of

Answer = tuple[list[Row], list[Row], str | None, Row | None, list[Row]]


@frappe.read_only()
def execute(filters: dict[str, Any] | None = None) -> Answer:
	chosen = frappe._dict(filters or {})
	scope = scope_of(chosen)
	if not scope.customer:
		frappe.throw(_("Choose a customer."))
	first = getdate(chosen.get("from_date") or get_year_start(getdate()))
	last = getdate(chosen.get("to_date"))
	if last < first:
		frappe.throw(
			_("From {0} to {1}: the end is before the beginning.").format(*map(format_date, (first, last)))
		)
	told = statement.read(scope, chosen.get("currency"), currency_of(scope.company))
	if chosen.get("view") == "Instalments":
		columns, rows = instalment_columns(), _instalments(told)
	else:
		columns, rows = movement_columns(), _movements(told, first, last)
	figures = [*_figures(told, last), *_given_up(told, scope)]
	return columns, filled(columns, rows, told.currency), _message(told), None, figures


def movement_columns() -> list[Row]:
	return [
		column("date", _("Date"), "Date", 115),
		column("hijri", _("Hijri Date"), width=110),
		column("text", _("Entry"), width=220),
		column("document", _("Document"), "Dynamic Link", 190, options="document_type"),
		money("debit", _("Fell Due")),
		money("credit", _("Settled")),
		money("balance", _("Balance"), 140),
		column("settles", _("Settles Instalments"), width=320),
		link("sales_invoice", _("Sales Invoice"), "Sales Invoice", INVOICE),
		link("plan", _("Instalment Plan"), "Instalment Plan", PLAN),
		column("document_type", _("Document Type"), hidden=1),
		currency_column(),
	]


def _movements(told: statement.Statement, first: date, last: date) -> list[Row]:
	balance = told.balance(before=first)
	rows = [_balance_row(first, _("Opening Balance"), balance)]
	for each in told.movements:
		if not first <= each.on <= last:
			continue
		balance += each.amount
		rows.append(
			{
				"date": each.on,
				"hijri": hijri_or_blank(each.on),
				"text": _text(each),
				"document_type": "Sales Invoice" if each.kind == statement.INSTALMENT else each.kind,
				"document": each.document,
				"debit": number(max(each.amount, Decimal(0))) or None,
				"credit": number(max(-each.amount, Decimal(0))) or None,
				"balance": number(balance),
				"settles": _settles(each),
				"sales_invoice": each.invoice,
				"plan": each.plan,
			}
		)
	later = told.balance() - balance
	rows += [
		_balance_row(last, _("Closing Balance"), balance),
		_balance_row(None, _("After {0}").format(format_date(last)), later),
		_balance_row(None, _("Owed in All"), told.balance()),
	]
	return rows


def _balance_row(day: date | None, text: str, balance: Decimal) -> Row:
	return {"date": day, "text": text, "balance": number(balance), "bold": 1}


def _text(each: statement.Movement) -> str:
	if each.kind == statement.INSTALMENT:
		return _("Instalment {0}").format(each.number) if each.number else _("Down Payment")
	if each.document == each.invoice:
		return _("Paid in the Earlier System") if each.amount < 0 else _("Outside the Schedule")
	if each.kind == "Sales Invoice":
		return _("Credit Note")
	if each.is_deduction:
		return _("Rebates and Deductions")
	return _(each.kind)


def _settles(each: statement.Movement) -> str:
	return ", ".join(f"{place}: {shown(part)}" for place, part in each.settles)


def instalment_columns() -> list[Row]:
	return [
		link("plan", _("Instalment Plan"), "Instalment Plan", PLAN),
		link("sales_invoice", _("Sales Invoice"), "Sales Invoice", INVOICE),
		column("number", _("Instalment"), "Int", 100, disable_total=1),
		column("due_date", _("Due Date"), "Date", 130),
		column("due_date_hijri", _("Hijri Date"), width=110),
		column("state_name", _("Status"), width=130),
		money("amount", _("Amount")),
		column("date", _("Settled on"), "Date", 115),
		column("document", _("Settled by"), "Dynamic Link", 190, options="document_type"),
		money("settled", _("Settled")),
		money("outstanding", _("Outstanding")),
		column("state", _("Status"), hidden=1),
		column("document_type", _("Document Type"), hidden=1),
		currency_column(),
	]


def _instalments(told: statement.Statement) -> list[Row]:
	"""A row an instalment, and below it one for each voucher that settled a part of it; the total at the end."""
	names, rows = state_names(), []
	for one in sorted(told.instalments, key=lambda row: (row.plan, row.number)):
		state = state_of(one, getdate())
		amounts = {name: number(one[name]) for name in ("amount", "outstanding")}
		keep = ("plan", "sales_invoice", "number", "due_date", "due_date_hijri")
		rows.append(
			{**{name: one[name] for name in keep}, **amounts, "state": state, "state_name": names[state]}
		)
		rows += _settled_by(told, one)
	total = {name: number(sum(one[name] for one in told.instalments)) for name in ("amount", "outstanding")}
	settled = sum(one.paid + one.credited for one in told.instalments)
	return [*rows, {"state_name": _("Total"), **total, "settled": number(settled), "bold": 1}]


def _settled_by(told: statement.Statement, one: Row) -> list[Row]:
	return [
		{
			"state_name": _text(each) if each.is_deduction else None,
			"date": each.on,
			"document_type": each.kind,
			"document": each.document,
			"settled": number(part),
		}
		for each in told.movements
		if each.plan == one.plan
		for place, part in each.settles
		if place == one.number
	]


def _message(told: statement.Statement) -> str | None:
	others = [currency for currency in told.currencies if currency != told.currency]
	if not others:
		return None
	return _("Plans in {0} are on a statement of their own: choose that currency.").format(", ".join(others))


def _figures(told: statement.Statement, last: date) -> list[Row]:
	due = told.balance(up_to=last)
	return [
		figure(_("Due and Not Settled"), number(due), told.currency, "Red" if due > 0 else "Green"),
		figure(_("Owed in All"), number(told.balance()), told.currency),
	]


def _given_up(told: statement.Statement, scope: Scope) -> list[Row]:
	"""What was written off, and what came for it after all; nothing where nothing was."""
	gone, back = sum(one.written_off for one in told.instalments), statement.recovered(scope)
	shown_gone = [figure(_("Written Off", context="Instalment"), number(gone), told.currency, "Red")]
	own = currency_of(scope.company)
	shown_back = [figure(_("Recovered after the Write-Off"), number(back), own, "Green")]
	return (shown_gone if gone else []) + (shown_back if back else [])
