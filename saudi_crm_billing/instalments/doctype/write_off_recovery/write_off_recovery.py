from __future__ import annotations

from frappe.model.document import Document

from saudi_crm_billing.instalments.settling import recoveries, write_offs


class WriteOffRecovery(Document):
	"""Money received for a debt that was written off; written by `settling.recoveries`."""

	def check_if_latest(self) -> None:
		"""Frappe locks the recovery here; the write-off comes first: who holds it locks each recovery of it, drafts too."""
		write_offs.hold(self.write_off)
		super().check_if_latest()

	def validate(self) -> None:
		recoveries.compute(self)

	def on_submit(self) -> None:
		recoveries.post(self)

	def on_cancel(self) -> None:
		recoveries.unpost(self)
