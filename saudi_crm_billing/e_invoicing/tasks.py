"""What the scheduler and the queue call."""

from __future__ import annotations

import time

import frappe
from frappe import _

from saudi_crm_billing.e_invoicing import expiry, mirror, outbox, outbox_rows, succession, units, watch

SWEEP_LIMIT = 200
SWEEP_SECONDS = 200


def send(document: str) -> None:
	"""The job of one document; it may run twice."""
	outbox.send(document)


def sweep_e_invoices() -> None:
	"""Every five minutes: send what no job did. A unit whose gateway says neither yes nor no waits for the next sweep."""
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
			frappe.log_error(title=_("E-invoice {0} could not be sent").format(document))
			frappe.db.commit()  # nosemgrep: keep the log entry
			continue
		if answer is not None and not answer.let_in:
			silent.add(unit)


def watch_e_invoices() -> None:
	"""Every five minutes: tell whom it concerns of documents that need a person."""
	watch.watch()


def refresh_mirrors() -> None:
	"""The job behind `queueing.enqueue_mirrors`; it may run twice."""
	mirror.refresh_all()


def watch_units() -> None:
	"""Daily: certificates that end or ran out, and what time alone changed on orders and quotations."""
	units.mark_expired()
	expiry.warn_all()
	succession.forget_all_done()
	mirror.refresh_all()
