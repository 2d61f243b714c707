"""From an event to a queued run: finds the rule, has `runs` write the row, has `tasks` enqueue the job."""

from __future__ import annotations

from datetime import datetime

import frappe
from frappe.model.document import Document
from frappe.utils import now_datetime

from saudi_crm_billing.crm_billing import matching, runs, tasks
from saudi_crm_billing.crm_billing.engine.rules import Trigger


def fire(trigger: Trigger, source: Document, happened_on: datetime | None = None) -> str | None:
	"""Register the run of the rule that `source` meets; its name, or None: no rule, or fired before.

	Everything happens in the caller's transaction; the job is queued after its commit.
	"""
	rule = matching.rule_for(trigger, source)
	if rule is None:
		return None
	run = runs.register(rule, source, happened_on or now_datetime())
	if run:
		tasks.enqueue_after_commit(run)
	return run


def fire_delivered(order: str) -> None:
	"""Listen to an order of which a delivery has just been posted: it counts when all is delivered."""
	document = frappe.get_doc("Sales Order", order)
	if document.docstatus == 1 and document.per_delivered >= 100:
		fire(Trigger.ORDER_DELIVERED, document)
