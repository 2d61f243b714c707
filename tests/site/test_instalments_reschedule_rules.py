"""A reschedule beside credit notes of any rule, directed payments, margins, notes and an amended invoice."""

from __future__ import annotations

from types import ModuleType

import factories as make
import frappe
import instalments_helpers as steps
import pytest
import rescheduling_helpers as change
from frappe.model.document import Document
from test_instalments_credit_rule import the_rule
from test_instalments_directed import directed
from test_instalments_reschedule import an_invoice_in_dollars

from saudi_crm_billing.instalments.drift import differences
from saudi_crm_billing.instalments.errors import InstalmentPlanError

months = change.months_on


RULES = {
	"Oldest first": ([0, 40, 100], [0, 0, 35, 35, 35, 35]),
	"Last first": ([0, 100, 40], [0, 50, 50, 40, 0]),
	"Proportional": ([0, 70, 70], [0, 35, 35, 35, 35]),
}
"""100 paid, then a credit note of 60: what is owed before, and after the rest was shared among four."""


@pytest.mark.parametrize("rule", RULES)
def test_credit_notes_follow_the_plans_rule_over_the_new_rows(site: ModuleType, rule: str) -> None:
	before, after = RULES[rule]
	the_rule(rule)
	invoice = steps.a_plan_invoice()
	steps.pay(invoice, 100)
	steps.a_credit_note(invoice, 60)
	assert steps.outstanding(invoice) == before
	document = change.rescheduled(invoice, "New Number of Instalments", new_count=4, first_due_date=months(6))
	steps.assert_everywhere(invoice, after, [100, *[0] * (len(after) - 1)])
	assert list(differences([invoice.scb_instalment_plan])) == []
	document.cancel()
	frappe.db.commit()
	steps.assert_everywhere(invoice, before, [100, 0, 0])
	assert change.plan_rows(invoice) == [(n, months(n), 100) for n in (1, 2, 3)]


@pytest.mark.parametrize("rule", RULES)
def test_a_credit_note_cancelled_after_it_gives_the_new_rows_their_debt_back(
	site: ModuleType, rule: str
) -> None:
	the_rule(rule)
	invoice = steps.a_plan_invoice()
	note = steps.a_credit_note(invoice, 60)
	change.rescheduled(invoice, "New First Due Date", first_due_date=months(6))
	note.reload().cancel()
	frappe.db.commit()
	assert steps.outstanding(invoice) == [amount for (amount,) in change.plan_rows(invoice, "amount")]
	assert list(differences([invoice.scb_instalment_plan])) == []


def test_a_plan_that_credit_notes_settled_has_nothing_to_move(site: ModuleType) -> None:
	the_rule("Last first")
	invoice = steps.a_plan_invoice()
	steps.a_credit_note(invoice, 300)
	with pytest.raises(InstalmentPlanError, match="there is nothing to reschedule"):
		change.a_draft(invoice)


def test_base_amounts_of_dollars_come_back_after_a_note_of_the_last_rows(site: ModuleType) -> None:
	the_rule("Last first")
	invoice = an_invoice_in_dollars()
	before = steps.schedule(invoice, "payment_amount", "base_payment_amount")
	note = steps.a_credit_note(invoice, 40)
	document = change.rescheduled(invoice)
	document.cancel()
	note.reload().cancel()
	frappe.db.commit()
	assert steps.schedule(invoice, "payment_amount", "base_payment_amount") == before


def test_a_directed_payment_stays_with_its_row(site: ModuleType) -> None:
	invoice = steps.a_plan_invoice(600, template=steps.a_template("Test Six Months", instalment_count=6))
	payment = steps.pay(invoice, 150)
	direction = directed(invoice, payment, 5, 60)
	assert steps.outstanding(invoice) == [10, 100, 100, 100, 40, 100]
	change.rescheduled(invoice, "Move One Instalment", moved_number=2, moved_to=months(9))
	assert steps.outstanding(invoice) == [10, 100, 100, 40, 100, 100]
	document = change.rescheduled(invoice, "New First Due Date", first_due_date=months(10))
	assert direction.reload().applied == 60
	kept = change.plan_rows(invoice, "number", "due_date", "amount", "outstanding")[:2]
	assert kept == [(1, months(1), 90, 0), (5, months(5), 60, 0)]
	assert sum(steps.outstanding(invoice)) == 450
	assert list(differences([invoice.scb_instalment_plan])) == []
	document.cancel()
	frappe.db.commit()
	assert steps.outstanding(invoice) == [10, 100, 100, 40, 100, 100]


def a_lapsed_direction(customer: str, number: int) -> tuple[Document, Document]:
	"""Of six instalments of 100, 80 of a receipt went to `number`; the receipt settles nothing for now."""
	customer = make.a_customer(customer)
	invoice = steps.a_plan_invoice(
		600, template=steps.a_template("Test Six Months", instalment_count=6), customer=customer
	)
	receipt = steps.a_receipt(customer, 100)
	steps.reconcile(customer)
	direction = directed(invoice, receipt, number, 80)
	steps.unreconcile(receipt)
	assert direction.reload().status == "Lapsed"
	return invoice, direction


def test_a_lapsed_direction_ends_with_the_day_of_its_instalment(site: ModuleType) -> None:
	"""Number 3 of the new schedule is another debt: a receipt that comes back settles the oldest."""
	invoice, direction = a_lapsed_direction("Lapsing Customer", 3)
	document = change.rescheduled(invoice, "New Number of Instalments", new_count=3, first_due_date=months(2))
	direction.reload()
	assert (direction.status, direction.withdrawn_by) == ("Withdrawn", "Administrator")
	filters = {"reference_doctype": direction.doctype, "reference_name": direction.name}
	comments = "".join(frappe.get_all("Comment", filters, pluck="content"))
	assert f"withdrawn, because {document.name} moved the instalment" in comments
	assert f"سُحب لأن إعادة الجدولة {document.name} نقلت القسط" in comments
	steps.reconcile(invoice.customer)
	assert steps.outstanding(invoice) == [100, 200, 200]
	assert list(differences([invoice.scb_instalment_plan])) == []


def test_a_lapsed_direction_to_an_instalment_that_stays_comes_back(site: ModuleType) -> None:
	invoice, direction = a_lapsed_direction("Staying Customer", 3)
	change.rescheduled(invoice, "Move One Instalment", moved_number=5, moved_to=months(9))
	assert direction.reload().status == "Lapsed"
	steps.reconcile(invoice.customer)
	assert steps.outstanding(invoice) == [80, 100, 20, 100, 100, 100]
	assert (direction.reload().applied, direction.status) == (80, "In Force")


def test_undoing_a_reschedule_ends_what_was_directed_to_its_rows(site: ModuleType) -> None:
	invoice = steps.a_plan_invoice(600, template=steps.a_template("Test Six Months", instalment_count=6))
	document = change.rescheduled(invoice, "New Number of Instalments", new_count=3, first_due_date=months(7))
	direction = directed(invoice, steps.pay(invoice, 100), 3, 100)
	assert steps.outstanding(invoice) == [200, 200, 100]
	document.reload().cancel()
	frappe.db.commit()
	assert steps.outstanding(invoice) == [0, 100, 100, 100, 100, 100]
	assert direction.reload().status == "Withdrawn"


def test_a_payment_of_a_term_that_is_gone_can_be_cancelled(site: ModuleType) -> None:
	"""Core looks for the term that the payment names, and refused."""
	invoice = steps.a_plan_invoice()
	payment = make.a_payment(invoice.name, 50)
	payment.references[0].payment_term = "Instalment 003"
	payment.insert().submit()
	frappe.db.commit()
	change.rescheduled(invoice, "New Number of Instalments", new_count=1, first_due_date=months(6))
	assert steps.schedule(invoice, "payment_term", "outstanding") == [
		("Instalment 001", 0),
		("Instalment 002", 250),
	]
	payment.reload().cancel()
	frappe.db.commit()
	assert steps.schedule(invoice, "outstanding", "paid_amount") == [(50, 0), (250, 0)]
	assert steps.outstanding(invoice) == [50, 250]
	kept = make.a_payment(invoice.name, 20)
	kept.references[0].payment_term = "Instalment 002"
	kept.insert().submit()
	frappe.db.commit()
	kept.reload().cancel()
	frappe.db.commit()
	assert kept.reload().references[0].payment_term == "Instalment 002"


def test_an_amended_invoice_continues_the_history(site: ModuleType) -> None:
	invoice = steps.a_plan_invoice()
	document = change.rescheduled(invoice)
	before = invoice.reload().scb_instalment_plan
	invoice.cancel()
	amended = frappe.copy_doc(invoice)
	amended.amended_from = invoice.name
	amended.docstatus = 0
	amended.insert().submit()
	frappe.db.commit()
	plan = frappe.get_doc("Instalment Plan", amended.reload().scb_instalment_plan)
	assert (plan.previous_plan, plan.version, plan.status) == (before, 3, "Active")
	assert [row.due_date for row in plan.instalments] == [months(1), months(2), months(3)]
	assert document.reload().status == "Void" and document.plan == before
	assert [row.due_date for row in document.new_rows] == [months(3), months(4), months(5)]
	assert steps.outstanding(amended) == [100, 100, 100]
