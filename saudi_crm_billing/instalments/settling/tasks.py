"""What the scheduler calls: quotes whose day has passed end by themselves."""

from __future__ import annotations

import frappe
from frappe import _
from frappe.utils import getdate

from saudi_crm_billing.instalments.settling import quotes


def expire_settlement_quotes() -> list[str]:
	"""A commit after each; one that cannot be ended goes to the Error Log and does not stop the others."""
	today = getdate()
	filters = {"status": "Open", "valid_until": ("<", today)}
	names = frappe.get_all(quotes.DOCTYPE, filters=filters, pluck="name", order_by="name")
	return [name for name in names if _expire(name, today)]


def _expire(name: str, today: object) -> bool:
	try:
		expired = quotes.expire(name, today)
		frappe.db.commit()  # nosemgrep: a batch of a scheduled job
	except Exception:
		frappe.db.rollback()
		title = _("A settlement quote could not be ended")
		frappe.log_error(title=title, reference_doctype=quotes.DOCTYPE, reference_name=name)
		frappe.db.commit()  # nosemgrep: the log of a scheduled job
		return False
	return expired
