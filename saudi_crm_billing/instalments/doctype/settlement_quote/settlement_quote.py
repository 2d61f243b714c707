from __future__ import annotations

from frappe.model.document import Document

from saudi_crm_billing.instalments.balances import hold_plans
from saudi_crm_billing.instalments.settling import limits, quotes


class SettlementQuote(Document):
	"""What a plan costs to settle early, valid to a day; its figures and states are written by `settling.quotes`."""

	def check_if_latest(self) -> None:
		"""Frappe locks the quote here; what it is submitted or cancelled for comes first."""
		if self.docstatus != 0 and self.plan:
			hold_plans([self.plan])
		super().check_if_latest()

	def validate(self) -> None:
		quotes.compute(self)

	def before_submit(self) -> None:
		limits.check_rebate(self)

	def on_submit(self) -> None:
		quotes.begin(self)

	def before_cancel(self) -> None:
		quotes.withdraw(self)
