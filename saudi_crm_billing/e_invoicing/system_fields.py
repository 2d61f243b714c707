"""What a form, an import or the API puts into the fields that only the system writes does not count.

They are writable after submit, so a right to change the document would else be a right to call it cleared or paid.
"""

from __future__ import annotations

from frappe.model.document import Document

from saudi_crm_billing.e_invoicing import sources
from saudi_crm_billing.e_invoicing.mirror import MIRRORED

FIELDS = {
	**dict.fromkeys(sources.SOURCES, sources.SYSTEM_FIELDS),
	"Sales Order": MIRRORED,
	"Quotation": MIRRORED,
}


def keep_as_stored(doc: Document) -> None:
	"""Put back what is stored; nothing is, on a document that is new."""
	before = doc.get_doc_before_save()
	doc.update({field: before.get(field) if before else None for field in FIELDS[doc.doctype]})
