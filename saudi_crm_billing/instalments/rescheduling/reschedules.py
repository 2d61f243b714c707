"""The *only* writer of what an Instalment Reschedule shows, and what its submit and its cancel do to the plan.

A draft computes old and new rows at each save. The submit holds the invoice and the plan, looks whether the rows are
still those that were drafted, and writes the new ones; a cancel writes the old ones back.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import fmt_money, formatdate, getdate, now_datetime

from saudi_crm_billing.bilingual import Said, said
from saudi_crm_billing.common.money import to_money
from saudi_crm_billing.instalments import balances
from saudi_crm_billing.instalments.balance_events import Cause
from saudi_crm_billing.instalments.directing.directing import withdraw_moved
from saudi_crm_billing.instalments.rescheduling import change, wishes, writing
from saudi_crm_billing.instalments.rescheduling.reading import StoredPlan, StoredRow, credits_stay, read_plan
from saudi_crm_billing.instalments.rescheduling.refusals import refuse
from saudi_crm_billing.instalments.settlements import cause_of

MONEY = ("amount", "settled", "advance", "margin", "base_amount")


def compute(doc: Document) -> None:
	"""Before saving: whose plan it is, its rows as they stand, and the rows that the wish makes of them."""
	frappe.has_permission("Instalment Plan", "read", doc=doc.plan, throw=True)
	submitting = doc.docstatus == 1
	seen = frappe.db.get_value("Instalment Plan", doc.plan, "version")
	plan = read_plan(doc.plan, lock=submitting)
	if submitting:
		_refuse_changed(doc, plan, seen)
	if not submitting or doc.is_new():  # a draft that was in time is, however long its approval takes
		_check_effective_date(doc, plan.sales_invoice)
	wanted = wishes.change_of(doc, plan)
	header = plan.header
	doc.update(
		{
			"sales_invoice": header.reference_name,
			"customer": header.customer,
			"customer_name": frappe.get_cached_value("Customer", header.customer, "customer_name"),
			"company": header.company,
			"currency": header.currency,
			"owed": float(wanted.owed),
			"from_version": header.version,
			"to_version": header.version + 1,
			"status": "Applied" if submitting else "Draft",
		}
	)
	doc.set("old_rows", [_shown(row, header.currency) for row in plan.rows])
	doc.set("new_rows", [_shown(row, header.currency, row.number in wanted.stays) for row in wanted.rows])
	for row in doc.own_rows:
		row.currency = header.currency


def approve(doc: Document) -> None:
	doc.update({"approved_by": frappe.session.user, "approved_at": now_datetime()})


def apply(doc: Document) -> None:
	"""On submit, in whose validation the plan was locked and the rows computed a moment ago."""
	plan = read_plan(doc.plan, lock=True)
	_write(plan, _rows_of(doc.new_rows), doc.to_version, cause_of(doc))
	_check_balances(doc, every_row=credits_stay(plan.header))
	change.publish(plan, read_plan(doc.plan, lock=True).rows, doc.name, doc.to_version, undone=False)
	_comment(doc, _applied(doc))


def check_latest(doc: Document) -> None:
	"""Before cancelling: the plan is held from here on."""
	plan = read_plan(doc.plan, lock=True)
	if plan.header.version != doc.to_version:
		refuse(
			_("{0} was rescheduled again since (version {1}). Undo the later reschedule first.").format(
				plan.sales_invoice, plan.header.version
			)
		)


def undo(doc: Document) -> None:
	"""On cancel: the rows of before. What was paid meanwhile pours over them anew."""
	plan = read_plan(doc.plan, lock=True)
	_write(plan, _rows_of(doc.old_rows), doc.from_version, cause_of(doc))
	doc.db_set({"status": "Undone", "undone_by": frappe.session.user})
	change.publish(plan, read_plan(doc.plan, lock=True).rows, doc.name, doc.from_version, undone=True)
	_comment(doc, said(lambda lang: _("undid the reschedule {0}", lang=lang).format(doc.name)))


def void_of_invoice(sales_invoice: str) -> None:
	"""The invoice was cancelled: its reschedules stay as history."""
	reason = said(lambda lang: _("The invoice {0} was cancelled.", lang=lang).format(sales_invoice))
	filters = {"sales_invoice": sales_invoice, "docstatus": 1, "status": "Applied"}
	values = {"status": "Void", **reason.columns("void_reason")}
	for name in frappe.get_all("Instalment Reschedule", filters=filters, pluck="name", order_by="name"):
		frappe.db.set_value("Instalment Reschedule", name, values)


def _write(plan: StoredPlan, rows: tuple[StoredRow, ...], version: int, cause: Cause) -> None:
	writing.write_rows(plan, rows, version)
	withdraw_moved(plan.header.name, plan.rows, rows, cause.name)
	balances.recompute(plan.header.name, plan.sales_invoice, cause)
	frappe.get_doc("Sales Invoice", plan.sales_invoice).set_status(update=True)


def _check_effective_date(doc: Document, sales_invoice: str) -> None:
	"""What was agreed is not dated back."""
	day, today = getdate(doc.effective_date), getdate()
	posted = getdate(frappe.db.get_value("Sales Invoice", sales_invoice, "posting_date"))
	if day < posted:
		refuse(
			_("The effective date {0} is before the posting date {1} of Sales Invoice {2}.").format(
				formatdate(day), formatdate(posted), sales_invoice
			)
		)
	if day < today:
		refuse(
			_("The effective date {0} is before today, {1}. Choose today or a later date.").format(
				formatdate(day), formatdate(today)
			)
		)


def _refuse_changed(doc: Document, plan: StoredPlan, seen: int) -> None:
	"""Another reschedule, or a payment, came between the draft and its approval. Where there was no draft, for it was
	inserted as submitted, another reschedule while this waited for the plan, whose version it had `seen`."""
	drafted = doc.get_doc_before_save()
	if plan.header.version != (drafted.from_version if drafted else seen):
		refuse(
			_(
				"The plan of {0} was rescheduled meanwhile (version {1}). Save this draft again and look at it."
			).format(plan.sales_invoice, plan.header.version)
		)
	if not drafted:
		return
	for before, row in zip(drafted.old_rows, plan.rows, strict=False):
		if to_money(before.settled) != row.settled:
			refuse(
				_(
					"Instalment {0} due {1}: {2} was settled when this was drafted, {3} is settled now. "
					"Save this draft again and look at its rows."
				).format(
					row.number,
					formatdate(row.due_date),
					fmt_money(before.settled, currency=doc.currency),
					fmt_money(row.settled, currency=doc.currency),
				)
			)
	if [_seen(row) for row in drafted.old_rows] != [_seen(row) for row in plan.rows]:
		refuse(_("The rows of the plan have changed since this was drafted. Save it again and look at them."))


def _seen(row: Any) -> tuple[Any, ...]:
	return (row.number, getdate(row.due_date), to_money(row.amount), to_money(row.settled))


def _check_balances(doc: Document, every_row: bool) -> None:
	"""Directed payments could settle what was to move: then nothing is written. Credit notes by a rule of their own
	may settle other rows than before, but nothing that is paid comes to owe again.
	"""
	owed = dict(frappe.get_all("Instalment", {"parent": doc.plan}, ["number", "outstanding"], as_list=True))
	for row in doc.new_rows:
		expected = to_money(row.amount) - to_money(row.settled)
		if (every_row or not expected) and to_money(owed[row.number]) != expected:
			refuse(
				_(
					"Instalment {0} due {1} would owe {2} instead of {3}, because of what was directed to single "
					"instalments. Move these instalments one by one, or enter your own schedule."
				).format(
					row.number,
					formatdate(row.due_date),
					fmt_money(owed[row.number], currency=doc.currency),
					fmt_money(float(expected), currency=doc.currency),
				)
			)


def _shown(row: StoredRow, currency: str, stays: bool = False) -> dict[str, Any]:
	return {
		"number": row.number,
		"due_date": row.due_date,
		"due_date_hijri": row.due_date_hijri,
		"amount": float(row.amount),
		"settled": float(row.settled),
		"stays": int(stays),
		"advance": float(row.advance),
		"margin": float(row.margin),
		"base_amount": float(row.base_amount),
		"instalment": row.instalment,
		"currency": currency,
	}


def _rows_of(rows: Iterable[Any]) -> tuple[StoredRow, ...]:
	return tuple(
		StoredRow(
			instalment=row.instalment or "",
			number=row.number,
			due_date=getdate(row.due_date),
			due_date_hijri=row.due_date_hijri,
			fixed=to_money(row.settled or 0),
			**{name: to_money(row.get(name) or 0) for name in MONEY},
		)
		for row in rows
	)


def _applied(doc: Document) -> Said:
	last_before, last = doc.old_rows[-1].due_date, doc.new_rows[-1].due_date
	return said(
		lambda lang: _(
			"rescheduled by {0}: {1}. The last instalment is due {2} instead of {3}.", lang=lang
		).format(doc.name, _(doc.reason, lang=lang), formatdate(last), formatdate(last_before))
	)


def _comment(doc: Document, text: Said) -> None:
	frappe.get_doc("Sales Invoice", doc.sales_invoice).add_comment("Info", text.html)
