"""The table of answers: complete, true of the code that classifies, and the one in the README."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from answer_samples import DUPLICATE, answer, cleared, reported, results

from saudi_crm_billing.e_invoicing.engine.answer_classes import (
	ACCEPTED,
	CLASSES,
	UNKNOWN,
	WARNED,
	AnswerClass,
	as_markdown,
)
from saudi_crm_billing.e_invoicing.engine.answers import Call

SLICE = Path(__file__).resolve().parents[2] / "saudi_crm_billing" / "e_invoicing"
WARNING = {"code": "BR-KSA-98", "category": "KSA", "message": "late"}
ERROR = {"code": "BR-KSA-40", "category": "KSA", "message": "wrong VAT number"}
OFF = {"message": "Clearance is deactiviated. Please use the /invoices/reporting/single endpoint instead."}
ON = {"message": "Clearance is activated. Please use the /invoices/clearance/single endpoint instead."}

# The answers that each row of the table stands for: call, HTTP status, body.
Sample = tuple[Call, int | None, object]
SAMPLES: dict[str, list[Sample]] = {
	"200": [(Call.REPORT, 200, reported()), (Call.CLEAR, 200, cleared())],
	"202": [(Call.REPORT, 202, reported(warnings=[WARNING]))],
	"208": [(Call.REPORT, 208, reported()), (Call.CLEAR, 208, cleared())],
	"303 to clearance": [(Call.CLEAR, 303, OFF)],
	"303 to reporting": [(Call.REPORT, 303, ON)],
	"400 with errors": [(Call.REPORT, 400, results(errors=[ERROR], reportingStatus="NOT_REPORTED"))],
	"400 for a duplicate alone": [
		(Call.REPORT, 400, results(errors=[DUPLICATE], reportingStatus="NOT_REPORTED"))
	],
	"401": [(Call.REPORT, 401, {}), (Call.CLEAR, 401, "")],
	"403": [(Call.REPORT, 403, {})],
	"406": [(Call.CLEAR, 406, {})],
	"409": [(Call.REPORT, 409, results(errors=[DUPLICATE], reportingStatus="NOT_REPORTED"))],
	"413": [(Call.CLEAR, 413, "")],
	"428": [(Call.REPORT, 428, {"value": {"dispositionMessage": "NOT_COMPLIANT"}})],
	"429": [(Call.REPORT, 429, {})],
	"5xx": [(Call.REPORT, status, "") for status in (500, 502, 503, 504)],
	"timeout": [(Call.REPORT, None, "")],
	"connection reset": [(Call.CLEAR, None, "")],
	"unreadable body": [(Call.REPORT, 200, "<html>busy</html>"), (Call.CLEAR, 400, "{")],
}


def test_every_row_has_its_samples() -> None:
	assert [row.answer for row in CLASSES] == list(SAMPLES)


@pytest.mark.parametrize("row", CLASSES, ids=lambda row: row.answer)
def test_a_row_says_what_the_code_does(row: AnswerClass) -> None:
	for sample in SAMPLES[row.answer]:
		got = answer(*sample)
		assert (got.outcome, got.next_step) == (row.outcome, row.step), sample
		assert got.accepted is (row.state == ACCEPTED)
		assert got.unknown is (row.mark == UNKNOWN)
		assert (got.outcome.value == "accepted-with-warnings") is (row.mark == WARNED)


def test_every_state_is_one_that_a_document_can_have() -> None:
	doctype = json.loads((SLICE / "doctype/zatca_document/zatca_document.json").read_text())
	(options,) = [field["options"] for field in doctype["fields"] if field["fieldname"] == "state"]
	named = {state for row in CLASSES for state in row.state.split(" / ")}
	assert named <= set(options.split("\n"))


def test_the_readme_has_the_table() -> None:
	assert as_markdown() in (SLICE / "README.md").read_text(), f"README.md needs this table:\n{as_markdown()}"
