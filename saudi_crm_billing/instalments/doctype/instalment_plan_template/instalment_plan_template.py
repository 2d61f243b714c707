from __future__ import annotations

import frappe
from frappe import _
from frappe.model.document import Document

from saudi_crm_billing.instalments.agreement import check_template


class InstalmentPlanTemplate(Document):
	def validate(self) -> None:
		if not 0 <= (self.down_payment_percent or 0) < 100:
			frappe.throw(_("The down payment must be at least 0 % and less than 100 %."))
		check_template(self)
