"""What an answer of the gateway means for the document that was sent: classified by response class, never guessed.

Source of the classes: zatca.md 4 (API documentation 2.1.0, Detailed Guideline p. 53, forum topics named there).
A yes needs a readable body that says yes; a rejection needs one that says no. Everything else is unknown, and unknown
means: send the same bytes again later.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from saudi_crm_billing.e_invoicing.engine import answer_guidance as guidance
from saudi_crm_billing.e_invoicing.engine import answer_reading as reading
from saudi_crm_billing.e_invoicing.engine.answer_reading import Csid, JsonObject, Level, Message
from saudi_crm_billing.e_invoicing.engine.backoff import backoff
from saudi_crm_billing.e_invoicing.engine.outcomes import DOCUMENT_CALLS, Answer, Call, NextStep, Outcome

__all__ = ["Answer", "Call", "Csid", "Level", "Message", "NextStep", "Outcome", "backoff", "classify"]

LOCKED_OUT = frozenset({401, 403, 404, 405, 406, 407})


def classify(call: Call, http_status: int | None, body: str, uuid: str | None = None) -> Answer:
	"""The meaning of one answer; never raises.

	`http_status` is None where no answer came (timeout, no connection, connection lost). `body` is the text received,
	empty where it could not be read whole. `uuid` (KSA-1) is that of the document sent: a stamped document that
	carries another is never taken for it.
	"""
	if http_status is None:
		return _unknown(call, None, guidance.NO_ANSWER)
	document = reading.read_object(body)
	if (by_status := _by_status_alone(call, http_status, document)) is not None:
		return by_status
	reader = _READERS.get(http_status)
	if reader is None:
		return _unknown(call, http_status, "http-unexpected", document)
	if document is None:
		return _unknown(call, http_status, guidance.UNREADABLE_ANSWER)
	answer = reader(call, http_status, document)
	if uuid and answer.cleared_xml and reading.uuid_of(answer.cleared_xml).lower() != uuid.lower():
		return _unknown(call, http_status, guidance.FOREIGN_DOCUMENT, document)
	return answer


def _by_status_alone(call: Call, status: int, document: JsonObject | None) -> Answer | None:
	"""The classes that hold whatever the body says."""
	if status in LOCKED_OUT:
		return _named(call, Outcome.CONFIGURATION, status, f"http-{status}", document)
	if status == 413:
		return _named(call, Outcome.REJECTED, status, "http-413", document)
	if status == 429:
		return _unknown(call, status, "http-429", document)
	if status >= 500:
		return _unknown(call, status, "http-5xx", document)
	return None


def _named(
	call: Call, outcome: Outcome, status: int | None, code: str, document: JsonObject | None
) -> Answer:
	"""An outcome that this app names itself, the gateway's own messages after the name."""
	said = reading.read_messages(document) if document is not None else ()
	return Answer(call, outcome, status, (reading.make_message(Level.ERROR, code), *said))


def _unknown(call: Call, status: int | None, code: str, document: JsonObject | None = None) -> Answer:
	return _named(call, Outcome.TRY_LATER, status, code, document)


def _read_yes(call: Call, status: int, document: JsonObject) -> Answer:
	"""200 and 202."""
	if call not in DOCUMENT_CALLS:
		return _read_certificate(call, status, document)
	messages = reading.read_messages(document)
	if _says_no(document) and _has_errors(messages):
		return Answer(call, Outcome.REJECTED, status, messages)
	if _is_duplicate(document, messages):
		return _read_already(call, status, document)
	if _has_errors(messages) or not _says_yes(call, document):
		return _unknown(call, status, guidance.CONTRADICTORY_ANSWER, document)
	return _accepted(call, status, document, messages)


def _accepted(call: Call, status: int, document: JsonObject, messages: tuple[Message, ...]) -> Answer:
	cleared = reading.read_cleared_invoice(document)
	if call is Call.CLEAR and cleared is None:
		# Sent again, the gateway answers 208 with the stamped document (zatca.md 4).
		return _unknown(call, status, guidance.INCOMPLETE_ANSWER, document)
	warned = status == 202 or any(m.level is Level.WARNING for m in messages)
	return Answer(
		call, Outcome.ACCEPTED_WITH_WARNINGS if warned else Outcome.ACCEPTED, status, messages, cleared
	)


def _read_certificate(call: Call, status: int, document: JsonObject) -> Answer:
	csid = reading.read_csid(document)
	if csid is None or reading.disposition(document) != "ISSUED":
		return _unknown(call, status, guidance.INCOMPLETE_ANSWER, document)
	return Answer(call, Outcome.ACCEPTED, status, reading.read_messages(document), csid=csid)


def _read_not_compliant(call: Call, status: int, document: JsonObject) -> Answer:
	"""428: the certificate comes in `value`."""
	csid = reading.read_csid(document)
	if call in DOCUMENT_CALLS or csid is None:
		return _unknown(call, status, guidance.INCOMPLETE_ANSWER, document)
	return replace(_named(call, Outcome.COMPLIANCE_NEEDED, status, "NOT_COMPLIANT", document), csid=csid)


def _read_already(call: Call, status: int, document: JsonObject) -> Answer:
	"""208, 409 and the duplicates among the other answers: a success, but only where nothing else is wrong."""
	if call not in DOCUMENT_CALLS:
		return _unknown(call, status, "http-unexpected", document)
	messages = reading.read_messages(document)
	denied = _says_no(document) and not _is_duplicate(document, messages)
	if denied or _has_errors(messages):
		return _unknown(call, status, guidance.CONTRADICTORY_ANSWER, document)
	return _already(call, status, document)


def _already(call: Call, status: int, document: JsonObject) -> Answer:
	messages = reading.read_messages(document)
	if not any(_names_duplicate(m) for m in messages):
		messages = (reading.make_message(Level.INFO, "Duplicate-Invoice"), *messages)
	return Answer(call, Outcome.ALREADY_ACCEPTED, status, messages, reading.read_cleared_invoice(document))


def _read_no(call: Call, status: int, document: JsonObject) -> Answer:
	"""400; a duplicate reported as an error is a success, but only where nothing else is wrong."""
	messages = reading.read_messages(document)
	wrong = _has_errors(messages)
	if call in DOCUMENT_CALLS and _is_duplicate(document, messages) and not wrong:
		return _already(call, status, document)
	if not wrong and not _says_no(document):
		return _unknown(call, status, guidance.UNREADABLE_ANSWER, document)
	return Answer(call, Outcome.REJECTED, status, messages)


def _read_see_other(call: Call, status: int, document: JsonObject) -> Answer:
	"""303 switches the way only where its JSON speaks of clearance; any other redirect is something on the way."""
	outcome, code = _SWITCHES.get(call, (None, ""))
	if outcome is None or not any("clearance" in m.text.lower() for m in reading.read_messages(document)):
		return _unknown(call, status, "http-unexpected", document)
	return _named(call, outcome, status, code, document)


_SWITCHES = {
	Call.CLEAR: (Outcome.REPORT_INSTEAD, "clearance-off"),
	Call.REPORT: (Outcome.CLEAR_INSTEAD, "clearance-on"),
}
_READERS: dict[int, Callable[[Call, int, JsonObject], Answer]] = {
	200: _read_yes,
	202: _read_yes,
	208: _read_already,
	303: _read_see_other,
	400: _read_no,
	409: _read_already,
	428: _read_not_compliant,
}


def _says_yes(call: Call, document: JsonObject) -> bool:
	reported = reading.status_of(document, "reportingStatus") == "REPORTED"
	cleared = reading.status_of(document, "clearanceStatus") == "CLEARED"
	if call is Call.COMPLIANCE_CHECK:
		return reported or cleared
	return cleared if call is Call.CLEAR else reported


def _says_no(document: JsonObject) -> bool:
	return (
		reading.status_of(document, "reportingStatus") == "NOT_REPORTED"
		or reading.status_of(document, "clearanceStatus") == "NOT_CLEARED"
	)


def _has_errors(messages: tuple[Message, ...]) -> bool:
	"""Whether anything is wrong with the document itself: that it came before is not."""
	return any(m.level is Level.ERROR and not _names_duplicate(m) for m in messages)


def _is_duplicate(document: JsonObject, messages: tuple[Message, ...]) -> bool:
	statuses = (reading.status_of(document, key) for key in ("reportingStatus", "clearanceStatus"))
	return any(s.endswith("_SUCCESSFULLY_EARLIER") for s in statuses) or any(map(_names_duplicate, messages))


def _names_duplicate(message: Message) -> bool:
	"""The variants met in the field: forum 3932 and 9097, ksa_compliance issues 291 and 320."""
	text = message.text.lower()
	return (
		"duplicate-invoice" in (message.category.lower(), message.code.lower())
		or "hash previously submitted" in text
		or "already reported successfully" in text
	)
