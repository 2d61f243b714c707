"""What hooks.py calls on document events, and on a reschedule: who is told, nothing decided."""

from __future__ import annotations

from functools import partial

import frappe
from frappe import _
from frappe.model.document import Document

from saudi_crm_billing.instalments import settlements
from saudi_crm_billing.instalments.plans import plan_of
from saudi_crm_billing.instalments.rescheduling.change import PlanChange
from saudi_crm_billing.instalments.settling import crediting, quotes, write_offs
from saudi_crm_billing.unit_of_work import Phase, enlist


def on_ledger(doc: Document, method: str | None = None) -> None:
	"""Right before the commit, after the balances, which hold the plans."""
	for plan in settlements.settled_plans(doc).values():
		enlist(Phase.SHOWN, f"settlement of {plan}", partial(_review, plan))


def _review(plan: str) -> None:
	"""One read for the many plans that have neither."""
	fields = ["settlement_quote", "written_off"]
	header = frappe.db.get_value("Instalment Plan", plan, fields, as_dict=True, for_update=True)
	if header and header.settlement_quote:
		quotes.review(plan)
	if header and header.written_off:
		write_offs.review(plan)


def on_cancel_payment(doc: Document, method: str | None = None) -> None:
	on_ledger(doc)
	_let_stand(doc, quotes.DOCTYPE)
	if note := quotes.credit_note_of(doc.name):
		crediting.take_back(note)


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
