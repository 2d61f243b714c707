"""A promissory note's states and what may be claimed by it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from saudi_crm_billing.instalments.engine.promissory_note import (
	MOVES,
	Line,
	Mover,
	State,
	claimable,
	followed,
	masked,
	may_move,
	next_states,
)

KEEPER, MANAGER, SYSTEM = (frozenset({mover}) for mover in (Mover.KEEPER, Mover.MANAGER, Mover.SYSTEM))
DUE = date(2026, 12, 1)


def line(owed: int = 100, amount: int = 100, now: int | None = 100, due: date = DUE, day: date = DUE) -> Line:
	return Line(1, Decimal(amount), day, None if now is None else Decimal(now), due, Decimal(owed))


@pytest.mark.parametrize(
	("state", "to", "who", "may"),
	[
		(State.DRAFT, State.ISSUED, KEEPER, True),
		(State.DRAFT, State.ISSUED, SYSTEM, False),
		(State.DRAFT, State.RETURNED, MANAGER, False),
		(State.ISSUED, State.EXECUTED, KEEPER, False),
		(State.ISSUED, State.EXECUTED, MANAGER, True),
		(State.ISSUED, State.RETURNED, MANAGER, False),
		(State.ISSUED, State.CANCELLED, MANAGER, False),
		(State.TO_BE_REPLACED, State.REPLACED, MANAGER, False),
		(State.TO_BE_REPLACED, State.REPLACED, SYSTEM, True),
		(State.TO_BE_RETURNED, State.RETURNED, KEEPER, True),
		(State.RETURNED, State.ISSUED, MANAGER, False),
		(State.CANCELLED, State.DRAFT, MANAGER, False),
	],
)
def test_who_moves_a_note_where(state: State, to: State, who: frozenset[Mover], may: bool) -> None:
	assert may_move(state, to, who) is may
	assert (to in next_states(state, who)) is may


def test_every_state_is_reached_and_the_last_ones_are_final() -> None:
	reached = {to for moves in MOVES.values() for to in moves}
	assert reached == set(State) - {State.DRAFT}
	assert {state for state, moves in MOVES.items() if not moves} == {State.RETURNED, State.CANCELLED}


@pytest.mark.parametrize(
	("state", "before", "lines", "expected"),
	[
		(State.ISSUED, State.DRAFT, [line()], State.ISSUED),
		(State.ISSUED, State.DRAFT, [line(owed=40)], State.ISSUED),
		(State.ISSUED, State.DRAFT, [line(owed=0)], State.TO_BE_RETURNED),
		(State.ISSUED, State.DRAFT, [line(owed=0), line()], State.ISSUED),
		(State.ISSUED, State.DRAFT, [line(due=date(2027, 1, 1))], State.TO_BE_REPLACED),
		(State.ISSUED, State.DRAFT, [line(now=99)], State.TO_BE_REPLACED),
		(State.ISSUED, State.DRAFT, [line(), line(now=None)], State.TO_BE_REPLACED),
		(State.TO_BE_REPLACED, State.ISSUED, [line()], State.ISSUED),
		(State.TO_BE_REPLACED, State.ISSUED, [line(owed=0, due=date(2027, 1, 1))], State.TO_BE_RETURNED),
		(State.TO_BE_RETURNED, State.ISSUED, [line(owed=10)], State.ISSUED),
		(State.TO_BE_RETURNED, State.EXECUTED, [line(owed=10)], State.EXECUTED),
		(State.EXECUTED, State.ISSUED, [line(due=date(2027, 1, 1))], State.EXECUTED),
		(State.EXECUTED, State.ISSUED, [line(owed=0)], State.TO_BE_RETURNED),
		(State.DRAFT, None, [line(owed=0)], State.DRAFT),
		(State.REPLACED, State.TO_BE_REPLACED, [line(owed=0)], State.REPLACED),
		(State.RETURNED, State.TO_BE_RETURNED, [line(owed=10)], State.RETURNED),
	],
)
def test_where_the_instalments_lead_a_note(
	state: State, before: State | None, lines: list[Line], expected: State
) -> None:
	assert followed(state, before, lines) is expected


def test_only_what_is_due_and_owed_is_claimed() -> None:
	later = date(2027, 1, 1)
	lines = [line(owed=30), line(owed=100, amount=60), line(due=later, day=later)]
	assert claimable(lines, date(2026, 12, 1)) == 90
	assert claimable(lines, date(2026, 11, 30)) == 0
	assert claimable(lines, later) == 190
	assert claimable([line(due=later)], DUE) == 0


def test_an_id_is_masked_for_lists() -> None:
	assert (masked("1012345678"), masked("123"), masked("")) == ("••••••5678", "•••", "")
