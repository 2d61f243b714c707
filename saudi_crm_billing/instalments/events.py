"""What hooks.py calls on document events: who is told, nothing decided."""

from __future__ import annotations

from frappe.model.document import Document

from saudi_crm_billing.instalments import balance_events, balances, plans, schedule_rows, settlements
from saudi_crm_billing.instalments.offering import choice, eligibility


def after_mapping(doc: Document, method: str | None, source: Document) -> None:
	schedule_rows.carry_wishes(doc, source)


def before_validate(doc: Document, method: str | None = None) -> None:
	plans.keep_pointer(doc)
	if doc.doctype == "Quotation":
		choice.keep_choice(doc)
	schedule_rows.prepare(doc)


def validate(doc: Document, method: str | None = None) -> None:
	eligibility.check_eligible(doc)
	schedule_rows.write(doc)
	plans.name_ahead(doc)


def on_update(doc: Document, method: str | None = None) -> None:
	plans.write_plan(doc)


def before_update_after_submit(doc: Document, method: str | None = None) -> None:
	schedule_rows.rewrite(doc)


def on_update_after_submit(doc: Document, method: str | None = None) -> None:
	plans.write_plan(doc)


def on_submit(doc: Document, method: str | None = None) -> None:
	active = plans.activate(doc)
	if doc.doctype == "Sales Invoice":
		cause = settlements.cause_of(doc)
		balances.enlist_plans(active, cause)
		balances.enlist_recompute([doc.get("return_against")], cause)


def before_cancel(doc: Document, method: str | None = None) -> None:
	plans.keep_pointer(doc)


def on_cancel(doc: Document, method: str | None = None) -> None:
	plan = plans.cancel(doc)
	if doc.doctype == "Sales Invoice":
		cause = settlements.cause_of(doc)
		if plan:
			balance_events.record_end(plan, cause)
		balances.enlist_recompute([doc.get("return_against")], cause)


def on_trash(doc: Document, method: str | None = None) -> None:
	plans.delete(doc)


def before_ledger(doc: Document, method: str | None = None) -> None:
	settlements.lock_settled(doc)


def on_ledger(doc: Document, method: str | None = None) -> None:
	balances.enlist_plans(settlements.settled_plans(doc), settlements.cause_of(doc))
