from __future__ import annotations

from frappe.model.document import Document

from saudi_crm_billing.instalments.settings import check


class InstalmentSettings(Document):
	"""What a company decided about its instalment plans; without a record the defaults hold."""

	def validate(self) -> None:
		check(self)
