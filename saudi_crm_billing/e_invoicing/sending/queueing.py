"""The only place of this slice that enqueues. The jobs are in tasks.py, by name: they need the modules that call here."""

from __future__ import annotations

from saudi_crm_billing.job_queue import enqueue_after_commit

SENDING = "e-invoices"


def enqueue_sending() -> None:
	"""Send what is due after this transaction commits; if the queue is down, the sweep does it.

	A worker takes half a second to begin a job and twenty milliseconds to send a document: one job sends all.
	"""
	enqueue_after_commit(
		"saudi_crm_billing.e_invoicing.tasks.send_due",
		one_waits=SENDING,
		queue="short",
		timeout=300,
	)


def enqueue_mirrors() -> None:
	"""Show what a set-based write changed on orders and quotations; if the queue is down, the day's refresh does it."""
	enqueue_after_commit(
		"saudi_crm_billing.e_invoicing.tasks.refresh_mirrors",
		queue="long",
		timeout=1500,
	)
