"""A portfolio by month of sale: what of it was late at the end of each month after."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal


def months_between(first: date, last: date) -> int:
	"""Whole calendar months from the month of `first` to that of `last`."""
	return (last.year - first.year) * 12 + last.month - first.month


def month_after(first: date, months: int) -> date:
	"""The first day of the month that many months later."""
	years, index = divmod(first.month - 1 + months, 12)
	return date(first.year + years, index + 1, 1)


def ends_of_months(first: date, last: date) -> list[date]:
	"""The last day of each month from that of `first` on; of the month of `last`, `last` itself."""
	following = (month_after(first, count) for count in range(1, months_between(first, last) + 1))
	return [*(day - timedelta(days=1) for day in following), last]


def by_age(sold: date, first: date, late: Sequence[Decimal], months: int) -> list[Decimal]:
	"""What of the sales of a month was late at the end of it and of each of the `months` after it.

	`late` is what was late of them at the end of each month from that of `first` on.
	"""
	start = months_between(first, sold)
	return list(late[start : start + months + 1])


def share(part: Decimal, whole: Decimal) -> Decimal | None:
	"""Percent, to a tenth; None of nothing."""
	return (100 * part / whole).quantize(Decimal("0.1")) if whole else None
