"""The only place of this slice that enqueues. The jobs are in tasks.py, by name: they need the modules that call here."""

from __future__ import annotations

from saudi_crm_billing.job_queue import enqueue_after_commit


def enqueue_sending(document: str) -> None:
	"""Send after this transaction commits; if the queue is down, the sweep does it."""
	enqueue_after_commit(
		"saudi_crm_billing.e_invoicing.tasks.send",
		queue="short",
		timeout=300,
		document=document,
	)


def enqueue_mirrors() -> None:
	"""Show what a set-based write changed on orders and quotations; if the queue is down, the day's refresh does it."""
	enqueue_after_commit(
		"saudi_crm_billing.e_invoicing.tasks.refresh_mirrors",
		queue="long",
		timeout=1500,
	)
