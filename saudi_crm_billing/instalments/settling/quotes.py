"""The *only* writer of a Settlement Quote's figures and states, and of the quote that a plan points to.

Open → Paid, Expired or Void. Whatever moves the invoice's ledger has the quote looked at in the same transaction, after
the balances: a quote never stands open with figures that are no longer true. At most one of a plan is open; the database
keeps that by `open_key`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import add_days, getdate

from saudi_crm_billing.bilingual import NOTHING, Said, said
from saudi_crm_billing.common.money import to_money
from saudi_crm_billing.instalments import balances
from saudi_crm_billing.instalments.ledger import owed_now
from saudi_crm_billing.instalments.rescheduling.reading import StoredPlan, read_plan
from saudi_crm_billing.instalments.settings import settings_of
from saudi_crm_billing.instalments.settling import crediting
from saudi_crm_billing.instalments.settling.figures import Figures, figures_of
from saudi_crm_billing.instalments.settling.refusals import refuse

DOCTYPE = "Settlement Quote"


def compute(doc: Document) -> None:
	"""Before saving: whose plan it is and what it owes; on submit with the invoice and the plan held."""
	frappe.has_permission("Instalment Plan", "read", doc=doc.plan, throw=True)
	opening = doc.docstatus == 1
	plan = read_plan(doc.plan, lock=opening)
	figures = figures_of(doc, plan)
	settings = settings_of(plan.header.company)
	doc.valid_until = doc.valid_until or add_days(getdate(doc.as_of), settings.quote_days or 0)
	_check_days(doc)
	doc.update({**_header_values(plan, figures), "rebate_by": settings.rebate_by or "Deduction"})
	doc.update({"status": "Open" if opening else "Draft", "open_key": doc.plan if opening else None})
	doc.set("rows", [_shown(row, plan.header.currency) for row in figures.rows])
	if opening:
		doc.update({"payment_entry": None, "paid_on": None, "credit_note": None})
		_check_account(doc, settings)
		if doc.rebate and doc.rebate_by == crediting.CREDIT_NOTE:
			crediting.check(doc)
		_refuse_second(doc)


def begin(doc: Document) -> None:
	"""On submit: the plan knows its open quote."""
	frappe.db.set_value("Instalment Plan", doc.plan, "settlement_quote", doc.name)


def withdraw(doc: Document) -> None:
	"""Before a person's cancel is written; the plan is held."""
	if doc.status == "Paid":
		refuse(
			_("{0} was paid by {1}. Cancel that Payment Entry first; the quote follows.").format(
				doc.name, doc.payment_entry
			)
		)
	if doc.status == "Open":
		user = frappe.session.user
		reason = said(lambda lang: _("Withdrawn by {0}.", lang=lang).format(user))
		doc.update({"status": "Void", "open_key": None, **reason.columns("void_reason")})
		frappe.db.set_value("Instalment Plan", doc.plan, "settlement_quote", None)


def review(plan: str) -> None:
	"""Bring the plan's quote to what the ledger says. The plan is held by the recompute before it."""
	quote = _quote_of(plan)
	if quote and quote.status in ("Open", "Paid"):
		outstanding = owed_now(quote.sales_invoice)
		REVIEWS[quote.status](quote, outstanding)


def void_open(plan: str, reason: Callable[[str], str], also: tuple[str, ...] = ()) -> None:
	"""What was quoted does not hold any more, whatever the ledger says; `also` in these states besides Open."""
	quote = _quote_of(plan)
	if quote and quote.status in ("Open", *also):
		_end(quote, "Void", said(reason))


def expire(name: str, today: Any) -> bool:
	"""Whether it was open and its day has passed."""
	plan, invoice = frappe.db.get_value(DOCTYPE, name, ["plan", "sales_invoice"])
	balances.lock_plans({invoice: plan})
	quote = _quote_of(plan)
	if not quote or quote.name != name or quote.status != "Open" or getdate(quote.valid_until) >= today:
		return False
	_end(quote, "Expired", NOTHING)
	return True


def credit_note_of(payment_entry: str) -> str | None:
	"""The credit note that a payment settled its quote with, though a later charge may have ended the quote."""
	return frappe.db.get_value(DOCTYPE, {"payment_entry": payment_entry, "docstatus": 1}, "credit_note")


def _review_open(quote: Any, outstanding: Any) -> None:
	if not outstanding and _is_submitted(quote.payment_entry):
		_write(quote, {"status": "Paid", "paid_on": _posted_on(quote.payment_entry), "open_key": None})
	elif outstanding != to_money(quote.outstanding):
		_end(quote, "Void", _moved(quote, outstanding))


def _review_paid(quote: Any, outstanding: Any) -> None:
	"""Its payment was cancelled: the quote is open again if it still says what is owed and its day has not passed."""
	if not outstanding and _is_submitted(quote.payment_entry):
		return
	if outstanding == to_money(quote.outstanding) and getdate(quote.valid_until) >= getdate():
		nothing = {"paid_on": None, "payment_entry": None, "credit_note": None}
		_write(quote, {"status": "Open", "open_key": quote.plan, **nothing})
		return
	_end(quote, "Void", _unpaid(quote, outstanding))


def _unpaid(quote: Any, outstanding: Any) -> Said:
	payment, note, owed = quote.payment_entry, quote.credit_note, f"{outstanding:,.2f}"
	if note and frappe.db.get_value("Sales Invoice", note, "docstatus") == 1:
		return said(
			lambda lang: _(
				"Its payment {0} no longer settles it, but its credit note {1} stands, so {2} is owed. Quote that with "
				"no rebate, or charge the rebate again by a debit note on the invoice.",
				lang=lang,
			).format(payment, note, owed)
		)
	return said(lambda lang: _("Its payment {0} no longer settles it.", lang=lang).format(payment))


REVIEWS = {"Open": _review_open, "Paid": _review_paid}


def _moved(quote: Any, outstanding: Any) -> Said:
	before, now = f"{to_money(quote.outstanding):,.2f}", f"{outstanding:,.2f}"
	return said(lambda lang: _("What is owed changed from {0} to {1}.", lang=lang).format(before, now))


def _quote_of(plan: str) -> Any:
	"""The one that the plan points to, read as it is now."""
	name = frappe.db.get_value("Instalment Plan", plan, "settlement_quote", for_update=True)
	fields = ["name", "plan", "sales_invoice", "status", "outstanding", "valid_until", "payment_entry"]
	fields += ["credit_note"]
	return name and frappe.db.get_value(DOCTYPE, name, fields, as_dict=True, for_update=True)


def _end(quote: Any, status: str, reason: Said) -> None:
	_write(quote, {"status": status, "open_key": None, **reason.columns("void_reason")})
	frappe.db.set_value("Instalment Plan", quote.plan, "settlement_quote", None)


def _write(quote: Any, values: dict[str, Any]) -> None:
	frappe.db.set_value(DOCTYPE, quote.name, values)


def _is_submitted(payment_entry: str | None) -> bool:
	return bool(payment_entry) and frappe.db.get_value("Payment Entry", payment_entry, "docstatus") == 1


def _posted_on(payment_entry: str) -> Any:
	return frappe.db.get_value("Payment Entry", payment_entry, "posting_date")


def _check_days(doc: Document) -> None:
	if getdate(doc.as_of) < getdate():
		refuse(
			_(
				"The settlement day {0} has passed: margin that was earned since would be given away. Enter today or later."
			).format(frappe.format(doc.as_of, "Date"))
		)
	if getdate(doc.valid_until) < getdate(doc.as_of):
		refuse(
			_(
				"The quote would end on {0}, before its settlement day {1}. Enter a later end or an earlier day."
			).format(frappe.format(doc.valid_until, "Date"), frappe.format(doc.as_of, "Date"))
		)


def _check_account(doc: Document, settings: Document) -> None:
	if doc.rebate and not settings.rebate_account:
		refuse(
			_(
				"Enter the Rebate Account in the Instalment Settings of {0}: the rebate is posted there."
			).format(doc.company)
		)


def _refuse_second(doc: Document) -> None:
	"""The plan is held, so what is open now stays open until this one is in."""
	other = _quote_of(doc.plan)
	if other and other.status == "Open":
		refuse(
			_(
				"{0} is open for this plan until {1}. Cancel it first; two quotes would contradict each other."
			).format(other.name, frappe.format(other.valid_until, "Date"))
		)


def _header_values(plan: StoredPlan, figures: Figures) -> dict[str, Any]:
	header = plan.header
	return {
		"sales_invoice": header.reference_name,
		"customer": header.customer,
		"customer_name": frappe.get_cached_value("Customer", header.customer, "customer_name"),
		"company": header.company,
		"currency": header.currency,
		"kept_months": figures.kept_months,
		**{
			name: float(getattr(figures, name))
			for name in ("outstanding", "late", "unearned", "rebate", "amount_to_pay")
		},
	}


def _shown(row: Any, currency: str) -> dict[str, Any]:
	return {
		"number": row.stored.number,
		"due_date": row.stored.due_date,
		"due_date_hijri": row.stored.due_date_hijri,
		"outstanding": float(row.outstanding),
		"margin": float(row.margin),
		"unearned": float(row.unearned),
		"currency": currency,
	}
