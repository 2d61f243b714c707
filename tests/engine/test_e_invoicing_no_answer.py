"""Answers from which nothing may be concluded: locked out, overloaded, unreadable, of any shape; and when to ask again."""

from __future__ import annotations

import json
import string
from datetime import datetime, timedelta

import pytest
from answer_samples import (
	answer,
	reported,
	results,
)
from hypothesis import given
from hypothesis import strategies as st

from saudi_crm_billing.e_invoicing.engine import answer_reading
from saudi_crm_billing.e_invoicing.engine.answers import (
	Call,
	NextStep,
	Outcome,
	backoff,
	classify,
)
from saudi_crm_billing.e_invoicing.engine.backoff import HAND_OVER_AFTER, REPORT_WITHIN, may_hand_over
from saudi_crm_billing.e_invoicing.engine.model import Subtype


@pytest.mark.parametrize(
	"body", ['{"message": "cut \\ud83d", "code": "x"}', '{"errors": ["cut \\ud83d"]}', '["cut \\ud83d"]']
)
def test_half_a_character_is_kept_as_something_that_can_be_stored(body: str) -> None:
	assert answer(Call.REPORT, 400, body).messages[0].text == "cut ?"


@pytest.mark.parametrize("status", [401, 403, 406, 407])
@pytest.mark.parametrize("body", ["", "<html>", '{"status": 401, "error": "Unauthorized"}', "\x00"])
@pytest.mark.parametrize("call", list(Call))
def test_being_locked_out_is_never_a_rejection(status: int, body: str, call: Call) -> None:
	got = classify(call, status, body)
	assert (got.outcome, got.next_step) == (Outcome.CONFIGURATION, NextStep.CHECK_SETUP)
	assert "it was not rejected" in got.messages[0].explanation_en
	assert not got.retry


def test_303_to_a_clearance_is_the_only_way_to_reporting() -> None:
	body = {
		"message": "Clearance is deactiviated. Please use the /invoices/reporting/single endpoint instead."
	}
	got = answer(Call.CLEAR, 303, body)
	assert (got.outcome, got.next_step) == (Outcome.REPORT_INSTEAD, NextStep.SEND_TO_REPORTING)
	assert answer(Call.REPORT, 303, body).next_step is NextStep.SEND_TO_CLEARANCE
	assert answer(Call.COMPLIANCE_CHECK, 303, body).outcome is Outcome.TRY_LATER


@pytest.mark.parametrize("body", ["", "<html>See other: login</html>", '{"message": "see /login"}', "[]"])
def test_a_303_that_does_not_speak_of_clearance_switches_nothing(body: str) -> None:
	assert classify(Call.CLEAR, 303, body).outcome is Outcome.TRY_LATER


def test_413_needs_a_smaller_document() -> None:
	got = classify(Call.REPORT, 413, "<html>")
	assert (got.outcome, got.messages[0].code) == (Outcome.REJECTED, "http-413")
	assert "10 MB" in got.messages[0].explanation_en


@pytest.mark.parametrize(
	("status", "code"),
	[
		(None, "no-answer"),
		(429, "http-429"),
		(500, "http-5xx"),
		(502, "http-5xx"),
		(503, "http-5xx"),
		(504, "http-5xx"),
	],
)
@pytest.mark.parametrize("call", list(Call))
def test_silence_and_overload_mean_the_same_bytes_again(status: int | None, code: str, call: Call) -> None:
	got = answer(
		call, status, {"code": "Invalid-Request", "message": "System failed to process your request"}
	)
	assert (got.outcome, got.retry) == (Outcome.TRY_LATER, True)
	assert got.messages[0].code == code
	assert "again" in got.messages[0].explanation_en


@pytest.mark.parametrize("status", [301, 302, 307, 418, 100, 204, 999])
def test_a_status_outside_the_api_concludes_nothing(status: int) -> None:
	assert classify(Call.REPORT, status, "{}").outcome is Outcome.TRY_LATER
	assert answer(Call.REPORT, status, reported()).outcome is Outcome.TRY_LATER


@pytest.mark.parametrize("status", [200, 202, 208, 303, 400, 409, 428])
@pytest.mark.parametrize(
	"body",
	[
		"",
		"null",
		"true",
		"7",
		'"REPORTED"',
		"<html><body>login</body></html>",
		'{"reportingStatus":"REPORT',
		"[" * 100_000,
	],
)
@pytest.mark.parametrize("call", list(Call))
def test_a_body_that_cannot_be_read_concludes_nothing(status: int, body: str, call: Call) -> None:
	got = classify(call, status, body)
	assert (got.outcome, got.messages[0].code) == (Outcome.TRY_LATER, "unreadable-answer")


def test_a_body_beyond_any_document_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
	monkeypatch.setattr(answer_reading, "MAX_BODY_CHARS", 50)
	assert answer(Call.REPORT, 200, reported()).messages[0].code == "unreadable-answer"


def test_a_flood_of_messages_is_bounded_and_repeats_are_said_once() -> None:
	errors = [{"code": f"BR-{i}", "message": "x" * 9_999} for i in range(500)]
	got = answer(Call.REPORT, 400, results(errors=errors))
	assert len(got.messages) == answer_reading.MAX_MESSAGES
	assert len(got.messages[0].text) == answer_reading.MAX_TEXT
	assert len(answer(Call.REPORT, 400, results(errors=errors[:1] * 9)).messages) == 1


@pytest.mark.parametrize(
	("code", "words"),
	[
		("invalid-invoice-hash", "changed after it was signed"),
		("invoiceHash_QRCODE_INVALID", "QR code"),
		("signed-properties-hashing", "stamp does not belong"),
		("XSD_ZATCA_INVALID", "UBL 2.1"),
		("Missing-ComplianceSteps", "remaining compliance documents"),
		("Incorrect-ComplianceRequestId", "compliance request number"),
	],
)
def test_known_codes_are_explained_in_both_languages(code: str, words: str) -> None:
	message = answer(Call.REPORT, 400, results(errors=[{"code": code, "message": "m"}])).messages[0]
	assert words in message.explanation_en
	assert any("\u0600" <= letter <= "\u06ff" for letter in message.explanation_ar)


def test_an_unknown_code_keeps_the_gateways_words_alone() -> None:
	message = answer(Call.REPORT, 400, results(errors=[{"code": "NEW-1", "message": "news"}])).messages[0]
	assert (message.text, message.explanation_en, message.explanation_ar) == ("news", "", "")


KEYS = (
	"validationResults errorMessages warningMessages infoMessages errors code message value category reportingStatus "
	"clearanceStatus clearedInvoice requestID secret binarySecurityToken dispositionMessage"
).split()


JSON = st.recursive(
	st.none() | st.booleans() | st.integers() | st.floats() | st.text(string.printable, max_size=20),
	lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=6),
	max_leaves=20,
)


@given(st.sampled_from(list(Call)), st.none() | st.integers(100, 599), JSON)
def test_no_answer_whatever_it_holds_raises_or_is_without_a_next_step(
	call: Call, status: int | None, body: object
) -> None:
	got = classify(call, status, json.dumps(body))
	assert isinstance(got.next_step, NextStep)
	assert got.retry == (got.outcome is Outcome.TRY_LATER)


@given(st.sampled_from(list(Call)), st.integers(100, 599), st.text())
def test_no_text_is_taken_for_a_yes(call: Call, status: int, body: str) -> None:
	assert not classify(call, status, body).accepted


def test_clearing_is_tried_within_five_minutes_then_every_fifteen() -> None:
	waits = [backoff(attempt, Subtype.STANDARD) for attempt in range(1, 8)]
	assert sum(waits[:3], timedelta()) == HAND_OVER_AFTER
	assert waits[3:] == [timedelta(minutes=15)] * 4


@pytest.mark.parametrize(
	("failed", "minutes", "may"), [(1, 5, True), (1, 4, False), (0, 60, False), (3, 60, True)]
)
def test_an_uncleared_invoice_is_handed_over_once_it_was_tried_for_five_minutes(
	failed: int, minutes: int, may: bool
) -> None:
	issued = datetime(2026, 11, 28, 12, 0)
	assert may_hand_over(failed, issued, issued + timedelta(minutes=minutes)) is may


def test_reporting_is_tried_often_enough_within_its_24_hours() -> None:
	waits = [backoff(attempt, Subtype.SIMPLIFIED) for attempt in range(1, 25)]
	assert waits == sorted(waits)
	assert max(waits) == timedelta(hours=1)
	assert sum(waits[:23], timedelta()) < REPORT_WITHIN


def test_there_is_no_attempt_zero() -> None:
	with pytest.raises(ValueError, match="counted from 1, not 0"):
		backoff(0, Subtype.STANDARD)
