"""When the same bytes go out again, and the times within which they must have arrived (Detailed Guideline §10)."""

from __future__ import annotations

from datetime import datetime, timedelta

from saudi_crm_billing.e_invoicing.engine.model import Subtype

HAND_OVER_AFTER = timedelta(minutes=5)
"""A standard invoice may be given to the buyer uncleared once clearing has failed this long (Detailed Guideline §10)."""
REPORT_WITHIN = timedelta(hours=24)
"""A simplified document is reported within this time of its issue (BR-KSA-98)."""

_CLEARANCE_DELAYS = tuple(timedelta(minutes=m) for m in (1, 2, 2, 15))
_REPORTING_DELAYS = tuple(timedelta(minutes=m) for m in (1, 5, 15, 30, 60))


def backoff(attempt: int, subtype: Subtype) -> timedelta:
	"""How long to wait after the `attempt`-th sending (1, 2, …) that brought no answer.

	Standard documents are tried again within five minutes, then every 15; simplified ones at growing and then hourly
	intervals, so that more than twenty tries fall within their 24 hours (Detailed Guideline §10, zatca.md 5).
	"""
	if attempt < 1:
		raise ValueError(f"attempts are counted from 1, not {attempt}")
	delays = _CLEARANCE_DELAYS if subtype is Subtype.STANDARD else _REPORTING_DELAYS
	return delays[min(attempt, len(delays)) - 1]


def may_hand_over(failed_attempts: int, issued: datetime, now: datetime) -> bool:
	"""Whether the buyer may get a standard invoice that is not cleared: it was tried, and for long enough."""
	return failed_attempts > 0 and now - issued >= HAND_OVER_AFTER
