"""Riyadh's time: issue and signing times are Saudi local time, wherever the server and the site are."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from frappe.utils import get_system_timezone, now_datetime

from saudi_crm_billing.common.dates import RIYADH


def riyadh_now() -> datetime:
	"""Now in Riyadh, without a zone, to the second."""
	return in_riyadh(now_datetime())


def in_riyadh(moment: datetime) -> datetime:
	"""A moment by the site's clock as Riyadh's clock shows it; neither has a zone; to the second."""
	local = moment.replace(tzinfo=ZoneInfo(get_system_timezone()))
	return local.astimezone(RIYADH).replace(tzinfo=None, microsecond=0)
