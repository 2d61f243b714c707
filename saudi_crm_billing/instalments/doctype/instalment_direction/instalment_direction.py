from __future__ import annotations

from frappe.model.document import Document

from saudi_crm_billing.instalments.directing import directing


class InstalmentDirection(Document):
	"""A part of a payment that goes to one instalment and not to the oldest. Made once, then withdrawn or kept."""

	def before_insert(self) -> None:
		directing.begin(self)

	def validate(self) -> None:
		directing.check(self)

	def after_insert(self) -> None:
		directing.put_in_force(self)

	def on_trash(self) -> None:
		directing.refuse_deletion(self)
