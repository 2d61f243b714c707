"""Weeks and months in which amounts by day are added up."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from enum import Enum

SUNDAY = 6
"""Monday being 0: the Saudi week begins on Sunday."""


class Period(Enum):
	"""How long a bar of a chart is."""

	WEEK = "Week"
	MONTH = "Month"


def start_of(day: date, period: Period, first_weekday: int = SUNDAY) -> date:
	"""The first day of the week or month that `day` is in."""
	if period is Period.MONTH:
		return day.replace(day=1)
	return day - timedelta(days=(day.weekday() - first_weekday) % 7)


def add_up(
	amounts: Mapping[date, tuple[Decimal, ...]], period: Period, first_weekday: int = SUNDAY
) -> dict[date, tuple[Decimal, ...]]:
	"""The amounts by day, summed by the first day of their period, in order; periods without any are left out."""
	sums: dict[date, tuple[Decimal, ...]] = {}
	for day, values in sorted(amounts.items()):
		start = start_of(day, period, first_weekday)
		before = sums.get(start, (Decimal(0),) * len(values))
		sums[start] = tuple(one + other for one, other in zip(before, values, strict=True))
	return sums
