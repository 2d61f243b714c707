"""Steps that the tests of promissory notes share."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import frappe
from frappe.model.document import Document
from frappe.utils import add_days, getdate

from saudi_crm_billing.instalments.notes import api, events

DOCTYPE = "Promissory Note"


def notes(invoice: Document, each: bool = False, platform: str = "Paper") -> list[Document]:
	return [frappe.get_doc(DOCTYPE, name) for name in api.draft_notes(invoice.name, each, platform)]


def issued(note: Document, **values: Any) -> Document:
	note.update({"issue_place": "الرياض", "drawer_id": "1012345678", **values}).save()
	api.move_note(note.name, "Issued")
	return note.reload()


def history(note: Document) -> list[tuple[str, str, str]]:
	note.reload()
	return [(row.from_state, row.to_state, row.reason) for row in note.moves]


def move_instalment(invoice: Document, number: int, days: int) -> None:
	"""What a reschedule does to one row, and the event that it publishes."""
	plan = invoice.scb_instalment_plan
	name = frappe.db.get_value("Instalment", {"parent": plan, "number": number})
	due = getdate(frappe.db.get_value("Instalment", name, "due_date"))
	frappe.db.set_value("Instalment", name, "due_date", add_days(due, days))
	events.plan_rescheduled(SimpleNamespace(plan=plan))
	frappe.db.commit()


def printed(note: Document, print_format: str) -> str:
	return frappe.get_print(DOCTYPE, note.name, print_format)
