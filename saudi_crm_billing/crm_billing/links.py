"""Acceptance links: what a quotation's link is signed for, how long it lives, and what a presented one is worth."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from decimal import Decimal
from urllib.parse import urlencode

from frappe.model.document import Document
from frappe.utils import get_url, getdate, now_datetime

from saudi_crm_billing import signed_links
from saudi_crm_billing.common.tokens import Claim, Verdict
from saudi_crm_billing.crm_billing.settings import link_days

PURPOSE = "accept quotation"
PAGE = "quotation_acceptance"


def acceptance_link(quotation: Document) -> tuple[str, datetime]:
	"""The full address to send to the customer, and until when (in the site's time zone) it works."""
	expires = expiry(quotation)
	token = signed_links.sign(claim_of(quotation), expires)
	query = urlencode({"quotation": quotation.name, "token": token})
	return get_url(f"/{PAGE}?{query}"), expires


def judge(quotation: Document, token: str) -> Verdict:
	return signed_links.judge(token, claim_of(quotation))


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
