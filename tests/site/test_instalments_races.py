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

PAYERS = 6
TESTS = Path(__file__).resolve().parent.parent

PAY_AT_ONCE = """
import sys, time
sys.path[:0] = {paths!r}
import frappe
frappe.init(site={site!r}, sites_path=".")
frappe.connect()
import factories as make
first, *others = {invoices!r}
frappe.db.get_value("Sales Invoice", first, "outstanding_amount")  # the snapshot begins before anyone pays
time.sleep(max(0, {start} - time.time()))
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


def start_payer(invoices: list[str], start: float) -> subprocess.Popen[str]:
	"""A process that pays 10 of each invoice from `start` on."""
	values = {
		"paths": [str(TESTS.parent), str(TESTS), str(TESTS / "site")],
		"site": os.environ["SCB_COMMIT_SITE"],
		"start": start,
	}
	command = [sys.executable, "-c", PAY_AT_ONCE.format(invoices=invoices, **values)]
	return subprocess.Popen(command, stderr=subprocess.PIPE, text=True)


def wait_until_it_waits(payer: subprocess.Popen[str]) -> None:
	"""Until a statement of another connection to the same database hangs on a lock."""
	for _try in range(240):
		assert payer.poll() is None, payer.communicate()
		threads = frappe.db.sql("show full processlist", as_dict=True)
		if any(row.Info and row.Command == "Query" and row.Time >= 2 for row in threads):
			return
		time.sleep(0.25)
	pytest.fail("the payment never waited")


def pay_at_once(orders: list[list[str]]) -> None:
	"""Each list of invoices is paid by a process of its own, all starting together."""
	start = time.time() + 4
	payers = [start_payer(invoices, start) for invoices in orders]
	errors = [payer.communicate(timeout=120)[1] for payer in payers]
	assert [payer.returncode for payer in payers] == [0] * len(orders), errors


@pytest.mark.commits
def test_payments_at_once_lose_nothing_and_do_not_deadlock(committing_site: ModuleType) -> None:
	customer = make.a_customer("Hurried Customer")
	first, second = (steps.a_plan_invoice(customer=customer) for _ in range(2))
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
	payer = start_payer([invoice.name], start=0)
	wait_until_it_waits(payer)
	steps.commit(cancelling.cancel())
	error = payer.communicate(timeout=120)[1]
	frappe.db.rollback()
	assert f"{invoice.name} was cancelled meanwhile" in error
	assert frappe.get_all("Payment Entry Reference", filters={"reference_name": invoice.name}) == []
	assert frappe.db.get_value("Instalment Plan", {"reference_name": invoice.name}, "status") == "Cancelled"
