"""A billing rule; all that is checked when it is saved is in `crm_billing/rule_checks.py`."""

from __future__ import annotations

from frappe.model.document import Document

from saudi_crm_billing.crm_billing import rule_checks


class SCBBillingRule(Document):
	def validate(self) -> None:
		rule_checks.check(self)
