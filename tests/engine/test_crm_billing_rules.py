"""Which rule a sale meets, and under which key its run is kept."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saudi_crm_billing.crm_billing.engine.rules import (
	Condition,
	Deal,
	Make,
	Operator,
	Rule,
	Trigger,
	first_match,
	fits,
	holds,
	matches,
	run_key,
)

RULE = Rule("SCB-RULE-0001", "RTC", Trigger.QUOTATION_ACCEPTED, Make.ORDER_AND_INVOICE)
DEAL = Deal("RTC", Trigger.QUOTATION_ACCEPTED, Decimal("11500.00"), "Commercial", {"order_type": "Sales"})


def test_a_rule_listens_to_its_own_company_and_trigger() -> None:
	assert matches(RULE, DEAL)
	assert not matches(RULE, replace(DEAL, company="Another"))
	assert not matches(RULE, replace(DEAL, trigger=Trigger.OPPORTUNITY_WON))


@pytest.mark.parametrize(
	("low", "high", "expected"),
	[
		(None, None, True),
		("11500", None, True),
		("11500.01", None, False),
		(None, "11500", True),
		(None, "11499.99", False),
		("1", "20000", True),
	],
)
def test_limits_are_part_of_the_range(low: str | None, high: str | None, expected: bool) -> None:
	rule = replace(RULE, min_total=Decimal(low) if low else None, max_total=Decimal(high) if high else None)
	assert matches(rule, DEAL) is expected


def test_a_customer_group_must_be_one_of_the_rules_own() -> None:
	rule = replace(RULE, customer_groups=frozenset({"Commercial", "Retail"}))
	assert matches(rule, DEAL)
	assert not matches(rule, replace(DEAL, customer_group="Government"))
	assert not matches(rule, replace(DEAL, customer_group=None))


@pytest.mark.parametrize(
	("operator", "wanted", "value", "expected"),
	[
		("=", "Sales", "Sales", True),
		("=", "Sales", "sales", False),
		("=", "10", 10.0, True),
		("=", "", None, True),
		("!=", "Sales", None, True),
		("!=", "10.00", Decimal(10), False),
		(">", "9", "10", True),
		(">", "10", "10", False),
		(">=", "10", Decimal("10.0"), True),
		("<", "2026-12-01", "2026-11-30", True),
		("<=", "2026-11-29", "2026-11-30", False),
		("<", "abc", 5, False),
		("<", "5", None, False),
		(">", "nan", 5, False),
		("in", "Riyadh, Jeddah", "Jeddah", True),
		("in", "Riyadh, Jeddah", "Jed", False),
		("not in", "Riyadh,Jeddah", "Dammam", True),
		("not in", "Riyadh,Jeddah", "Riyadh", False),
		("is set", "", "x", True),
		("is set", "", False, False),
		("is set", "", 0.0, False),
		("is not set", "", None, True),
		("is not set", "", " ", True),
		("is not set", "", 1, False),
	],
)
def test_operators(operator: str, wanted: str, value: object, expected: bool) -> None:
	assert holds(Condition("field", Operator(operator), wanted), value) is expected


def test_all_conditions_must_hold() -> None:
	good = Condition("order_type", Operator.EQUALS, "Sales")
	bad = Condition("territory", Operator.IS_SET)
	assert matches(replace(RULE, conditions=(good,)), DEAL)
	assert not matches(replace(RULE, conditions=(good, bad)), DEAL)


def test_code_in_a_condition_is_only_text() -> None:
	condition = Condition("order_type", Operator.EQUALS, "__import__('os').getcwd()")
	assert not holds(condition, "Sales")
	assert holds(condition, "__import__('os').getcwd()")


def test_the_highest_priority_wins_then_the_name() -> None:
	low = replace(RULE, name="A", priority=1)
	high = replace(RULE, name="C", priority=2)
	twin = replace(RULE, name="B", priority=2)
	assert first_match([low, high, twin], DEAL) is twin
	assert first_match([low], replace(DEAL, company="Another")) is None
	assert first_match([], DEAL) is None


def test_an_order_is_not_made_from_an_order() -> None:
	allowed = {(trigger, make) for trigger in Trigger for make in Make if fits(trigger, make)}
	orders = {(trigger, make) for trigger, make in allowed if trigger.doctype == "Sales Order"}
	assert orders == {(Trigger.ORDER_SUBMITTED, Make.INVOICE), (Trigger.ORDER_DELIVERED, Make.INVOICE)}
	assert len(allowed) == 8


def test_what_a_target_consists_of() -> None:
	assert Make.ORDER_AND_INVOICE.doctypes == ("Sales Order", "Sales Invoice")
	assert Make.INVOICE.doctypes == ("Sales Invoice",)


def test_the_key_says_what_it_is_for() -> None:
	key = run_key("Quotation", "SAL-QTN-2026-00001", Make.ORDER_AND_INVOICE)
	assert key == "Quotation:SAL-QTN-2026-00001:Sales Order and Sales Invoice"


names = st.text(min_size=1, max_size=140)


@given(names, names, st.sampled_from(Make), st.sampled_from(Make))
def test_keys_fit_the_column_and_differ_with_the_document_and_target(
	first: str, second: str, make: Make, other: Make
) -> None:
	key, other_key = run_key("Quotation", first, make), run_key("Quotation", second, other)
	assert len(key) <= 140
	assert (key == other_key) == (first == second and make is other)
