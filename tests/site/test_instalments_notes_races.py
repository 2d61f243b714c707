"""Two processes at once, with real commits: promissory notes of one plan."""

from __future__ import annotations

from types import ModuleType

import factories as make
import frappe
import instalments_helpers as kit
import pytest
from second_connection import Meanwhile, is_free

from saudi_crm_billing.instalments.notes import api

pytestmark = pytest.mark.commits
NOTE = "Promissory Note"


def a_draft_of(invoice: str) -> str:
	(name,) = api.draft_notes(invoice)
	frappe.db.set_value(NOTE, name, {"issue_place": "الرياض", "drawer_id": "1012345678"})
	return name


def test_the_same_money_is_drafted_once_by_two_at_once(committing_site: ModuleType) -> None:
	a_draft_of(kit.a_plan_invoice(300).name)
	frappe.db.commit()
	invoice = kit.a_plan_invoice(300)
	mine = a_draft_of(invoice.name)
	try:
		other = Meanwhile(lambda: api.draft_notes(invoice.name))
		other.wait_until_it_waits()
	finally:
		frappe.db.commit()
	with pytest.raises(frappe.ValidationError, match=f"Nothing is owed by {invoice.name} that no promissory"):
		other.result()
	stands = frappe.get_all(
		"Promissory Note Instalment", {"plan": invoice.scb_instalment_plan}, pluck="parent"
	)
	assert set(stands) == {mine}


def test_a_note_issued_meanwhile_is_returned_when_its_money_comes(committing_site: ModuleType) -> None:
	invoice = kit.a_plan_invoice(300)
	frappe.db.commit()
	note = a_draft_of(invoice.name)
	api.move_note(note, "Issued")

	def pay() -> None:
		payment = make.a_payment(invoice.name, 300)
		payment.insert().submit()

	try:
		other = Meanwhile(pay)
		other.wait_until_it_waits()
	finally:
		frappe.db.commit()
	other.result()
	frappe.db.commit()
	assert frappe.db.get_value(NOTE, note, "status") == "To Be Returned"


def test_who_saves_a_note_holds_no_note_while_waiting_for_its_plan(committing_site: ModuleType) -> None:
	invoice = kit.a_plan_invoice(300)
	note = a_draft_of(invoice.name)
	frappe.db.commit()
	for act in (lambda: frappe.get_doc(NOTE, note).save(), lambda: api.move_note(note, "Issued")):
		frappe.db.get_value("Instalment Plan", invoice.scb_instalment_plan, "name", for_update=True)
		try:
			other = Meanwhile(act)
			other.wait_until_it_waits()
			assert is_free(NOTE, note)
		finally:
			frappe.db.commit()
		other.result()
	assert frappe.db.get_value(NOTE, note, "status") in ("Draft", "Issued")
