"""What can become of what is sent to the gateway, and what the caller does then; answers.py decides which it is."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from saudi_crm_billing.e_invoicing.engine.answer_reading import Csid, Level, Message


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
