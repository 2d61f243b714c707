"""What became of queued messages, read from the Email Queue; each log's own module writes it down."""

from __future__ import annotations

from dataclasses import dataclass

import frappe
from frappe import _

from saudi_crm_billing.bilingual import NOTHING, Said, said

LIMIT = 5000


@dataclass(frozen=True)
class Delivery:
	"""A row of a log whose state no longer says what the Email Queue says."""

	name: str
	state: str
	reason: Said


def news(doctype: str) -> list[Delivery]:
	"""Rows of `doctype` (with fields state and email_queue) that core has sent, or gave up, since."""
	log, queue = frappe.qb.DocType(doctype), frappe.qb.DocType("Email Queue")
	rows = (
		frappe.qb.from_(log)
		.join(queue)
		.on(queue.name == log.email_queue)
		.select(log.name, queue.status, queue.error)
		.where(
			((log.state != "Sent") & (queue.status == "Sent"))
			| ((log.state == "Queued") & (queue.status == "Error"))
		)
		.limit(LIMIT)
	).run()
	return [_delivery(*row) for row in rows]


def _delivery(name: str, status: str, error: str | None) -> Delivery:
	if status == "Sent":
		return Delivery(name, "Sent", NOTHING)
	last_line = ((error or "").strip().splitlines() or [""])[-1]
	reason = said(
		lambda lang: _(
			"The mail server did not take it: {0}. Mend the Email Account, then open the Email Queue row and retry.",
			lang=lang,
		).format(last_line[:300])
	)
	return Delivery(name, "Failed", reason)
