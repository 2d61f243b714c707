from __future__ import annotations

import frappe
from frappe.model.document import Document

from saudi_crm_billing.e_invoicing.issuing import records


class ZATCAAlert(Document):
	def validate(self) -> None:
		records.refuse_edit(self)

	def on_trash(self) -> None:
		records.refuse_deletion(self)


def on_doctype_update() -> None:
	"""A document is told of once a stage: the database refuses a second."""
	frappe.db.add_unique("ZATCA Alert", ["document", "stage"])
