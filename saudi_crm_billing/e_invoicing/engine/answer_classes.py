"""Each class of answer to a document with its one state and its one next step: the table that README.md shows.

A test holds every row against `answers.classify` and against what the outbox does, and the README against the table.
"""

from __future__ import annotations

from dataclasses import dataclass

from saudi_crm_billing.e_invoicing.engine.answers import NextStep, Outcome

UNCHANGED = "Pending"
HEADINGS = ("answer", "outcome", "state", "next step")

STEPS: dict[NextStep, str] = {
	NextStep.DONE: "nothing; a correction is a credit note",
	NextStep.ISSUE_NEW_DOCUMENT: "mend the masters and Issue Again, or cancel, amend and submit: a new document",
	NextStep.CHECK_SETUP: "mend the unit, press Check Connection; asked again by itself every hour",
	NextStep.SEND_TO_REPORTING: "report this document, at once; sent to and fro already, after a growing wait",
	NextStep.SEND_TO_CLEARANCE: "clear this document, as above; a simplified one is reported again, after a growing wait",
	NextStep.SEND_SAME_BYTES_LATER: "the same bytes again, after a growing wait",
}


@dataclass(frozen=True)
class AnswerClass:
	"""`state` is the document's afterwards; `mark` what is shown beside it ("with warnings", "unknown"), if anything."""

	answer: str
	outcome: Outcome
	state: str
	step: NextStep
	mark: str = ""


ACCEPTED = "Cleared / Reported"
WAITING = "Waiting for Configuration"
WARNED, UNKNOWN = "with warnings", "unknown"

CLASSES = (
	AnswerClass("200", Outcome.ACCEPTED, ACCEPTED, NextStep.DONE),
	AnswerClass("202", Outcome.ACCEPTED_WITH_WARNINGS, ACCEPTED, NextStep.DONE, WARNED),
	AnswerClass("208", Outcome.ALREADY_ACCEPTED, ACCEPTED, NextStep.DONE),
	AnswerClass("303 to clearance", Outcome.REPORT_INSTEAD, UNCHANGED, NextStep.SEND_TO_REPORTING),
	AnswerClass("303 to reporting", Outcome.CLEAR_INSTEAD, UNCHANGED, NextStep.SEND_TO_CLEARANCE),
	AnswerClass("400 with errors", Outcome.REJECTED, "Rejected", NextStep.ISSUE_NEW_DOCUMENT),
	AnswerClass("400 for a duplicate alone", Outcome.ALREADY_ACCEPTED, ACCEPTED, NextStep.DONE),
	AnswerClass("401", Outcome.CONFIGURATION, WAITING, NextStep.CHECK_SETUP),
	AnswerClass("403", Outcome.CONFIGURATION, WAITING, NextStep.CHECK_SETUP),
	AnswerClass("404", Outcome.CONFIGURATION, WAITING, NextStep.CHECK_SETUP),
	AnswerClass("405", Outcome.CONFIGURATION, WAITING, NextStep.CHECK_SETUP),
	AnswerClass("406", Outcome.CONFIGURATION, WAITING, NextStep.CHECK_SETUP),
	AnswerClass("407", Outcome.CONFIGURATION, WAITING, NextStep.CHECK_SETUP),
	AnswerClass("409", Outcome.ALREADY_ACCEPTED, ACCEPTED, NextStep.DONE),
	AnswerClass("413", Outcome.REJECTED, "Rejected", NextStep.ISSUE_NEW_DOCUMENT),
	AnswerClass("428", Outcome.TRY_LATER, UNCHANGED, NextStep.SEND_SAME_BYTES_LATER, UNKNOWN),
	AnswerClass("429", Outcome.TRY_LATER, UNCHANGED, NextStep.SEND_SAME_BYTES_LATER),
	AnswerClass("5xx", Outcome.TRY_LATER, UNCHANGED, NextStep.SEND_SAME_BYTES_LATER, UNKNOWN),
	AnswerClass("timeout", Outcome.TRY_LATER, UNCHANGED, NextStep.SEND_SAME_BYTES_LATER, UNKNOWN),
	AnswerClass("connection reset", Outcome.TRY_LATER, UNCHANGED, NextStep.SEND_SAME_BYTES_LATER, UNKNOWN),
	AnswerClass("unreadable body", Outcome.TRY_LATER, UNCHANGED, NextStep.SEND_SAME_BYTES_LATER, UNKNOWN),
)


def as_markdown() -> str:
	"""The table as README.md has it."""
	lines = [HEADINGS, ("---",) * len(HEADINGS)]
	for row in CLASSES:
		state = f"`{row.state}`, {row.mark}" if row.mark else f"`{row.state}`"
		lines.append((row.answer, row.outcome.value, state, STEPS[row.step]))
	return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)
