"""Moves the notes of a plan after it changed: to be replaced when instalments moved, to be returned when they are settled."""

from __future__ import annotations

from functools import partial

from frappe import _

from saudi_crm_billing.bilingual import Said, said
from saudi_crm_billing.instalments.engine.promissory_note import State, followed
from saudi_crm_billing.instalments.notes import moves
from saudi_crm_billing.instalments.notes.reading import lines_of, notes_of
from saudi_crm_billing.unit_of_work import Phase, enlist


def follow(plan: str) -> None:
	"""After all plans of this transaction are recomputed: see what became of the plan's notes."""
	enlist(Phase.SHOWN, f"promissory notes of {plan}", partial(_follow, plan))


def _follow(plan: str) -> None:
	for name in notes_of(plan):
		note = moves.locked(name)
		state = State(note.status)
		wanted = followed(state, moves.came_from(note), lines_of(note))
		if wanted is not state:
			moves.follow(name, wanted, _why(state, wanted))


def _why(state: State, to: State) -> Said:
	if to is State.TO_BE_RETURNED:
		return said(lambda lang: _("Its instalments are settled: it goes back to its drawer.", lang=lang))
	if to is State.TO_BE_REPLACED:
		return said(lambda lang: _("Its instalments were moved: a new note must be signed.", lang=lang))
	if state is State.TO_BE_REPLACED:
		return said(lambda lang: _("Its instalments stand again as it says.", lang=lang))
	return said(lambda lang: _("Its instalments are owed again.", lang=lang))
