"""Moves notes from state to state: the only writer of a note's state and history."""

from __future__ import annotations

from typing import Any, NoReturn

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import getdate, now, now_datetime, sanitize_html

from saudi_crm_billing.bilingual import NOTHING, Said, plain, said
from saudi_crm_billing.instalments.engine.promissory_note import (
	KEEPERS,
	MOVES,
	Mover,
	State,
	claimable,
	may_move,
	next_states,
)
from saudi_crm_billing.instalments.notes.checks import check_alone, check_issue
from saudi_crm_billing.instalments.notes.reading import DOCTYPE, hold_of, lines_of

SYSTEM = frozenset({Mover.SYSTEM})


def movers() -> frozenset[Mover]:
	"""What the present user is to a note."""
	roles = frappe.get_roles()
	return frozenset(mover for mover in (Mover.KEEPER, Mover.MANAGER) if mover.value in roles)


def choices(note: Document) -> list[str]:
	"""Where the present user may move it."""
	return [state.value for state in next_states(State(note.status), movers())]


def move(name: str, to: str, reason: str = "") -> None:
	"""A person moves a note; refused where the state or the person does not allow it."""
	hold_of(name)
	note = locked(name)
	state, wanted = State(note.status), _state(to)
	if wanted not in MOVES[state]:
		_refuse_move(name, state, wanted)
	if not may_move(state, wanted, movers()):
		frappe.throw(_("You may not make {0} {1}.").format(name, _shown(wanted)), frappe.PermissionError)
	values = _consequences(note, wanted)
	_write(note, wanted, Said(reason, reason), **values)
	if wanted is State.ISSUED and note.replaces and state is State.DRAFT:
		_replace(note)


def follow(name: str, to: State, why: Said) -> None:
	"""The system moves a note, by what became of its instalments."""
	note = locked(name)
	if may_move(State(note.status), to, SYSTEM):
		_write(note, to, why)


def stay(note: Document, why: Said) -> None:
	"""The system would move it and may not: its timeline says why, once."""
	filters = {"reference_doctype": DOCTYPE, "reference_name": note.name, "comment_type": "Info"}
	text = sanitize_html(why.html, always_sanitize=True)
	if text not in frappe.get_all("Comment", filters, pluck="content"):
		note.add_comment("Info", text)


def locked(name: str) -> Document:
	return frappe.get_doc(DOCTYPE, name, for_update=True)


def came_from(note: Document) -> State | None:
	"""The state before the present one."""
	last = next((row for row in reversed(note.moves) if row.to_state == note.status), None)
	return State(last.from_state) if last else None


def _refuse_move(name: str, state: State, wanted: State) -> NoReturn:
	possible = ", ".join(_shown(to) for to in next_states(state, KEEPERS))
	if not possible:
		frappe.throw(_("{0} is {1} and stays so.").format(name, _shown(state)))
	frappe.throw(
		_("{0} is {1} and cannot become {2}. It can become: {3}.").format(
			name, _shown(state), _shown(wanted), possible
		)
	)


def _consequences(note: Document, to: State) -> dict[str, Any]:
	if to is State.ISSUED:
		check = check_issue if note.status == State.DRAFT.value else check_alone
		check(note)
	if to is not State.EXECUTED:
		return {}
	claim = claimable(lines_of(note), getdate())
	if claim <= 0:
		frappe.throw(_("Nothing of {0} is due and owed today: it cannot be claimed.").format(note.name))
	return {"claimed_amount": float(claim)}


def _replace(note: Document) -> None:
	"""The new note is signed: the old one is replaced by it."""
	old = locked(note.replaces)
	why = said(lambda lang: _("Replaced by {0}.", lang=lang).format(note.name))
	if may_move(State(old.status), State.REPLACED, SYSTEM):
		_write(old, State.REPLACED, why, replaced_by=note.name)


def _write(note: Document, to: State, why: Said = NOTHING, **values: Any) -> None:
	row = frappe.get_doc(
		{
			"doctype": "Promissory Note Move",
			"parent": note.name,
			"parenttype": DOCTYPE,
			"parentfield": "moves",
			"idx": len(note.moves) + 1,
			"moved_on": now_datetime(),
			"from_state": note.status,
			"to_state": to.value,
			"moved_by": frappe.session.user,
			"reason": plain(why.en),
			"reason_ar": plain(why.ar),
		}
	)
	row.name = frappe.generate_hash(length=10)
	row.creation = row.modified = now()
	row.db_insert()
	frappe.db.set_value(DOCTYPE, note.name, {"status": to.value, **values})
	frappe.clear_document_cache(DOCTYPE, note.name)


def _state(text: str) -> State:
	try:
		return State(text)
	except ValueError:
		known = ", ".join(_shown(state) for state in State)
		frappe.throw(_("There is no state {0} of a promissory note. Choose one of: {1}.").format(text, known))


def _shown(state: State) -> str:
	return _(state.value, context=DOCTYPE)
