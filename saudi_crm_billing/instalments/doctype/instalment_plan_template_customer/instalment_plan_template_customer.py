from __future__ import annotations

from frappe.model.document import Document


class InstalmentPlanTemplateCustomer(Document):
	"""Customers for whom a template is: all that the row names must fit."""
