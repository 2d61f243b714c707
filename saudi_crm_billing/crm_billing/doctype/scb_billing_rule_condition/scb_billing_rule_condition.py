"""One test of one field of the triggering document."""

from __future__ import annotations

from frappe.model.document import Document


class SCBBillingRuleCondition(Document):
	pass
