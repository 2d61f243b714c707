from __future__ import annotations

from frappe.model.document import Document


class PromissoryNoteMove(Document):
	"""One move of a note from state to state; written by `notes.moves` only."""
