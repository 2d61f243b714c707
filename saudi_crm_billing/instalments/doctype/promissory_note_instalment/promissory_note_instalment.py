from __future__ import annotations

from frappe.model.document import Document


class PromissoryNoteInstalment(Document):
	"""An instalment that a note stands for, and with how much of it."""
