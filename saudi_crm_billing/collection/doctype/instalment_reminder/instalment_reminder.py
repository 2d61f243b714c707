from __future__ import annotations

from frappe.model.document import Document


class InstalmentReminder(Document):
	"""What was said of one instalment at one step; collection/reminders.py alone writes it."""
