"""The register of promissory notes: what a note says, where it goes, and what its instalments make of it."""

from __future__ import annotations

import factories as make
import frappe
import instalments_helpers as kit
import pytest
from frappe.utils import add_days
from instalments_notes_helpers import DOCTYPE, history, issued, move_instalment, notes, printed

from saudi_crm_billing.instalments import balances
from saudi_crm_billing.instalments.notes import api

pytestmark = pytest.mark.usefixtures("site")


def test_one_note_for_the_plan_at_sight() -> None:
	invoice = kit.a_plan_invoice(300)
	kit.pay(invoice, 40)
	(note,) = notes(invoice)
	assert (note.amount, note.at_sight, note.due_date, note.status) == (260, 1, None, "Draft")
	assert [(row.number, row.amount) for row in note.instalments] == [(1, 60), (2, 100), (3, 100)]
	assert (note.drawer_name, note.customer, note.currency) == ("Najd Furniture", invoice.customer, "SAR")
	with pytest.raises(
		frappe.ValidationError, match=f"Nothing is owed by {invoice.name} that no promissory note stands"
	):
		notes(invoice)


def test_one_note_each_instalment_on_its_day() -> None:
	invoice = kit.a_plan_invoice(300)
	rows = frappe.get_doc("Instalment Plan", invoice.scb_instalment_plan).instalments
	drafts = notes(invoice, each=True)
	assert [(note.amount, note.at_sight, note.due_date) for note in drafts] == [
		(100, 0, row.due_date) for row in rows
	]


def test_a_note_of_another_sum_than_its_instalments_is_refused() -> None:
	(note,) = notes(kit.a_plan_invoice(300))
	with pytest.raises(
		frappe.ValidationError,
		match=r"The note is of 299\.99, but its instalments add up to 300\.00. Make the two",
	):
		note.update({"amount": 299.99}).save()


def test_a_note_claims_no_more_than_is_owed_and_once() -> None:
	invoice = kit.a_plan_invoice(300)
	first, *_others = notes(invoice, each=True)
	first.instalments[0].amount = first.amount = 100.01
	with pytest.raises(
		frappe.ValidationError,
		match=r"Row 1: instalment 1 of .* owes 100\.00, of which 100\.00 may stand in this note; 100\.01 is not between",
	):
		first.save()
	copy = frappe.copy_doc(first)
	copy.update(
		{"amount": 1, "instalments": [{"plan": invoice.scb_instalment_plan, "number": 2, "amount": 1}]}
	)
	with pytest.raises(
		frappe.ValidationError, match=r"owes 100\.00, of which 0\.00 may stand in this note; 1\.00"
	):
		copy.insert()


def test_instalments_of_another_customer_or_plan_are_refused() -> None:
	mine, other = kit.a_plan_invoice(300), kit.a_plan_invoice(300, customer=make.a_customer("Other Buyer"))
	(note,) = notes(mine)
	note.append("instalments", {"plan": other.scb_instalment_plan, "number": 1, "amount": 100})
	with pytest.raises(frappe.ValidationError, match="A note stands for instalments of one plan"):
		note.update({"amount": 400}).save()
	note.reload()
	note.instalments = note.instalments[:1]
	note.instalments[0].plan = other.scb_instalment_plan
	with pytest.raises(
		frappe.ValidationError, match=r"Row 1: plan .* is of Riyadh Trading Co, Other Buyer, in SAR"
	):
		note.update({"amount": 100}).save()
	note.reload()
	note.instalments[0].number = 9
	with pytest.raises(frappe.ValidationError, match=r"Row 1: plan .* of an invoice has no instalment 9"):
		note.save()


def test_a_note_that_lacks_what_makes_it_one_is_not_issued() -> None:
	(note,) = notes(kit.a_plan_invoice(300), platform="Nafith")
	with pytest.raises(
		frappe.ValidationError, match="cannot be issued without: Issued In, Drawer's ID, Note Number"
	):
		api.move_note(note.name, "Issued")
	assert issued(note, note_number="N-77").status == "Issued"


def test_what_a_signed_note_says_does_not_change() -> None:
	note = issued(notes(kit.a_plan_invoice(300))[0])
	assert history(note) == [("Draft", "Issued", "")]
	with pytest.raises(
		frappe.ValidationError, match="is Issued: what a signed note says can no longer be changed"
	):
		note.update({"drawer_name": "Another"}).save()
	note.reload().update({"remarks": "In the safe", "status": "Returned", "claimed_amount": 5})
	note.append("moves", {"to_state": "Returned"})
	note.save()
	assert (note.reload().status, note.claimed_amount, note.remarks, len(note.moves)) == (
		"Issued",
		0,
		"In the safe",
		1,
	)
	with pytest.raises(frappe.ValidationError, match="only a draft or a cancelled note may be deleted"):
		note.delete()


def test_moves_that_do_not_exist_are_refused() -> None:
	note = issued(notes(kit.a_plan_invoice(300))[0])
	with pytest.raises(
		frappe.ValidationError,
		match=f"{note.name} is Issued and cannot become Returned. It can become: To Be Replaced, To Be Returned, Executed",
	):
		api.move_note(note.name, "Returned")
	with pytest.raises(
		frappe.ValidationError,
		match=r"There is no state Lost of a promissory note\. Choose one of: Draft, Issued",
	):
		api.move_note(note.name, "Lost")
	for state in ("To Be Returned", "Returned"):
		api.move_note(note.name, state)
	with pytest.raises(frappe.ValidationError, match=f"{note.name} is Returned and stays so"):
		api.move_note(note.name, "Issued")


def test_settled_it_goes_back_and_comes_again_when_that_is_undone() -> None:
	invoice = kit.a_plan_invoice(300)
	first, second, _third = (issued(note) for note in notes(invoice, each=True))
	payment = kit.pay(invoice, 150)
	assert history(first)[-1] == (
		"Issued",
		"To Be Returned",
		"Its instalments are settled: it goes back to its drawer.",
	)
	assert first.moves[-1].reason_ar == "سُدّدت أقساطه، فيُعاد إلى محرره."
	assert second.reload().status == "Issued"
	payment.cancel()
	frappe.db.commit()
	assert history(first)[-1] == ("To Be Returned", "Issued", "Its instalments are owed again.")
	kit.a_journal_receipt(invoice, 100)
	api.move_note(first.name, "Returned", "Given to his son")
	assert history(first)[-1] == ("To Be Returned", "Returned", "Given to his son")


def test_the_same_ledger_writes_no_second_move() -> None:
	invoice = kit.a_plan_invoice(300)
	note = issued(notes(invoice)[0])
	kit.pay(invoice, 300)
	balances.recompute(invoice.scb_instalment_plan, invoice.name)
	frappe.db.commit()
	assert len(history(note)) == 2


def test_a_cancelled_invoice_sends_its_note_back() -> None:
	invoice = kit.a_plan_invoice(300)
	note = issued(notes(invoice)[0])
	invoice.cancel()
	frappe.db.commit()
	assert note.reload().status == "To Be Returned"


def test_rescheduled_it_is_replaced_by_a_new_one() -> None:
	invoice = kit.a_plan_invoice(300)
	first, second, _third = (issued(note) for note in notes(invoice, each=True))
	move_instalment(invoice, 2, 20)
	assert first.reload().status == "Issued"
	assert history(second)[-1] == (
		"Issued",
		"To Be Replaced",
		"Its instalments were moved: a new note must be signed.",
	)
	new = frappe.get_doc(DOCTYPE, api.draft_replacement(second.name))
	assert (new.replaces, new.amount, new.due_date) == (second.name, 100, add_days(second.due_date, 20))
	with pytest.raises(
		frappe.ValidationError, match=f"{new.name} is drafted already in place of {second.name}"
	):
		api.draft_replacement(second.name)
	issued(new)
	assert history(second)[-1] == ("To Be Replaced", "Replaced", f"Replaced by {new.name}.")
	assert second.replaced_by == new.name
	api.move_note(second.name, "Returned")


def test_a_reschedule_that_is_undone_leaves_the_note_as_it_was() -> None:
	invoice = kit.a_plan_invoice(300)
	note = issued(notes(invoice)[0])
	move_instalment(invoice, 3, 20)
	assert note.reload().status == "To Be Replaced"
	move_instalment(invoice, 3, -20)
	assert history(note)[-1] == ("To Be Replaced", "Issued", "Its instalments stand again as it says.")
	with pytest.raises(frappe.ValidationError, match=f"{note.name} is not to be replaced"):
		api.draft_replacement(note.name)


def test_only_what_is_due_goes_to_execution() -> None:
	invoice = kit.a_plan_invoice(300)
	note = issued(notes(invoice)[0])
	with pytest.raises(frappe.ValidationError, match=f"Nothing of {note.name} is due and owed today"):
		api.move_note(note.name, "Executed")
	move_instalment(invoice, 1, -60)
	kit.pay(invoice, 30)
	frappe.db.set_value(DOCTYPE, note.name, "status", "Issued")
	api.move_note(note.name, "Executed")
	assert (note.reload().status, note.claimed_amount) == ("Executed", 70)


def test_who_may_draft_move_and_see_the_id() -> None:
	invoice = kit.a_plan_invoice(300)
	note = issued(notes(invoice)[0])
	assert note.drawer_id_masked == "••••••5678"
	frappe.set_user(make.a_user("sells@example.com", "Sales User"))
	seen = frappe.get_doc(DOCTYPE, note.name)
	seen.apply_fieldlevel_read_permissions()
	assert (seen.get("drawer_id"), seen.drawer_id_masked) == (None, "••••••5678")
	for call, arguments in ((api.draft_notes, [invoice.name]), (api.move_note, [note.name, "Executed"]),
			(api.draft_replacement, [note.name])):  # fmt: skip
		with pytest.raises(frappe.PermissionError):
			call(*arguments)
	frappe.set_user("Administrator")
	frappe.set_user(make.a_user("keeps@example.com", "Accounts User"))
	with pytest.raises(frappe.PermissionError, match=f"You may not make {note.name} Executed"):
		api.move_note(note.name, "Executed")


def test_the_form_offers_the_moves_that_its_reader_may_make() -> None:
	note = issued(notes(kit.a_plan_invoice(300))[0])
	frappe.set_user(make.a_user("keeps@example.com", "Accounts User"))
	keeper = frappe.get_doc(DOCTYPE, note.name)
	keeper.onload()
	frappe.set_user("Administrator")
	frappe.set_user(make.a_user("manages@example.com", "Accounts Manager"))
	manager = frappe.get_doc(DOCTYPE, note.name)
	manager.onload()
	assert keeper.get_onload("moves") == []
	assert manager.get_onload("moves") == ["To Be Replaced", "To Be Returned", "Executed"]


def test_the_note_prints_what_the_law_asks_of_one() -> None:
	invoice = kit.a_plan_invoice(300)
	note = issued(notes(invoice)[0], guarantor_name="سالم الحربي", guarantor_id="1098765432")
	text = printed(note, "Promissory Note")
	for part in ("سند لأمر", "Najd Furniture", "1012345678", "دون قيد أو شرط", "فقط ثلاثمئة ريال سعودي لا غير",
			"لدى الاطلاع", "الرياض", "سالم الحربي", "بالمرسوم الملكي رقم (م/37)"):  # fmt: skip
		assert part in text, part
	assert "نافذ" not in text
	each = issued(notes(kit.a_plan_invoice(100), each=True)[0])
	day = str(each.due_date)
	assert day in printed(each, "Promissory Note")


def test_the_receipt_of_a_return_is_for_a_note_that_goes_back() -> None:
	invoice = kit.a_plan_invoice(300)
	note = issued(notes(invoice)[0])
	with pytest.raises(frappe.ValidationError, match="is Issued: it is not to be returned"):
		printed(note, "Promissory Note Return Receipt")
	kit.pay(invoice, 300)
	text = printed(note.reload(), "Promissory Note Return Receipt")
	assert "إقرار استلام سند لأمر" in text and "بعد سداد ما حُرر من أجله" in text and note.name in text


def test_an_invoice_whose_plan_a_note_stands_for_is_not_deleted() -> None:
	"""Ledger entries go along with a deleted invoice where the settings say so; a signed note does not."""
	frappe.db.set_single_value("Accounts Settings", "delete_linked_ledger_entries", 1)
	invoice = kit.a_plan_invoice(300)
	(note,) = notes(invoice)
	issued(note)
	kit.commit(invoice.cancel())
	frappe.db.savepoint("before_delete")
	with pytest.raises(frappe.LinkExistsError, match=f"is linked with Promissory Note .*{note.name}"):
		frappe.delete_doc("Sales Invoice", invoice.name)
	frappe.db.rollback(save_point="before_delete")
	note.reload().save()
	other = kit.a_plan_invoice(300)
	kit.commit(other.cancel())
	frappe.delete_doc("Sales Invoice", other.name)
	assert not frappe.db.exists("Instalment Plan", other.scb_instalment_plan)
