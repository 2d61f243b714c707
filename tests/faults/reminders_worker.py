"""One process of the reminder races: connects to the site, does one thing with real commits, answers in JSON."""

from __future__ import annotations

import os
import signal
import sys
import time
from datetime import date
from typing import Any

import collection_kit as kit
import factories as make
import frappe
import instalments_helpers
from frappe.email.queue import flush, retry_sending_emails
from frappe.utils import add_to_date, getdate, now_datetime
from workers import serve

from saudi_crm_billing.collection import planning, reminders, tasks
from saudi_crm_billing.collection.policy import load

PREFIX = "Reminder Race"
EVERY_DAY = {"skip_friday": 0, "skip_saturday": 0}


def prepare(port: str, customers: str) -> dict[str, Any]:
	"""An empty mail queue and log, a policy, and so many customers with three instalments at a step each."""
	retire()
	kit.a_policy(kit.an_outgoing_account(int(port)), **EVERY_DAY)
	for index in range(int(customers)):
		customer = kit.a_reachable_customer(f"{PREFIX} {index:03d}")
		kit.an_owing_invoice(customer, [kit.days(-7), kit.days(-1), kit.days(3)])
	frappe.db.commit()
	policy = load(make.COMPANY)
	assert policy
	messages = planning.messages_to_send(policy, kit.SUNDAY)
	return {"keys": sorted(key for message in messages for key in message.keys)}


def retire() -> dict[str, Any]:
	"""Nobody owes anything, nothing is queued or logged, and no policy sends."""
	for doctype in ("Email Queue", "Email Queue Recipient", kit.LOG, kit.DIGEST, "Error Log"):
		frappe.db.delete(doctype)
	frappe.db.set_value("Instalment", {"company": make.COMPANY}, "outstanding", 0, update_modified=False)
	frappe.db.set_value(kit.POLICY, {"company": make.COMPANY}, "enabled", 0)
	return {}


def remind(day: str = str(kit.SUNDAY)) -> dict[str, Any]:
	return tasks.run(make.COMPANY, day)


def remind_and_deliver(die_after_commits: str = "0") -> dict[str, Any]:
	"""Make the day's messages and send what is queued, as the clock does, also what a killed sender left."""
	if int(die_after_commits):
		_die_after(int(die_after_commits))
	_requeue()
	frappe.db.commit()
	counts = tasks.run(make.COMPANY, kit.SUNDAY)
	flush()
	return counts


def remind_with_a_failure(customer: str) -> dict[str, Any]:
	"""Make the day's messages while the one of `customer` breaks after its log rows are written."""
	record = reminders._record

	def break_down(company: str, message: Any, *arguments: Any) -> None:
		record(company, message, *arguments)
		if message.customer == customer:
			raise RuntimeError("broken on purpose")

	reminders._record = break_down
	return remind()


def _die_after(commits: int) -> None:
	"""Be killed right after so many commits: every boundary between two transactions can be hit."""
	commit, left = frappe.local.db.commit, iter(range(commits - 1, -1, -1))

	def commit_or_die() -> None:
		commit()
		if next(left) == 0:
			os.kill(os.getpid(), signal.SIGKILL)

	frappe.local.db.commit = commit_or_die


def _requeue() -> None:
	"""What core does 15 minutes after a sender died: queue its messages again."""
	then = add_to_date(now_datetime(), minutes=-20)
	frappe.db.set_value("Email Queue", {"status": "Sending"}, "modified", then, update_modified=False)
	retry_sending_emails()


def state() -> dict[str, Any]:
	rows = frappe.get_all(kit.LOG, fields=["reminder_key", "message_id", "state"])
	return {
		"keys": sorted(row.reminder_key for row in rows),
		"log": sorted({(row.message_id, row.state) for row in rows}),
		"queue": frappe.get_all("Email Queue", fields=["message_id", "status"]),
		"errors": frappe.get_all("Error Log", fields=["method", "error"]),
	}


def prepare_planned(port: str) -> dict[str, Any]:
	"""One invoice with a real plan, the customer's policy, and the day on which its first instalment is due."""
	retire()
	kit.a_policy(kit.an_outgoing_account(int(port)), **EVERY_DAY)
	customer = kit.a_reachable_customer(f"{PREFIX} planned")
	invoice = instalments_helpers.a_plan_invoice(300, customer=customer)
	return {"invoice": invoice.name, "due": str(invoice.payment_schedule[0].due_date)}


def pay_slowly(invoice: str) -> dict[str, Any]:
	"""Post a payment of the first instalment; say so, and commit only when told to."""
	payment = make.a_payment(invoice, 100)
	payment.insert()
	payment.submit()
	print("posted", flush=True)
	sys.stdin.readline()
	frappe.db.commit()
	return {"payment": payment.name}


def someone_waits() -> dict[str, Any]:
	"""Look until another process hangs on a lock, a minute at most."""
	for _look in range(240):
		if make.a_statement_waits():
			return {"waits": True}
		time.sleep(0.25)
	return {"waits": False}


def owed(day: str) -> dict[str, Any]:
	policy = load(make.COMPANY)
	assert policy
	due: date = getdate(day)
	return {"messages": len(planning.messages_to_send(policy, due))}


if __name__ == "__main__":
	serve(globals())
