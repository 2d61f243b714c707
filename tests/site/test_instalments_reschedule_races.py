"""Two users change one plan at once, and a payment meets a reschedule: real commits, two connections."""

from __future__ import annotations

from types import ModuleType

import factories as make
import frappe
import instalments_helpers as steps
import pytest
import rescheduling_helpers as change
import settling_helpers as settle
from frappe.utils import nowdate
from second_connection import Meanwhile, assert_holds_none_while_waiting

from saudi_crm_billing.instalments.directing.api import direct
from saudi_crm_billing.instalments.errors import InstalmentPlanError
from saudi_crm_billing.instalments.settling.api import receive_payment


@pytest.mark.commits
def test_of_two_reschedules_at_once_the_second_is_refused(committing_site: ModuleType) -> None:
	invoice = steps.a_plan_invoice(customer=make.a_customer("Twice Rescheduled"))
	first, second = change.a_draft(invoice), change.a_draft(invoice, shift_months=6)
	frappe.db.commit()
	first.submit()
	other = Meanwhile(lambda: frappe.get_doc("Instalment Reschedule", second.name).submit())
	other.wait_until_it_waits()
	frappe.db.commit()
	with pytest.raises(InstalmentPlanError, match=r"was rescheduled meanwhile \(version 2\)"):
		other.result()
	frappe.db.rollback()
	assert change.plan_rows(invoice)[0] == (1, change.months_on(3), 100)
	assert frappe.db.get_value("Instalment Reschedule", second.name, "docstatus") == 0


@pytest.mark.commits
def test_a_payment_that_waits_for_a_reschedule_settles_its_rows(committing_site: ModuleType) -> None:
	invoice = steps.a_plan_invoice(customer=make.a_customer("Paying While Rescheduled"))
	make.a_payment(invoice.name, 10).set_new_name()
	draft = change.a_draft(invoice, "New Number of Instalments", new_count=6)
	frappe.db.commit()
	draft.submit()
	payer = Meanwhile(lambda: make.a_payment(invoice.name, 120).insert().submit())
	payer.wait_until_it_waits()
	frappe.db.commit()
	payer.result()
	frappe.db.rollback()
	assert steps.outstanding(invoice) == [0, 0, 30, 50, 50, 50]
	assert steps.schedule(invoice, "outstanding") == [(0,), (0,), (30,), (50,), (50,), (50,)]


@pytest.mark.commits
def test_a_reschedule_that_waits_for_a_payment_is_refused(committing_site: ModuleType) -> None:
	invoice = steps.a_plan_invoice(customer=make.a_customer("Rescheduled While Paying"))
	draft = change.a_draft(invoice)
	frappe.db.commit()
	payment = make.a_payment(invoice.name, 30).insert()
	payment.submit()
	other = Meanwhile(lambda: frappe.get_doc("Instalment Reschedule", draft.name).submit())
	other.wait_until_it_waits()
	frappe.db.commit()
	with pytest.raises(InstalmentPlanError, match=r"Instalment 1 due .* 30\.00 is settled now"):
		other.result()
	frappe.db.rollback()
	assert change.plan_rows(invoice)[0] == (1, change.months_on(1), 100)


@pytest.mark.commits
def test_who_applies_or_undoes_a_reschedule_holds_none_while_waiting_for_its_plan(
	committing_site: ModuleType,
) -> None:
	"""Else an invoice's cancel, which holds the plan and voids its reschedules, and this one wait for each other."""
	invoice = steps.a_plan_invoice(customer=make.a_customer("Undone While Cancelled"))
	draft = change.a_draft(invoice)
	frappe.db.commit()
	assert_holds_none_while_waiting(
		draft, invoice.scb_instalment_plan, {"submit": "Applied", "cancel": "Undone"}
	)


@pytest.mark.commits
def test_of_two_quotes_opened_at_once_the_second_is_refused(committing_site: ModuleType) -> None:
	invoice = steps.a_plan_invoice(customer=make.a_customer("Twice Quoted"))
	first, second = settle.a_quote(invoice), settle.a_quote(invoice)
	frappe.db.commit()
	first.submit()
	other = Meanwhile(lambda: frappe.get_doc("Settlement Quote", second.name).submit())
	other.wait_until_it_waits()
	frappe.db.commit()
	with pytest.raises(InstalmentPlanError, match=f"{first.name} is open for this plan"):
		other.result()


@pytest.mark.commits
def test_a_quote_paid_twice_at_once_is_paid_once(committing_site: ModuleType) -> None:
	invoice = steps.a_plan_invoice(customer=make.a_customer("Twice Paying"))
	make.a_payment(invoice.name, 10).set_new_name()
	quote = settle.a_quote(invoice).submit()
	frappe.db.commit()
	cash = make.account("Cash")
	receive_payment(quote.name, paid_to=cash)
	other = Meanwhile(lambda: receive_payment(quote.name, paid_to=cash))
	other.wait_until_it_waits()
	frappe.db.commit()
	with pytest.raises(InstalmentPlanError, match=f"{quote.name} is Paid and cannot be paid"):
		other.result()
	frappe.db.rollback()
	assert frappe.db.get_value("Sales Invoice", invoice.name, "outstanding_amount") == 0


@pytest.mark.commits
def test_a_reschedule_writes_the_schedule_as_it_is_now_not_as_its_snapshot_has_it(
	committing_site: ModuleType,
) -> None:
	"""Another was applied and undone since this transaction began: row 3 of the schedule is a new one."""
	invoice = steps.a_plan_invoice(customer=make.a_customer("Rescheduled And Undone Meanwhile"))
	draft = change.a_draft(invoice)
	frappe.db.commit()
	before = steps.schedule(invoice, "name")
	Meanwhile(lambda: applied_and_undone(invoice.scb_instalment_plan)).result()
	assert steps.schedule(invoice, "name") == before
	steps.commit(draft.submit())
	assert steps.schedule(invoice, "due_date", "payment_amount", "outstanding") == [
		(change.months_on(month), 100, 100) for month in (3, 4, 5)
	]
	assert steps.schedule(invoice, "name") != before


def applied_and_undone(plan: str) -> None:
	values = {"plan": plan, "reason": "Customer's Request", "effective_date": nowdate()}
	wish = {"kind": "New Number of Instalments", "new_count": 2}
	document = frappe.get_doc({"doctype": "Instalment Reschedule", **values, **wish}).insert().submit()
	frappe.db.commit()
	document.reload().cancel()


@pytest.mark.commits
def test_a_reschedule_submitted_at_once_is_refused_where_another_came_between(
	committing_site: ModuleType,
) -> None:
	"""A program inserts it as submitted, so there is no draft that somebody looked at."""
	invoice = steps.a_plan_invoice(customer=make.a_customer("Rescheduled By Program"))
	draft = change.a_draft(invoice, shift_months=6)
	frappe.db.commit()
	assert change.plan_rows(invoice)[0] == (1, change.months_on(1), 100)
	Meanwhile(lambda: frappe.get_doc("Instalment Reschedule", draft.name).submit()).result()
	values = {"plan": invoice.scb_instalment_plan, "reason": "Customer's Request", "docstatus": 1}
	wish = {"kind": "Shift by Months", "shift_months": 2, "effective_date": nowdate()}
	with pytest.raises(InstalmentPlanError, match=r"was rescheduled meanwhile \(version 2\)"):
		frappe.get_doc({"doctype": "Instalment Reschedule", **values, **wish}).insert()
	frappe.db.rollback()
	assert change.plan_rows(invoice)[0] == (1, change.months_on(7), 100)


@pytest.mark.commits
def test_a_payment_is_directed_by_the_rows_as_they_are_now(committing_site: ModuleType) -> None:
	"""A reschedule was committed since this transaction began; the instalment is one of its."""
	invoice = steps.a_plan_invoice(customer=make.a_customer("Directing While Rescheduled"))
	payment = steps.pay(invoice, 30)
	draft = change.a_draft(invoice, "New Number of Instalments", new_count=5)
	frappe.db.commit()
	assert len(change.plan_rows(invoice)) == 3
	Meanwhile(lambda: frappe.get_doc("Instalment Reschedule", draft.name).submit()).result()
	direct(invoice.name, payment.doctype, payment.name, 5, 30, "as the customer asks")
	frappe.db.commit()
	rows = change.plan_rows(invoice, "number", "paid", "outstanding")
	assert rows[0] == (1, 0, 30) and (5, 30, 24) in rows
