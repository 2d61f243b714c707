"""How an instalment stands on a day, and by how many days it is late."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from saudi_crm_billing.instalments.engine.standing import State, days_late, state_of

DUE, GRACE = date(2026, 11, 10), date(2026, 11, 13)
HUNDRED = Decimal(100)


@pytest.mark.parametrize(
	("outstanding", "today", "state", "late"),
	[
		(100, date(2026, 11, 9), State.NOT_DUE, 0),
		(40, date(2026, 11, 9), State.PARTLY_PAID, 0),
		(40, DUE, State.DUE, 0),
		(100, GRACE, State.DUE, 0),
		(100, date(2026, 11, 14), State.LATE, 1),
		(1, date(2026, 12, 13), State.LATE, 30),
		(0, date(2026, 12, 13), State.PAID, 0),
	],
)
def test_an_instalment_stands_by_what_it_owes_and_when(
	outstanding: int, today: date, state: State, late: int
) -> None:
	owed = Decimal(outstanding)
	assert state_of(HUNDRED, owed, DUE, GRACE, today) is state
	assert days_late(owed, GRACE, today) == late


def test_what_was_written_off_is_not_paid() -> None:
	def stands(outstanding: int, written_off: int) -> State:
		today = date(2026, 12, 13)
		return state_of(Decimal(100), Decimal(outstanding), DUE, GRACE, today, Decimal(written_off))

	assert (stands(0, 100), stands(0, 40), stands(0, 0)) == (State.WRITTEN_OFF, State.WRITTEN_OFF, State.PAID)
	assert stands(60, 40) is State.LATE
