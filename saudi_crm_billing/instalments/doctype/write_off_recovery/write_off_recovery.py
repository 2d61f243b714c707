from __future__ import annotations

from frappe.model.document import Document

from saudi_crm_billing.instalments.settling import recoveries


class WriteOffRecovery(Document):
	"""Money received for a debt that was written off; written by `settling.recoveries`."""

	def validate(self) -> None:
		recoveries.compute(self)

	def on_submit(self) -> None:
		recoveries.post(self)

	def on_cancel(self) -> None:
		recoveries.unpost(self)
