"""Riyadh's time: issue and signing times are Saudi local time, wherever the server and the site are."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from frappe.utils import get_system_timezone, get_time, getdate, now_datetime

from saudi_crm_billing.common.dates import RIYADH


def riyadh_now() -> datetime:
	"""Now in Riyadh, without a zone, to the second."""
	return in_riyadh(now_datetime())


def in_riyadh(moment: datetime) -> datetime:
	"""A moment by the site's clock as Riyadh's clock shows it; neither has a zone; to the second."""
	local = moment.replace(tzinfo=ZoneInfo(get_system_timezone()))
	return local.astimezone(RIYADH).replace(tzinfo=None, microsecond=0)


def at_site(moment: datetime) -> datetime:
	"""A moment by Riyadh's clock as the site's clock shows it; neither has a zone."""
	local = moment.replace(tzinfo=RIYADH).astimezone(ZoneInfo(get_system_timezone()))
	return local.replace(tzinfo=None)


def issued_at(posting_date: date | str, posting_time: timedelta | str | None) -> datetime:
	"""Posting date and time, which are by the site's clock, in Riyadh."""
	at = str(posting_time) if isinstance(posting_time, timedelta) else posting_time
	return in_riyadh(datetime.combine(getdate(posting_date), get_time(at or "00:00:00")))
