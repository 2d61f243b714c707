"""The log of every call to ZATCA: the only writer of ZATCA Attempt.

A row is begun in the transaction that claims the document, so it is committed before the call, and finished in one of
its own as soon as the answer is read: neither a rollback of what the answer causes nor the death of the process loses
it. A row that stays at "started" says so: the document was sent, and what came back was never read.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable
from dataclasses import asdict, replace

import frappe
from frappe.utils import now_datetime

from saudi_crm_billing.e_invoicing.devices import vault
from saudi_crm_billing.e_invoicing.devices.unit_states import UNIT
from saudi_crm_billing.e_invoicing.engine.answers import Answer, Call, Message
from saudi_crm_billing.e_invoicing.issuing import records
from saudi_crm_billing.e_invoicing.sending.gateway import Reply

ATTEMPT = "ZATCA Attempt"
STARTED = "started"
MASK = "•••"


def begin(unit: str, call: Call, document: str | None = None) -> str:
	"""Log that the unit is about to call, with its document or for a certificate; the row's name."""
	company = frappe.get_cached_value(UNIT, unit, "company")
	values = {"document": document, "unit": unit, "company": company, "call": call.value}
	return str(records.add(ATTEMPT, outcome=STARTED, sent_on=now_datetime(), **values).name)


def finish(name: str, answer: Answer, reply: Reply) -> None:
	"""Log what came back."""
	said = [{**asdict(message), "level": message.level.value} for message in answer.messages]
	values = {
		"http_status": answer.http_status or 0,
		"outcome": answer.outcome.value,
		"duration_ms": int(reply.seconds * 1000),
		"messages": json.dumps(said, ensure_ascii=False, indent=1),
	}
	frappe.db.set_value(ATTEMPT, name, values, update_modified=False)


def in_header(credentials: vault.Credentials) -> tuple[str, ...]:
	"""What a call's header holds of the credentials."""
	header = base64.b64encode(f"{credentials.token}:{credentials.secret}".encode()).decode()
	return header, credentials.token, credentials.secret


def without_secrets(answer: Answer, *secrets: str) -> Answer:
	"""The same answer, its messages without what the gateway or something on the way may echo of the request."""
	return replace(answer, messages=tuple(_masked(message, secrets) for message in answer.messages))


def _masked(message: Message, secrets: Iterable[str]) -> Message:
	texts = {"code": message.code, "category": message.category, "text": message.text}
	for secret in filter(None, secrets):
		texts = {name: text.replace(secret, MASK) for name, text in texts.items()}
	return replace(message, **texts)
