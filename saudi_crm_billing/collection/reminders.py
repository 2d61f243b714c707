"""The only writer of Instalment Reminder: one message a customer and day, one row a key, both in one transaction.

A customer is locked first, then its plans by name, then everything that decides is read: a payment under way is
waited for and seen, and two processes cannot speak to the same customer at once. The message goes into the Email
Queue in the same transaction as the rows, so a kill leaves both or neither.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date

import frappe

from saudi_crm_billing.bilingual import NOTHING, Said
from saudi_crm_billing.collection import delivery, mail, planning, recipients
from saudi_crm_billing.collection.batches import each_committed
from saudi_crm_billing.collection.engine.keys import message_id
from saudi_crm_billing.collection.engine.messages import CustomerMessage, Reminder
from saudi_crm_billing.collection.policy import Policy
from saudi_crm_billing.collection.recipients import Recipient

DOCTYPE = planning.LOG


def remind(policy: Policy, customers: Iterable[str], today: date) -> Counter[str]:
	"""Message these customers where due, a transaction each. Counts "queued", "failed", "skipped", "errors"."""
	frappe.db.commit()  # nosemgrep: a lock shows what is current only in a transaction that has read nothing
	return each_committed(customers, lambda customer: _remind_customer(policy, customer, today), "Customer")


def _remind_customer(policy: Policy, customer: str, today: date) -> Counter[str]:
	_lock(policy, customer, today)
	for message in planning.messages_to_send(policy, today, [customer]):
		recipient = recipients.of_customer(customer, message.reminders[0].owed.sales_invoice)
		outcome = _queue(policy, message, recipient, today)
		_record(policy.company, message, recipient, today, outcome)
		return Counter({outcome["state"].lower(): 1})
	return Counter()


def _lock(policy: Policy, customer: str, today: date) -> None:
	plans = sorted({row.plan for row in planning.owed_by(policy, today, [customer])})
	frappe.db.commit()  # nosemgrep: ends the snapshot of the read above, or the locks would not show what is current
	frappe.db.get_value("Customer", customer, "name", for_update=True)
	if plans:
		header = frappe.qb.DocType("Instalment Plan")
		query = frappe.qb.from_(header).select(header.name).where(header.name.isin(plans))
		query.orderby(header.name).for_update().run()


def _queue(
	policy: Policy, message: CustomerMessage, recipient: Recipient, today: date
) -> dict[str, str | None]:
	"""Queue the message; what its log rows say of it."""
	if recipient.problem:
		state = "Skipped" if recipient.wants_none else "Failed"
		return _unsent(state, recipient.problem)
	identity = message_id(message.keys, frappe.local.site)
	rendered = mail.customer_mail(policy, message, recipient, today)
	reference = ("Customer", message.customer)
	queued = mail.enqueue(rendered, recipient.email, identity, reference)
	if not queued:
		return _unsent("Failed", recipients.refused(recipient.email))
	return {"state": "Queued", **NOTHING.columns("reason"), "message_id": identity, "email_queue": queued}


def _unsent(state: str, reason: Said) -> dict[str, str | None]:
	return {"state": state, **reason.columns("reason"), "message_id": None, "email_queue": None}


def _record(
	company: str, message: CustomerMessage, recipient: Recipient, today: date, outcome: dict[str, str | None]
) -> None:
	"""One row a key; a row that failed before anything was queued is written over."""
	filters = {"reminder_key": ("in", message.keys)}
	fields = ["reminder_key", "name"]
	failed_before = dict(frappe.get_all(DOCTYPE, filters=filters, fields=fields, as_list=True))
	for reminder in message.reminders:
		values = {
			"outstanding": reminder.owed.outstanding,
			"run_date": today,
			"recipient": recipient.email,
			"customer_name": recipient.name,
			**outcome,
		}
		if name := failed_before.get(reminder.key):
			frappe.db.set_value(DOCTYPE, name, values)
		else:
			_insert(company, reminder, values)


def _insert(company: str, reminder: Reminder, values: dict[str, object]) -> None:
	"""Straight to the database: the job, not a person, writes the log, and what it writes is the job's own."""
	owed = reminder.owed
	row = frappe.new_doc(DOCTYPE)
	row.update(
		{
			"company": company,
			"customer": owed.customer,
			"plan": owed.plan,
			"sales_invoice": owed.sales_invoice,
			"number": owed.number,
			"due_date": owed.due_date,
			"currency": owed.currency,
			"step": reminder.step,
			"channel": "Email",
			"reminder_key": reminder.key,
			**values,
		}
	)
	row.name = frappe.generate_hash(length=10)
	row.set_user_and_timestamp()
	row.db_insert()


def follow_delivery() -> None:
	"""Write down what core's mail queue did with the queued messages since."""
	for change in delivery.news(DOCTYPE):
		values = {"state": change.state, **change.reason.columns("reason")}
		frappe.db.set_value(DOCTYPE, change.name, values)
