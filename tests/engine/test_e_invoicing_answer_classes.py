"""The table of answers: complete, true of the code that classifies, and the one in the README."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from answer_samples import SAMPLES, answer

from saudi_crm_billing.e_invoicing.engine.answer_classes import (
	ACCEPTED,
	CLASSES,
	UNKNOWN,
	WARNED,
	AnswerClass,
	as_markdown,
)

SLICE = Path(__file__).resolve().parents[2] / "saudi_crm_billing" / "e_invoicing"


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
