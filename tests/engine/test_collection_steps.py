"""Reminder steps: which one stands on a day, what supersedes it, on which days nothing goes out."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saudi_crm_billing.collection.engine.steps import (
	Steps,
	ageing_bucket,
	days_past_due,
	due_step,
	is_overdue,
	may_send,
)

DUE = date(2026, 11, 15)  # a Sunday
STAGES = (-3, 0, 1, 7, 14, 30)
STEPS = Steps(STAGES)

stages_of_a_policy = st.lists(st.integers(-30, 60), min_size=1, max_size=8, unique=True).map(tuple)
ages = st.integers(-60, 400)


def after(days: int) -> date:
	return DUE + timedelta(days=days)


@pytest.mark.parametrize(
	("age", "step"),
	[(-4, None), (-3, -3), (-1, -3), (0, 0), (1, 1), (2, 1), (6, 1), (7, 7), (29, 14), (30, 30), (400, 30)],
)
def test_the_latest_step_passed_is_the_one_that_stands(age: int, step: int | None) -> None:
	assert due_step(DUE, STEPS, after(age)) == step


def test_three_days_of_downtime_over_two_steps_leave_only_the_latest() -> None:
	assert due_step(DUE, STEPS, after(2)) == 1


def test_a_notice_before_the_due_date_is_void_once_overdue() -> None:
	steps = Steps((-3, 7))
	assert due_step(DUE, steps, after(0)) == -3
	assert due_step(DUE, steps, after(1)) is None
	assert due_step(DUE, steps, after(7)) == 7


def test_steps_repeat_after_the_last_stage() -> None:
	steps = Steps(STAGES, repeat_every=30)
	assert [due_step(DUE, steps, after(age)) for age in (30, 59, 60, 89, 90, 365)] == [
		30,
		30,
		60,
		60,
		90,
		360,
	]


def test_steps_before_the_start_of_the_policy_are_not_sent() -> None:
	steps = Steps(STAGES, not_before=after(8))
	assert due_step(DUE, steps, after(9)) is None
	assert due_step(DUE, steps, after(14)) == 14


def test_a_policy_without_stages_sends_nothing() -> None:
	assert due_step(DUE, Steps(()), after(5)) is None
	assert Steps(()).longest_notice == 0


def test_longest_notice_tells_how_far_ahead_to_look() -> None:
	assert Steps(STAGES).longest_notice == 3
	assert Steps((1, 7)).longest_notice == 0


@pytest.mark.parametrize(("day", "allowed"), [(19, True), (20, False), (21, False), (22, True), (23, False)])
def test_nothing_goes_out_on_friday_saturday_and_holidays(day: int, allowed: bool) -> None:
	steps = Steps(STAGES, holidays=frozenset({date(2026, 11, 23)}))
	assert may_send(date(2026, 11, day), steps) is allowed


def test_due_today_is_not_overdue_and_tomorrow_is() -> None:
	assert not is_overdue(DUE, DUE)
	assert is_overdue(DUE, after(1))
	assert (days_past_due(DUE, after(-2)), days_past_due(DUE, DUE), days_past_due(DUE, after(1))) == (0, 0, 1)


@pytest.mark.parametrize(
	("days", "bucket"),
	[(-1, ""), (0, ""), (1, "1-30"), (30, "1-30"), (31, "31-60"), (60, "31-60"), (90, "61-90"), (91, "91+")],
)
def test_ageing_buckets(days: int, bucket: str) -> None:
	assert ageing_bucket(days) == bucket


@given(stages=stages_of_a_policy, age=ages, repeat=st.integers(0, 30))
def test_a_step_has_always_passed_and_nothing_newer_has(
	stages: tuple[int, ...], age: int, repeat: int
) -> None:
	step = due_step(DUE, Steps(stages, repeat), after(age))
	if step is None:
		assert not any(days <= age for days in stages if days >= 0 or age <= 0)
	else:
		assert step <= age
		assert not any(step < days <= age for days in stages)
		if repeat and step > max(stages):
			assert age - step < repeat and (step - max(stages)) % repeat == 0


@given(stages=stages_of_a_policy, repeat=st.integers(0, 30), gap=st.integers(1, 20))
def test_run_daily_or_after_gaps_every_step_comes_at_most_once_and_in_order(
	stages: tuple[int, ...], repeat: int, gap: int
) -> None:
	found = [due_step(DUE, Steps(stages, repeat), after(age)) for age in range(-40, 200, gap)]
	steps = [step for step in found if step is not None]
	assert steps == sorted(steps)


@given(stages=stages_of_a_policy)
def test_run_every_day_no_step_is_left_out(stages: tuple[int, ...]) -> None:
	found = {due_step(DUE, Steps(stages), after(age)) for age in range(-40, 80)}
	assert found - {None} == set(stages)
