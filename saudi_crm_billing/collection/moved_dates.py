"""What a plan's new dates mean for reminders: one that waits in the mail queue about a date that has moved does not go
out. The new date gets its own, for its key carries the date.
"""

from __future__ import annotations

import frappe
from frappe import _

from saudi_crm_billing.bilingual import said
from saudi_crm_billing.instalments.rescheduling.change import PlanChange

LOG = "Instalment Reminder"


def drop_reminders_of(change: PlanChange) -> None:
	"""Take back the waiting mails that speak of a moved date; what else stood in them is said again by the next run."""
	standing = {(row.number, row.due_date) for row in change.after}
	waiting = frappe.get_all(
		LOG,
		filters={"plan": change.plan, "state": "Queued", "email_queue": ("is", "set")},
		fields=["number", "due_date", "email_queue"],
	)
	mails = sorted({row.email_queue for row in waiting if (row.number, row.due_date) not in standing})
	for mail in mails:
		_take_back(mail, change)


def _take_back(mail: str, change: PlanChange) -> None:
	"""A mail that the queue has begun to send is on its way, and stays in the log as it is."""
	if frappe.db.get_value("Email Queue", mail, "status", for_update=True) != "Not Sent":
		return
	frappe.db.delete("Email Queue Recipient", {"parent": mail})
	frappe.db.delete("Email Queue", {"name": mail})
	reason = said(
		lambda lang: _("Taken back: the plan of {0} was rescheduled ({1}).", lang=lang).format(
			change.sales_invoice, change.reschedule
		)
	)
	values = {"state": "Failed", "message_id": None, "email_queue": None, **reason.columns("reason")}
	frappe.db.set_value(LOG, {"email_queue": mail}, values)
