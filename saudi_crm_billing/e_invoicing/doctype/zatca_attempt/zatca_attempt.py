from __future__ import annotations

from frappe.model.document import Document

from saudi_crm_billing.e_invoicing.issuing import records


class ZATCAAttempt(Document):
	def validate(self) -> None:
		records.refuse_edit(self)

	def on_trash(self) -> None:
		records.refuse_deletion(self)
