from __future__ import annotations

from frappe.model.document import Document


class InstalmentPlanOffer(Document):
	"""A template that a quotation lets the customer choose."""
