"""The only writer of Payment Schedule rows while a document with a plan is a draft, and of an opening invoice's.

Core validates and recomputes the schedule in its own `validate`; the plan is the source and the rows an output. So
before core runs a stand-in row takes their place, and after core's totals and advances the exact rows are written.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import getdate

from saudi_crm_billing.common.money import split, to_decimal, to_money
from saudi_crm_billing.instalments.agreement import (
	PlannedRow,
	agreed_template,
	agreement_of,
	document_date,
	has_plan,
	plan_rows,
)
from saudi_crm_billing.instalments.engine.schedule import portion_of
from saudi_crm_billing.instalments.errors import refuse
from saudi_crm_billing.instalments.margins import MARGIN_FIELDS, put_margin, write_margin
from saudi_crm_billing.instalments.origins import billed_of, sources_of
from saudi_crm_billing.instalments.templates import next_of_its_day
from saudi_crm_billing.instalments.terms import ensure_terms, term_name

WISHES = ("scb_plan_template", "scb_instalment_count", "scb_first_due_date", "scb_down_payment")
LIMIT = 9 * Decimal(10) ** 8
"""From here on core could find another halala from a portion of nine digits: half of its last digit is 0.0045."""


def prepare(doc: Document) -> None:
	"""Before core validates: check that the document may carry a plan, and put the stand-in row.

	Frappe calls this also for a save that skips validation: then the rows stay as they are.
	"""
	if doc.flags.ignore_validate:
		return
	doc.flags.scb_plan = None
	if doc.get("is_return"):
		doc.update(dict.fromkeys((*WISHES, *MARGIN_FIELDS)))
	else:
		put_margin(doc)
	if not has_plan(doc):
		_forget_plan(doc)
		return
	_check_document(doc)
	doc.payment_terms_template = ""
	if doc.doctype == "Sales Invoice":
		doc.ignore_default_payment_terms_template = 1
	doc.flags.scb_rows = list(doc.get("payment_schedule") or [])
	doc.set("payment_schedule", [{"due_date": document_date(doc), "invoice_portion": 100}])


def write(doc: Document) -> None:
	"""After core validated: the exact rows. What was planned, and the template as it was agreed, stay in `doc.flags`
	for the plan's header.
	"""
	if not has_plan(doc):
		return
	_check_currency(doc)
	write_margin(doc)
	agreement = agreement_of(doc)
	planned = plan_rows(agreement)
	if agreement.total >= LIMIT:
		refuse(
			_("A plan can carry less than {0}; the total is {1}. Split the sale.").format(
				LIMIT, agreement.total
			)
		)
	rows = _payable_rows(planned)
	ensure_terms({row.scheduled.number for row in planned}, stored=_stored_terms(doc))
	_replace_rows(doc, _row_values(doc, rows, agreement.total - agreement.advance))
	_check_sum(doc, agreement.total - agreement.advance)
	doc.payment_terms_template = ""
	if doc.doctype == "Sales Invoice":
		doc.due_date = rows[-1].scheduled.due_date
	doc.flags.update({"scb_plan": planned, "scb_agreed_template": agreement.template})


def write_opening(doc: Document, planned: Sequence[PlannedRow]) -> None:
	"""Core submits an opening invoice without a schedule: the rows of what is still owed are written after it."""
	rows = _payable_rows(planned)
	ensure_terms({row.scheduled.number for row in rows})
	payable = sum((row.payable for row in rows), Decimal(0))
	for values in _row_values(doc, rows, payable):
		doc.append("payment_schedule", {**values, "docstatus": 1}).db_insert()


def carry_wishes(doc: Document, source: Document) -> None:
	"""A document made from another carries its wishes, and of the down payment the part that it bills. A plan that the
	customer chose takes the place of the quotation's own.

	Mapping copied them already, except through a Delivery Note, which has none: then the order's count.
	"""
	if source.doctype == "Delivery Note":
		order = None if has_plan(doc) else _delivered_order(doc)
		if not order:
			return
		source = order
		doc.update({wish: source.get(wish) for wish in WISHES})
	if source.get("scb_chosen_template"):
		doc.update({**dict.fromkeys(WISHES), "scb_plan_template": source.scb_chosen_template})
	if doc.get("scb_down_payment"):
		doc.scb_down_payment = float(_share(doc, source))


def _delivered_order(doc: Document) -> Document | None:
	"""The order whose plan what was delivered carries on: any of several that wish the same; None where none has a plan."""
	orders = [frappe.get_doc("Sales Order", name) for name in sorted(sources_of(doc)[1])]
	wished = {tuple(str(order.get(wish) or "") for wish in WISHES) for order in orders if has_plan(order)}
	if not wished:
		return None
	alike = len(wished) == 1 and all(has_plan(order) for order in orders)
	if len(orders) == 1 or (alike and not orders[0].get("scb_down_payment")):
		return orders[0]
	frappe.msgprint(
		_(
			"Sales Orders {0} were sold on different plans, so this invoice has none. Choose its Instalment Plan Template, "
			"or bill each order by itself."
		).format(", ".join(order.name for order in orders)),
		title=_("No instalment plan"),
		indicator="orange",
	)
	return None


def move_passed_wish(doc: Document) -> date | None:
	"""For a document made without a person: a first due date that has passed moves on by whole months, so the agreed
	day stays. Returns the date that it was; None where it stands.
	"""
	wished = (
		getdate(doc.get("scb_first_due_date")) if has_plan(doc) and doc.get("scb_first_due_date") else None
	)
	if not wished or wished >= document_date(doc):
		return None
	doc.scb_first_due_date = next_of_its_day(wished, document_date(doc), agreed_template(doc))
	return wished


def _share(doc: Document, source: Document) -> Decimal:
	"""By the goods; what bills the rest of an order bills the rest of its down payment, so that no halala is lost."""
	part, whole = to_decimal(doc.get("net_total") or 0), to_decimal(source.get("net_total") or 0)
	down_payment = to_money(source.scb_down_payment or 0)
	if doc.doctype == "Sales Invoice" and source.doctype == "Sales Order":
		net, paid_down = billed_of(source.name)
		if net and to_money(part + net) >= to_money(whole):
			return max(down_payment - paid_down, Decimal(0))
	return to_money(down_payment * (min(part / whole, Decimal(1)) if whole else 1))


def rewrite(doc: Document) -> None:
	"""Core's Update Items changed a submitted order and spread the new total by the old portions: spread it anew."""
	if has_plan(doc) and doc.flags.ignore_validate_update_after_submit:
		doc.flags.scb_rows = list(doc.payment_schedule)
		write(doc)


def _forget_plan(doc: Document) -> None:
	"""The plan was taken off a draft: core makes its own schedule again."""
	if doc.get("scb_instalment_count") and not doc.get("is_return"):
		refuse(
			_("{0} instalments are asked for without a plan. Choose an Instalment Plan Template.").format(
				doc.scb_instalment_count
			)
		)
	if doc.get("scb_instalment_plan"):
		doc.set("payment_schedule", [])
		if doc.doctype == "Sales Invoice":
			doc.due_date = None
			doc.ignore_default_payment_terms_template = 0


def _check_document(doc: Document) -> None:
	if doc.get("is_pos"):
		refuse(
			_(
				"A point of sale invoice is paid at once and cannot carry an instalment plan. "
				"Clear Include Payment (POS), or clear the Instalment Plan Template."
			)
		)
	if doc.get("is_opening") == "Yes":
		refuse(
			_(
				"ERPNext gives an opening invoice no payment schedule, so a template cannot make its plan. Clear the "
				"Instalment Plan Template, and bring plans of another system in by an Instalment Opening Import."
			)
		)


def _check_currency(doc: Document) -> None:
	account_currency = doc.get("party_account_currency") if doc.doctype == "Sales Invoice" else None
	if account_currency and account_currency != doc.currency:
		refuse(
			_(
				"The invoice is in {0} but the receivable account {1} is kept in {2}. An instalment plan needs one "
				"currency: choose a receivable account in {0} in Debit To, or invoice in {2}."
			).format(doc.currency, doc.debit_to, account_currency)
		)


def _stored_terms(doc: Document) -> set[str]:
	"""Terms of the document's stored rows: links that were checked when they were saved."""
	return {row.payment_term for row in doc.flags.scb_rows or () if row.payment_term and not row.is_new()}


def _payable_rows(planned: Sequence[PlannedRow]) -> list[PlannedRow]:
	"""Rows that advances have not settled wholly; the last one stays even so, for core needs one."""
	return [row for row in planned if row.payable] or [planned[-1]]


def _row_values(doc: Document, rows: Sequence[PlannedRow], payable: Decimal) -> list[dict[str, Any]]:
	amounts = [row.payable for row in rows]
	base_amounts = split(_base_payable(doc, payable), amounts) if payable else amounts
	return [
		{
			"payment_term": term_name(row.scheduled.number),
			"description": describe(row.scheduled.number, row.scheduled.due_date_hijri, doc.get("language")),
			"due_date": row.scheduled.due_date,
			"invoice_portion": float(portion_of(amount, payable)) if payable else 0.0,
			"payment_amount": float(amount),
			"outstanding": float(amount),
			"base_payment_amount": float(base),
			"base_outstanding": float(base),
			**dict.fromkeys(("paid_amount", "base_paid_amount", "discounted_amount", "discount"), 0.0),
			**dict.fromkeys(("discount_type", "discount_date")),
		}
		for row, amount, base in zip(rows, amounts, base_amounts, strict=True)
	]


def describe(number: int, hijri: str, language: str | None) -> str:
	"""For the customer, so in the language that the document is printed in; the Desk shows it in the reader's."""
	if number == 0:
		return _("Down payment ({0} AH)", lang=language).format(hijri)
	return _("Instalment {0} ({1} AH)", lang=language).format(number, hijri)


def _base_payable(doc: Document, payable: Decimal) -> Decimal:
	if doc.get("advances"):
		return to_money(payable * to_decimal(doc.conversion_rate))
	return to_money(doc.get("base_rounded_total") or doc.base_grand_total)


def _replace_rows(doc: Document, rows: Sequence[dict[str, Any]]) -> None:
	"""The document's earlier rows keep their names, so that a save changes them instead of making new ones."""
	earlier = doc.flags.pop("scb_rows", [])
	numbered = [{**values, "idx": index} for index, values in enumerate(rows, start=1)]
	kept = [row.update(values) for row, values in zip(earlier, numbered, strict=False)]
	doc.set("payment_schedule", [*kept, *numbered[len(kept) :]])


def _check_sum(doc: Document, payable: Decimal) -> None:
	scheduled = sum((to_money(row.payment_amount) for row in doc.payment_schedule), Decimal(0))
	if scheduled != payable:
		refuse(
			_("The instalments add up to {0}, but {1} is payable. Check the total and the advances.").format(
				scheduled, payable
			)
		)
