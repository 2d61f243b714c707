"""What is to be said on a day: open instalments and the log, through the engine. It reads and never writes."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

import frappe

from saudi_crm_billing.collection.engine.messages import (
	CustomerMessage,
	Owed,
	due_reminders,
	overdue_rows,
	plan_messages,
)
from saudi_crm_billing.collection.engine.steps import may_send
from saudi_crm_billing.collection.policy import Policy
from saudi_crm_billing.instalments.balances import open_instalments

LOG = "Instalment Reminder"
BATCH = 1000


def messages_to_send(
	policy: Policy, today: date, customers: list[str] | None = None
) -> tuple[CustomerMessage, ...]:
	"""The messages of `today` that no run has queued yet, for all customers or for these.

	A customer who had a message this day gets no second one: what came up since waits for the next day.
	"""
	if not may_send(today, policy.steps):
		return ()
	owed = owed_by(policy, today, customers)
	keys = [reminder.key for reminder in due_reminders(owed, policy.steps, today)]
	messages = plan_messages(owed, policy.steps, today, queued_keys(keys))
	told = customers_told_on(policy.company, today, customers) if messages else set()
	return tuple(message for message in messages if message.customer not in told)


def owed_by(policy: Policy, today: date, customers: list[str] | None = None) -> list[Owed]:
	"""What is open and due by the day that the earliest notice looks ahead to."""
	horizon = today + timedelta(days=policy.steps.longest_notice)
	return list(open_instalments(policy.company, horizon, customers))


def overdue_on(company: str, today: date) -> tuple[Owed, ...]:
	return overdue_rows(open_instalments(company, today), today)


def queued_keys(keys: Iterable[str]) -> set[str]:
	"""Those of the keys under which a message was queued; one that failed before that is said again."""
	log = frappe.qb.DocType(LOG)
	found: set[str] = set()
	for batch in frappe.utils.create_batch(list(keys), BATCH):
		query = frappe.qb.from_(log).select(log.reminder_key)
		rows = query.where(log.reminder_key.isin(batch) & log.message_id.isnotnull()).run()
		found.update(key for (key,) in rows)
	return found


def customers_told_on(company: str, today: date, customers: list[str] | None = None) -> set[str]:
	filters = {"company": company, "run_date": today, "message_id": ["is", "set"]}
	if customers is not None:
		filters["customer"] = ["in", customers]
	return set(frappe.get_all(LOG, filters=filters, pluck="customer", distinct=True))
