from __future__ import annotations

from frappe.model.document import Document

from saudi_crm_billing.e_invoicing import system_fields
from saudi_crm_billing.e_invoicing.advances import credits as advance_credits
from saudi_crm_billing.e_invoicing.advances import entries as advances
from saudi_crm_billing.e_invoicing.advances import uses as advance_uses
from saudi_crm_billing.e_invoicing.checks import validating
from saudi_crm_billing.e_invoicing.issuing import cancelling, issue


class ZATCAAdvanceCreditNote(Document):
	def before_validate(self) -> None:
		system_fields.keep_as_stored(self)

	def validate(self) -> None:
		advance_credits.prepare(self)
		validating.validate(self)

	def before_submit(self) -> None:
		advance_credits.reserve(self)
		validating.refuse_errors(self)

	def on_submit(self) -> None:
		advance_credits.record(self)
		issue.enlist_issue(self)

	def before_update_after_submit(self) -> None:
		system_fields.keep_as_stored(self)

	def before_cancel(self) -> None:
		system_fields.keep_as_stored(self)
		advances.refuse_cancel(self)

	def on_cancel(self) -> None:
		advance_uses.release(self)

	def on_trash(self) -> None:
		cancelling.refuse_deletion(self)
