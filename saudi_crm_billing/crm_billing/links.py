"""Acceptance links: what a quotation's link is signed for, how long it lives, and what a presented one is worth."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from decimal import Decimal
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from frappe.model.document import Document
from frappe.utils import get_system_timezone, get_url, getdate, now_datetime
from frappe.utils.password import get_encryption_key

from saudi_crm_billing.crm_billing.engine.tokens import Claim, Verdict, derive_key, issue, verify
from saudi_crm_billing.crm_billing.settings import link_days

PURPOSE = "accept quotation"
PAGE = "quotation_acceptance"


def acceptance_link(quotation: Document) -> tuple[str, datetime]:
	"""The full address to send to the customer, and until when (in the site's time zone) it works."""
	expires = expiry(quotation)
	token = issue(claim_of(quotation), unix(expires), key())
	query = urlencode({"quotation": quotation.name, "token": token})
	return get_url(f"/{PAGE}?{query}"), expires


def judge(quotation: Document, token: str) -> Verdict:
	return verify(token, claim_of(quotation), key(), unix(now_datetime()))


def claim_of(quotation: Document) -> Claim:
	"""The link is for these terms: it dies with a change of party or total, not with every save."""
	total = f"{Decimal(str(quotation.grand_total or 0)):.2f}"
	return Claim(
		PURPOSE, quotation.name, (quotation.company, quotation.party_name, quotation.currency, total)
	)


def expiry(quotation: Document) -> datetime:
	"""The company's number of days from now, but never beyond the quotation's last valid day."""
	latest = now_datetime() + timedelta(days=link_days(quotation.company))
	if not quotation.valid_till:
		return latest
	return min(latest, datetime.combine(getdate(quotation.valid_till), time(23, 59, 59)))


def unix(moment: datetime) -> int:
	"""Seconds since 1970 of a time of the site's clock."""
	return int(moment.replace(tzinfo=ZoneInfo(get_system_timezone())).timestamp())


def key() -> bytes:
	return derive_key(get_encryption_key(), PURPOSE)
