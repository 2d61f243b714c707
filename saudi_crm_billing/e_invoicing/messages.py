"""The engine's texts in the user's language, and findings of this slice in both."""

from __future__ import annotations

from collections.abc import Iterable

import frappe
from frappe import _
from frappe.utils import escape_html

from saudi_crm_billing.common.languages import is_arabic
from saudi_crm_billing.e_invoicing.engine.answers import Message
from saudi_crm_billing.e_invoicing.engine.errors import EngineError


def say(error: EngineError) -> str:
	"""An engine's error in the user's language."""
	return error.message_ar if in_arabic() else error.message_en


def in_arabic() -> bool:
	return is_arabic(frappe.local.lang)


def both(template: str, **params: object) -> tuple[str, str]:
	"""An English text of this slice, and its Arabic translation, both filled in."""
	return template.format(**params), str(_(template, lang="ar")).format(**params)


def answer_texts(messages: Iterable[Message]) -> tuple[str, str]:
	"""What a gateway said, one line a message: English, then Arabic; its own words come first."""
	said = list(messages)
	return (
		"\n".join(_line(message, message.explanation_en) for message in said),
		"\n".join(_line(message, message.explanation_ar) for message in said),
	)


def as_list(rows: Iterable[str]) -> str:
	"""Safe HTML of several messages, for `frappe.throw`."""
	return "<ul>" + "".join(f"<li>{escape_html(row)}</li>" for row in rows) + "</ul>"


def _line(message: Message, explanation: str) -> str:
	said = ": ".join(part for part in (message.code, message.text) if part)
	return " — ".join(part for part in (said, explanation) if part)
