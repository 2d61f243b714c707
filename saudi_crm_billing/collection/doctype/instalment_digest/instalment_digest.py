from __future__ import annotations

from frappe.model.document import Document


class InstalmentDigest(Document):
	"""One digest a person, company and day; collection/digest.py alone writes it."""
