from __future__ import annotations

from frappe.model.document import Document

from saudi_crm_billing.instalments.balances import hold_plans
from saudi_crm_billing.instalments.rescheduling import approval, reschedules


class InstalmentReschedule(Document):
	"""One change of a plan's dates after its invoice was submitted, with the rows before and after it."""

	def check_if_latest(self) -> None:
		"""Frappe locks the reschedule here; the plan that it changes comes first, as wherever balances are written."""
		if self.docstatus != 0 and self.plan:
			hold_plans([self.plan])
		super().check_if_latest()

	def validate(self) -> None:
		if self.docstatus == 1:
			approval.check_approver(self)
		reschedules.compute(self)

	def before_submit(self) -> None:
		reschedules.approve(self)

	def on_submit(self) -> None:
		reschedules.apply(self)

	def before_cancel(self) -> None:
		approval.check_role(self)
		reschedules.check_latest(self)

	def on_cancel(self) -> None:
		reschedules.undo(self)
