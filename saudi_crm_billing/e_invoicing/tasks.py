"""What the scheduler and the queue call."""

from __future__ import annotations

import time
from typing import Any

import frappe
from frappe import _

from saudi_crm_billing import job_queue
from saudi_crm_billing.e_invoicing.devices import expiry, succession, units
from saudi_crm_billing.e_invoicing.engine.answers import Call
from saudi_crm_billing.e_invoicing.issuing import files
from saudi_crm_billing.e_invoicing.sending import mirror, outbox, outbox_rows, queueing, watch

BATCH = 200
SWEEP_SECONDS = 200
# A job stands aside for others of the short queue sooner than a sweep does.
JOB_SECONDS = 60


def send_due() -> None:
	"""The job after a submit: everything that is due goes out; where there is more, another job goes on with it."""
	job_queue.begin(queueing.SENDING)
	frappe.db.commit()  # nosemgrep: nothing is written; what is read from here on is as it is committed now
	if _send_due(JOB_SECONDS):
		queueing.enqueue_sending()
		frappe.db.commit()  # nosemgrep: nothing is written; it lets the job be queued


def sweep_e_invoices() -> None:
	"""Every five minutes: send what no job did."""
	_send_due(SWEEP_SECONDS)


def _send_due(seconds: int) -> bool:
	"""Send what is due, each document once; whether the time was up before the end of it.

	Where a unit's gateway says neither yes nor no to a call, what needs that call waits for the next time.
	"""
	deadline, silent, tried = time.monotonic() + seconds, set[tuple[str, Call]](), set[str]()

	def asks(row: Any) -> tuple[str, Call]:
		return row.unit, outbox_rows.call_of(row)

	while due := [row for row in outbox_rows.due(BATCH, silent) if row.name not in tried]:
		for row in due:
			if time.monotonic() > deadline:
				return True
			tried.add(row.name)
			if asks(row) not in silent and not _send(row.name):
				silent.add(asks(row))
	return False


def _send(document: str) -> bool:
	"""Send one document if it is still due; False where its gateway said neither yes nor no.

	One that breaks must not stop the others; nothing of it is committed.
	"""
	try:
		answer = outbox.send(document)
	except Exception:
		frappe.db.rollback()
		frappe.log_error(title=_("E-invoice {0} could not be sent").format(document))
		frappe.db.commit()  # nosemgrep: keep the log entry
		return True
	return answer is None or answer.let_in


def watch_e_invoices() -> None:
	"""Every five minutes: tell whom it concerns of documents that need a person."""
	watch.watch()


def make_e_invoice_files() -> None:
	"""Every five minutes: attach what was accepted since to its source."""
	files.make_all()


def refresh_mirrors() -> None:
	"""The job behind `queueing.enqueue_mirrors`; it may run twice."""
	mirror.refresh_all()


def watch_units() -> None:
	"""Daily: certificates that end or ran out, what time alone changed on orders and quotations, and files that are gone."""
	units.mark_expired()
	expiry.warn_all()
	succession.forget_all_done()
	files.forget_gone()
	mirror.refresh_all()
