"""Riyadh's time: issue and signing times are Saudi local time, wherever the server and the site are."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from frappe.utils import get_system_timezone, now_datetime

from saudi_crm_billing.common.dates import RIYADH


def riyadh_now() -> datetime:
	"""Now in Riyadh, without a zone, to the second."""
	local = now_datetime().replace(tzinfo=ZoneInfo(get_system_timezone()))
	return local.astimezone(RIYADH).replace(tzinfo=None, microsecond=0)
