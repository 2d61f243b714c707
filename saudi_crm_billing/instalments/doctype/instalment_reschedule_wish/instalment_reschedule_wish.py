from __future__ import annotations

from frappe.model.document import Document


class InstalmentRescheduleWish(Document):
	"""A row of the schedule that a reschedule asks for."""
