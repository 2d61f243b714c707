"""What a company wants of its sales: how long acceptance links live, which guards its invoices pass."""

from __future__ import annotations

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import getdate

LONGEST_LINK = 365


class SCBBillingSettings(Document):
	def validate(self) -> None:
		if not 1 <= int(self.link_days or 0) <= LONGEST_LINK:
			frappe.throw(
				_("Acceptance Link Valid for Days must be between 1 and {0}; it is {1}.").format(
					LONGEST_LINK, self.link_days
				)
			)
		if self.get("send_invoices") and not self.send_invoices_from:
			self.send_invoices_from = getdate()
