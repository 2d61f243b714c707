"""What the scheduler calls, and the only place of this slice that enqueues."""

from __future__ import annotations

import time

import frappe

from saudi_crm_billing.e_invoicing import mirror, outbox, outbox_rows, units

SWEEP_LIMIT = 200
SWEEP_SECONDS = 200


def enqueue_sending(document: str) -> None:
	"""Send after this transaction commits; if the queue is down, the sweep does it."""
	frappe.enqueue(
		"saudi_crm_billing.e_invoicing.tasks.send",
		queue="short",
		timeout=300,
		enqueue_after_commit=True,
		document=document,
	)


def send(document: str) -> None:
	"""The job of one document; it may run twice."""
	outbox.send(document)


def sweep_e_invoices() -> None:
	"""Every five minutes: send what no job did. A unit whose gateway does not answer waits for the next sweep."""
	started, silent = time.monotonic(), set()
	for document, unit in outbox_rows.due(SWEEP_LIMIT):
		if time.monotonic() - started > SWEEP_SECONDS:
			return
		if unit in silent:
			continue
		try:
			answer = outbox.send(document)
		except Exception:
			# One broken document must not stop the others; nothing of it is committed.
			frappe.db.rollback()
			frappe.log_error(title=f"E-invoice {document} could not be sent")
			frappe.db.commit()  # nosemgrep: keep the log entry
			continue
		if answer is not None and answer.http_status is None:
			silent.add(unit)


def watch_units() -> None:
	units.mark_expired()
	mirror.refresh_all()
