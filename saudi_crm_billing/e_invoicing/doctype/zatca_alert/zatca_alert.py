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
	frappe.db.add_index("ZATCA Alert", ["document", "stage"])
