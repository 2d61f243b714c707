from __future__ import annotations

from frappe.model.document import Document


class InstalmentWriteOffRow(Document):
	"""What an instalment owed when it was written off, and what of it was."""
