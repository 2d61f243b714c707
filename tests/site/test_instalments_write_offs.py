"""A debt that is given up, and money that comes for it after all: the ledger is the truth of both."""

from __future__ import annotations

from types import ModuleType

import factories as make
import frappe
import instalments_helpers as steps
import pytest
import rescheduling_helpers as change
import settling_helpers as settle
from frappe.model.document import Document
from frappe.utils import add_days, add_months, getdate, nowdate
from second_connection import Meanwhile

from saudi_crm_billing.instalments import balances
from saudi_crm_billing.instalments.errors import InstalmentPlanError
from saudi_crm_billing.instalments.settling import write_offs
from saudi_crm_billing.patches import plans_know_their_write_offs


def plan_state(invoice: Document) -> tuple[str, float, float]:
	fields = ["status", "outstanding", "written_off"]
	return tuple(frappe.db.get_value("Instalment Plan", invoice.scb_instalment_plan, fields))


def journal_of(document: Document) -> Document:
	return frappe.get_doc("Journal Entry", document.journal_entry)


def test_all_that_is_owed_is_written_off_by_the_ledger(site: ModuleType) -> None:
	invoice = change.an_overdue_invoice(total=1000.01)
	steps.pay(invoice, 400)
	document = settle.written_off(invoice)
	assert settle.posted(journal_of(document)) == {
		make.account("Bad Debts"): 600.01,
		make.account("Debtors"): -600.01,
	}
	assert steps.outstanding(invoice) == [0, 0, 0]
	assert invoice.reload().outstanding_amount == 0 and invoice.status == "Paid"
	assert plan_state(invoice) == ("Written Off", 0, 600.01)
	assert [(row.number, row.outstanding, row.written_off) for row in document.rows] == [
		(2, 266.68, 266.68),
		(3, 333.33, 333.33),
	]
	assert (document.status, document.supply_date) == ("Written Off", invoice.posting_date)


def test_an_amount_takes_the_oldest_and_the_plan_stays_active(site: ModuleType) -> None:
	invoice = steps.a_plan_invoice()
	document = settle.written_off(invoice, scope="Amount", wished_amount=130)
	assert [row.written_off for row in document.rows] == [100, 30, 0]
	assert steps.outstanding(invoice) == [0, 70, 100]
	assert plan_state(invoice) == ("Active", 170, 130)
	steps.pay(invoice, 170)
	assert plan_state(invoice) == ("Written Off", 0, 130)


def test_only_what_is_late(site: ModuleType) -> None:
	invoice = change.an_overdue_invoice(months_ago=2)
	document = settle.written_off(invoice, scope="Late Instalments")
	assert document.amount == 100 and steps.outstanding(invoice) == [0, 100, 100]


def test_within_the_grace_days_nothing_is_late(site: ModuleType) -> None:
	"""Ten days of grace: an instalment three days past due is not written off as late, one on its eleventh day is."""
	grace = steps.a_template("Test Three Months with Grace", grace_days=10)
	day = add_days(add_months(nowdate(), -2), -3)
	invoice = steps.a_plan_invoice(template=grace, posting_date=day, scb_first_due_date=add_months(day, 1))
	filters = {"parent": invoice.scb_instalment_plan, "number": 2}
	due, until = frappe.db.get_value("Instalment", filters, ["due_date", "grace_until"])
	assert due < getdate() <= until
	draft = settle.a_write_off(invoice, scope="Late Instalments")
	assert [row.written_off for row in draft.rows] == [100, 0, 0]
	assert settle.a_quote(invoice).late == 100
	later = settle.a_write_off(invoice, scope="Late Instalments", posting_date=add_days(until, 1))
	assert [row.written_off for row in later.rows] == [100, 100, 0]


def test_cancelling_it_gives_the_debt_back(site: ModuleType) -> None:
	invoice = steps.a_plan_invoice()
	steps.pay(invoice, 50)
	document = settle.written_off(invoice)
	document.cancel()
	frappe.db.commit()
	assert steps.outstanding(invoice) == [50, 100, 100]
	assert plan_state(invoice) == ("Active", 250, 0)
	assert document.reload().status == "Undone" and journal_of(document).docstatus == 2
	assert invoice.reload().outstanding_amount == 250


def test_a_payment_cancelled_after_it_makes_the_plan_owe_again(site: ModuleType) -> None:
	invoice = steps.a_plan_invoice()
	payment = steps.pay(invoice, 100)
	settle.written_off(invoice)
	assert plan_state(invoice)[0] == "Written Off"
	payment.cancel()
	frappe.db.commit()
	assert plan_state(invoice) == ("Active", 100, 200)


def test_its_journal_entry_alone_cannot_be_cancelled(site: ModuleType) -> None:
	document = settle.written_off(steps.a_plan_invoice())
	with pytest.raises(frappe.LinkExistsError, match=document.name):
		journal_of(document).cancel()


def test_the_invoice_of_a_write_off_cannot_be_cancelled_under_it(site: ModuleType) -> None:
	invoice = steps.a_plan_invoice()
	document = settle.written_off(invoice)
	with pytest.raises(frappe.LinkExistsError, match=document.name):
		invoice.reload().cancel()


def test_it_voids_an_open_quote(site: ModuleType) -> None:
	invoice = steps.a_plan_invoice()
	quote = settle.an_open_quote(invoice)
	settle.written_off(invoice, scope="Amount", wished_amount=10)
	assert quote.reload().status == "Void"


def test_dollars_are_written_off_to_zero_at_the_invoices_rate(site: ModuleType) -> None:
	from test_instalments_reschedule import an_invoice_in_dollars

	invoice = an_invoice_in_dollars()
	document = settle.written_off(invoice)
	assert (document.amount, document.base_amount) == (100.01, 375.16)
	assert settle.posted(journal_of(document)) == {
		make.account("Bad Debts"): 375.16,
		make.account("Debtors USD"): -375.16,
	}
	assert steps.outstanding(invoice) == [0, 0, 0] and plan_state(invoice)[0] == "Written Off"


@pytest.mark.parametrize("amount", [0, 300.01])
def test_an_amount_out_of_range_is_refused(site: ModuleType, amount: float) -> None:
	with pytest.raises(InstalmentPlanError, match=r"cannot be written off.*at most the 300\.00 owed"):
		settle.a_write_off(steps.a_plan_invoice(), scope="Amount", wished_amount=amount)


def test_it_needs_its_account(site: ModuleType) -> None:
	settle.settings(write_off_account=None)
	with pytest.raises(InstalmentPlanError, match="Enter the Write-Off Account"):
		settle.a_write_off(steps.a_plan_invoice()).submit()


def test_approving_it_is_for_the_role_of_the_settings(site: ModuleType) -> None:
	settle.settings()
	invoice = steps.a_plan_invoice()
	clerk = make.a_user("clerk@example.test", "Accounts User")
	boss = make.a_user("boss@example.test", "Accounts Manager", "Accounts User")
	frappe.set_user(clerk)
	document = settle.a_write_off(invoice)
	with pytest.raises(frappe.PermissionError, match="approved by the role Accounts Manager"):
		document.submit()
	frappe.set_user(boss)
	document = frappe.get_doc("Instalment Write-Off", document.name)
	document.submit()
	assert document.approved_by == boss
	frappe.set_user(clerk)
	with pytest.raises(frappe.PermissionError, match="approved by the role Accounts Manager"):
		frappe.get_doc("Instalment Write-Off", document.name).cancel()


def test_who_drafted_it_does_not_approve_it_while_another_could(site: ModuleType) -> None:
	settle.settings()
	invoice = steps.a_plan_invoice()
	boss = make.a_user("boss@example.test", "Accounts Manager", "Accounts User")
	make.a_user("second@example.test", "Accounts Manager", "Accounts User")
	frappe.set_user(boss)
	document = settle.a_write_off(invoice)
	with pytest.raises(
		frappe.PermissionError, match="Another user with the role Accounts Manager must approve it"
	):
		document.submit()
	frappe.set_user("second@example.test")
	frappe.get_doc("Instalment Write-Off", document.name).submit()


def test_money_recovered_is_income_and_touches_no_debt(site: ModuleType) -> None:
	invoice = steps.a_plan_invoice()
	write_off = settle.written_off(invoice)
	recovery = settle.recovered(write_off, 120.5)
	assert settle.posted(journal_of(recovery)) == {
		make.account("Cash"): 120.5,
		make.account("Bad Debts Recovered"): -120.5,
	}
	write_off.reload()
	assert (write_off.status, write_off.recovered) == ("Partly Recovered", 120.5)
	assert plan_state(invoice) == ("Written Off", 0, 300)
	settle.recovered(write_off, 179.5)
	assert write_off.reload().status == "Recovered"


def test_never_more_than_was_written_off_is_recovered(site: ModuleType) -> None:
	write_off = settle.written_off(steps.a_plan_invoice())
	settle.recovered(write_off, 200)
	with pytest.raises(
		InstalmentPlanError, match=r"100\.01 cannot be recovered: 100\.00 of .* is not recovered yet"
	):
		settle.a_recovery(write_off, 100.01)
	draft, other = settle.a_recovery(write_off, 100), settle.a_recovery(write_off, 100)
	draft.submit()
	with pytest.raises(InstalmentPlanError, match=r"100\.00 cannot be recovered: 0\.00 of"):
		other.submit()


def test_a_recovery_is_taken_back(site: ModuleType) -> None:
	write_off = settle.written_off(steps.a_plan_invoice())
	recovery = settle.recovered(write_off, 100)
	with pytest.raises(
		InstalmentPlanError, match=r"100\.00 of .* was recovered. Cancel its recoveries first"
	):
		write_off.reload().cancel()
	recovery.cancel()
	frappe.db.commit()
	write_off.reload()
	assert (write_off.status, write_off.recovered) == ("Written Off", 0)
	assert journal_of(recovery).docstatus == 2
	write_off.cancel()


def test_nothing_is_recovered_of_a_draft(site: ModuleType) -> None:
	draft = settle.a_write_off(steps.a_plan_invoice())
	with pytest.raises(InstalmentPlanError, match="is not a submitted write-off"):
		settle.a_recovery(draft, 1)


def test_money_goes_to_a_ledger_of_the_company(site: ModuleType) -> None:
	write_off = settle.written_off(steps.a_plan_invoice())
	with pytest.raises(InstalmentPlanError, match="is no ledger of"):
		settle.a_recovery(write_off, 1, paid_to=make.account("Bank Accounts"))


def test_the_evidence_can_be_added_later(site: ModuleType) -> None:
	document = settle.written_off(steps.a_plan_invoice())
	document.update({"efforts": "A claim at Najiz", "evidence": "/private/files/claim.pdf"})
	document.save()
	assert document.reload().efforts == "A claim at Najiz" and document.posting_date == getdate()


@pytest.mark.commits
def test_two_recoveries_at_once_do_not_exceed_it(committing_site: ModuleType) -> None:
	write_off = settle.written_off(steps.a_plan_invoice(customer=make.a_customer("Twice Recovered")))
	first, second = settle.a_recovery(write_off, 200), settle.a_recovery(write_off, 200)
	frappe.db.commit()
	first.submit()
	other = Meanwhile(lambda: frappe.get_doc("Write-Off Recovery", second.name).submit())
	other.wait_until_it_waits()
	frappe.db.commit()
	with pytest.raises(InstalmentPlanError, match=r"200\.00 cannot be recovered: 100\.00 of"):
		other.result()


@pytest.mark.commits
def test_of_two_recoveries_the_one_that_waits_holds_no_draft(committing_site: ModuleType) -> None:
	"""What is recovered is read with a lock on every recovery of the write-off, drafts too."""
	write_off = settle.written_off(steps.a_plan_invoice(customer=make.a_customer("Recovered By Two")))
	first, second = settle.a_recovery(write_off, 200), settle.a_recovery(write_off, 200)
	frappe.db.commit()
	frappe.db.get_value(write_off.doctype, write_off.name, "name", for_update=True)
	try:
		other = Meanwhile(lambda: frappe.get_doc(second.doctype, second.name).submit())
		other.wait_until_it_waits()
		first.submit()
	finally:
		frappe.db.commit()
	with pytest.raises(InstalmentPlanError, match=r"200\.00 cannot be recovered: 100\.00 of"):
		other.result()


CHOSEN = "Chosen Instalments"


def choosing(invoice: Document, *numbers: int) -> Document:
	"""A draft in which these instalments are ticked, as the form does it."""
	document = settle.a_write_off(invoice, scope=CHOSEN)
	for row in document.rows:
		row.chosen = int(row.number in numbers)
	return document.save()


def gone(invoice: Document) -> list[float]:
	filters = {"parent": invoice.scb_instalment_plan}
	return frappe.get_all("Instalment", filters, pluck="written_off", order_by="idx")


def test_chosen_instalments_are_the_ones_settled(site: ModuleType) -> None:
	invoice = steps.a_plan_invoice()
	steps.pay(invoice, 50)
	document = choosing(invoice, 2)
	assert (document.amount, [row.written_off for row in document.rows]) == (100, [0, 100, 0])
	steps.commit(document.submit())
	assert settle.posted(journal_of(document)) == {
		make.account("Bad Debts"): 100,
		make.account("Debtors"): -100,
	}
	steps.assert_everywhere(invoice, owed=[50, 0, 100], paid=[50, 100, 0])
	assert gone(invoice) == [0, 100, 0]
	assert plan_state(invoice) == ("Active", 150, 100)
	steps.pay(invoice, 150)
	assert plan_state(invoice) == ("Written Off", 0, 100) and gone(invoice) == [0, 100, 0]
	assert drift_of(invoice) == []


def drift_of(invoice: Document) -> list[object]:
	from saudi_crm_billing.instalments.drift import differences

	return list(differences([invoice.scb_instalment_plan]))


def test_undoing_it_opens_the_chosen_ones_again(site: ModuleType) -> None:
	invoice = steps.a_plan_invoice()
	document = steps.commit(choosing(invoice, 1, 3).submit())
	steps.pay(invoice, 30)
	assert steps.outstanding(invoice) == [0, 70, 0]
	document.cancel()
	frappe.db.commit()
	assert steps.outstanding(invoice) == [70, 100, 100] and gone(invoice) == [0, 0, 0]
	assert plan_state(invoice) == ("Active", 270, 0) and drift_of(invoice) == []


def test_a_payment_undone_after_it_is_owed_where_it_was_paid(site: ModuleType) -> None:
	invoice = steps.a_plan_invoice()
	payment = steps.pay(invoice, 100)
	settle.written_off(invoice)
	payment.cancel()
	frappe.db.commit()
	assert steps.outstanding(invoice) == [100, 0, 0] and gone(invoice) == [0, 100, 100]


def test_two_write_offs_of_one_plan_keep_to_their_own_rows(site: ModuleType) -> None:
	invoice = steps.a_plan_invoice()
	first, second = choosing(invoice, 1), choosing(invoice, 3)
	steps.commit(first.submit())
	steps.commit(second.submit())
	assert steps.outstanding(invoice) == [0, 100, 0] and gone(invoice) == [100, 0, 100]
	first.reload().cancel()
	frappe.db.commit()
	assert steps.outstanding(invoice) == [100, 100, 0] and plan_state(invoice) == ("Active", 200, 100)


def test_a_chosen_instalment_that_was_paid_meanwhile_is_named(site: ModuleType) -> None:
	invoice = steps.a_plan_invoice()
	document = choosing(invoice, 1, 2)
	payment = steps.pay(invoice, 130)
	with pytest.raises(InstalmentPlanError, match=r"Instalment 1 of .* owes nothing any more; 100\.00 of it"):
		document.submit()
	payment.cancel()
	steps.pay(invoice, 30)
	document = frappe.get_doc("Instalment Write-Off", document.name)
	with pytest.raises(InstalmentPlanError, match=r"Instalment 1 of .* owes 70\.00 now, not the 100\.00"):
		document.submit()
	document = frappe.get_doc("Instalment Write-Off", document.name).save()
	steps.commit(document.submit())
	assert steps.outstanding(invoice) == [0, 0, 100] and document.amount == 170


def test_a_write_off_from_before_settles_its_own_rows(site: ModuleType) -> None:
	"""Its money was poured over the oldest instalments, and its plan knew of no direction."""
	invoice = steps.a_plan_invoice()
	untouched = steps.a_plan_invoice()
	steps.commit(choosing(invoice, 3).submit())
	plan = invoice.scb_instalment_plan
	frappe.db.set_value("Instalment Plan", plan, "has_directions", 0)
	balances.recompute(plan)
	assert steps.outstanding(invoice) == [0, 100, 100] and gone(invoice) == [0, 0, 0]
	plans_know_their_write_offs.execute()
	frappe.db.commit()
	assert steps.outstanding(invoice) == [100, 100, 0] and gone(invoice) == [0, 0, 100]
	assert plan_state(invoice) == ("Active", 200, 100) and drift_of(invoice) == []
	assert not frappe.db.get_value("Instalment Plan", untouched.scb_instalment_plan, "has_directions")


def test_what_was_ticked_of_another_plan_is_not_taken_for_this_one(site: ModuleType) -> None:
	"""The form showed plan A's rows; the third of plan B is another debt."""
	shown, meant = steps.a_plan_invoice(), steps.a_plan_invoice(600)
	rows = write_offs.choices(shown.scb_instalment_plan)
	rows[2]["chosen"] = 1
	with pytest.raises(
		InstalmentPlanError, match=r"Instalment 3 of .* owes 200\.00, due .* not what is shown"
	):
		settle.a_write_off(meant, scope=CHOSEN, rows=rows)
	assert settle.a_write_off(shown, scope=CHOSEN, rows=rows).amount == 100


def test_nothing_chosen_is_not_submitted(site: ModuleType) -> None:
	document = settle.a_write_off(steps.a_plan_invoice(), scope=CHOSEN)
	assert document.amount == 0 and len(document.rows) == 3
	with pytest.raises(InstalmentPlanError, match="Tick the instalments that are written off"):
		document.submit()


def test_a_written_off_instalment_is_not_directed_elsewhere(site: ModuleType) -> None:
	from saudi_crm_billing.instalments.directing.api import direct

	invoice = steps.a_plan_invoice()
	document = steps.commit(choosing(invoice, 2).submit())
	with pytest.raises(InstalmentPlanError, match=r"settles .*0\.00 of .* that is not directed yet"):
		direct(invoice.name, "Journal Entry", document.journal_entry, 3, 50, "Asked for")


def test_the_rows_to_choose_from_are_for_who_may_read_the_plan(site: ModuleType) -> None:
	from saudi_crm_billing.instalments.settling.api import write_off_choices

	invoice = steps.a_plan_invoice()
	steps.pay(invoice, 130)
	rows = write_off_choices(invoice.scb_instalment_plan)
	assert [(row["number"], row["outstanding"], row["chosen"]) for row in rows] == [(2, 70, 0), (3, 100, 0)]
	frappe.set_user(make.a_user("seller@example.test", "Sales User"))
	with pytest.raises(frappe.PermissionError):
		write_off_choices(invoice.scb_instalment_plan)


@pytest.mark.commits
def test_two_at_once_do_not_write_one_instalment_off_twice(committing_site: ModuleType) -> None:
	invoice = steps.a_plan_invoice(customer=make.a_customer("Twice Written Off"))
	first, second = choosing(invoice, 2), choosing(invoice, 2)
	frappe.db.commit()
	first.submit()
	other = Meanwhile(lambda: frappe.get_doc("Instalment Write-Off", second.name).submit())
	other.wait_until_it_waits()
	frappe.db.commit()
	with pytest.raises(InstalmentPlanError, match=r"Instalment 2 of .* owes nothing any more"):
		other.result()
	assert steps.outstanding(invoice) == [100, 0, 100]
