"""How close a document is to the time by which it must have arrived (BR-KSA-98, Detailed Guideline §10)."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import Enum

from saudi_crm_billing.e_invoicing.engine.backoff import REPORT_WITHIN

WARN_BEFORE = timedelta(hours=6)
"""A working day's time is left to mend what keeps a document from going out."""
STALLED_AFTER = timedelta(minutes=30)
"""Six sweeps: a unit of which nothing has arrived for so long is not just waiting its turn."""
UNCLEARED_AFTER = timedelta(hours=1)
"""The buyer waits: an outage is a matter of minutes, not of hours."""


class Stage(Enum):
	"""Why a document needs a person; each is told once. The value is what the log of alerts shows."""

	REJECTED = "Rejected"
	WAITING = "Waiting for Configuration"
	STALLED = "Nothing Goes Out"
	UNCLEARED = "Not Cleared"
	STAMP = "Stamp of Another Document"
	UNDECIDED = "Sent to and Fro"
	NEAR = "Near the Deadline"
	OVERDUE = "Overdue"


def deadline(issued_at: datetime) -> datetime:
	"""When a document that is reported must have arrived; `issued_at` is what the document says of its issue."""
	return issued_at + REPORT_WITHIN
