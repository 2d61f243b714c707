from __future__ import annotations

import frappe
from frappe import _
from frappe.model.document import Document

from saudi_crm_billing.customer_tax.engine.tax_class import find_problems
from saudi_crm_billing.customer_tax.engine.vatex import needs_national_id
from saudi_crm_billing.customer_tax.item_templates import update_templates
from saudi_crm_billing.customer_tax.settings import as_tax_class


class CustomerTaxClass(Document):
	def validate(self) -> None:
		self.clear_reason_of_taxable()
		self.needs_national_id = int(needs_national_id(self.vatex_code or ""))
		problems = find_problems(as_tax_class(self))
		if problems:
			messages = [problem.message(_) for problem in problems]
			frappe.throw("<br>".join(messages), title=_("Tax class cannot be used"))

	def on_update(self) -> None:
		if self.has_value_changed("rate"):
			# Frappe clears its copy only after this event, and the templates are to read the new rate.
			frappe.clear_document_cache(self.doctype, self.name)
			update_templates(scb_tax_class=self.name)

	def clear_reason_of_taxable(self) -> None:
		"""The form hides these for a taxable class, so a person cannot remove what is left in them."""
		if self.category == "S":
			self.vatex_code = self.reason_en = self.reason_ar = None
