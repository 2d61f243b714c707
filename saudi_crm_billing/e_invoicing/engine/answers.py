"""What an answer of the gateway means for the document that was sent: classified by response class, never guessed.

Source of the classes: zatca.md 4 (API documentation 2.1.0, Detailed Guideline p. 53, forum topics named there).
A yes needs a readable body that says yes; a rejection needs one that says no. Everything else is unknown, and unknown
means: send the same bytes again later.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import Enum

from saudi_crm_billing.e_invoicing.engine import answer_guidance as guidance
from saudi_crm_billing.e_invoicing.engine import answer_reading as reading
from saudi_crm_billing.e_invoicing.engine.answer_reading import Csid, JsonObject, Level, Message
from saudi_crm_billing.e_invoicing.engine.backoff import backoff

__all__ = ["Answer", "Call", "Csid", "Level", "Message", "NextStep", "Outcome", "backoff", "classify"]


class Call(Enum):
	"""The gateway's calls."""

	COMPLIANCE_CSID = "compliance-csid"
	COMPLIANCE_CHECK = "compliance-check"
	PRODUCTION_CSID = "production-csid"
	RENEWAL = "renewal"
	REPORT = "report"
	CLEAR = "clear"


class Outcome(Enum):
	"""What became of what was sent."""

	ACCEPTED = "accepted"
	ACCEPTED_WITH_WARNINGS = "accepted-with-warnings"
	ALREADY_ACCEPTED = "already-accepted"
	"""An earlier sending of the same bytes succeeded (208, 409 and their variants): success."""
	REJECTED = "rejected"
	"""The gateway read it and said no: only a new document, or a new request, can succeed."""
	CONFIGURATION = "configuration"
	"""The unit is not let in (401, 403, 406, 407), or its address is no gateway (404, 405); the document is untouched and
	waits for a person."""
	REPORT_INSTEAD = "report-instead"
	"""Clearance is switched off (303 to a clearance call)."""
	CLEAR_INSTEAD = "clear-instead"
	"""Clearance is switched on for what was to be reported (303 to a reporting call)."""
	COMPLIANCE_NEEDED = "compliance-needed"
	"""428: a certificate was issued that must first pass the compliance documents."""
	TRY_LATER = "try-later"
	"""Unknown: no answer, 429, 5xx, or one that cannot be read."""


class NextStep(Enum):
	"""What the caller does now."""

	DONE = "done"
	ISSUE_NEW_DOCUMENT = "issue-new-document"
	CORRECT_REQUEST = "correct-request"
	CHECK_SETUP = "check-setup"
	SEND_TO_REPORTING = "send-to-reporting"
	SEND_TO_CLEARANCE = "send-to-clearance"
	RUN_COMPLIANCE = "run-compliance"
	SEND_SAME_BYTES_LATER = "send-same-bytes-later"


DOCUMENT_CALLS = frozenset({Call.COMPLIANCE_CHECK, Call.REPORT, Call.CLEAR})
SUCCESSES = frozenset({Outcome.ACCEPTED, Outcome.ACCEPTED_WITH_WARNINGS, Outcome.ALREADY_ACCEPTED})
LOCKED_OUT = frozenset({401, 403, 404, 405, 406, 407})

_NEXT_STEPS = {
	Outcome.ACCEPTED: NextStep.DONE,
	Outcome.ACCEPTED_WITH_WARNINGS: NextStep.DONE,
	Outcome.ALREADY_ACCEPTED: NextStep.DONE,
	Outcome.CONFIGURATION: NextStep.CHECK_SETUP,
	Outcome.REPORT_INSTEAD: NextStep.SEND_TO_REPORTING,
	Outcome.CLEAR_INSTEAD: NextStep.SEND_TO_CLEARANCE,
	Outcome.COMPLIANCE_NEEDED: NextStep.RUN_COMPLIANCE,
	Outcome.TRY_LATER: NextStep.SEND_SAME_BYTES_LATER,
}


# Without a yes.
LET_IN = frozenset({Outcome.REJECTED, Outcome.REPORT_INSTEAD, Outcome.CLEAR_INSTEAD})


@dataclass(frozen=True)
class Answer:
	"""A classified answer. `cleared_xml` comes with clearance, `csid` with the certificate calls."""

	call: Call
	outcome: Outcome
	http_status: int | None
	messages: tuple[Message, ...] = ()
	cleared_xml: bytes | None = None
	csid: Csid | None = None

	@property
	def accepted(self) -> bool:
		"""True where ZATCA has the document, or gave the certificate, now or earlier."""
		return self.outcome in SUCCESSES

	@property
	def let_in(self) -> bool:
		"""True where the gateway was at work on the document, or named its other call: the unit's certificate is good."""
		return self.accepted or self.outcome in LET_IN

	@property
	def retry(self) -> bool:
		"""True where the same bytes go out again after `backoff`."""
		return self.outcome is Outcome.TRY_LATER

	@property
	def unknown(self) -> bool:
		"""True where nobody knows whether it arrived; a 429 says that it did not (Detailed Guideline, p. 53)."""
		return self.retry and self.http_status != 429

	@property
	def next_step(self) -> NextStep:
		if self.outcome is Outcome.REJECTED:
			return NextStep.ISSUE_NEW_DOCUMENT if self.call in DOCUMENT_CALLS else NextStep.CORRECT_REQUEST
		return _NEXT_STEPS[self.outcome]

	@property
	def stamp_missing(self) -> bool:
		"""True for a document cleared earlier whose stamped XML did not come with this answer (a bare 208 or 409)."""
		return self.call is Call.CLEAR and self.accepted and self.cleared_xml is None

	@property
	def errors(self) -> tuple[Message, ...]:
		return tuple(m for m in self.messages if m.level is Level.ERROR)

	@property
	def warnings(self) -> tuple[Message, ...]:
		return tuple(m for m in self.messages if m.level is Level.WARNING)


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
