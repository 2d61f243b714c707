"""The engine's texts in the user's language, and findings of this slice in both."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import frappe
from frappe import _
from frappe.translate import print_language
from frappe.utils import escape_html, format_datetime

from saudi_crm_billing.bilingual import plain
from saudi_crm_billing.common.languages import is_arabic
from saudi_crm_billing.e_invoicing.engine.answers import Message
from saudi_crm_billing.e_invoicing.engine.errors import EngineError
from saudi_crm_billing.e_invoicing.engine.rules import RULES, Finding, check
from saudi_crm_billing.e_invoicing.engine.xml import UnreadableInvoice

RULE_IDS = frozenset(rule.id for rule in RULES)


def say(said: EngineError | Finding) -> str:
	"""An engine's error or finding in the user's language."""
	return said.message_ar if in_arabic() else said.message_en


def in_arabic() -> bool:
	return is_arabic(frappe.local.lang)


def both(template: str, **params: object) -> tuple[str, str]:
	"""An English text of this slice, and its Arabic translation, both filled in."""
	return template.format(**params), str(_(template, lang="ar")).format(**params)


def answer_texts(messages: Iterable[Message], document: str = "") -> tuple[str, str]:
	"""What a gateway said, one line a message: English, then Arabic.

	A gateway speaks English: its words begin the English line and end the Arabic one. Of a business rule that this
	app finds broken in `document` (the XML that was sent) too, the Arabic line tells what this app says of it.
	"""
	said = list(messages)
	rules = _broken_rules(document) if any(message.code in RULE_IDS for message in said) else {}
	return (
		plain("\n".join(_line(message) for message in said)),
		plain("\n".join(_arabic_line(message, rules.get(message.code, "")) for message in said)),
	)


def moment(at: datetime | str, lang: str) -> str:
	"""Date and time as a reader of `lang` writes them, whatever language the present process has."""
	with print_language(lang):
		return str(format_datetime(at, "d MMMM yyyy HH:mm"))


def as_list(rows: Iterable[str]) -> str:
	"""Safe HTML of several messages, for `frappe.throw`."""
	return "<ul>" + "".join(f"<li>{escape_html(row)}</li>" for row in rows) + "</ul>"


def _broken_rules(document: str) -> dict[str, str]:
	"""What our own check says in Arabic, by rule; empty for a document that cannot be read."""
	try:
		return {finding.id: finding.message_ar for finding in check(document.encode())}
	except UnreadableInvoice:
		return {}


def _line(message: Message) -> str:
	return " — ".join(part for part in (_original(message), message.explanation_en) if part)


def _arabic_line(message: Message, rule: str) -> str:
	explained = rule or message.explanation_ar
	original = _original(message)
	return f"{explained} ({original})" if explained and original else explained or original


def _original(message: Message) -> str:
	return ": ".join(part for part in (message.code, message.text) if part)
