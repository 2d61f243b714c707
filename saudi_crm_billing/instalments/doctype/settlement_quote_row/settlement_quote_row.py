from __future__ import annotations

from frappe.model.document import Document


class SettlementQuoteRow(Document):
	"""An instalment as it stood when the quote was made."""
