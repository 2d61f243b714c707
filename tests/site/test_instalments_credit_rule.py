"""Which instalments a credit note settles: the plan keeps the company's rule of the day it was made."""

from __future__ import annotations

from types import ModuleType

import factories as make
import frappe
import instalments_helpers as steps
import pytest


def the_rule(rule: str) -> None:
	if not frappe.db.exists("Instalment Settings", make.COMPANY):
		make.insert("Instalment Settings", company=make.COMPANY)
	settings = frappe.get_doc("Instalment Settings", make.COMPANY)
	settings.update({"credit_note_rule": rule}).save()


RULES = {
	"Oldest first": ([0, 80, 100], [100, 100, 100]),
	"Last first": ([100, 80, 0], [220, 80, 0]),
	"Proportional": ([60, 60, 60], [180, 60, 60]),
}
"""A credit note of 120 on three of 100: what is owed, and the amounts of core's schedule rows."""


@pytest.mark.parametrize("rule", RULES)
def test_a_credit_note_of_120_and_its_cancel(site: ModuleType, rule: str) -> None:
	owed, amounts = RULES[rule]
	the_rule(rule)
	invoice = steps.a_plan_invoice()
	before = steps.schedule(invoice, "payment_amount", "base_payment_amount", "outstanding", "paid_amount")
	note = steps.a_credit_note(invoice, 120)
	steps.assert_everywhere(invoice, owed, [0, 0, 0])
	assert steps.schedule(invoice, "payment_amount", "base_payment_amount") == [(n, n) for n in amounts]
	plan = frappe.get_doc("Instalment Plan", invoice.scb_instalment_plan)
	assert plan.credit_note_rule == rule
	assert [row.amount for row in plan.instalments] == [100, 100, 100]
	assert sum(row.credited for row in plan.instalments) == plan.credited == 120

	note.cancel()
	frappe.db.commit()
	steps.assert_everywhere(invoice, [100, 100, 100], [0, 0, 0])
	after = steps.schedule(invoice, "payment_amount", "base_payment_amount", "outstanding", "paid_amount")
	assert after == before


@pytest.mark.parametrize(
	("rule", "owed"),
	[("Oldest first", [0, 30, 100]), ("Last first", [50, 80, 0]), ("Proportional", [26, 52, 52])],
)
def test_a_part_payment_before_the_note(site: ModuleType, rule: str, owed: list[float]) -> None:
	the_rule(rule)
	invoice = steps.a_plan_invoice()
	steps.pay(invoice, 50)
	steps.a_credit_note(invoice, 120)
	steps.assert_everywhere(invoice, owed, [50, 0, 0])


@pytest.mark.parametrize(("rule", "owed"), [("Last first", [0, 80, 0]), ("Proportional", [0, 40, 40])])
def test_a_wholly_paid_instalment_before_the_note(site: ModuleType, rule: str, owed: list[float]) -> None:
	the_rule(rule)
	invoice = steps.a_plan_invoice()
	steps.pay(invoice, 100)
	steps.a_credit_note(invoice, 120)
	steps.assert_everywhere(invoice, owed, [100, 0, 0])
	steps.pay(invoice, 80)
	assert steps.outstanding(invoice) == [0, 0, 0]
	assert invoice.reload().outstanding_amount == 0


def test_a_payment_after_a_proportional_note_settles_the_lowered_first(site: ModuleType) -> None:
	the_rule("Proportional")
	invoice = steps.a_plan_invoice()
	steps.a_credit_note(invoice, 120)
	steps.pay(invoice, 60)
	steps.assert_everywhere(invoice, [0, 60, 60], [60, 0, 0])


def test_core_calls_the_invoice_overdue_when_an_instalment_is(site: ModuleType) -> None:
	"""The last instalments were credited: the first is late all the same, and paying it ends that."""
	the_rule("Last first")
	start = frappe.utils.add_months(frappe.utils.nowdate(), -1)
	values = {"posting_date": start, "due_date": start, "scb_first_due_date": frappe.utils.add_days(start, 5)}
	invoice = steps.a_plan_invoice(**values)
	steps.a_credit_note(invoice, 120)
	assert invoice.reload().status == "Overdue"
	steps.pay(invoice, 100)
	assert invoice.reload().status == "Partly Paid"


def test_a_plan_keeps_the_rule_it_was_made_with(site: ModuleType) -> None:
	the_rule("Last first")
	invoice = steps.a_plan_invoice()
	the_rule("Oldest first")
	steps.a_credit_note(invoice, 120)
	assert steps.outstanding(invoice) == [100, 80, 0]


def test_halalas_of_a_proportional_note_add_up(site: ModuleType) -> None:
	the_rule("Proportional")
	invoice = steps.a_plan_invoice()
	steps.a_credit_note(invoice, 100.01)
	assert steps.outstanding(invoice) == [66.66, 66.66, 66.67]
