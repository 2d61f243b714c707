"""Sends issued documents: the only writer of a ZATCA Document after its issue.

One document a transaction: claim it under its row lock (the claim is a lease: a process that dies leaves a document
that becomes due again) and log that it is sent, commit, speak to the gateway outside any transaction, log the answer
and commit, then write what the answer's class says, under the lock again. The stored bytes are sent, never bytes made
anew.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import frappe
from frappe.utils import now_datetime

from saudi_crm_billing.e_invoicing.devices import succession, units, vault
from saudi_crm_billing.e_invoicing.engine.answers import Answer, Call, classify
from saudi_crm_billing.e_invoicing.sending import answering, attempts, contention, outbox_rows, states
from saudi_crm_billing.e_invoicing.sending.gateway import Gateway, Reply, make_payload

# A gateway that switches clearance off (303) is asked its other call at once, once.
TURNS = 2


@dataclass(frozen=True)
class Parcel:
	"""One claimed document, ready to go out."""

	document: str
	unit: str
	call: Call
	attempt: int
	log: str
	address: str
	credentials: vault.Credentials
	payload: dict[str, str]


def send(document: str, *, at_once: bool = False) -> Answer | None:
	"""Send one document if it is due (`at_once`: also before its time); None if there was nothing to do.

	Commits before and after the call. Where the gateway says to use its other call, that is done at once.
	"""
	answer: Answer | None = None
	for _turn in range(TURNS):
		# The lease must be seen, and no transaction be open, during the call.
		parcel = contention.committed(lambda: claim(document, at_once=at_once))
		if parcel is None:
			break
		answer = _settle(parcel, *_deliver(parcel))
		if answer.outcome not in answering.SWITCHED:
			break
	return answer


def _settle(parcel: Parcel, answer: Answer, reply: Reply) -> Answer:
	"""Log the answer, then act on it: whatever becomes of that, the log stands."""
	contention.committed(lambda: attempts.finish(parcel.log, answer, reply))
	contention.committed(lambda: answering.take(parcel.document, parcel.call, parcel.attempt, answer, reply))
	return answer


def oldest_waiting(unit: str) -> str | None:
	"""The document that has waited longest for its unit to be let in."""
	filters = {"unit": unit, "state": states.WAITING}
	waiting = frappe.get_all(outbox_rows.DOCUMENT, filters, pluck="name", order_by="icv", limit=1)
	return waiting[0] if waiting else None


def claim(document: str, *, at_once: bool = False) -> Parcel | None:
	"""Take the document for one sending, under its row lock; None if it is final, leased, not due or has no keys."""
	row = outbox_rows.lock(document)
	if row is None or row.state not in states.OPEN:
		return None
	if row.next_attempt_on and row.next_attempt_on > now_datetime() and not _may_hurry(row, at_once):
		return None
	try:
		parcel = _parcel(row)
	except vault.UnreadableSecrets:
		frappe.clear_last_message()
		answering.wait_for_secrets(row)
		return None
	values = {
		"state": states.SENDING,
		# Still leased to a process that died: whether its bytes arrived, nobody knows.
		"answer_unknown": int(row.state == states.SENDING or bool(row.answer_unknown)),
		"attempts": parcel.attempt,
		"next_attempt_on": now_datetime() + outbox_rows.LEASE,
	}
	frappe.db.set_value(outbox_rows.DOCUMENT, row.name, values, update_modified=False)
	return parcel


def _may_hurry(row: Any, at_once: bool) -> bool:
	"""A person may send before the time, but not while another process is sending."""
	return at_once and row.state != states.SENDING


def _parcel(row: Any) -> Parcel:
	unit = frappe.get_cached_doc(units.UNIT, row.unit)
	call = outbox_rows.call_of(row)
	credentials = vault.production(succession.sender_of(unit))
	return Parcel(
		document=row.name,
		unit=row.unit,
		call=call,
		attempt=int(row.attempts or 0) + 1,
		log=attempts.begin(row.unit, call, row.name),
		address=units.address_of(unit),
		credentials=credentials,
		payload=make_payload(row.invoice_hash, row.uuid, row.xml.encode()),
	)


def _deliver(parcel: Parcel) -> tuple[Answer, Reply]:
	gateway = Gateway(parcel.address)
	try:
		call = gateway.report if parcel.call is Call.REPORT else gateway.clear
		reply = call(parcel.credentials.token, parcel.credentials.secret, parcel.payload)
	finally:
		gateway.close()
	answer = classify(parcel.call, reply.http_status, reply.body, parcel.payload["uuid"])
	return attempts.without_secrets(answer, *attempts.in_header(parcel.credentials)), reply
