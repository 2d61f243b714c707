"""Refuses a note that says another sum than its instalments, or stands for money that is not owed. Writes what follows
from the instalments into the draft."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import frappe
from frappe import _
from frappe.model.document import Document

from saudi_crm_billing.common.money import to_money
from saudi_crm_billing.instalments.engine.promissory_note import State, masked
from saudi_crm_billing.instalments.notes.reading import covered, instalments, rivals_of

LOCKED = (
	"company", "customer", "platform", "note_number", "amount", "currency", "at_sight", "due_date", "issue_date",
	"issue_place", "payment_place", "drawer_name", "drawer_id", "guarantor_name", "guarantor_id",
)  # fmt: skip
"""What a note says; on an issued one it is signed."""
WRITTEN = ("status", "replaces", "replaced_by", "claimed_amount")
"""Written by moves.py and drafting.py only."""


def check(note: Document) -> None:
	stored = note.get_doc_before_save()
	keep_written(note, stored)
	if stored and stored.status != State.DRAFT.value:
		_refuse_changes(note, stored)
		return
	note.drawer_id_masked = masked((note.drawer_id or "").strip())
	_check_lines(note)
	_check_sum(note)


def keep_written(note: Document, stored: Document | None) -> None:
	if note.flags.scb_drafting:
		return
	for fieldname in WRITTEN:
		note.set(fieldname, stored.get(fieldname) if stored else None)
	note.status = note.status or State.DRAFT.value
	note.set("moves", [row.as_dict() for row in stored.moves] if stored else [])


def check_issue(note: Document) -> None:
	"""What a note must say to be one."""
	lacking = [name for name in ("issue_date", "issue_place", "drawer_id") if not note.get(name)]
	if not note.at_sight and not note.due_date:
		lacking.append("due_date")
	if note.platform == "Nafith" and not note.note_number:
		lacking.append("note_number")
	if lacking:
		frappe.throw(
			_("{0} cannot be issued without: {1}.").format(
				note.name, ", ".join(_(note.meta.get_label(name), context=note.doctype) for name in lacking)
			)
		)
	_check_lines(note)


def check_alone(note: Document) -> None:
	"""A signed note that is issued again: no other may have taken its place meanwhile."""
	if rivals := rivals_of(note):
		frappe.throw(
			_(
				"{0} cannot be issued: {1} stand for its instalments by now. Give back one or the other, so that nothing is "
				"claimed twice."
			).format(note.name, ", ".join(rivals))
		)


def _refuse_changes(note: Document, stored: Document) -> None:
	rows = [
		[(row.plan, row.number, to_money(row.amount)) for row in each.instalments] for each in (note, stored)
	]
	changed = [name for name in LOCKED if str(note.get(name) or "") != str(stored.get(name) or "")]
	if changed or rows[0] != rows[1]:
		frappe.throw(
			_("{0} is {1}: what a signed note says can no longer be changed.").format(
				note.name, _(stored.status, context=note.doctype)
			)
		)


def _check_lines(note: Document) -> None:
	now = instalments({row.plan for row in note.instalments})
	if len({row.plan for row in note.instalments}) > 1:
		frappe.throw(_("A note stands for instalments of one plan. Make another note for the other plan."))
	seen = set[tuple[str, int]]()
	for row in note.instalments:
		key = (row.plan, row.number)
		found = now.get(key)
		if not found or found.reference_doctype != "Sales Invoice":
			frappe.throw(
				_("Row {0}: plan {1} of an invoice has no instalment {2}.").format(
					row.idx, row.plan, row.number
				)
			)
		if key in seen:
			frappe.throw(
				_("Row {0}: instalment {1} of {2} stands there twice.").format(row.idx, row.number, row.plan)
			)
		seen.add(key)
		_check_line(note, row, found)
		row.due_date, row.currency = found.due_date, found.currency


def _check_line(note: Document, row: Any, found: Any) -> None:
	if (found.company, found.customer, found.currency) != (note.company, note.customer, note.currency):
		frappe.throw(
			_("Row {0}: plan {1} is of {2}, {3}, in {4}; the note is not.").format(
				row.idx, row.plan, found.company, found.customer, found.currency
			)
		)
	free = found.outstanding - covered(row.plan, but=note.name)[row.number]
	amount = to_money(row.amount or 0)
	if not 0 < amount <= free:
		frappe.throw(
			_(
				"Row {0}: instalment {1} of {2} owes {3}, of which {4} may stand in this note; {5} is not between. A note "
				"may claim only what is due, and once."
			).format(
				row.idx,
				row.number,
				row.plan,
				_shown(found.outstanding),
				_shown(max(free, Decimal(0))),
				_shown(amount),
			)
		)


def _check_sum(note: Document) -> None:
	total = sum((to_money(row.amount or 0) for row in note.instalments), Decimal(0))
	if total != to_money(note.amount or 0):
		frappe.throw(
			_("The note is of {0}, but its instalments add up to {1}. Make the two equal.").format(
				_shown(to_money(note.amount or 0)), _shown(total)
			)
		)


def _shown(amount: Decimal) -> str:
	return f"{amount:,.2f}"
