from __future__ import annotations

from frappe.model.document import Document

from saudi_crm_billing.instalments.templates import check_template


class InstalmentPlanTemplate(Document):
	def validate(self) -> None:
		if self.irregular_rows:
			self.instalment_count = len(self.irregular_rows)
		check_template(self)
