"""Two processes at once, with real commits: requests of one instalment, and jobs of one opening import."""

from __future__ import annotations

import time
from types import ModuleType

import factories as make
import frappe
import instalments_helpers as kit
import opening_helpers as opening
import pytest
import settling_helpers as settle
from frappe.utils import nowdate
from second_connection import Meanwhile, assert_holds_none_while_waiting, is_free

from saudi_crm_billing.instalments.importing import api as importing
from saudi_crm_billing.instalments.importing import running
from saudi_crm_billing.instalments.requests import api

pytestmark = pytest.mark.commits


def begin_the_series() -> None:
	"""Core deadlocks on the first number of a series: see the other races."""
	api.request_instalments(kit.a_plan_invoice(300).name)
	frappe.db.commit()


def test_one_instalment_is_asked_for_once_by_two_at_once(committing_site: ModuleType) -> None:
	begin_the_series()
	invoice = kit.a_plan_invoice(300)
	other = None
	(mine,) = api.request_instalments(invoice.name, [1])
	try:
		other = Meanwhile(lambda: api.request_instalments(invoice.name, [1]))
		other.wait_until_it_waits()
	finally:
		frappe.db.commit()
	with pytest.raises(frappe.ValidationError, match=f"is asked for already, by {mine['name']}"):
		other.result()
	requests = frappe.get_all("Payment Request", {"scb_instalment_plan": invoice.scb_instalment_plan})
	assert [request.name for request in requests] == [mine["name"]]


def test_what_is_being_paid_is_not_asked_for(committing_site: ModuleType) -> None:
	begin_the_series()
	invoice = kit.a_plan_invoice(300)
	payment = make.a_payment(invoice.name, 100)
	payment.insert().submit()
	try:
		other = Meanwhile(lambda: api.request_instalments(invoice.name, [1]))
		other.wait_until_it_waits()
	finally:
		frappe.db.commit()
	with pytest.raises(frappe.ValidationError, match=f"Instalment 1 of {invoice.name} owes nothing"):
		other.result()


def pay_through(request: str, amount: float) -> None:
	payment = frappe.get_doc("Payment Request", request).create_payment_entry(submit=False)
	payment.reference_no, payment.paid_to = "TEST", make.account("Cash")
	payment.paid_to_account_currency = "SAR"
	payment.paid_amount = payment.received_amount = amount
	payment.references[0].allocated_amount = amount
	payment.insert().submit()


def test_what_was_paid_through_a_request_meanwhile_is_seen_when_it_closes(
	committing_site: ModuleType,
) -> None:
	begin_the_series()
	invoice = kit.a_plan_invoice(300)
	(request,) = api.request_instalments(invoice.name, [1])
	kit.a_journal_receipt(kit.a_plan_invoice(300), 1)
	pay_through(request["name"], 60)
	try:
		other = Meanwhile(lambda: kit.a_journal_receipt(invoice, 40))
		other.wait_until_it_waits()
	finally:
		frappe.db.commit()
	other.result()
	frappe.db.commit()
	fields = ["status", "docstatus", "outstanding_amount"]
	assert frappe.db.get_value("Payment Request", request["name"], fields) == ("Paid", 1, 0)


def test_what_may_be_asked_for_is_shown_without_a_lock(committing_site: ModuleType) -> None:
	begin_the_series()
	invoice = kit.a_plan_invoice(300)
	(request,) = api.request_instalments(invoice.name, [1])
	frappe.db.commit()
	assert [row["request"] for row in api.requestable(invoice.name)["rows"]] == [request["name"], None, None]
	row = frappe.db.get_value("Instalment", {"parent": invoice.scb_instalment_plan, "number": 2})
	free = is_free("Payment Request", request["name"]), is_free("Instalment", row)
	frappe.db.rollback()
	assert free == (True, True)


def test_who_submits_or_withdraws_a_quote_holds_none_while_waiting_for_its_plan(
	committing_site: ModuleType,
) -> None:
	invoice = kit.a_plan_invoice(300)
	quote = make.insert("Settlement Quote", plan=invoice.scb_instalment_plan, as_of=nowdate())
	frappe.db.commit()
	assert_holds_none_while_waiting(quote, invoice.scb_instalment_plan, {"submit": "Open", "cancel": "Void"})


def test_who_saves_a_draft_write_off_again_holds_it_not_while_waiting_for_a_payment(
	committing_site: ModuleType,
) -> None:
	"""The payment's recompute locks what the write-offs of its plan say, drafts too."""
	invoice = kit.a_plan_invoice(300, customer=make.a_customer("Paid While Drafting"))
	settle.written_off(invoice, scope="Amount", wished_amount=60)
	draft = settle.a_write_off(invoice)
	frappe.db.commit()
	make.a_payment(invoice.name, 50).insert().submit()
	try:
		other = Meanwhile(lambda: frappe.get_doc(draft.doctype, draft.name).save())
		other.wait_until_it_waits()
		assert is_free(draft.doctype, draft.name)
	finally:
		frappe.db.commit()
	other.result()
	frappe.db.commit()
	assert frappe.db.get_value(draft.doctype, draft.name, "amount") == 190
	assert kit.outstanding(invoice) == [0, 90, 100]


def test_two_jobs_of_one_import_make_each_plan_once(committing_site: ModuleType) -> None:
	stamp = int(time.time() * 1000)
	numbers = [f"{stamp}-{letter}" for letter in "ABCDEF"]
	doc = opening.checked(opening.as_csv([row for number in numbers for row in opening.rows_of(number)]))
	importing.start(doc.name)
	frappe.db.commit()
	other = Meanwhile(lambda: running.run(doc.name))
	running.run(doc.name)
	other.result()
	frappe.db.commit()
	doc.reload()
	assert (doc.status, doc.imported_count, doc.failure) == ("Imported", 6, None)
	assert [invoice.scb_opening_number for invoice in opening.invoices(doc, docstatus=1)] == numbers
