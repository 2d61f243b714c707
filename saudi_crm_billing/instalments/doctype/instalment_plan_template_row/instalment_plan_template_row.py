from __future__ import annotations

from frappe.model.document import Document


class InstalmentPlanTemplateRow(Document):
	"""One instalment of a template of unequal ones."""
