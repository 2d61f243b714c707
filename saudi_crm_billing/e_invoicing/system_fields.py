"""What a form, an import or the API puts into the fields that only the system writes does not count.

They are writable after submit, so a right to change the document would else be a right to call it cleared or paid.
"""

from __future__ import annotations

from frappe.model.document import Document

from saudi_crm_billing.e_invoicing.documents import sources
from saudi_crm_billing.e_invoicing.sending.mirror import MIRRORED

# What else is written after submit, for advances (advance_uses.py, advance_settlement.py, advance_credits.py).
OF_ADVANCES = {
	"Sales Invoice": ("scb_advance_vat_entry",),
	"Payment Entry": (
		"scb_advance_left",
		"scb_advance_vat_left",
		"scb_advance_declared",
		"scb_advance_to_credit",
	),
	"ZATCA Advance Credit Note": ("journal_entry",),
}
FIELDS = {
	**{source: (*sources.SYSTEM_FIELDS, *OF_ADVANCES.get(source, ())) for source in sources.SOURCES},
	"Sales Order": MIRRORED,
	"Quotation": MIRRORED,
}


def keep_as_stored(doc: Document) -> None:
	"""Put back what is stored; nothing is, on a document that is new."""
	before = doc.get_doc_before_save()
	doc.update({field: before.get(field) if before else None for field in FIELDS[doc.doctype]})
