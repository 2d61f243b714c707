from __future__ import annotations

from frappe.model.document import Document


class InstalmentPlan(Document):
	"""Written by `plans` and `balances` only; nobody has the right to create or change one by hand."""
