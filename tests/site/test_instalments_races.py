"""Payments of one invoice from several processes at once, with real commits."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from types import ModuleType

import factories as make
import frappe
import instalments_helpers as steps
import pytest
import settling_helpers as settle
from second_connection import Meanwhile

PAYERS = 6
TESTS = Path(__file__).resolve().parent.parent

PAY_AT_ONCE = """
import sys
sys.path[:0] = {paths!r}
import frappe
frappe.init(site={site!r}, sites_path=".")
frappe.connect()
import factories as make
first, *others = {invoices!r}
frappe.db.get_value("Sales Invoice", first, "outstanding_amount")  # the snapshot begins before anyone pays
print("ready", flush=True)
sys.stdin.readline()
payment = make.a_payment(first, 10)
for invoice in others:
	payment.append(
		"references",
		{{"reference_doctype": "Sales Invoice", "reference_name": invoice, "allocated_amount": 10}},
	)
payment.paid_amount = payment.received_amount = 10 * (1 + len(others))
payment.insert()
payment.submit()
frappe.db.commit()
"""


def start_payer(invoices: list[str]) -> subprocess.Popen[str]:
	"""A process that pays 10 of each invoice once it is told to."""
	values = {
		"paths": [str(TESTS.parent), str(TESTS), str(TESTS / "site")],
		"site": os.environ["SCB_COMMIT_SITE"],
	}
	command = [sys.executable, "-c", PAY_AT_ONCE.format(invoices=invoices, **values)]
	pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
	return subprocess.Popen(command, text=True, **pipes)


def let_go(payers: list[subprocess.Popen[str]]) -> None:
	"""All at once, when the last of them has read its snapshot."""
	for payer in payers:
		assert payer.stdout and payer.stdout.readline() == "ready\n", payer.communicate()[1]
	for payer in payers:
		assert payer.stdin
		payer.stdin.write("go\n")
		payer.stdin.flush()


def wait_until_it_waits(payer: subprocess.Popen[str]) -> None:
	"""Until a statement of another connection to the same database hangs on a lock."""
	for _try in range(240):
		assert payer.poll() is None, payer.communicate()
		if make.a_statement_waits():
			return
		time.sleep(0.25)
	pytest.fail("the payment never waited")


def pay_at_once(orders: list[list[str]]) -> None:
	"""Each list of invoices is paid by a process of its own, all starting together."""
	payers = [start_payer(invoices) for invoices in orders]
	let_go(payers)
	errors = [payer.communicate(timeout=120)[1] for payer in payers]
	assert [payer.returncode for payer in payers] == [0] * len(orders), "\n".join(errors)


def begin_the_series(invoice: str) -> None:
	"""Core deadlocks on the first number of a series: it reads the missing row under a gap lock and then inserts it."""
	make.a_payment(invoice, 10).set_new_name()
	frappe.db.commit()


@pytest.mark.commits
def test_payments_at_once_lose_nothing_and_do_not_deadlock(committing_site: ModuleType) -> None:
	customer = make.a_customer("Hurried Customer")
	first, second = (steps.a_plan_invoice(customer=customer) for _ in range(2))
	begin_the_series(first.name)
	pay_at_once(
		[[first.name, second.name] if payer % 2 else [second.name, first.name] for payer in range(PAYERS)]
	)
	frappe.db.rollback()
	for invoice in (first, second):
		assert steps.outstanding(invoice) == [40, 100, 100]
		assert steps.schedule(invoice, "outstanding", "paid_amount") == [(40, 60), (100, 0), (100, 0)]
		assert invoice.reload().outstanding_amount == 240
		assert invoice.status == "Partly Paid"


@pytest.mark.commits
def test_an_invoice_cancelled_while_it_is_paid_does_not_deadlock(committing_site: ModuleType) -> None:
	invoice = steps.a_plan_invoice(customer=make.a_customer("Regretful Customer"))
	cancelling = frappe.get_doc("Sales Invoice", invoice.name, for_update=True)
	payer = start_payer([invoice.name])
	let_go([payer])
	wait_until_it_waits(payer)
	steps.commit(cancelling.cancel())
	error = payer.communicate(timeout=120)[1]
	frappe.db.rollback()
	assert f"{invoice.name} was cancelled meanwhile" in error
	assert frappe.get_all("Payment Entry Reference", filters={"reference_name": invoice.name}) == []
	assert frappe.db.get_value("Instalment Plan", {"reference_name": invoice.name}, "status") == "Cancelled"


@pytest.mark.commits
@pytest.mark.parametrize("kind", ["Payment Entry", "Journal Entry"])
def test_of_two_cashiers_who_take_the_whole_debt_the_second_is_refused(
	committing_site: ModuleType, kind: str
) -> None:
	invoice = steps.a_plan_invoice(customer=make.a_customer(f"Paid Twice by {kind}"))
	make.a_payment(invoice.name, 10).set_new_name()
	steps.a_journal_receipt(invoice, 1).cancel()
	frappe.db.commit()
	make.a_payment(invoice.name, 300).insert().submit()
	other = Meanwhile(
		lambda: (
			make.a_payment(invoice.name, 300).insert().submit()
			if kind == "Payment Entry"
			else steps.a_journal_receipt(invoice, 300)
		)
	)
	other.wait_until_it_waits()
	frappe.db.commit()
	with pytest.raises(
		frappe.ValidationError, match=r"owes 0\.00 now, but this document settles 300\.00 of it"
	):
		other.result()
	frappe.db.rollback()
	assert steps.outstanding(invoice) == [0, 0, 0]
	assert invoice.reload().outstanding_amount == 0


@pytest.mark.commits
def test_a_payment_that_waited_for_a_write_off_leaves_the_plan_written_off(
	committing_site: ModuleType,
) -> None:
	invoice = steps.a_plan_invoice(customer=make.a_customer("Written Off Meanwhile"))
	steps.pay(invoice, 10)
	write_off = settle.a_write_off(invoice, scope="Amount", wished_amount=200)
	frappe.db.commit()
	write_off.submit()
	payer = Meanwhile(lambda: make.a_payment(invoice.name, 90).insert().submit())
	payer.wait_until_it_waits()
	frappe.db.commit()
	payer.result()
	frappe.db.rollback()
	plan = frappe.db.get_value("Instalment Plan", invoice.scb_instalment_plan, ["status", "written_off"])
	assert plan == ("Written Off", 200)
