from __future__ import annotations

from frappe.model.document import Document

from saudi_crm_billing.instalments.settings import check, forget


class InstalmentSettings(Document):
	"""What a company decided about its instalment plans; without a record the defaults hold."""

	def validate(self) -> None:
		check(self)

	def after_insert(self) -> None:
		forget()

	def on_trash(self) -> None:
		forget()
