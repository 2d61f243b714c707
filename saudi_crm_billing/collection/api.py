"""What the Desk may call: a dry run of the reminders of a day, and the day's run by hand."""

from __future__ import annotations

from typing import Any

import frappe
from frappe import _
from frappe.utils import getdate

from saudi_crm_billing.collection import planning, recipients, tasks, texts
from saudi_crm_billing.collection.engine.messages import CustomerMessage
from saudi_crm_billing.collection.engine.steps import may_send
from saudi_crm_billing.collection.engine.wording import language_of
from saudi_crm_billing.collection.mail import total_text
from saudi_crm_billing.collection.policy import DOCTYPE, Policy, load
from saudi_crm_billing.collection.recipients import Recipient


@frappe.whitelist(methods=["GET"])
def first_values() -> dict[str, Any]:
	"""The texts and the steps (`stages`) of a new policy, for the form to show before it is saved."""
	frappe.has_permission(DOCTYPE, "create", throw=True)
	return {**texts.FIRST_TEXTS, "stages": texts.first_steps()}


@frappe.whitelist(methods=["GET", "POST"])
def preview(company: str, date: str | None = None) -> dict[str, Any]:
	"""What the saved policy would send on `date` (today if not given), enabled or not; nothing is written.

	Returns {"date", "allowed": whether the day allows sending, "messages": [{"customer", "customer_name",
	"recipient", "problem", "instalments", "total"}]}.
	"""
	policy = _permitted_policy(company, "read")
	day = getdate(date)
	messages = planning.messages_to_send(policy, day)
	found = recipients.of_customers(
		{message.customer: message.reminders[0].owed.sales_invoice for message in messages}
	)
	return {
		"date": str(day),
		"allowed": may_send(day, policy.steps),
		"messages": [_preview_row(message, found[message.customer]) for message in messages],
	}


@frappe.whitelist(methods=["POST"])
def run_now(company: str) -> int:
	"""Enqueue what is due today, whatever the hour; returns to how many customers a message will be tried."""
	policy = _permitted_policy(company, "write")
	if not policy.enabled:
		frappe.throw(
			_("The reminder policy of {0} is not enabled. Tick “Enabled” and save first.").format(company)
		)
	return tasks.enqueue(policy, getdate())


def _permitted_policy(company: str, right: str) -> Policy:
	frappe.has_permission(DOCTYPE, right, throw=True)
	policy = load(company)
	if not policy:
		frappe.throw(_("Company {0} has no Instalment Reminder Policy.").format(company))
	frappe.has_permission(DOCTYPE, right, doc=company, throw=True)
	return policy


def _preview_row(message: CustomerMessage, recipient: Recipient) -> dict[str, Any]:
	return {
		"customer": message.customer,
		"customer_name": recipient.name,
		"recipient": recipient.email,
		"problem": recipient.problem.shown,
		"instalments": len(message.rows),
		"total": total_text(message.rows, language_of(frappe.local.lang)),
	}
