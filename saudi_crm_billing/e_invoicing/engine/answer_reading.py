"""Reading an answer's body, in every shape the gateway has been seen to write it; nothing is concluded here.

Hostile input is expected: bodies are bounded, never trusted to be JSON, and each value's type is checked.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from saudi_crm_billing.e_invoicing.engine.answer_guidance import (
	BUSINESS_RULE,
	BUSINESS_RULE_WARNING,
	explain,
)
from saudi_crm_billing.e_invoicing.engine.xml import parse, text_at

MAX_BODY_CHARS = 40_000_000
"""Room for a document of 10 MB (zatca.md 4), cleared and in base64, twice over."""
MAX_MESSAGES = 200
MAX_TEXT = 2_000

JsonObject = Mapping[str, Any]


class Level(Enum):
	"""How serious a message is."""

	INFO = "info"
	WARNING = "warning"
	ERROR = "error"


@dataclass(frozen=True)
class Message:
	"""One thing the gateway said: its own words, and what they mean and how to mend it, in both languages."""

	level: Level
	code: str
	category: str
	text: str
	explanation_en: str = ""
	explanation_ar: str = ""


@dataclass(frozen=True)
class Csid:
	"""A certificate as the gateway issues it; the secret never shows in a repr."""

	request_id: str
	token: str = field(repr=False)
	secret: str = field(repr=False)

	@property
	def certificate(self) -> str:
		"""The certificate's base64 DER text as ds:X509Certificate carries it: the token decoded once."""
		return base64.b64decode(self.token).decode("ascii")


def read_object(body: str) -> JsonObject | None:
	"""The body as a JSON object; a bare list of errors is wrapped as one. None where it is neither."""
	if len(body) > MAX_BODY_CHARS:
		return None
	try:
		value = json.loads(body)
	except (ValueError, RecursionError):
		return None
	if isinstance(value, list):
		value = {"errors": value}
	return value if isinstance(value, dict) else None


def make_message(level: Level, code: str, text: str = "", category: str = "") -> Message:
	"""A message with its explanation looked up by code, then category."""
	guidance = explain(code, category)
	if level is Level.WARNING and guidance is BUSINESS_RULE:
		guidance = BUSINESS_RULE_WARNING
	return Message(level, code[:MAX_TEXT], category[:MAX_TEXT], text[:MAX_TEXT], guidance.en, guidance.ar)


def read_messages(document: JsonObject) -> tuple[Message, ...]:
	"""All messages, at most 200: errors first, then warnings, then information; each once, in the order written."""
	found: dict[Message, None] = {}
	for message in _all_messages(document):
		found.setdefault(message)
		if len(found) >= MAX_MESSAGES:
			break
	return tuple(found)


def _all_messages(document: JsonObject) -> Iterator[Message]:
	places = [
		document,
		*(v for key in ("validationResults", "value") if isinstance(v := document.get(key), dict)),
	]
	for key, level in (
		("errors", Level.ERROR),
		("errorMessages", Level.ERROR),
		("warnings", Level.WARNING),
		("warningMessages", Level.WARNING),
		("infoMessages", Level.INFO),
	):
		for place in places:
			yield from _listed(place.get(key), level)
	yield from _bare(document)


def _listed(value: object, level: Level) -> Iterator[Message]:
	"""A list of messages, one message alone (the 200 example has infoMessages as an object), or plain text."""
	for item in value if isinstance(value, list) else [value]:
		if isinstance(item, dict):
			code, text = _text(item, "code"), _text(item, "message")
			if code or text:
				yield make_message(level, code, text, _text(item, "category"))
		elif isinstance(item, str) and item:
			yield make_message(level, "", _storable(item))


def _bare(document: JsonObject) -> Iterator[Message]:
	"""``{"code", "message"}`` or ``{"message"}`` or ``{"error"}`` at the top, as gateways in front of the API write it."""
	code, error = _text(document, "code"), _text(document, "error")
	text = _text(document, "message") or error
	if code or text:
		yield make_message(
			Level.ERROR if code or error else Level.INFO, code, text, _text(document, "category")
		)


def _text(mapping: JsonObject, key: str) -> str:
	"""The text under `key`; half a surrogate pair, which JSON can carry and no database can, becomes a `?`."""
	value = mapping.get(key)
	return _storable(value) if isinstance(value, str) else ""


def _storable(text: str) -> str:
	return text.encode("utf-8", "replace").decode("utf-8")


def status_of(document: JsonObject, key: str) -> str:
	"""``reportingStatus`` or ``clearanceStatus`` in capitals; empty where there is none."""
	return _text(document, key).strip().upper()


def read_cleared_invoice(document: JsonObject) -> bytes | None:
	"""The XML that ZATCA stamped, or None where it is absent or cannot be read as an invoice."""
	try:
		data = base64.b64decode("".join(_text(document, "clearedInvoice").split()), validate=True)
		parse(data)
	except (binascii.Error, ValueError):
		return None
	return data


def uuid_of(xml: bytes) -> str:
	"""The document's UUID (KSA-1), or an empty string. Raises `UnreadableInvoice` for what `parse` refuses."""
	return text_at(parse(xml), "cbc:UUID")


def read_csid(document: JsonObject) -> Csid | None:
	"""The certificate issued, from the top or from ``value`` (the 428 shape); None where a part is missing."""
	inner = document.get("value")
	place = inner if isinstance(inner, dict) else document
	request_id, token, secret = (
		place.get("requestID"),
		_text(place, "binarySecurityToken"),
		_text(place, "secret"),
	)
	if isinstance(request_id, bool) or not isinstance(request_id, int | str) or not (request_id and secret):
		return None
	csid = Csid(str(request_id), token, secret)
	return csid if _is_token(csid) else None


def disposition(document: JsonObject) -> str:
	"""``dispositionMessage`` in capitals, from the top or from ``value``."""
	inner = document.get("value")
	return _text(inner if isinstance(inner, dict) else document, "dispositionMessage").strip().upper()


def _is_token(csid: Csid) -> bool:
	"""The token is base64 of base64 of DER (zatca.md 2); a DER certificate begins with a SEQUENCE, 0x30."""
	try:
		return base64.b64decode(csid.certificate, validate=True).startswith(b"\x30")
	except (binascii.Error, ValueError):
		return False
