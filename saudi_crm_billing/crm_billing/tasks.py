"""What the queue and the scheduler call; the only place of this slice that enqueues."""

from __future__ import annotations

from saudi_crm_billing import job_queue
from saudi_crm_billing.crm_billing import runs, saga, sending


def enqueue_after_commit(run: str) -> None:
	"""Process after this transaction commits; if the queue is down, the sweep queues it again."""
	job_queue.enqueue_after_commit(f"{__name__}.process", run=run, queue="default")


def process(run: str) -> None:
	"""The job: one attempt of one run; harmless when it comes twice."""
	saga.process(run)


def sweep_billing_runs() -> None:
	"""Every few minutes: queue again what no job has taken or a killed worker has left behind."""
	for run in runs.stranded():
		enqueue_after_commit(run)


def send_accepted_invoices() -> None:
	"""Every few minutes: see what became of queued mails; bring accepted invoices to customers where that is wanted."""
	sending.catch_up()
	sending.send_waiting()
