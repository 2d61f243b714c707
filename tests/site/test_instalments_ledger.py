"""The ledger's truth per instalment: however the invoice is settled, plan, schedule and core's report agree."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType

import factories as make
import frappe
import instalments_helpers as steps
import pytest
from crm_billing_helpers import act_on_savepoints
from frappe.model.document import Document
from frappe.utils import add_days, getdate, now_datetime, nowdate

from saudi_crm_billing.instalments import drift, tasks
from saudi_crm_billing.instalments.balances import open_instalments, recompute
from saudi_crm_billing.instalments.tasks import check_instalment_drift, plans_off_the_ledger

TERMS = ("Instalment 001", "Instalment 002", "Instalment 003")


def assert_settled(invoice: Document, outstanding: list[float], paid: list[float]) -> None:
	"""Instalments, healed schedule rows and core's receivables report all show these figures."""
	assert steps.outstanding(invoice) == outstanding
	assert steps.schedule(invoice, "outstanding", "base_outstanding") == [
		(owed, owed) for owed in outstanding
	]
	assert steps.schedule(invoice, "paid_amount", "base_paid_amount") == [(part, part) for part in paid]
	described = dict(zip(TERMS, steps.schedule(invoice, "description"), strict=True))
	expected = {described[term][0]: owed for term, owed in zip(TERMS, outstanding, strict=True) if owed}
	assert steps.receivable_by_term(invoice) == pytest.approx(expected)


@pytest.mark.parametrize(
	("settle", "outstanding", "paid"),
	[
		(lambda i: (steps.pay(i, 50), steps.a_journal_receipt(i, 50)), [0, 100, 100], [100, 0, 0]),
		(lambda i: (steps.a_credit_note(i, 100),), [0, 100, 100], [0, 0, 0]),
		(lambda i: (steps.pay(i, 50), steps.a_credit_note(i, 100)), [0, 50, 100], [50, 0, 0]),
		(lambda i: (steps.pay(i, 150), steps.a_credit_note(i, 50)), [0, 0, 100], [100, 50, 0]),
		(
			lambda i: (steps.pay(i, 150), steps.a_journal_receipt(i, 100), steps.a_credit_note(i, 20)),
			[0, 0, 30],
			[100, 100, 50],
		),
		(lambda i: (steps.a_credit_note(i, 120),), [0, 80, 100], [0, 0, 0]),
		(lambda i: (steps.pay(i, 0.05), steps.pay(i, 99.9)), [0.05, 100, 100], [99.95, 0, 0]),
	],
	ids=["pe+je", "cn", "pe+cn", "pe+cn-later", "pe+je+cn", "cn-over-one", "residue"],
)
def test_mixed_settlement_agrees_with_cores_report(
	site: ModuleType, settle: Callable[[Document], object], outstanding: list[float], paid: list[float]
) -> None:
	invoice = steps.a_plan_invoice()
	settle(invoice)
	assert_settled(invoice, outstanding, paid)


def test_an_untouched_invoice_owes_every_instalment(site: ModuleType) -> None:
	invoice = steps.a_plan_invoice()
	assert_settled(invoice, [100, 100, 100], [0, 0, 0])


@pytest.mark.parametrize("voucher", [steps.pay, steps.a_journal_receipt, steps.a_credit_note])
def test_cancelling_what_settled_gives_the_debt_back(
	site: ModuleType, voucher: Callable[[Document, float], Document]
) -> None:
	invoice = steps.a_plan_invoice()
	settled = voucher(invoice, 150)
	assert steps.outstanding(invoice) == [0, 50, 100]
	settled.cancel()
	frappe.db.commit()
	assert_settled(invoice, [100, 100, 100], [0, 0, 0])


def test_reconciling_and_unreconciling_a_receipt_moves_the_instalments(site: ModuleType) -> None:
	invoice = steps.a_plan_invoice(customer=make.a_customer("Reconciled Customer"))
	receipt = steps.a_receipt(invoice.customer, 150)
	assert steps.outstanding(invoice) == [100, 100, 100]

	steps.reconcile(invoice.customer)
	assert_settled(invoice, [0, 50, 100], [100, 50, 0])

	steps.unreconcile(receipt)
	assert_settled(invoice, [100, 100, 100], [0, 0, 0])


def test_a_credit_note_of_its_own_settles_by_reconciliation(site: ModuleType) -> None:
	from erpnext.accounts.doctype.sales_invoice.sales_invoice import make_sales_return

	invoice = steps.a_plan_invoice(customer=make.a_customer("Credited Customer"))
	note = make_sales_return(invoice.name)
	note.update({"update_outstanding_for_self": 1, "disable_rounded_total": 1})
	note.items[0].update({"qty": -1, "rate": 120, "price_list_rate": 120})
	note.insert()
	note.submit()
	frappe.db.commit()
	assert steps.outstanding(invoice) == [100, 100, 100]

	steps.reconcile(invoice.customer)
	assert_settled(invoice, [0, 80, 100], [100, 20, 0])


def test_paying_all_completes_the_plan_and_a_cancelled_payment_reopens_it(site: ModuleType) -> None:
	invoice = steps.a_plan_invoice()
	payment = steps.pay(invoice, 300)
	plan = frappe.get_doc("Instalment Plan", invoice.scb_instalment_plan)
	assert (plan.status, plan.paid, plan.outstanding, plan.next_due_date) == ("Completed", 300, 0, None)
	assert invoice.reload().status == "Paid"

	payment.cancel()
	frappe.db.commit()
	plan.reload()
	assert (plan.status, plan.outstanding, plan.next_due_date) == (
		"Active",
		300,
		plan.instalments[0].due_date,
	)


def test_a_debit_beyond_the_plan_and_an_overpayment_stand_outside_the_schedule(site: ModuleType) -> None:
	invoice = steps.a_plan_invoice()
	charge = steps.a_journal_receipt(invoice, -40)
	assert steps.outstanding(invoice) == [100, 100, 100]
	assert frappe.db.get_value("Instalment Plan", invoice.scb_instalment_plan, "not_scheduled") == 40
	steps.pay(invoice, 340)
	charge.cancel()
	frappe.db.commit()
	assert steps.outstanding(invoice) == [0, 0, 0]
	assert frappe.db.get_value("Instalment Plan", invoice.scb_instalment_plan, "not_scheduled") == -40


def test_cancelling_the_invoice_cancels_its_plan(site: ModuleType) -> None:
	invoice = steps.a_plan_invoice()
	invoice.cancel()
	frappe.db.commit()
	plan = frappe.get_doc("Instalment Plan", invoice.scb_instalment_plan)
	assert plan.status == "Cancelled"
	assert [row.outstanding for row in plan.instalments] == [0, 0, 0]
	assert recompute(plan.name) is False


def test_term_based_payment_entry_cannot_leave_the_rows_wrong(site: ModuleType) -> None:
	"""Core lowers the row whose term the Payment Entry names; the waterfall settles the oldest."""
	invoice = steps.a_plan_invoice()
	payment = make.a_payment(invoice.name, 100)
	payment.references[0].payment_term = "Instalment 003"
	payment.insert()
	payment.submit()
	frappe.db.commit()
	assert_settled(invoice, [0, 100, 100], [100, 0, 0])
	payment.reload().cancel()
	frappe.db.commit()
	assert_settled(invoice, [100, 100, 100], [0, 0, 0])


def test_every_change_of_the_balances_is_remembered(site: ModuleType) -> None:
	invoice = steps.a_plan_invoice()
	steps.pay(invoice, 150)
	events = frappe.get_all(
		"Instalment Balance Event",
		filters={"sales_invoice": invoice.name},
		fields=["paid", "outstanding", "balances"],
		order_by="outstanding desc",
	)
	assert [(event.paid, event.outstanding) for event in events] == [(0, 300), (150, 150)]
	assert frappe.parse_json(events[1].balances) == {"1": "0.00", "2": "50.00", "3": "100.00"}
	assert recompute(invoice.scb_instalment_plan) is False
	assert frappe.db.count("Instalment Balance Event", {"sales_invoice": invoice.name}) == 2


def test_open_instalments_lists_what_is_due_of_submitted_invoices(site: ModuleType) -> None:
	customer, other = make.a_customer("Owing Customer"), make.a_customer("Other Owing Customer")
	start = add_days(nowdate(), -70)
	invoice = steps.a_plan_invoice(customer=customer, posting_date=start, due_date=start)
	steps.a_plan_invoice(customer=other, posting_date=start, due_date=start)
	make.a_sales_order(customer=customer, scb_plan_template=steps.a_template()).insert().submit()
	make.a_sales_invoice(customer=customer, scb_plan_template=steps.a_template()).insert()
	steps.pay(invoice, 30)

	found = open_instalments(make.COMPANY, getdate(), [customer])
	assert [(row.number, row.outstanding, row.currency) for row in found] == [
		(1, steps.money(70), "SAR"),
		(2, steps.money(100), "SAR"),
	]
	assert {(row.sales_invoice, row.plan) for row in found} == {(invoice.name, invoice.scb_instalment_plan)}
	assert len(open_instalments(make.COMPANY, getdate(add_days(nowdate(), 365)), [customer])) == 3
	assert open_instalments(make.COMPANY, getdate(), []) == []
	assert {row.customer for row in open_instalments(make.COMPANY, getdate())} >= {customer, other}
	assert open_instalments("No Such Company", getdate()) == []


def test_the_daily_check_finds_and_mends_a_ledger_changed_without_documents(site: ModuleType) -> None:
	invoice = steps.a_plan_invoice()
	payment = steps.pay(invoice, 150)
	assert invoice.scb_instalment_plan not in plans_off_the_ledger()
	frappe.db.set_value("Payment Ledger Entry", {"voucher_no": payment.name}, "delinked", 1)

	assert check_instalment_drift() == [invoice.scb_instalment_plan]
	plan = frappe.get_doc("Instalment Plan", invoice.scb_instalment_plan)
	assert [row.outstanding for row in plan.instalments] == [100, 100, 100]
	assert plans_off_the_ledger() == []
	log = frappe.get_last_doc("Error Log", {"method": "Instalment plans differed from the ledger"})
	assert invoice.scb_instalment_plan in log.error


def a_drifted_invoice(paid: float) -> Document:
	"""Its payment was taken out of the ledger without a document."""
	invoice = steps.a_plan_invoice()
	payment = steps.pay(invoice, paid)
	frappe.db.set_value("Payment Ledger Entry", {"voucher_no": payment.name}, "delinked", 1)
	return invoice


def test_a_plan_that_cannot_be_recomputed_does_not_stop_the_others(
	site: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
	broken, other = (a_drifted_invoice(150).scb_instalment_plan for _ in range(2))
	act_on_savepoints(site, monkeypatch)

	def recompute_or_fail(plan: str) -> bool:
		changed = recompute(plan)
		if plan == broken:
			raise RuntimeError("its rows are broken")
		return changed

	monkeypatch.setattr(tasks, "recompute", recompute_or_fail)
	assert check_instalment_drift() == [other]
	assert plans_off_the_ledger() == [broken]
	log = frappe.get_last_doc("Error Log", {"method": "Instalment plan could not be recomputed"})
	assert (log.reference_doctype, log.reference_name) == ("Instalment Plan", broken)
	assert "its rows are broken" in log.error
	report = frappe.get_last_doc("Error Log", {"method": "Instalment plans differed from the ledger"})
	assert other in report.error and broken not in report.error


def test_of_plans_settled_long_ago_the_daily_check_asks_the_ledger_alone(
	site: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
	monkeypatch.setattr(drift, "BATCH", 1)
	edited_lately, edited = (a_settled_plan_with_an_edited_row() for _ in range(2))
	strayed, open_and_old = (a_drifted_invoice(paid).scb_instalment_plan for paid in (300, 150))
	for plan, days in ((edited_lately, 29), (edited, 31), (strayed, 31), (open_and_old, 400)):
		modified = add_days(now_datetime(), -days)
		frappe.db.set_value("Instalment Plan", plan, "modified", modified, update_modified=False)
	assert frappe.db.get_value("Instalment Plan", strayed, "status") == "Completed"
	assert plans_off_the_ledger() == [edited_lately, strayed, open_and_old]


def a_settled_plan_with_an_edited_row() -> str:
	invoice = steps.a_plan_invoice()
	steps.pay(invoice, 300)
	frappe.db.set_value("Instalment", {"parent": invoice.scb_instalment_plan, "number": 1}, "credited", 1)
	return str(invoice.scb_instalment_plan)


def test_an_invoice_without_a_plan_is_left_as_core_makes_it(site: ModuleType) -> None:
	invoice = make.a_sales_invoice(items=[make.line(rate=300)]).insert()
	invoice.submit()
	frappe.db.commit()
	payment = steps.pay(invoice, 100)
	assert not frappe.db.exists("Instalment Plan", {"reference_name": invoice.name})
	assert steps.schedule(invoice, "payment_term", "outstanding", "paid_amount") == [(None, 300, 0)]
	payment.cancel()
	invoice.reload()
	assert (invoice.status, invoice.outstanding_amount) == ("Unpaid", 300)
