"""Two signed notes never stand for the same instalment, whoever moves the first of them back."""

from __future__ import annotations

import factories as make
import frappe
import instalments_helpers as kit
import pytest
from frappe.model.document import Document
from instalments_notes_helpers import DOCTYPE, history, issued, move_instalment, notes
from rescheduling_helpers import rescheduled

from saudi_crm_billing.instalments import balances
from saudi_crm_billing.instalments.engine.promissory_note import COVERING
from saudi_crm_billing.instalments.notes import api

pytestmark = pytest.mark.usefixtures("site")


def comments(note: Document) -> list[str]:
	filters = {"reference_doctype": DOCTYPE, "reference_name": note.name, "comment_type": "Info"}
	return frappe.get_all("Comment", filters, pluck="content")


def recompute(invoice: Document) -> None:
	balances.recompute(invoice.scb_instalment_plan, invoice.name)
	frappe.db.commit()


def signed_for(invoice: Document, number: int) -> list[str]:
	"""Notes that stand for the instalment and are signed."""
	filters = {"plan": invoice.scb_instalment_plan, "number": number}
	names = frappe.get_all("Promissory Note Instalment", filters, pluck="parent")
	states = [state.value for state in COVERING if state.value != "Draft"]
	return sorted(frappe.get_all(DOCTYPE, {"name": ("in", names), "status": ("in", states)}, pluck="name"))


@pytest.fixture
def rivals() -> tuple[Document, Document, Document, list[Document]]:
	"""Of one plan: the invoice, its reschedule, the note of all instalments that it made To Be Replaced, and a new note an
	instalment, signed before anybody undid the reschedule."""
	invoice = kit.a_plan_invoice(300)
	(old,) = notes(invoice)
	old = issued(old)
	change = rescheduled(invoice, "Move One Instalment", moved_number=3, moved_to=due_later(invoice))
	assert old.reload().status == "To Be Replaced"
	return invoice, change, old, [issued(note) for note in notes(invoice, each=True)]


def due_later(invoice: Document) -> str:
	due = frappe.db.get_value("Instalment", {"parent": invoice.scb_instalment_plan, "number": 3}, "due_date")
	return frappe.utils.add_days(due, 20)


def test_a_reschedule_undone_after_new_notes_were_signed_leaves_the_old_one_to_be_replaced(
	rivals: tuple[Document, Document, Document, list[Document]],
) -> None:
	invoice, change, old, (first, second, third) = rivals
	change.cancel()
	frappe.db.commit()
	assert third.reload().status == "To Be Replaced"
	assert history(old)[-1][:2] == ("Issued", "To Be Replaced")
	assert [signed_for(invoice, number) for number in (1, 2)] == [[first.name], [second.name]]
	(comment,) = comments(old)
	assert (
		f"Its instalments stand again as it says, but {first.name}, {second.name} stand for them by now"
		in comment
	)
	assert f"عادت أقساطه كما نص عليها، لكن يغطيها الآن {first.name}" in comment
	recompute(invoice)
	assert len(comments(old)) == 1


def test_a_manager_does_not_issue_a_note_beside_another(
	rivals: tuple[Document, Document, Document, list[Document]],
) -> None:
	invoice, _change, old, new = rivals
	frappe.set_user(make.a_user("manages@example.com", "Accounts Manager"))
	names = ", ".join(note.name for note in new)
	with pytest.raises(
		frappe.ValidationError,
		match=f"{old.name} cannot be issued: {names} stand for its instalments by now. Give back one or the other",
	):
		api.move_note(old.name, "Issued")
	assert [signed_for(invoice, number) for number in (1, 2, 3)] == [[note.name] for note in new]


def test_when_the_others_are_given_back_the_old_note_is_issued_again(
	rivals: tuple[Document, Document, Document, list[Document]],
) -> None:
	invoice, change, old, new = rivals
	change.cancel()
	frappe.db.commit()
	for note in new:
		for state in ("To Be Returned", "Returned"):
			api.move_note(note.name, state)
	recompute(invoice)
	assert history(old)[-1][:2] == ("To Be Replaced", "Issued")
	assert [signed_for(invoice, number) for number in (1, 2, 3)] == [[old.name]] * 3


def test_a_payment_undone_gives_its_instalment_back_to_one_note_only(
	rivals: tuple[Document, Document, Document, list[Document]],
) -> None:
	invoice, change, old, new = rivals
	payment = kit.pay(invoice.reload(), 300)
	change.cancel()
	frappe.db.commit()
	assert {note.reload().status for note in (old, *new)} == {"To Be Returned"}
	payment.reload().cancel()
	frappe.db.commit()
	first, second, _third = new
	assert [signed_for(invoice, number) for number in (1, 2)] == [[first.name], [second.name]]
	assert history(old)[-1][:2] == ("To Be Returned", "To Be Replaced")
	assert f"but {first.name}, {second.name}" in history(old)[-1][2]


def test_a_note_that_its_instalments_leave_makes_room_for_the_one_that_they_return_to() -> None:
	invoice = kit.a_plan_invoice(300)
	old = issued(notes(invoice, each=True)[2])
	move_instalment(invoice, 3, 20)
	new = issued(notes(invoice, each=True)[0])
	move_instalment(invoice, 3, -20)
	assert (old.reload().status, new.reload().status, comments(old)) == ("Issued", "To Be Replaced", [])


def test_notes_of_parts_of_an_instalment_do_not_stand_in_each_others_way() -> None:
	invoice = kit.a_plan_invoice(300)
	first, *_others = notes(invoice, each=True)
	first.instalments[0].amount = first.amount = 60
	rest = frappe.copy_doc(first)
	first.save()
	rest.update({"amount": 40, "instalments": []})
	rest.append("instalments", {"plan": invoice.scb_instalment_plan, "number": 1, "amount": 40})
	first, rest = issued(first), issued(rest.insert())
	move_instalment(invoice, 1, 20)
	assert {first.reload().status, rest.reload().status} == {"To Be Replaced"}
	move_instalment(invoice, 1, -20)
	assert {first.reload().status, rest.reload().status} == {"Issued"}
