"""Every text that the tax slice shows has an Arabic translation, with the same placeholders."""

from __future__ import annotations

import ast
import csv
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from saudi_crm_billing.customer_tax.engine.tax_class import Flaw
from saudi_crm_billing.customer_tax.engine.wording import (
	CATEGORY_LABELS,
	NOT_VALID,
	WHOSE_CLASS,
	WHY_SENTENCES,
	NoteKind,
)
from saudi_crm_billing.customer_tax.seeds import SEEDS

PACKAGE = Path(__file__).resolve().parents[2] / "saudi_crm_billing"
SLICE = PACKAGE / "customer_tax"
CODES = re.compile(r"^(VATEX-SA-.*|[SZEO])?$")


def translations() -> dict[str, str]:
	with (PACKAGE / "translations" / "parts" / "customer_tax.csv").open(encoding="utf-8", newline="") as file:
		return {row[0]: row[1] for row in csv.reader(file) if row}


def python_texts() -> Iterator[str]:
	for path in SLICE.rglob("*.py"):
		for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
			if (
				isinstance(node, ast.Call)
				and getattr(node.func, "id", "") in ("_", "translate")
				and node.args
			):
				if isinstance(node.args[0], ast.Constant):
					yield node.args[0].value


def script_texts() -> Iterator[str]:
	for path in [*SLICE.rglob("*.js"), *(PACKAGE / "public" / "js").glob("customer_tax*.js")]:
		yield from re.findall(r'__\(\s*"((?:[^"\\]|\\.)*)"', path.read_text(encoding="utf-8"))


def doctype_texts() -> Iterator[str]:
	for path in SLICE.glob("doctype/*/*.json"):
		doctype = json.loads(path.read_text(encoding="utf-8"))
		yield doctype["name"]
		yield from (link["group"] for link in doctype["links"])
		for field in doctype["fields"]:
			yield from filter(None, (field.get("label"), field.get("description")))
			if field["fieldtype"] == "Select":
				yield from (option for option in field["options"].split("\n") if not CODES.match(option))


def engine_texts() -> Iterator[str]:
	for table in (CATEGORY_LABELS, NOT_VALID, WHOSE_CLASS, WHY_SENTENCES):
		yield from table.values()
	yield from (each.value for kind in (Flaw, NoteKind) for each in kind)
	yield from ("Line {lines} – {sentence}", "Lines {lines} – {sentence}")
	yield from (seed.title for seed in SEEDS)


HIDDEN = {"Seed Hash"}
TEXTS = sorted({"Customer Tax", *python_texts(), *script_texts(), *doctype_texts(), *engine_texts()} - HIDDEN)


@pytest.mark.parametrize("text", TEXTS)
def test_text_has_an_arabic_translation_with_its_placeholders(text: str) -> None:
	arabic = translations().get(text, "")
	assert re.search("[\u0600-\u06ff]", arabic), f"no Arabic for: {text}"
	placeholders = r"\{[a-z_0-9]*\}"
	assert sorted(re.findall(placeholders, arabic)) == sorted(re.findall(placeholders, text))


def test_no_translation_is_left_over() -> None:
	assert set(translations()) - set(TEXTS) == set()
