from __future__ import annotations

import frappe
from frappe.model.document import Document

from saudi_crm_billing.e_invoicing.issuing import issued, records
from saudi_crm_billing.e_invoicing.sending import states


class ZATCADocument(Document):
	def onload(self) -> None:
		step = states.next_step(
			self.state,
			stamped=bool(self.cleared_xml),
			replaced_by=self.replaced_by,
			unknown=bool(self.answer_unknown),
		)
		self.set_onload("next_step", step)
		self.set_onload("may_issue_again", self._may_issue_again())

	def _may_issue_again(self) -> bool:
		if self.state != states.REJECTED or self.replaced_by:
			return False
		if not (source := issued.source_of(self.name)):
			return False
		return frappe.db.get_value(*source, "docstatus") == 1 and bool(
			frappe.has_permission(source[0], "submit", doc=source[1])
		)

	def validate(self) -> None:
		records.refuse_edit(self)

	def on_trash(self) -> None:
		records.refuse_deletion(self)


def on_doctype_update() -> None:
	"""One document a counter value, one current document a source: the database refuses a second."""
	frappe.db.add_unique("ZATCA Document", ["unit", "icv"])
	frappe.db.add_unique("ZATCA Document", ["reference_doctype", "reference_name", "kind", "superseded"])
	frappe.db.add_index("ZATCA Document", ["state", "next_attempt_on"])
	frappe.db.add_index("ZATCA Document", ["unit", "accepted_on"])
