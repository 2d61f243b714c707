from __future__ import annotations

from frappe.model.document import Document


class InstalmentReminderStage(Document):
	"""One step of a policy: days from the due date, and the sentence that sets the tone."""
