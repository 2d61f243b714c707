"""The site's side of signed links: its key for a purpose, and its clock as tokens count it."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from frappe.utils import get_system_timezone, now_datetime
from frappe.utils.password import get_encryption_key

from saudi_crm_billing.common.tokens import Claim, Verdict, derive_key, issue, verify


def sign(claim: Claim, expires: datetime) -> str:
	"""A token for `claim`, good until `expires` of the site's clock."""
	return issue(claim, unix(expires), key(claim.purpose))


def judge(token: str, claim: Claim) -> Verdict:
	"""What a presented token is worth now."""
	return verify(token, claim, key(claim.purpose), unix(now_datetime()))


def unix(moment: datetime) -> int:
	"""Seconds since 1970 of a time of the site's clock."""
	return int(moment.replace(tzinfo=ZoneInfo(get_system_timezone())).timestamp())


def key(purpose: str) -> bytes:
	return derive_key(get_encryption_key(), purpose)
