"""What queues the jobs of opening imports: the form's buttons, and the clock for those whose worker was killed."""

from __future__ import annotations

import frappe
from frappe.utils import add_to_date, now_datetime

from saudi_crm_billing.instalments.importing.running import DOCTYPE, run
from saudi_crm_billing.job_queue import enqueue_after_commit

STOOD_STILL = 10
"""Minutes without progress after which nobody is believed to be working on it."""
TIMEOUT = 6000


def enqueue(name: str) -> None:
	enqueue_after_commit(run, queue="long", timeout=TIMEOUT, name=name)


def resume_opening_imports() -> None:
	"""Those that stand still go on where they stopped; a job that still runs does no harm."""
	filters = {
		"status": ("in", ["Importing", "Undoing"]),
		"progress_at": ("<", add_to_date(now_datetime(), minutes=-STOOD_STILL)),
	}
	for name in frappe.get_all(DOCTYPE, filters, pluck="name"):
		enqueue(name)
	frappe.db.commit()  # nosemgrep: a scheduled job; it queues after the commit
