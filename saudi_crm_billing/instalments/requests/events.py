"""What hooks.py calls on document events of Payment Request and of its payments, and when a plan changed."""

from __future__ import annotations

from typing import Any

from frappe.model.document import Document

from saudi_crm_billing.instalments.requests import following, making, paying


def keep_fields(doc: Document, method: str | None = None) -> None:
	making.keep_fields(doc)


def validate(doc: Document, method: str | None = None) -> None:
	making.check(doc)


def on_submit_payment(doc: Document, method: str | None = None) -> None:
	paying.direct(doc)


def plan_recomputed(plan: Any) -> None:
	if plan.has_requests:
		following.follow(plan.name)


def plan_rescheduled(change: Any) -> None:
	following.follow_change(change)
