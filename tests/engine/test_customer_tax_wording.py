"""The sentences on a document, and that what is stored can be read back."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saudi_crm_billing.customer_tax.engine.decision import Decision, SetAside, Why
from saudi_crm_billing.customer_tax.engine.tax_class import Validity
from saudi_crm_billing.customer_tax.engine.vatex import Category
from saudi_crm_billing.customer_tax.engine.wording import Explanation, Note, NoteKind, group_lines, treatment

STANDARD = Decision(Why.DEFAULT, Category.STANDARD, Decimal(15), class_name="Taxable 15%")
EXPORT = Decision(
	Why.CUSTOMER, Category.ZERO_RATED, Decimal(0), "VATEX-SA-32", "Export of goods", "صادرات السلع", "Export"
)


def test_one_decision_is_one_sentence_without_line_numbers() -> None:
	explanation = Explanation(group_lines([EXPORT, EXPORT]))
	assert explanation.sentences() == [
		"VAT: Zero-rated – Export of goods (VATEX-SA-32), because the customer's tax class is Export."
	]


def test_lines_that_differ_are_named() -> None:
	assert Explanation(group_lines([STANDARD, EXPORT, STANDARD])).sentences() == [
		"Lines 1, 3 – VAT: Taxable at 15%, because Taxable 15% is the company's default tax class.",
		"Line 2 – VAT: Zero-rated – Export of goods (VATEX-SA-32), because the customer's tax class is Export.",
	]


@pytest.mark.parametrize(
	("validity", "limit", "phrase"),
	[
		(Validity.EXPIRED, date(2026, 6, 30), "the customer's class Special expired on 2026-06-30"),
		(Validity.NOT_YET, date(2026, 6, 30), "the customer's class Special is valid from 2026-06-30 only"),
		(Validity.DISABLED, None, "the customer's class Special is disabled"),
	],
)
def test_class_that_was_set_aside_is_named_with_its_reason(
	validity: Validity, limit: date | None, phrase: str
) -> None:
	missed = (SetAside(Why.CUSTOMER, "Special", validity, limit),)
	decision = Decision(Why.DEFAULT, Category.STANDARD, Decimal(15), class_name="Standard", set_aside=missed)
	(sentence,) = Explanation(group_lines([decision])).sentences()
	assert sentence == f"VAT: Taxable at 15%, because Standard is the company's default tax class ({phrase})."


def test_unclassified_line_says_what_is_missing() -> None:
	(sentence,) = Explanation(group_lines([Decision(Why.NOTHING)])).sentences()
	assert sentence.startswith(
		"VAT: Not classified, because neither the customer nor the item has a valid tax class"
	)


def test_notes_follow_the_decisions() -> None:
	note = Note(NoteKind.CORRECTS, (("invoice", "SINV-1"),))
	assert Explanation(group_lines([STANDARD]), (note,)).sentences()[-1] == (
		"This document corrects SINV-1 and keeps its tax classes."
	)


def test_arabic_takes_the_arabic_reason_and_translates_names() -> None:
	words = {"Zero-rated": "نسبة صفرية", "Export": "تصدير"}
	explanation = Explanation(group_lines([EXPORT]))
	(sentence,) = explanation.sentences(lambda text: words.get(text, text), arabic=True)
	assert "نسبة صفرية – صادرات السلع (VATEX-SA-32)" in sentence
	assert sentence.endswith("is تصدير.")


def test_treatment_of_a_taxable_line_has_no_code() -> None:
	assert treatment(STANDARD) == "Taxable at 15%"


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"groups": [{"lines": [1]}], "notes": []}'])
def test_damaged_facts_are_refused(text: str) -> None:
	with pytest.raises((ValueError, KeyError, TypeError)):
		Explanation.from_json(text)


TEXTS = st.text(max_size=20)
DECISIONS = st.builds(
	Decision,
	why=st.sampled_from(Why),
	category=st.none() | st.sampled_from(Category),
	rate=st.sampled_from([Decimal(0), Decimal(5), Decimal(15)]),
	vatex_code=TEXTS,
	reason_en=TEXTS,
	reason_ar=TEXTS,
	class_name=TEXTS,
	set_aside=st.lists(
		st.builds(
			SetAside,
			st.sampled_from([Why.CUSTOMER, Why.ITEM, Why.DEFAULT]),
			TEXTS,
			st.sampled_from([Validity.EXPIRED, Validity.NOT_YET, Validity.DISABLED]),
			st.none() | st.dates(),
		),
		max_size=2,
	).map(tuple),
)


@given(st.lists(DECISIONS, min_size=1, max_size=6), TEXTS)
def test_stored_explanation_reads_back_as_it_was(decisions: list[Decision], name: str) -> None:
	explanation = Explanation(group_lines(decisions), (Note(NoteKind.NATIONAL_ID, (("vatex", name),)),))
	assert Explanation.from_json(explanation.to_json()) == explanation
	assert len(explanation.sentences()) == len(explanation.groups) + 1


@given(st.lists(DECISIONS, min_size=1, max_size=6))
def test_grouping_loses_no_line(decisions: list[Decision]) -> None:
	groups = group_lines(decisions)
	assert sorted(line for lines, _each in groups for line in lines) == list(range(1, len(decisions) + 1))
	assert all(decisions[line - 1] == each for lines, each in groups for line in lines)
