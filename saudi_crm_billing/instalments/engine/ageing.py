"""Ageing buckets: how many days an instalment is late, in the ranges of the ageing report."""

from __future__ import annotations

UPPER = (0, 30, 60, 90, 120, 180, 360)
"""Upper ends in days late; the first bucket is not late, the last is open."""

STARTS = tuple(upper + 1 for upper in UPPER)
NOT_LATE = 0
COUNT = len(UPPER) + 1


def bucket_of(days: int) -> int:
	"""Index of the bucket of that many days late; zero and less are not late."""
	return sum(days >= start for start in STARTS)


def days_of(bucket: int) -> tuple[int | None, int | None]:
	"""The fewest and the most days late in the bucket; None where it is open."""
	fewest = UPPER[bucket - 1] + 1 if bucket > NOT_LATE else None
	return fewest, UPPER[bucket] if bucket < COUNT - 1 else None


def label(bucket: int) -> str:
	""" "0", "1-30" … ">360"."""
	if bucket == NOT_LATE:
		return "0"
	if bucket == COUNT - 1:
		return f">{UPPER[-1]}"
	return f"{UPPER[bucket - 1] + 1}-{UPPER[bucket]}"


LABELS = tuple(label(bucket) for bucket in range(COUNT))
