"""Ageing buckets: every day in one of them, and each end on the right side."""

from __future__ import annotations

import pytest

from saudi_crm_billing.instalments.engine.ageing import COUNT, LABELS, bucket_of, days_of


@pytest.mark.parametrize(
	("days", "label"),
	[
		(-5, "0"),
		(0, "0"),
		(1, "1-30"),
		(30, "1-30"),
		(31, "31-60"),
		(60, "31-60"),
		(90, "61-90"),
		(91, "91-120"),
		(121, "121-180"),
		(180, "121-180"),
		(181, "181-360"),
		(360, "181-360"),
		(361, ">360"),
		(9999, ">360"),
	],
)
def test_a_number_of_days_stands_in_its_bucket(days: int, label: str) -> None:
	assert LABELS[bucket_of(days)] == label


@pytest.mark.parametrize("days", [-400, 0, 1, 30, 31, 119, 120, 121, 180, 181, 360, 361, 4000])
def test_the_days_of_a_bucket_hold_those_that_are_in_it(days: int) -> None:
	holding = [
		bucket
		for bucket in range(COUNT)
		for fewest, most in [days_of(bucket)]
		if (fewest is None or fewest <= days) and (most is None or days <= most)
	]
	assert holding == [bucket_of(days)]


def test_there_are_eight_buckets() -> None:
	assert COUNT == len(LABELS) == len(set(LABELS)) == 8
