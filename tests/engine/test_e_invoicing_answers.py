"""Every response class of the gateway, in the shapes that it has been seen to write, and in shapes it never should."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from answer_samples import (
	CERTIFICATES,
	DUPLICATE,
	TOKEN,
	UUID,
	XML,
	answer,
	cleared,
	issued,
	reported,
	results,
	stamped,
)

from saudi_crm_billing.e_invoicing.engine.answers import (
	Call,
	Level,
	NextStep,
	Outcome,
	classify,
)


def test_200_reported_is_accepted_and_done() -> None:
	got = answer(Call.REPORT, 200, reported())
	assert (got.outcome, got.next_step, got.accepted, got.retry) == (
		Outcome.ACCEPTED,
		NextStep.DONE,
		True,
		False,
	)


def test_200_cleared_brings_the_stamped_document() -> None:
	got = answer(Call.CLEAR, 200, cleared())
	assert (got.outcome, got.cleared_xml, got.stamp_missing) == (Outcome.ACCEPTED, XML, False)


@pytest.mark.parametrize("status", ["reportingStatus", "clearanceStatus"])
def test_the_compliance_check_answers_with_either_status(status: str) -> None:
	value = {"reportingStatus": "REPORTED", "clearanceStatus": "CLEARED"}[status]
	assert answer(Call.COMPLIANCE_CHECK, 200, results(**{status: value})).outcome is Outcome.ACCEPTED


def test_202_is_accepted_with_warnings_and_keeps_them() -> None:
	warning = {"code": "BR-KSA-98", "category": "KSA", "message": "late", "type": "WARNING"}
	got = answer(Call.REPORT, 202, reported(warnings=[warning]))
	assert got.outcome is Outcome.ACCEPTED_WITH_WARNINGS
	assert [(m.level, m.code, m.category, m.text) for m in got.messages] == [
		(Level.WARNING, "BR-KSA-98", "KSA", "late")
	]
	assert "business rule" in got.messages[0].explanation_en
	assert "قواعد العمل" in got.messages[0].explanation_ar


def test_messages_are_read_from_a_single_object_as_in_the_200_example() -> None:
	body = {
		"validationResults": {
			"infoMessages": {"code": "XSD_ZATCA_VALID", "message": "fine"},
			"status": "PASS",
		},
		"warningMessages": [{"code": "BR-KSA-63", "message": "address"}],
		"reportingStatus": "REPORTED",
	}
	got = answer(Call.REPORT, 200, body)
	assert got.outcome is Outcome.ACCEPTED_WITH_WARNINGS
	assert [(m.level, m.code) for m in got.messages] == [
		(Level.WARNING, "BR-KSA-63"),
		(Level.INFO, "XSD_ZATCA_VALID"),
	]


@pytest.mark.parametrize(
	("call", "body"),
	[
		(Call.REPORT, results()),
		(Call.REPORT, {}),
		(Call.REPORT, results(clearanceStatus="CLEARED")),
		(Call.REPORT, reported(errors=[{"code": "BR-KSA-17", "message": "reason"}])),
		(Call.CLEAR, results(reportingStatus="REPORTED")),
		(Call.CLEAR, {"clearanceStatus": True}),
		(Call.REPORT, results(reportingStatus="NOT_REPORTED")),
	],
)
def test_a_200_that_does_not_say_yes_is_unknown(call: Call, body: dict[str, Any]) -> None:
	got = answer(call, 200, body)
	assert got.outcome is Outcome.TRY_LATER
	assert got.messages[0].code == "contradictory-answer"
	assert got.next_step is NextStep.SEND_SAME_BYTES_LATER


@pytest.mark.parametrize(
	"sent",
	[
		None,
		"",
		"not base64!",
		base64.b64encode(b"no xml").decode(),
		7,
		["PEE+"],
		base64.b64encode(b"<a>\xff\xfe</a>").decode(),
		base64.b64encode(b"<Invoice/>").decode(),
		base64.b64encode(b"<!DOCTYPE a>" + XML).decode(),
	],
)
def test_a_clearance_without_its_document_is_asked_for_again(sent: object) -> None:
	got = answer(Call.CLEAR, 200, cleared(clearedInvoice=sent))
	assert (got.outcome, got.messages[0].code) == (Outcome.TRY_LATER, "incomplete-answer")


def test_208_is_success_and_brings_the_document_again() -> None:
	got = answer(Call.CLEAR, 208, cleared())
	assert (got.outcome, got.cleared_xml, got.stamp_missing) == (Outcome.ALREADY_ACCEPTED, XML, False)
	assert got.messages[0].code == "Duplicate-Invoice"


def test_a_bare_208_says_that_the_stamp_is_missing() -> None:
	got = answer(Call.CLEAR, 208, results(clearanceStatus="CLEARED"))
	assert (got.outcome, got.stamp_missing) == (Outcome.ALREADY_ACCEPTED, True)


def test_409_is_success_although_it_calls_itself_an_error() -> None:
	body = results(
		errors=[{**DUPLICATE, "message": "Invoice was already Reported successfully earlier."}],
		reportingStatus="NOT_REPORTED",
	)
	got = answer(Call.REPORT, 409, body)
	assert (got.outcome, got.next_step) == (Outcome.ALREADY_ACCEPTED, NextStep.DONE)
	assert "Nothing is left to do" in got.messages[0].explanation_en


@pytest.mark.parametrize(
	("status", "body"),
	[
		(400, results(errors=[DUPLICATE], reportingStatus="NOT_REPORTED")),
		(400, results(reportingStatus="REPORTED_SUCCESSFULLY_EARLIER")),
		(200, results(reportingStatus="REPORTED_SUCCESSFULLY_EARLIER")),
		(202, reported(warnings=[{**DUPLICATE, "code": "Invoice-Warning", "type": "WARNING"}])),
		(200, reported(warnings=[{"code": "Duplicate-Invoice", "message": "seen"}])),
		(200, results(errors=[DUPLICATE], reportingStatus="NOT_REPORTED")),
	],
)
def test_every_variant_of_duplicate_is_success(status: int, body: dict[str, Any]) -> None:
	assert answer(Call.REPORT, status, body).outcome is Outcome.ALREADY_ACCEPTED


@pytest.mark.parametrize(
	("status", "outcome"),
	[
		(200, Outcome.REJECTED),
		(202, Outcome.REJECTED),
		(208, Outcome.TRY_LATER),
		(400, Outcome.REJECTED),
		(409, Outcome.TRY_LATER),
	],
)
@pytest.mark.parametrize("level", ["errors", "warnings"])
def test_a_duplicate_beside_another_error_is_no_success(status: int, outcome: Outcome, level: str) -> None:
	said: dict[str, list[Any]] = {
		"errors": [{"code": "BR-KSA-17", "message": "reason missing"}],
		"warnings": [],
	}
	said[level].append(DUPLICATE)
	got = answer(Call.REPORT, status, results(**said, reportingStatus="NOT_REPORTED"))
	assert got.outcome is outcome
	assert "BR-KSA-17" in [message.code for message in got.errors]


@pytest.mark.parametrize("status", [208, 409])
def test_a_plain_no_under_the_status_of_a_duplicate_is_unknown(status: int) -> None:
	got = answer(Call.CLEAR, status, results(clearanceStatus="NOT_CLEARED"))
	assert (got.outcome, got.messages[0].code) == (Outcome.TRY_LATER, "contradictory-answer")


@pytest.mark.parametrize("status", [200, 202, 208, 409])
def test_another_documents_stamp_is_never_taken(status: int) -> None:
	body = cleared(clearedInvoice=base64.b64encode(stamped("8d487816-70b8-4ade-a618-9d620b73814a")).decode())
	got = classify(Call.CLEAR, status, json.dumps(body), UUID)
	assert (got.outcome, got.cleared_xml) == (Outcome.TRY_LATER, None)
	assert got.messages[0].code == "foreign-document"
	assert "another document" in got.messages[0].explanation_en
	assert "مستند آخر" in got.messages[0].explanation_ar


def test_the_documents_own_stamp_is_taken_however_its_uuid_is_written() -> None:
	got = classify(Call.CLEAR, 200, json.dumps(cleared()), UUID.upper())
	assert (got.outcome, got.cleared_xml) == (Outcome.ACCEPTED, XML)


def test_400_is_a_rejection_that_needs_a_new_document() -> None:
	body = results(
		errors=[{"code": "certificate-permissions", "category": "CERTIFICATE_ERRORS", "message": "VAT"}],
		clearanceStatus="NOT_CLEARED",
		clearedInvoice=None,
	)
	got = answer(Call.CLEAR, 400, body)
	assert (got.outcome, got.next_step, got.cleared_xml) == (
		Outcome.REJECTED,
		NextStep.ISSUE_NEW_DOCUMENT,
		None,
	)
	assert got.errors[0].explanation_en.startswith(
		"The seller's VAT number is not the one in the unit's certificate"
	)


@pytest.mark.parametrize(
	"body", [{}, {"validationResults": {"status": "ERROR"}}, {"message": "Bad Request"}, []]
)
def test_a_400_that_names_no_error_is_unknown(body: object) -> None:
	assert answer(Call.REPORT, 400, body).outcome is Outcome.TRY_LATER


@pytest.mark.parametrize(
	"body",
	[
		{"errors": [{"code": "Invalid-OTP", "message": "The provided OTP is invalid"}]},
		[{"code": "Invalid-OTP", "message": "The provided OTP is invalid"}],
		{"code": "Invalid-OTP", "message": "The provided OTP is invalid"},
	],
)
def test_a_refused_certificate_request_is_corrected_not_reissued(body: object) -> None:
	got = answer(Call.COMPLIANCE_CSID, 400, body)
	assert (got.outcome, got.next_step) == (Outcome.REJECTED, NextStep.CORRECT_REQUEST)
	assert (got.messages[0].code, got.messages[0].text) == ("Invalid-OTP", "The provided OTP is invalid")
	assert "Fatoora portal" in got.messages[0].explanation_en
	assert "بوابة فاتورة" in got.messages[0].explanation_ar


def test_errors_as_plain_text_are_kept() -> None:
	got = answer(Call.PRODUCTION_CSID, 400, {"errors": ["something is wrong"]})
	assert (got.outcome, got.messages[0].text) == (Outcome.REJECTED, "something is wrong")


@pytest.mark.parametrize("call", CERTIFICATES)
def test_an_issued_certificate_is_read_and_its_secret_never_shown(call: Call) -> None:
	got = answer(call, 200, issued())
	assert got.outcome is Outcome.ACCEPTED
	assert got.csid is not None
	assert (got.csid.request_id, got.csid.token, got.csid.secret) == ("1234567890123", TOKEN, "s3cret")
	assert base64.b64decode(got.csid.certificate) == b"\x30\x82certificate"
	assert "s3cret" not in repr(got)
	assert TOKEN not in repr(got)


@pytest.mark.parametrize(
	"change",
	[
		{"secret": ""},
		{"secret": None},
		{"requestID": None},
		{"requestID": True},
		{"binarySecurityToken": "x"},
		{"binarySecurityToken": base64.b64encode(b"not base64!").decode()},
		{"binarySecurityToken": "شهادة"},
		{"dispositionMessage": "NOT_COMPLIANT"},
		{"dispositionMessage": None},
	],
)
def test_half_a_certificate_is_none(change: dict[str, Any]) -> None:
	got = answer(Call.COMPLIANCE_CSID, 200, issued(**change))
	assert (got.outcome, got.csid) == (Outcome.TRY_LATER, None)


def test_428_brings_a_certificate_that_must_pass_compliance_first() -> None:
	body = {"value": issued(dispositionMessage="NOT_COMPLIANT")}
	got = answer(Call.RENEWAL, 428, body)
	assert (got.outcome, got.next_step) == (Outcome.COMPLIANCE_NEEDED, NextStep.RUN_COMPLIANCE)
	assert got.csid is not None
	assert got.csid.secret == "s3cret"
	assert not got.accepted


def test_428_without_a_certificate_is_unknown() -> None:
	assert answer(Call.RENEWAL, 428, {"value": {}}).outcome is Outcome.TRY_LATER
	assert answer(Call.REPORT, 428, {"value": issued()}).outcome is Outcome.TRY_LATER
