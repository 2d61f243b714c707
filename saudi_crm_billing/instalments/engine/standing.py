"""How an instalment stands on a day: its state and the days it is past due."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from enum import Enum


class State(Enum):
	"""`PLANNED`: of a document that books no debt. `DUE`: from the due day to the end of the grace days."""

	PLANNED = "Planned"
	CANCELLED = "Cancelled"
	PAID = "Paid"
	WRITTEN_OFF = "Written Off"
	PARTLY_PAID = "Partly Paid"
	NOT_DUE = "Not due yet"
	DUE = "Due"
	LATE = "Late"


def state_of(
	amount: Decimal,
	outstanding: Decimal,
	due: date,
	grace_until: date,
	today: date,
	written_off: Decimal = Decimal(0),
) -> State:
	"""Of an instalment of a booked debt. Lateness is said before part payment: it is what asks for action. What was
	written off in part was not paid.
	"""
	if outstanding <= 0:
		return State.WRITTEN_OFF if written_off else State.PAID
	if today > grace_until:
		return State.LATE
	if today >= due:
		return State.DUE
	return State.PARTLY_PAID if outstanding < amount else State.NOT_DUE


def days_late(outstanding: Decimal, grace_until: date, today: date) -> int:
	"""Counted from the last day of grace, as the ageing report counts; 0 for what is not late."""
	return max((today - grace_until).days, 0) if outstanding > 0 else 0
