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
		if self.get("send_invoices") and (not self.send_invoices_from or self._is_switched_on_again()):
			self.send_invoices_from = getdate()

	def _is_switched_on_again(self) -> bool:
		"""With the day of old: what was accepted in between does not go out all at once."""
		before = self.get_doc_before_save()
		return bool(
			before
			and not before.send_invoices
			and getdate(before.send_invoices_from) == getdate(self.send_invoices_from)
		)
