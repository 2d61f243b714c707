"""What the queue and the scheduler call; the only place of this slice that enqueues."""

from __future__ import annotations

import frappe

from saudi_crm_billing.crm_billing import runs, saga


def enqueue_after_commit(run: str) -> None:
	frappe.enqueue(process, run=run, queue="default", enqueue_after_commit=True)


def process(run: str) -> None:
	"""The job: one attempt of one run; harmless when it comes twice."""
	saga.process(run)


def sweep_billing_runs() -> None:
	"""Every few minutes: queue again what no job has taken or a killed worker has left behind."""
	for run in runs.stranded():
		enqueue_after_commit(run)
