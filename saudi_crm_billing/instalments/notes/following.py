"""Moves the notes of a plan after it changed: to be replaced when instalments moved, to be returned when they are settled."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from frappe import _
from frappe.model.document import Document

from saudi_crm_billing.bilingual import Said, said
from saudi_crm_billing.instalments.engine.promissory_note import State, followed
from saudi_crm_billing.instalments.notes import moves
from saudi_crm_billing.instalments.notes.reading import lines_of, notes_of, rivals_of
from saudi_crm_billing.unit_of_work import Phase, enlist


def follow(plan: str) -> None:
	"""After all plans of this transaction are recomputed: see what became of the plan's notes."""
	enlist(Phase.SHOWN, f"promissory notes of {plan}", partial(_follow, plan))


def _follow(plan: str) -> None:
	"""Those first that stand for their instalments no longer: they make room for those that do again."""
	notes = [moves.locked(name) for name in notes_of(plan)]
	wanted = {
		note.name: followed(State(note.status), moves.came_from(note), lines_of(note)) for note in notes
	}
	for note in sorted(notes, key=lambda note: wanted[note.name] is State.ISSUED):
		_lead(note, State(note.status), wanted[note.name])


def _lead(note: Document, state: State, to: State) -> None:
	if to is state:
		return
	if to is State.ISSUED and (rivals := rivals_of(note)):
		_leave(note, rivals)
	else:
		moves.follow(note.name, to, _why(state, to))


def _leave(note: Document, rivals: Sequence[str]) -> None:
	"""Others were signed in its place: two may not claim the same."""
	why = said(
		lambda lang: _(
			"Its instalments stand again as it says, but {0} stand for them by now: give back one or the other.",
			lang=lang,
		).format(", ".join(rivals))
	)
	if note.status == State.TO_BE_REPLACED.value:
		moves.stay(note, why)
	else:
		moves.follow(note.name, State.TO_BE_REPLACED, why)


def _why(state: State, to: State) -> Said:
	if to is State.TO_BE_RETURNED:
		return said(lambda lang: _("Its instalments are settled: it goes back to its drawer.", lang=lang))
	if to is State.TO_BE_REPLACED:
		return said(lambda lang: _("Its instalments were moved: a new note must be signed.", lang=lang))
	if state is State.TO_BE_REPLACED:
		return said(lambda lang: _("Its instalments stand again as it says.", lang=lang))
	return said(lambda lang: _("Its instalments are owed again.", lang=lang))
