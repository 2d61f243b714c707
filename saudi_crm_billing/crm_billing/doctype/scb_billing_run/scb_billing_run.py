"""The log of one firing of one rule; `crm_billing/runs.py` is its only writer."""

from __future__ import annotations

import frappe
from frappe import _
from frappe.model.document import Document


class SCBBillingRun(Document):
	def validate(self) -> None:
		frappe.throw(
			_(
				"Billing runs are written by the app alone. To run a failed one again, open it and press Retry."
			)
		)
