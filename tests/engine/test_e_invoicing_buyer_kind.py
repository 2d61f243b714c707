"""Standard or simplified: by the rule, and what a person may choose instead."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saudi_crm_billing.e_invoicing.engine.buyer_kind import (
	BuyerFacts,
	BuyerKind,
	Choice,
	Objection,
	Why,
	by_rule,
	decide,
)
from saudi_crm_billing.e_invoicing.engine.model import Subtype

STANDARD, SIMPLIFIED = Subtype.STANDARD, Subtype.SIMPLIFIED
PERSON = BuyerFacts()
BUSINESS = BuyerFacts(is_registered=True, is_legal_person=True, total=Decimal(1000))
PATIENT = BuyerFacts(has_national_id=True, exemptions=frozenset({"", "VATEX-SA-HEA"}))
ABROAD = BuyerFacts(exemptions=frozenset({"VATEX-SA-32"}))


@pytest.mark.parametrize(
	("facts", "subtype", "why"),
	[
		(PERSON, SIMPLIFIED, Why.PERSON),
		(BuyerFacts(has_national_id=True), SIMPLIFIED, Why.PERSON),
		(BuyerFacts(is_registered=True), STANDARD, Why.REGISTERED),
		(BuyerFacts(is_legal_person=True), STANDARD, Why.LEGAL_PERSON),
		(BuyerFacts(is_legal_person=True, has_national_id=True), STANDARD, Why.LEGAL_PERSON),
		(PATIENT, SIMPLIFIED, Why.CITIZEN),
		(replace(PATIENT, exemptions=frozenset({"VATEX-SA-EDU"})), SIMPLIFIED, Why.CITIZEN),
		(replace(PATIENT, is_registered=True, is_legal_person=True), SIMPLIFIED, Why.CITIZEN),
		(replace(PATIENT, has_national_id=False, is_legal_person=True), STANDARD, Why.LEGAL_PERSON),
		(
			replace(PATIENT, exemptions=frozenset({"VATEX-SA-35"}), is_registered=True),
			STANDARD,
			Why.REGISTERED,
		),
		(ABROAD, STANDARD, Why.EXPORT),
		(replace(ABROAD, exemptions=frozenset({"VATEX-SA-33"})), STANDARD, Why.EXPORT),
		(replace(BUSINESS, followed=frozenset({SIMPLIFIED})), SIMPLIFIED, Why.FOLLOWS),
		(replace(PERSON, followed=frozenset({STANDARD})), STANDARD, Why.FOLLOWS),
	],
)
def test_the_rule(facts: BuyerFacts, subtype: Subtype, why: Why) -> None:
	assert by_rule(facts) == decide(facts) == BuyerKind(subtype, why)


@pytest.mark.parametrize(
	("facts", "choice", "subtype"),
	[
		(PERSON, Choice.STANDARD, STANDARD),
		(PATIENT, Choice.STANDARD, STANDARD),
		(replace(BUSINESS, total=Decimal("999.99")), Choice.SIMPLIFIED, SIMPLIFIED),
	],
)
def test_a_choice_that_nothing_stands_against(facts: BuyerFacts, choice: Choice, subtype: Subtype) -> None:
	assert decide(facts, choice) == BuyerKind(subtype, Why.CHOSEN)


@pytest.mark.parametrize(
	("facts", "choice", "objection"),
	[
		(BUSINESS, Choice.SIMPLIFIED, Objection.BUSINESS),
		(BuyerFacts(is_legal_person=True, total=Decimal(5000)), Choice.SIMPLIFIED, Objection.BUSINESS),
		(ABROAD, Choice.SIMPLIFIED, Objection.EXPORT),
		(replace(PERSON, followed=frozenset({SIMPLIFIED})), Choice.STANDARD, Objection.FOLLOWS),
		(replace(PERSON, followed=frozenset({STANDARD})), Choice.SIMPLIFIED, Objection.FOLLOWS),
		(replace(PERSON, followed=frozenset({STANDARD, SIMPLIFIED})), Choice.BY_RULE, Objection.MIXED),
	],
)
def test_a_forbidden_choice_leaves_the_rule_and_says_why(
	facts: BuyerFacts, choice: Choice, objection: Objection
) -> None:
	kind = decide(facts, choice)
	assert kind.objection is objection
	assert kind.subtype is by_rule(facts).subtype


FACTS = st.builds(
	BuyerFacts,
	is_registered=st.booleans(),
	is_legal_person=st.booleans(),
	has_national_id=st.booleans(),
	exemptions=st.frozensets(
		st.sampled_from(["", "VATEX-SA-32", "VATEX-SA-35", "VATEX-SA-EDU", "VATEX-SA-HEA"])
	),
	followed=st.frozensets(st.sampled_from(Subtype), max_size=2),
	total=st.decimals(0, 5000, places=2),
)


@given(FACTS, st.sampled_from(Choice))
def test_a_choice_is_followed_or_objected_to(facts: BuyerFacts, choice: Choice) -> None:
	kind = decide(facts, choice)
	if choice is Choice.BY_RULE or kind.objection:
		assert kind.subtype is by_rule(facts).subtype
	else:
		assert kind.subtype.name == choice.name


@given(FACTS)
def test_an_id_alone_never_makes_a_person_a_business(facts: BuyerFacts) -> None:
	person = replace(
		facts, is_registered=False, is_legal_person=False, exemptions=frozenset(), followed=frozenset()
	)
	assert by_rule(person).subtype is SIMPLIFIED
