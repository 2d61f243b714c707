"""A payment that the customer wants on a certain instalment: who may direct it, how far, and what becomes of it."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType
from typing import Any

import factories as make
import frappe
import instalments_helpers as steps
import pytest
from frappe.model.document import Document

from saudi_crm_billing.instalments.directing.api import direct, directable, withdraw
from saudi_crm_billing.instalments.errors import InstalmentPlanError

SIX = "Test Six Months"


@pytest.fixture
def invoice(site: ModuleType) -> Document:
	"""Six instalments of 100."""
	return steps.a_plan_invoice(600, template=steps.a_template(SIX, instalment_count=6))


def directed(invoice: Document, voucher: Document, number: int, amount: float, **values: Any) -> Document:
	name = direct(
		invoice.name, voucher.doctype, voucher.name, number, amount, values.get("reason", "asked by phone")
	)
	frappe.db.commit()
	return frappe.get_doc("Instalment Direction", name)


@pytest.mark.parametrize("pay", [steps.pay, steps.a_journal_receipt])
def test_a_payment_directed_to_the_fifth(invoice: Document, pay: Any) -> None:
	payment = pay(invoice, 150)
	direction = directed(invoice, payment, 5, 100)
	steps.assert_everywhere(invoice, [50, 100, 100, 100, 0, 100], [50, 0, 0, 0, 100, 0])
	assert (direction.applied, direction.status, direction.owner) == (100, "In Force", "Administrator")
	assert (direction.plan, direction.customer) == (invoice.scb_instalment_plan, invoice.customer)
	plan = frappe.get_doc("Instalment Plan", invoice.scb_instalment_plan)
	assert plan.next_due_date == plan.instalments[0].due_date

	steps.pay(invoice, 60)
	steps.assert_everywhere(invoice, [0, 90, 100, 100, 0, 100], [100, 10, 0, 0, 100, 0])
	payment.reload().cancel()
	frappe.db.commit()
	steps.assert_everywhere(invoice, [40, 100, 100, 100, 100, 100], [60, 0, 0, 0, 0, 0])
	assert (direction.reload().applied, direction.status) == (0, "Lapsed")


def test_a_part_directed_beside_credit_notes_agrees_with_cores_report(invoice: Document) -> None:
	"""Core would pour the note over the instalment with the largest paid amount first; the amounts allow for it."""
	payment = steps.pay(invoice, 130)
	directed(invoice, payment, 5, 60)
	steps.a_credit_note(invoice, 80)
	steps.assert_everywhere(invoice, [0, 50, 100, 100, 40, 100], [70, 0, 0, 0, 60, 0])


def test_a_withdrawn_direction_gives_the_oldest_its_due(invoice: Document) -> None:
	direction = directed(invoice, steps.pay(invoice, 100), 5, 100)
	assert steps.outstanding(invoice) == [100, 100, 100, 100, 0, 100]
	withdraw(direction.name)
	frappe.db.commit()
	steps.assert_everywhere(invoice, [0, 100, 100, 100, 100, 100], [100, 0, 0, 0, 0, 0])
	direction.reload()
	assert (direction.status, direction.applied, direction.withdrawn_by) == ("Withdrawn", 0, "Administrator")
	with pytest.raises(InstalmentPlanError, match="was withdrawn already"):
		withdraw(direction.name)


def test_a_direction_shrinks_with_an_unreconciled_receipt_and_comes_back(site: ModuleType) -> None:
	customer = make.a_customer("Directing Customer")
	invoice = steps.a_plan_invoice(600, steps.a_template(SIX, instalment_count=6), customer=customer)
	receipt = steps.a_receipt(customer, 100)
	steps.reconcile(customer)
	direction = directed(invoice, receipt, 4, 80)
	assert steps.outstanding(invoice) == [80, 100, 100, 20, 100, 100]
	steps.unreconcile(receipt)
	assert steps.outstanding(invoice) == [100] * 6
	assert (direction.reload().applied, direction.status) == (0, "Lapsed")
	steps.reconcile(customer)
	assert steps.outstanding(invoice) == [80, 100, 100, 20, 100, 100]
	assert (direction.reload().applied, direction.status) == (80, "In Force")


@pytest.mark.parametrize(
	("number", "amount", "message"),
	[
		(5, 150.01, r"settles .*150.00 of .* not directed yet; .*150.01 cannot"),
		(5, 100.01, r"Instalment 5 of .* owes .*100.00 without this payment; .*100.01 cannot"),
		(7, 10, "has no instalment 7. Choose one from 1 to 6"),
		(5, 0, "above zero"),
		(5, -5, "negative|above zero"),
	],
)
def test_more_than_there_is_is_refused_with_figures(
	invoice: Document, number: int, amount: float, message: str
) -> None:
	payment = steps.pay(invoice, 150)
	with pytest.raises(frappe.ValidationError, match=message):
		directed(invoice, payment, number, amount)
	assert steps.outstanding(invoice) == [0, 50, 100, 100, 100, 100]


def test_what_is_directed_is_not_free_a_second_time(invoice: Document) -> None:
	payment, other = steps.pay(invoice, 150), steps.pay(invoice, 100)
	directed(invoice, payment, 5, 90)
	with pytest.raises(InstalmentPlanError, match=r"settles .*60.00 of"):
		directed(invoice, payment, 6, 60.01)
	with pytest.raises(InstalmentPlanError, match=r"Instalment 5 of .* owes .*10.00 without"):
		directed(invoice, other, 5, 10.01)
	directed(invoice, other, 5, 10)
	assert steps.outstanding(invoice) == [0, 50, 100, 100, 0, 100]


def test_a_credit_note_and_a_strange_payment_cannot_be_directed(invoice: Document) -> None:
	other = steps.a_plan_invoice()
	note, stranger = steps.a_credit_note(invoice, 50), steps.pay(other, 50)
	with pytest.raises(InstalmentPlanError, match="Only a Payment Entry or a Journal Entry"):
		directed(invoice, note, 5, 10)
	with pytest.raises(InstalmentPlanError, match=r"settles .*0.00 of"):
		directed(invoice, stranger, 5, 10)
	plain = make.a_sales_invoice().insert().submit()
	with pytest.raises(InstalmentPlanError, match="has no instalment plan"):
		directed(plain, stranger, 1, 10)
	draft = make.a_sales_invoice(scb_plan_template=steps.a_template()).insert()
	with pytest.raises(
		InstalmentPlanError,
		match=f"The plan of {draft.name} is Draft. Choose an invoice that is submitted and not cancelled",
	):
		directed(draft, stranger, 1, 10)


def test_a_company_may_allow_no_directions(invoice: Document, forget: Callable[[], None]) -> None:
	make.insert("Instalment Settings", company=make.COMPANY, allow_directed=0)
	forget()  # that there were no settings
	payment = steps.pay(invoice, 100)
	with pytest.raises(InstalmentPlanError, match="lets no payment be directed"):
		directed(invoice, payment, 5, 100)


def test_the_choices_of_the_form(invoice: Document) -> None:
	payment = steps.pay(invoice, 150)
	directed(invoice, payment, 5, 100)
	found = directable(invoice.name)
	assert found["currency"] == "SAR"
	(one,) = found["payments"]
	assert (one["voucher_type"], one["voucher_no"], one["free"]) == ("Payment Entry", payment.name, 50)
	assert [(row["number"], row["owes"]) for row in one["instalments"]] == [
		(number, 100) for number in (1, 2, 3, 4, 6)
	]
	directed(invoice, payment, 6, 50)
	assert directable(invoice.name)["payments"] == []


@pytest.mark.parametrize(
	("roles", "may"),
	[(("Accounts User",), True), (("Accounts Manager",), True), (("Sales Manager",), False), ((), False)],
)
def test_who_may_direct(invoice: Document, roles: tuple[str, ...], may: bool) -> None:
	payment = steps.pay(invoice, 100)
	user = make.a_user("-".join(("director", *roles)).replace(" ", "").lower() + "@example.com", *roles)
	frappe.set_user(user)
	if may:
		assert directable(invoice.name)["payments"][0]["free"] == 100
		direction = directed(invoice, payment, 5, 100)
		assert direction.owner == user
		withdraw(direction.name)
		return
	for forbidden in (
		lambda: directable(invoice.name),
		lambda: directed(invoice, payment, 5, 100),
		lambda: withdraw("any"),
	):
		with pytest.raises(frappe.PermissionError):
			forbidden()


def test_a_user_of_other_customers_directs_nothing(invoice: Document) -> None:
	payment = steps.pay(invoice, 100)
	user = make.a_user("other-director@example.com", "Accounts User")
	other = make.a_customer("Another Directing Customer")
	make.insert("User Permission", user=user, allow="Customer", for_value=other)
	frappe.set_user(user)
	with pytest.raises(frappe.PermissionError):
		directed(invoice, payment, 5, 100)
	with pytest.raises(frappe.PermissionError):
		directable(invoice.name)


def test_a_record_made_by_api_is_checked_alike_and_cannot_be_changed(invoice: Document) -> None:
	payment, other = steps.pay(invoice, 100), steps.a_plan_invoice()
	frappe.set_user(make.a_user("api-director@example.com", "Accounts User"))
	values = {
		"doctype": "Instalment Direction",
		"sales_invoice": invoice.name,
		"voucher_type": "Payment Entry",
		"voucher_no": payment.name,
		"number": 5,
		"reason": "asked",
		"applied": 600,
		"plan": other.scb_instalment_plan,
	}
	with pytest.raises(InstalmentPlanError, match="cannot be directed"):
		frappe.get_doc({**values, "amount": 101}).insert()
	made = frappe.get_doc({**values, "amount": 40}).insert()
	frappe.db.commit()
	assert (made.plan, made.reload().applied) == (invoice.scb_instalment_plan, 40)
	with pytest.raises(frappe.PermissionError):
		frappe.get_doc("Instalment Direction", made.name).update({"amount": 90}).save()
	with pytest.raises(frappe.PermissionError):
		frappe.delete_doc("Instalment Direction", made.name)
	frappe.set_user("Administrator")
	with pytest.raises(InstalmentPlanError, match="A direction is not changed"):
		frappe.get_doc("Instalment Direction", made.name).update({"amount": 90}).save()
	with pytest.raises(InstalmentPlanError, match="A direction is kept"):
		frappe.delete_doc("Instalment Direction", made.name)


def test_the_event_names_the_direction(invoice: Document) -> None:
	direction = directed(invoice, steps.pay(invoice, 100), 5, 100)
	event = frappe.get_last_doc("Instalment Balance Event", {"sales_invoice": invoice.name})
	assert (event.action, event.cause_doctype, event.cause_name) == (
		"Directed",
		"Instalment Direction",
		direction.name,
	)


def test_a_cancelled_payment_and_a_deleted_invoice_are_not_held_by_it(invoice: Document) -> None:
	frappe.db.set_single_value("Accounts Settings", "delete_linked_ledger_entries", 1)
	payment = steps.pay(invoice, 100)
	directed(invoice, payment, 5, 100)
	payment.reload().cancel()
	frappe.delete_doc("Payment Entry", payment.name)
	steps.commit(invoice.reload().cancel())
	frappe.delete_doc("Sales Invoice", invoice.name)
	assert not frappe.db.exists("Instalment Direction", {"sales_invoice": invoice.name})


def test_a_cancelled_invoice_has_no_direction_in_force(invoice: Document) -> None:
	direction = directed(invoice, steps.pay(invoice, 100), 5, 100)
	steps.commit(invoice.reload().cancel())
	direction.reload()
	assert (direction.status, direction.applied) == ("Lapsed", 0)
