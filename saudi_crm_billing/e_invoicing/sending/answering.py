"""Writes what an answer means onto the document and its source. Part of the outbox: outbox.py calls it.

Nothing is guessed: an answer of unknown meaning leaves the document open, to be sent again as it is.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import frappe
from frappe.query_builder import DocType
from frappe.utils import now_datetime
from pypika import Criterion, Field, Table

from saudi_crm_billing.e_invoicing import messages
from saudi_crm_billing.e_invoicing.devices import lockouts, succession, vault
from saudi_crm_billing.e_invoicing.documents import sources
from saudi_crm_billing.e_invoicing.engine import qr
from saudi_crm_billing.e_invoicing.engine.answers import Answer, Call, Outcome, backoff
from saudi_crm_billing.e_invoicing.engine.deadlines import deadline
from saudi_crm_billing.e_invoicing.engine.hashing import is_same
from saudi_crm_billing.e_invoicing.engine.model import Subtype
from saudi_crm_billing.e_invoicing.engine.xml import UnreadableInvoice, parse, text_at
from saudi_crm_billing.e_invoicing.sending import mirror, outbox_rows, queueing, states
from saudi_crm_billing.e_invoicing.sending.gateway import Reply

DOCUMENT = outbox_rows.DOCUMENT
# A document that waits for its unit tries by itself at this pace, in case the unit was mended elsewhere.
PROBE = timedelta(hours=1)
SWITCHED = (Outcome.REPORT_INSTEAD, Outcome.CLEAR_INSTEAD)
# To reporting, and back to clearance: a third answer of that kind says that the gateway does not know what it wants.
TURNS_AT_ONCE = 2
STAMP_MISSING = (
	"ZATCA accepted it earlier but did not return the stamped document: download it from the Fatoora portal"
)
STAMP_DIFFERS = (
	"ZATCA cleared it, but the stamped document that came back is not this one. It is kept as evidence and not given to"
	" the buyer: download the right one from the Fatoora portal"
)
# However long the gateway asks to wait: a simplified document must arrive within a day.
LONGEST_WISH = timedelta(hours=1)


def take(document: str, call: Call, attempt: int, answer: Answer, reply: Reply) -> None:
	"""Move the document to the state that the answer's class says."""
	row = outbox_rows.lock(document)
	if row is None or row.state not in states.OPEN:
		return
	consequences = _consequences(row, call, attempt, answer, reply)
	english, arabic = _texts(answer, row.xml, _lack(answer, consequences))
	values = {
		"last_http_status": answer.http_status or 0,
		"last_message_en": english,
		"last_message_ar": arabic,
		"answer_unknown": int(answer.unknown or bool(row.answer_unknown and not _settles(answer))),
		**consequences,
	}
	frappe.db.set_value(DOCUMENT, document, values)
	show_state(document, str(values["state"]))
	_tell_unit(row.unit, call, answer)


def _settles(answer: Answer) -> bool:
	"""Whether it says what became of the document: until one does, ZATCA may have what nobody heard of."""
	return answer.accepted or answer.outcome is Outcome.REJECTED


def wait_for_secrets(row: Any) -> None:
	"""The unit's secrets cannot be read: the document waits and says so, as for a unit that is not let in."""
	english, arabic = messages.both(vault.UNREADABLE, unit=row.unit)
	values = {
		"state": states.WAITING,
		"next_attempt_on": now_datetime() + PROBE,
		"last_message_en": english,
		"last_message_ar": arabic,
	}
	frappe.db.set_value(DOCUMENT, row.name, values)
	show_state(row.name, states.WAITING)
	lockouts.begin(row.unit, f"{english}\n{arabic}", outbox_rows.call_of(row))


def show_state(document: str, state: str) -> None:
	"""Bring the source, its mirrors and every open form and list to `state`.

	An open document is its source's latest: another is only made after a rejection. A source that names another is
	none of this document's, but one that has the name of its deleted source.
	"""
	of = frappe.db.get_value(DOCUMENT, document, ("reference_doctype", "reference_name", "qr"), as_dict=True)
	source = (of.reference_doctype, of.reference_name)
	_show_on_source(*source, document, {sources.STATUS: state, sources.QR: of.qr})
	if sources.SOURCES[of.reference_doctype].is_mirrored:
		mirror.enlist_mirror(of.reference_name)
	for doctype, name in (source, (DOCUMENT, document)):
		frappe.publish_realtime(
			"scb_e_invoice", {"name": name, "state": state}, doctype=doctype, docname=name, after_commit=True
		)
		frappe.publish_realtime(
			"list_update", {"doctype": doctype, "name": name, "user": frappe.session.user}, after_commit=True
		)


def _show_on_source(doctype: str, name: str, document: str, values: dict[str, str]) -> None:
	table = DocType(doctype)
	query = frappe.qb.update(table).where((table.name == name) & (table[sources.DOCUMENT] == document))
	for field, value in values.items():
		query = query.set(table[field], value)
	query.run()
	frappe.clear_document_cache(doctype, name)


def release(unit: str, call: Call | None = None) -> None:
	"""The unit is let in again (by `call`, else by all): what waited for it is due now, set by set; a job brings orders
	and quotations along.

	Documents before their sources, as everywhere, and waiting for nobody, since others who answer hold locks too: a
	document that another process is sending gets its state from its own answer, a source that is held from its next.
	"""
	table = DocType(DOCUMENT)
	waiting = (table.unit == unit) & (table.state == states.WAITING)
	if call:
		waiting &= outbox_rows.goes_out_by(table, call)
	names = frappe.qb.from_(table).select(table.name).where(waiting).run(pluck=True)
	still_waiting = table.name.isin(names or [""]) & (table.state == states.WAITING)
	free = _lock_free(table, still_waiting, table.reference_doctype, table.reference_name)
	if not free:
		return
	(
		frappe.qb.update(table)
		.set(table.state, states.PENDING)
		.set(table.next_attempt_on, now_datetime())
		.where(table.name.isin([row[0] for row in free]))
	).run()
	for doctype in sorted({row[1] for row in free}):
		_show_released(doctype, {row[2]: row[0] for row in free if row[1] == doctype})
	queueing.enqueue_mirrors()


def _show_released(doctype: str, shown: dict[str, str]) -> None:
	"""On those of the sources (by name, each with its document) that nobody else holds."""
	source = DocType(doctype)
	waiting = source.name.isin(list(shown)) & (source[sources.STATUS] == states.WAITING)
	waiting &= source[sources.DOCUMENT].isin(list(shown.values()))
	names = [name for name, _state in _lock_free(source, waiting, source[sources.STATUS])]
	(
		frappe.qb.update(source)
		.set(source[sources.STATUS], states.PENDING)
		.where(source.name.isin(names or [""]))
	).run()


def _lock_free(table: Table, which: Criterion, *columns: Field) -> tuple[tuple[str, ...], ...]:
	"""Name and `columns` of those of the rows that nobody else holds, locked."""
	return (
		frappe.qb.from_(table)
		.select(table.name, *columns)
		.where(which)
		.orderby(table.name)
		.for_update(skip_locked=True)
	).run()


def _lack(answer: Answer, consequences: dict[str, object]) -> str:
	"""What is missing in a yes."""
	if consequences.get("stamp_differs"):
		return STAMP_DIFFERS
	return STAMP_MISSING if answer.stamp_missing else ""


def _texts(answer: Answer, document: str, lack: str) -> tuple[str, str]:
	"""What the gateway said, English and Arabic, and before it what is missing in its answer."""
	said = messages.answer_texts(answer.messages, document)
	if not lack:
		return said
	english, arabic = messages.both(lack)
	return f"{english}\n{said[0]}", f"{arabic}\n{said[1]}"


def _consequences(row: Any, call: Call, attempt: int, answer: Answer, reply: Reply) -> dict[str, object]:
	"""Field values by the answer's class."""
	if answer.accepted:
		return _accepted(row, call, answer)
	if answer.outcome is Outcome.REJECTED:
		return {"state": states.REJECTED, "next_attempt_on": None}
	if answer.outcome is Outcome.CONFIGURATION:
		return {"state": states.WAITING, "next_attempt_on": now_datetime() + PROBE}
	if answer.outcome in SWITCHED:
		return _switched(row, attempt, answer, reply)
	return {"state": states.PENDING, "next_attempt_on": now_datetime() + _wait(row, attempt, reply)}


def _switched(row: Any, attempt: int, answer: Answer, reply: Reply) -> dict[str, object]:
	"""The other call from now on: at once, but with a growing wait for what was sent to and fro already.

	A simplified document is never cleared, whatever the gateway says.
	"""
	turns = int(row.turns or 0) + 1
	is_reported = answer.outcome is Outcome.REPORT_INSTEAD or row.subtype == "Simplified"
	at_once = turns <= TURNS_AT_ONCE and row.subtype == "Standard"
	return {
		"state": states.PENDING,
		"next_attempt_on": now_datetime() + (timedelta() if at_once else _wait(row, attempt, reply)),
		"report_by": deadline(row.issued_at) if is_reported else None,
		"turns": turns,
	}


def _wait(row: Any, attempt: int, reply: Reply) -> timedelta:
	"""Our own pace, or longer where the gateway asks for it."""
	wish = min(timedelta(seconds=reply.retry_after or 0), LONGEST_WISH)
	return max(wish, backoff(attempt, Subtype.STANDARD if row.subtype == "Standard" else Subtype.SIMPLIFIED))


def _accepted(row: Any, call: Call, answer: Answer) -> dict[str, object]:
	values: dict[str, object] = {
		"state": states.REPORTED if call is Call.REPORT else states.CLEARED,
		"has_warnings": int(bool(answer.warnings) or answer.stamp_missing),
		"accepted_on": now_datetime(),
		"next_attempt_on": None,
	}
	return {**values, **_stamped(row, answer.cleared_xml)} if answer.cleared_xml else values


def _stamped(row: Any, stamped: bytes) -> dict[str, object]:
	"""ZATCA's own document takes our one's place; if it is not this one it is evidence, and the buyer never gets it."""
	if not is_same(stamped, row.xml.encode()):
		return {"has_warnings": 1, "stamp_differs": 1, "returned_xml": stamped.decode()}
	shown = _qr_of(stamped)
	return {"cleared_xml": stamped.decode(), **({"qr": shown} if shown else {})}


def _qr_of(xml: bytes) -> str:
	"""The QR text that ZATCA put in at clearance; empty where the document cannot be read."""
	try:
		return text_at(parse(xml), qr.IN_DOCUMENT)
	except UnreadableInvoice:
		return ""


def _tell_unit(unit: str, call: Call, answer: Answer) -> None:
	"""Locked out: the unit says so and its documents wait. Let in again: it stops saying so, and they go out."""
	refused = lockouts.is_refused(unit, call)
	if answer.outcome is Outcome.CONFIGURATION and succession.pass_on(unit):
		release(unit)
	elif answer.outcome is Outcome.CONFIGURATION and not refused:
		lockouts.begin(unit, "\n".join(messages.answer_texts(answer.messages)), call)
	elif answer.let_in and refused:
		lockouts.end(unit, call)
		release(unit, call)
