"""Signed, narrow, expiring links: one purpose, one document, the facts it was signed for.

Pure: the key and the time are arguments. A token is `<unix expiry>.<HMAC-SHA-256, URL-safe base64>`; nothing in it
is secret, and nothing about the document can be read from it.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
from dataclasses import dataclass
from enum import Enum

TOKEN = re.compile(r"([0-9]{1,12})\.([A-Za-z0-9_-]{43})")


class Verdict(Enum):
	"""What a presented token is worth."""

	VALID = "valid"
	EXPIRED = "expired"
	FORGED = "forged"


@dataclass(frozen=True)
class Claim:
	"""What a link allows: `purpose` on the document `name` as long as its `facts` stay what they were."""

	purpose: str
	name: str
	facts: tuple[str, ...] = ()


def derive_key(secret: str, purpose: str) -> bytes:
	"""A key for one purpose, so that no other use of the site's secret can be played against it."""
	return hmac.new(secret.encode(), f"saudi_crm_billing:{purpose}".encode(), hashlib.sha256).digest()


def issue(claim: Claim, expires: int, key: bytes) -> str:
	"""The token for `claim`, good until the unix second `expires`, that second included."""
	return f"{expires}.{_mac(claim, expires, key)}"


def verify(token: str, claim: Claim, key: bytes, now: int) -> Verdict:
	"""Judge `token` for `claim` at the unix second `now`; a forged token is never called expired."""
	match = TOKEN.fullmatch(token)
	if not match:
		return Verdict.FORGED
	expires = int(match.group(1))
	if not hmac.compare_digest(match.group(2), _mac(claim, expires, key)):
		return Verdict.FORGED
	return Verdict.VALID if now <= expires else Verdict.EXPIRED


def _mac(claim: Claim, expires: int, key: bytes) -> str:
	"""JSON keeps the parts apart: ("a", "bc") and ("ab", "c") are signed differently."""
	message = json.dumps([claim.purpose, claim.name, list(claim.facts), expires], separators=(",", ":"))
	digest = hmac.new(key, message.encode(), hashlib.sha256).digest()
	return base64.urlsafe_b64encode(digest).decode().rstrip("=")
