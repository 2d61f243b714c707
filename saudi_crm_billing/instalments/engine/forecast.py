"""Cash to come in by week: as agreed, and in a case where customers pay late or not at all."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

from saudi_crm_billing.common.money import to_money
from saudi_crm_billing.instalments.engine.periods import SUNDAY, Period, start_of

ZERO = Decimal(0)
WEEK = timedelta(days=7)


@dataclass(frozen=True)
class Debt:
	"""What falls due on a day; `slower` of the customer who pays later than the others."""

	due: date
	amount: Decimal
	slower: bool = False


@dataclass(frozen=True)
class Case:
	"""Everyone pays `late_days` after the due date, the slower customer `slower_days` more; `lost` percent never comes."""

	late_days: int = 0
	lost: Decimal = ZERO
	slower_days: int = 0

	def comes_on(self, debt: Debt) -> date:
		return debt.due + timedelta(days=self.late_days + (self.slower_days if debt.slower else 0))

	def comes_of(self, amount: Decimal) -> Decimal:
		return to_money(amount * (100 - self.lost) / 100)


@dataclass(frozen=True)
class Span:
	"""Money of a week, or of the time before or after the weeks: as agreed, and in the case."""

	first: date | None
	last: date | None
	agreed: Decimal
	in_case: Decimal

	@property
	def gap(self) -> Decimal:
		"""Below zero: this much less comes in than agreed."""
		return self.in_case - self.agreed


@dataclass(frozen=True)
class Forecast:
	"""`overdue` was due before the start and is in no week; `later` comes after the last week, or was due after it."""

	overdue: Span
	weeks: tuple[Span, ...]
	later: Span

	@property
	def deepest(self) -> tuple[Decimal, Span]:
		"""Where the case lags furthest behind what was agreed: the sum of all gaps up to a week, and that week."""
		sums = [
			(sum((week.gap for week in self.weeks[: index + 1]), ZERO), index)
			for index in range(len(self.weeks))
		]
		gap, index = min(sums)
		return gap, self.weeks[index]


def forecast(
	debts: Iterable[Debt], start: date, weeks: int, case: Case, first_weekday: int = SUNDAY
) -> Forecast:
	"""That many weeks from `start` on; the first is what is left of the week of `start`. Every debt is in one span."""
	debts = list(debts)
	ahead = [debt for debt in debts if debt.due >= start]
	overdue = sum((debt.amount for debt in debts if debt.due < start), ZERO)
	bounds = _bounds(start, weeks, first_weekday)
	agreed = _by_span(bounds, [(debt.due, debt.amount) for debt in ahead])
	in_case = _by_span(bounds, [(case.comes_on(debt), debt.amount) for debt in ahead])
	spans = [
		Span(first, following - timedelta(days=1), agreed[index], case.comes_of(in_case[index]))
		for index, (first, following) in enumerate(pairwise(bounds))
	]
	return Forecast(
		Span(None, start - timedelta(days=1), overdue, case.comes_of(overdue)),
		tuple(spans),
		Span(bounds[-1], None, agreed[weeks], case.comes_of(in_case[weeks])),
	)


def _bounds(start: date, weeks: int, first_weekday: int) -> list[date]:
	"""The first day of each week, and the day after the last."""
	monday = start_of(start, Period.WEEK, first_weekday)
	return [start, *(monday + count * WEEK for count in range(1, weeks + 1))]


def _by_span(bounds: Sequence[date], amounts: Iterable[tuple[date, Decimal]]) -> list[Decimal]:
	"""Sums by week; what comes after them is the last one."""
	sums = [ZERO] * len(bounds)
	for day, amount in amounts:
		sums[max(index for index, first in enumerate(bounds) if first <= day)] += amount
	return sums
