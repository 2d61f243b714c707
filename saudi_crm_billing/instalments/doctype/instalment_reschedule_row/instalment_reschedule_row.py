from __future__ import annotations

from frappe.model.document import Document


class InstalmentRescheduleRow(Document):
	"""A row of the plan as it stood before, or as it stands after, a reschedule."""
