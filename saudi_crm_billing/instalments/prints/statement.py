"""A customer's statement of instalments (kashf hisab): what fell due, what was settled, what is owed, from day to day.

An instalment is a debit on its due date; payments and credit notes are credits on their posting date. So the balance
is what was due and not settled; below zero the customer has paid ahead. In one currency; where there are others, the paper says so.
Reads and never writes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, NoReturn

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import get_year_start, getdate

from saudi_crm_billing.bilingual import NOTHING, Said, said
from saudi_crm_billing.instalments import standing
from saudi_crm_billing.instalments.balances import LIVE
from saudi_crm_billing.instalments.prints import parts
from saudi_crm_billing.instalments.reporting import statement as reading
from saudi_crm_billing.instalments.reporting.access import Scope, scope_of
from saudi_crm_billing.instalments.reporting.columns import currency_of
from saudi_crm_billing.instalments.reporting.statement import Movement
from saudi_crm_billing.printing import texts

PLAN = "Instalment Plan"


@dataclass(frozen=True)
class PrintedMovement:
	"""`text` says what it is, and of a credit the numbers of the instalments that it settled."""

	on: texts.Day
	text: Said
	document: str
	debit: str
	credit: str
	balance: str


@dataclass(frozen=True)
class PrintedStatement:
	"""`others` says which currencies are not on it. `late` is what is past its grace days and `not_due` what falls due after
	today, both as of today; `written_off` and what was `recovered` of it, with their currencies, are empty where nothing was.
	"""

	arabic: bool
	seller: texts.Party
	buyer: texts.Party
	currency: str
	others: Said
	first_day: texts.Day
	last_day: texts.Day
	printed_on: texts.Day
	opening: str
	rows: tuple[PrintedMovement, ...]
	debits: str
	credits: str
	closing: str
	owed: str
	late: str
	not_due: str
	next_due: texts.Day
	next_amount: str
	written_off: str
	recovered: str


def scb_instalment_statement(doc: Document) -> PrintedStatement:
	"""Of a Customer in the print view: of the user's company, from the start of the year until today."""
	company = frappe.defaults.get_user_default("Company") or frappe.db.get_value(
		PLAN, {"customer": doc.name}, "company"
	)
	return statement(doc, company, getdate(get_year_start(getdate())), getdate())


def statement(
	customer: Document, company: str, first_day: date, last_day: date, currency: str | None = None
) -> PrintedStatement:
	"""Without a currency in the company's. Refused for whoever may not read the plans, and where the customer never had
	one in that company and currency."""
	parts.check_may_print(customer)
	frappe.has_permission(PLAN, "read", throw=True)
	if first_day > last_day:
		parts.refuse_print(_("The first day {0} is after the last day {1}.").format(first_day, last_day))
	scope = scope_of(frappe._dict(company=company, customer=customer.name))
	told = reading.read(scope, currency, currency_of(company))
	if not told.instalments:
		_refuse_empty(customer, company, told)
	opening = told.balance(before=first_day)
	shown = [each for each in told.movements if first_day <= each.on <= last_day]
	return PrintedStatement(
		arabic=parts.in_arabic(),
		seller=texts.company(company),
		buyer=texts.customer(customer.name),
		currency=told.currency,
		others=_others(told),
		first_day=texts.day(first_day),
		last_day=texts.day(last_day),
		printed_on=texts.day(getdate()),
		opening=texts.amount(opening),
		rows=_with_balance(shown, opening),
		debits=texts.amount(_sum(each.amount for each in shown if each.amount > 0)),
		credits=texts.amount(-_sum(each.amount for each in shown if each.amount < 0)),
		closing=texts.amount(opening + _sum(each.amount for each in shown)),
		**_standing(told.instalments, getdate()),
		**_given_up(told, scope),
	)


def _refuse_empty(customer: Document, company: str, told: reading.Statement) -> NoReturn:
	"""Names what there is instead, as far as the reader may know of it."""
	name = customer.customer_name
	if told.currencies:
		parts.refuse_print(
			_("{0} has no instalments in {1} in {2}. Choose one of these currencies: {3}.").format(
				name, company, told.currency, ", ".join(told.currencies)
			)
		)
	filters = {"customer": customer.name, "status": ("in", LIVE), "reference_doctype": "Sales Invoice"}
	others = frappe.get_list(PLAN, filters, pluck="company", distinct=True, order_by="company")
	if not others:
		parts.refuse_print(_("{0} has no instalments in {1}.").format(name, company))
	parts.refuse_print(
		_(
			"{0} has no instalments in {1}, but in {2}. On the customer, Instalments > Print Statement asks for the company."
		).format(name, company, ", ".join(others))
	)


def _others(told: reading.Statement) -> Said:
	others = ", ".join(one for one in told.currencies if one != told.currency)
	if not others:
		return NOTHING
	return said(
		lambda lang: _("Instalments in {0} are on a statement of their own.", lang=lang).format(others)
	)


def _text(each: Movement) -> Said:
	if each.kind == reading.INSTALMENT:
		return parts.label(each.number)
	if each.document == each.invoice:
		beside = "Paid in the Earlier System" if each.amount < 0 else "Outside the Schedule"
		return said(lambda lang: _(beside, lang=lang))
	kind = said(_deductions if each.is_deduction else SETTLED_BY.get(each.kind) or _kind(each))
	settled = ", ".join(str(number) for number, _amount in each.settles)
	return Said(f"{kind.en} ({settled})", f"{kind.ar} ({settled})") if settled else kind


def _deductions(lang: str) -> str:
	return _("Rebates and Deductions", lang=lang)


def _kind(each: Movement) -> Callable[[str], str]:
	return lambda lang: _(each.kind, lang=lang)


SETTLED_BY = {
	"Payment Entry": lambda lang: _("Payment", lang=lang),
	"Sales Invoice": lambda lang: _("Credit Note", lang=lang),
	reading.WRITE_OFF: lambda lang: _("Write-Off", lang=lang),
}


def _with_balance(shown: Sequence[Movement], opening: Decimal) -> tuple[PrintedMovement, ...]:
	balance, printed = opening, []
	for each in shown:
		balance += each.amount
		printed.append(
			PrintedMovement(
				on=texts.day(each.on),
				text=_text(each),
				document=each.document,
				debit=texts.amount(each.amount) if each.amount > 0 else "",
				credit=texts.amount(-each.amount) if each.amount < 0 else "",
				balance=texts.amount(balance),
			)
		)
	return tuple(printed)


def _standing(rows: Sequence[Any], today: date) -> dict[str, Any]:
	following = standing.next_due(rows)
	return {
		"owed": texts.amount(standing.total(rows, "outstanding")),
		"late": texts.amount(_sum(row.outstanding for row in rows if today > row.grace_until)),
		"not_due": texts.amount(_sum(row.outstanding for row in rows if row.due_date > today)),
		"next_due": texts.day(following.due_date if following else None),
		"next_amount": texts.amount(following.outstanding) if following else "",
	}


def _given_up(told: reading.Statement, scope: Scope) -> dict[str, str]:
	gone, back = standing.total(told.instalments, "written_off"), reading.recovered(scope)
	own = currency_of(scope.company)
	return {
		"written_off": f"{texts.amount(gone)} {told.currency}" if gone else "",
		"recovered": f"{texts.amount(back)} {own}" if back else "",
	}


def _sum(amounts: Iterable[Decimal]) -> Decimal:
	return sum(amounts, Decimal(0))
