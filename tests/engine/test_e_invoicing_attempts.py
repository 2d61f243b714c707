"""The log of attempts offers what the engine can say, so that a reader sees it in his language."""

from __future__ import annotations

import json
from enum import Enum
from pathlib import Path

import pytest
import translatable_texts as app

from saudi_crm_billing.e_invoicing.engine.answers import Call, Outcome

STARTED = "started"
DOCTYPE = "e_invoicing/doctype/zatca_attempt/zatca_attempt.json"
PACKAGE = Path(__file__).resolve().parents[2] / "saudi_crm_billing"


@pytest.mark.parametrize(("fieldname", "kind"), [("call", Call), ("outcome", Outcome)])
def test_choices_are_the_engines_and_have_arabic(fieldname: str, kind: type[Enum]) -> None:
	fields = {field["fieldname"]: field for field in json.loads((PACKAGE / DOCTYPE).read_text())["fields"]}
	options = fields[fieldname]["options"].split("\n")
	begun = [STARTED] if kind is Outcome else []
	assert options == [*begun, *(member.value for member in kind)]
	assert [option for option in options if not app.translations().get((option, ""))] == []
