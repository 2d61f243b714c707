"""Codes of languages, as Frappe and browsers write them."""

from __future__ import annotations


def is_arabic(code: str | None) -> bool:
	"""Whether a code such as "ar" or "ar-SA" is Arabic's; no code is not."""
	return (code or "").lower().split("-")[0] == "ar"
