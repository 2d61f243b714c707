"""When an instalment is to be reminded of: the steps of a policy, forbidden days, what is overdue."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from saudi_crm_billing.common.dates import SAUDI_WEEKEND, is_workday

BUCKETS = (30, 60, 90)
"""Upper ends of the ageing buckets, in days past due; the last bucket is open."""


@dataclass(frozen=True)
class Steps:
	"""When a company reminds.

	`stages` are days from the due date: -3 is three days before it, 0 the day itself. After the last stage a step
	follows every `repeat_every` days; 0: no more. Steps before `not_before` are never sent, so that a policy
	switched on today does not chase what was late last year. Nothing is sent on `weekend` (Monday is 0) and
	`holidays`; what falls there goes out on the next day that is allowed.
	"""

	stages: tuple[int, ...]
	repeat_every: int = 0
	not_before: date | None = None
	weekend: frozenset[int] = SAUDI_WEEKEND
	holidays: frozenset[date] = frozenset()

	@property
	def longest_notice(self) -> int:
		"""How many days before a due date the first step can be."""
		return max([0, *(-days for days in self.stages)])


def may_send(day: date, steps: Steps) -> bool:
	return is_workday(day, steps.weekend, steps.holidays)


def due_step(due_date: date, steps: Steps, today: date) -> int | None:
	"""The latest step, in days from the due date, that has passed and still says something true; else None.

	Steps missed while nothing ran are superseded by the latest one. A step before the due date is void once the
	instalment is overdue. Whether the step was sent already is the caller's to know, by its key.
	"""
	age = (today - due_date).days
	step = _latest_step(age, steps)
	if step is None or (step < 0 < age):
		return None
	if steps.not_before and due_date + timedelta(days=step) < steps.not_before:
		return None
	return step


def _latest_step(age: int, steps: Steps) -> int | None:
	passed = [days for days in steps.stages if days <= age]
	if not passed:
		return None
	last = max(steps.stages)
	if steps.repeat_every > 0 and age > last:
		return last + (age - last) // steps.repeat_every * steps.repeat_every
	return max(passed)


def days_past_due(due_date: date, today: date) -> int:
	"""0 on the due day itself and before it: due today is not overdue, as in ERPNext."""
	return max(0, (today - due_date).days)


def is_overdue(due_date: date, today: date) -> bool:
	return due_date < today


def ageing_bucket(days: int) -> str:
	"""The bucket of that many days past due: "1-30", "31-60", "61-90", "91+"; "" when not overdue."""
	if days <= 0:
		return ""
	lower = 1
	for upper in BUCKETS:
		if days <= upper:
			return f"{lower}-{upper}"
		lower = upper + 1
	return f"{lower}+"
