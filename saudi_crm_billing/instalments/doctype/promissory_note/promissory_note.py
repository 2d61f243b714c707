from __future__ import annotations

import frappe
from frappe import _
from frappe.model.document import Document

from saudi_crm_billing.instalments import plan_events
from saudi_crm_billing.instalments.balances import hold_plans
from saudi_crm_billing.instalments.notes import checks, moves


class PromissoryNote(Document):
	"""A promissory note (sanad li-amr) that a customer signed for instalments."""

	def onload(self) -> None:
		self.set_onload("moves", moves.choices(self))

	def check_if_latest(self) -> None:
		"""Frappe locks the note here; its plans come first."""
		hold_plans(row.plan for row in self.instalments if row.plan)
		super().check_if_latest()

	def validate(self) -> None:
		checks.check(self)

	def on_update(self) -> None:
		for plan in sorted({row.plan for row in self.instalments}):
			plan_events.mark(plan, "has_notes")

	def on_trash(self) -> None:
		if self.status not in ("Draft", "Cancelled"):
			frappe.throw(
				_("{0} is {1}: only a draft or a cancelled note may be deleted.").format(
					self.name, _(self.status, context=self.doctype)
				)
			)
