"""What makes a message the same message: keys for the log and Message-IDs for the mail, both deterministic."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from hashlib import sha256

EMAIL = "email"
SEPARATOR = "\x1f"


def reminder_key(sales_invoice: str, number: int, step: int, due_date: date, channel: str = EMAIL) -> str:
	"""40 hex digits: one reminder of one instalment at one step. A new due date is a new reminder."""
	return _digest("reminder", sales_invoice, str(number), str(step), due_date.isoformat(), channel)


def digest_key(company: str, user: str, day: date, kind: str) -> str:
	"""40 hex digits: one digest of a kind a person, company and day."""
	return _digest("digest", company, user, day.isoformat(), kind)


def message_id(keys: Iterable[str], domain: str) -> str:
	"""The Message-ID (without angle brackets) of the message that carries these keys, in whatever order.

	The domain should be the site's own; what cannot stand in a Message-ID becomes a hyphen.
	"""
	host = "".join(letter if letter.isalnum() or letter in ".-" else "-" for letter in domain)
	return f"scb-{_digest('message', *sorted(keys))[:32]}@{host or 'localhost'}"


def _digest(*parts: str) -> str:
	return sha256(SEPARATOR.join(parts).encode()).hexdigest()[:40]
