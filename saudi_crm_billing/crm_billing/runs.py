"""The life of a billing run; the only writer of `SCB Billing Run` and of its status shown on sales documents.

Rows are inserted and changed past the form's permissions, because nobody may write them through a form: whoever
fires an event (a guest with a signed link, a sales user) writes a fixed record of it and nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.translate import get_user_lang
from frappe.utils import get_datetime, now_datetime

from saudi_crm_billing.crm_billing import sources
from saudi_crm_billing.crm_billing.engine.rules import Rule, run_key

RUN = "SCB Billing Run"
MIRRORED = ("Opportunity", "Quotation", "Sales Order")
MOST_ATTEMPTS = 5
QUEUED_TOO_LONG = timedelta(minutes=2)
RUNNING_TOO_LONG = timedelta(minutes=20)


@dataclass(frozen=True)
class Outcome:
	"""What a successful attempt made or found made; names, or None."""

	quotation: str | None = None
	sales_order: str | None = None
	sales_invoice: str | None = None
	note: str | None = None


def register(rule: Rule, source: Document, happened_on: datetime) -> str | None:
	"""Insert the run of `rule` for `source`; None if the database already holds its key."""
	run = frappe.new_doc(RUN)
	run.update(
		{
			"run_key": run_key(source.doctype, source.name, rule.make),
			"status": "Queued",
			"source_doctype": source.doctype,
			"source_name": source.name,
			"trigger": rule.trigger.value,
			"company": source.company,
			"rule": rule.name,
			"make": rule.make.value,
			"triggered_on": happened_on,
			**links_to(source),
		}
	)
	if not insert_once(run):
		return None
	# The salesperson sees the runs of their own documents, whoever or whatever fired them.
	run.db_set("owner", source.owner, update_modified=False)
	show_status(run)
	return run.name


def insert_once(run: Document) -> bool:
	"""Insert past the form; False if the unique key is taken, also by a transaction that ends while we wait."""
	run.set_new_name()
	messages = len(frappe.local.message_log)
	try:
		run.db_insert()
	except frappe.UniqueValidationError:
		del frappe.local.message_log[messages:]
		return False
	return True


def links_to(source: Document) -> dict[str, str | None]:
	if source.doctype == "Opportunity":
		return {"opportunity": source.name}
	if source.doctype == "Quotation":
		return {"quotation": source.name, "opportunity": sources.opportunity_of(source.name)}
	return {"sales_order": source.name}


def claim(name: str) -> Document | None:
	"""Take a queued run for one attempt; None if it is not queued or another worker holds it.

	The caller commits, so that the attempt is counted even if this process is killed.
	"""
	held = frappe.db.get_value(RUN, name, "status", for_update=True, skip_locked=True)
	if held != "Queued":
		return None
	run = frappe.get_doc(RUN, name)
	# The run of a deleted rule has no rights at all, and fails saying so.
	run_as = frappe.db.get_value("SCB Billing Rule", run.rule, "run_as") or "Guest"
	now = now_datetime()
	run.db_set(
		{
			"status": "Running",
			"attempts": run.attempts + 1,
			"started_on": now,
			"finished_on": None,
			"run_as": run_as,
		}
	)
	show_status(run)
	return run


def still_running(name: str) -> bool:
	"""Lock the run's row and tell whether this attempt is still wanted."""
	return frappe.db.get_value(RUN, name, "status", for_update=True) == "Running"


def finish(run: Document, outcome: Outcome) -> None:
	"""Record success; `seconds` is the time from the event to the documents (R16)."""
	now = now_datetime()
	made = {
		"quotation": outcome.quotation or run.quotation,
		"sales_order": outcome.sales_order or run.sales_order,
		"sales_invoice": outcome.sales_invoice,
		"note": outcome.note,
	}
	seconds = (now - get_datetime(run.triggered_on)).total_seconds()
	cleared = dict.fromkeys(("error", "next_step", "error_log"))
	run.db_set({"status": "Done", "finished_on": now, "seconds": seconds, **made, **cleared})
	show_status(run)


def fail(run: Document, message: str, next_step: str, error_log: str | None) -> None:
	"""Record failure in words for the one who opens the run; it waits for Retry."""
	run.db_set(
		{
			"status": "Failed",
			"finished_on": now_datetime(),
			"error": message,
			"next_step": next_step,
			"error_log": error_log,
		}
	)
	show_status(run)


def requeue(run: Document) -> None:
	"""Let the next sweep or job try again; what a user sees is that it waits."""
	run.db_set("status", "Queued")
	show_status(run)


def retry(name: str) -> None:
	"""A failed run is queued afresh, with all its attempts."""
	status = frappe.db.get_value(RUN, name, "status", for_update=True)
	if status != "Failed":
		frappe.throw(
			_("Billing run {0} is {1}; only a failed run can be retried.").format(name, _(status or ""))
		)
	run = frappe.get_doc(RUN, name)
	run.db_set("attempts", 0)
	requeue(run)


def stranded() -> list[str]:
	"""Queue again the runs that no one works on; the names of all that wait too long for a job.

	A run whose row is locked is being worked on, however long it takes.
	"""
	now = now_datetime()
	for name in waiting("Running", "started_on", now - RUNNING_TOO_LONG):
		give_back(name)
	return waiting("Queued", "modified", now - QUEUED_TOO_LONG)


def waiting(status: str, since: str, border: datetime) -> list[str]:
	return frappe.get_all(RUN, {"status": status, since: ("<", border)}, pluck="name", order_by="creation")


def give_back(name: str) -> None:
	"""A killed worker's run is queued again, or failed when it has killed its worker too often."""
	if frappe.db.get_value(RUN, name, "status", for_update=True, skip_locked=True) != "Running":
		return
	run = frappe.get_doc(RUN, name)
	if run.attempts < MOST_ATTEMPTS:
		run.db_set("status", "Queued", update_modified=False)
		show_status(run)
		return
	lang = get_user_lang(run.owner)
	fail(
		run,
		_("The job was stopped {0} times before it could finish.", lang=lang).format(run.attempts),
		_("Ask the administrator to look at the background workers, then press Retry.", lang=lang),
		None,
	)


def show_status(run: Document) -> None:
	"""Mirror the status to the sales documents, for staff who may not read invoices; open forms hear of it."""
	for doctype in MIRRORED:
		name = run.get(frappe.scrub(doctype))
		if not name or not frappe.db.exists(doctype, name):
			continue
		values = {"scb_billing_status": run.status, "scb_billing_run": run.name}
		frappe.db.set_value(doctype, name, values, update_modified=False)
		frappe.publish_realtime(
			"scb_billing_status", {"name": name}, doctype=doctype, docname=name, after_commit=True
		)
