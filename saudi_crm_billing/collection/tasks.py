"""What the scheduler calls, and the only place of this slice that enqueues.

Every function may run twice, at once, and on several hosts: locks and unique keys decide, never this module.
"""

from __future__ import annotations

from collections import Counter
from datetime import date
from hashlib import sha256

import frappe
from frappe import _
from frappe.utils import create_batch, getdate, now_datetime

from saudi_crm_billing.bilingual import Said, said
from saudi_crm_billing.collection import digest, planning, reminders
from saudi_crm_billing.collection.batches import each_committed
from saudi_crm_billing.collection.policy import DOCTYPE, Policy, enabled_companies, load
from saudi_crm_billing.job_queue import enqueue_after_commit

CUSTOMERS_A_JOB = 200
TIMEOUT = 1500
"""Seconds; a batch that is cut off is taken up by the next hour's run."""


def remind_hourly() -> None:
	"""From the scheduler: follow deliveries, then make what is due. Every hour, so that a missed run is caught up."""
	reminders.follow_delivery()
	digest.follow_delivery()
	frappe.db.commit()  # nosemgrep: a scheduled batch
	daily()


def daily(as_of: date | str | None = None) -> None:
	"""Enqueue what is due today in every company with an enabled policy, from the policy's hour on.

	With `as_of` the hour is not looked at. A company whose policy fails is logged and stops no other.
	"""
	each_committed(enabled_companies(), lambda company: _enqueue_day(company, as_of), DOCTYPE)


def _enqueue_day(company: str, as_of: date | str | None) -> Counter[str]:
	policy = load(company)
	if policy and (as_of or now_datetime().hour >= policy.send_from_hour):
		enqueue(policy, getdate(as_of))
	return Counter()


def enqueue(policy: Policy, today: date) -> int:
	"""Split the customers with something to hear into jobs, and one for the digests; returns how many customers."""
	if _cannot_send(policy):
		return 0
	customers = _waiting_customers(policy, today)
	for batch in create_batch(customers, CUSTOMERS_A_JOB):
		name = sha256(f"{policy.company}:{today}:{batch}".encode()).hexdigest()[:24]
		_job("remind_batch", name, company=policy.company, customers=batch, as_of=str(today))
	name = sha256(f"{policy.company}:{today}".encode()).hexdigest()[:24]
	_job("send_digests", name, company=policy.company, as_of=str(today))
	return len(customers)


def _job(method: str, name: str, **arguments: object) -> None:
	enqueue_after_commit(
		f"{__name__}.{method}",
		queue="long",
		timeout=TIMEOUT,
		job_id=f"scb-{method}-{name}",
		deduplicate=True,
		**arguments,
	)


def remind_batch(company: str, customers: list[str], as_of: str) -> None:
	"""Job: message these customers."""
	policy = load(company)
	if policy and policy.enabled:
		_note(policy, reminders.remind(policy, customers, getdate(as_of)))


def send_digests(company: str, as_of: str) -> None:
	"""Job: the digests of a company."""
	policy = load(company)
	if policy and policy.enabled:
		_note(policy, digest.send_digests(policy, getdate(as_of)))


def run(company: str, as_of: date | str | None = None) -> dict[str, int]:
	"""All of a company's day in this process: for the demo, tests and a console.

	Returns what was done as counts of "queued", "failed", "skipped", "digests" and "errors"; empty for a company
	without an enabled policy.
	"""
	policy, today = load(company), getdate(as_of)
	if not policy or not policy.enabled or _cannot_send(policy):
		return {}
	counts = reminders.remind(policy, _waiting_customers(policy, today), today)
	counts += digest.send_digests(policy, today)
	_note(policy, counts)
	return dict(counts)


def _waiting_customers(policy: Policy, today: date) -> list[str]:
	return [message.customer for message in planning.messages_to_send(policy, today)]


def _cannot_send(policy: Policy) -> bool:
	"""Without an outgoing account nothing is tried, so nothing is lost: the next run finds it all again."""
	if policy.address:
		return False
	reason = said(
		lambda lang: _(
			"Nothing was sent: there is no outgoing Email Account. Make one with “Enable Outgoing”, choose it under “Send from” or make it the default; the next run sends what is due.",
			lang=lang,
		)
	)
	_write_note(policy.company, reason)
	return True


def _note(policy: Policy, counts: Counter[str]) -> None:
	if counts:
		names = ("queued", "failed", "skipped", "digests", "errors")
		figures = [counts[name] for name in names]
		note = said(
			lambda lang: _(
				"Messages queued: {0}; failed: {1}; skipped: {2}; digests: {3}; errors: {4} (see Error Log)",
				lang=lang,
			).format(*figures)
		)
		_write_note(policy.company, note)


def _write_note(company: str, note: Said) -> None:
	values = {"last_run": now_datetime(), **note.columns("last_run_note")}
	frappe.db.set_value(DOCTYPE, company, values, update_modified=False)
	frappe.db.commit()  # nosemgrep: a scheduled batch
