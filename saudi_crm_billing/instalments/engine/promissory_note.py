"""A promissory note's states, who moves it from one to the next, and what may be claimed by it.

A note (Commercial Papers Law, royal decree M/37 of 1383 AH) may be claimed for what is due only, is replaced when its
instalments move, and goes back to its drawer when they are settled (instructions no. 43076917 of 2022).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import Enum


class State(Enum):
	DRAFT = "Draft"
	ISSUED = "Issued"
	TO_BE_REPLACED = "To Be Replaced"
	REPLACED = "Replaced"
	TO_BE_RETURNED = "To Be Returned"
	RETURNED = "Returned"
	EXECUTED = "Executed"
	CANCELLED = "Cancelled"


class Mover(Enum):
	"""Who moves a note: its keeper, the keeper's manager, or the system when the instalments change."""

	KEEPER = "Accounts User"
	MANAGER = "Accounts Manager"
	SYSTEM = "system"


KEEPERS = frozenset({Mover.KEEPER, Mover.MANAGER})
MANAGER = frozenset({Mover.MANAGER})
WATCHED = frozenset({Mover.SYSTEM, Mover.MANAGER})

MOVES: dict[State, dict[State, frozenset[Mover]]] = {
	State.DRAFT: {State.ISSUED: KEEPERS, State.CANCELLED: KEEPERS},
	State.ISSUED: {
		State.TO_BE_REPLACED: WATCHED,
		State.TO_BE_RETURNED: WATCHED,
		State.EXECUTED: MANAGER,
	},
	State.TO_BE_REPLACED: {
		State.ISSUED: WATCHED,
		State.REPLACED: frozenset({Mover.SYSTEM}),
		State.TO_BE_RETURNED: WATCHED,
	},
	State.REPLACED: {State.RETURNED: KEEPERS},
	State.TO_BE_RETURNED: {
		State.RETURNED: KEEPERS,
		State.ISSUED: WATCHED,
		State.TO_BE_REPLACED: WATCHED,
		State.EXECUTED: frozenset({Mover.SYSTEM}),
	},
	State.EXECUTED: {State.TO_BE_RETURNED: WATCHED},
	State.RETURNED: {},
	State.CANCELLED: {},
}
"""From a state to the next, and who may; a replaced note is replaced by the issue of the other."""

COVERING = (State.DRAFT, State.ISSUED, State.TO_BE_RETURNED, State.EXECUTED)
"""States in which a note still stands for its instalments; another may not be made for the same money."""

SIGNED = frozenset(COVERING) - {State.DRAFT}
"""States in which its holder can claim: no two such notes stand for the same money."""


@dataclass(frozen=True)
class Line:
	"""An instalment in a note, and how the plan has it now; None where the plan has it no more."""

	number: int
	amount: Decimal
	due_date: date
	now_amount: Decimal | None
	now_due: date | None
	owed: Decimal


def may_move(state: State, to: State, movers: frozenset[Mover]) -> bool:
	return bool(MOVES[state].get(to, frozenset()) & movers)


def next_states(state: State, movers: frozenset[Mover]) -> tuple[State, ...]:
	return tuple(to for to, who in MOVES[state].items() if who & movers)


def followed(state: State, before: State | None, lines: Sequence[Line]) -> State:
	"""Where the system moves a note to by what became of its instalments; `before` is the state that it came from."""
	if state not in (State.ISSUED, State.TO_BE_REPLACED, State.TO_BE_RETURNED, State.EXECUTED):
		return state
	if all(line.owed <= 0 for line in lines):
		return State.TO_BE_RETURNED
	if state is State.EXECUTED or (state is State.TO_BE_RETURNED and before is State.EXECUTED):
		return State.EXECUTED
	return State.ISSUED if fits(lines) else State.TO_BE_REPLACED


def fits(lines: Sequence[Line]) -> bool:
	"""Whether the plan still has every instalment on its day and with at least the note's amount."""
	return all(
		line.now_due == line.due_date and line.now_amount is not None and line.now_amount >= line.amount
		for line in lines
	)


def claimable(lines: Sequence[Line], on: date) -> Decimal:
	"""What may be claimed by the note on a day: what is due by then and still owed, at most the note's own amount."""
	due = (min(line.amount, line.owed) for line in lines if (line.now_due or line.due_date) <= on)
	return sum(due, Decimal(0))


def masked(number: str) -> str:
	"""An ID for lists: its last four digits."""
	return f"{'•' * max(len(number) - 4, 0)}{number[-4:]}" if len(number) > 4 else "•" * len(number)
