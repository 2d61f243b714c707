from __future__ import annotations

from frappe.model.document import Document

from saudi_crm_billing.instalments.balances import hold_plans
from saudi_crm_billing.instalments.settling import limits, write_offs


class InstalmentWriteOff(Document):
	"""A debt given up, with its reason and evidence; its figures and states are written by `settling.write_offs`."""

	def check_if_latest(self) -> None:
		"""Frappe locks the write-off here; the plan comes first, for a draft too: each recompute locks its write-offs."""
		if self.plan:
			hold_plans([self.plan])
		super().check_if_latest()

	def validate(self) -> None:
		write_offs.compute(self)

	def before_submit(self) -> None:
		limits.check_write_off(self)

	def on_submit(self) -> None:
		write_offs.post(self)

	def before_cancel(self) -> None:
		limits.check_write_off_role(self)
		write_offs.check_not_recovered(self)

	def on_cancel(self) -> None:
		write_offs.unpost(self)
