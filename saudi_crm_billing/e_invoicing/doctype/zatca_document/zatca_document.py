from __future__ import annotations

import frappe
from frappe.model.document import Document

from saudi_crm_billing.e_invoicing import records, states


class ZATCADocument(Document):
	def onload(self) -> None:
		self.set_onload("next_step", states.next_step(self.state, stamped=bool(self.cleared_xml)))

	def validate(self) -> None:
		records.refuse_edit(self)

	def on_trash(self) -> None:
		records.refuse_deletion(self)


def on_doctype_update() -> None:
	"""One document a counter value, one document a source: the database refuses a second."""
	frappe.db.add_unique("ZATCA Document", ["unit", "icv"])
	frappe.db.add_unique("ZATCA Document", ["reference_doctype", "reference_name", "kind"])
	frappe.db.add_index("ZATCA Document", ["state", "next_attempt_on"])
