"""What hooks.py calls on document events, and on a reschedule: who is told, nothing decided."""

from __future__ import annotations

from functools import partial
from typing import Any

from frappe import _
from frappe.model.document import Document

from saudi_crm_billing.instalments.plans import plan_of
from saudi_crm_billing.instalments.rescheduling.change import PlanChange
from saudi_crm_billing.instalments.settling import crediting, quotes, write_offs
from saudi_crm_billing.unit_of_work import Phase, enlist


def plan_recomputed(plan: Any) -> None:
	"""Looked at after all balances of the transaction, which hold the plans."""
	if plan.settlement_quote:
		enlist(Phase.SHOWN, f"settlement quote of {plan.name}", partial(quotes.review, plan.name))
	if plan.written_off or plan.has_directions:
		enlist(Phase.SHOWN, f"write-offs of {plan.name}", partial(write_offs.review, plan.name))


def on_cancel_payment(doc: Document, method: str | None = None) -> None:
	_let_stand(doc, quotes.DOCTYPE)
	if note := quotes.credit_note_of(doc.name):
		crediting.take_back(note, doc.name)


def before_cancel_invoice(doc: Document, method: str | None = None) -> None:
	crediting.refuse_cancel_alone(doc)


def on_cancel_invoice(doc: Document, method: str | None = None) -> None:
	if plan := plan_of(doc.doctype, doc.name):
		quotes.void_open(
			plan, lambda lang: _("The invoice {0} was cancelled.", lang=lang).format(doc.name), also=("Paid",)
		)
	_let_stand(doc, quotes.DOCTYPE)


def on_rescheduled(change: PlanChange) -> None:
	quotes.void_open(
		change.plan,
		lambda lang: _("The plan was rescheduled ({0}).", lang=lang).format(change.reschedule),
	)


def _let_stand(doc: Document, doctype: str) -> None:
	"""A quote is history of what it names, not a document that stands on it."""
	doc.ignore_linked_doctypes = (*(doc.get("ignore_linked_doctypes") or ()), doctype)
