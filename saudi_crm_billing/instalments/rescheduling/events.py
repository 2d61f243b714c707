"""What hooks.py calls on document events: nothing decided."""

from __future__ import annotations

from frappe.model.document import Document

from saudi_crm_billing.instalments.rescheduling import reschedules


def on_cancel_invoice(doc: Document, method: str | None = None) -> None:
	reschedules.void_of_invoice(doc.name)
	# They are its history, not documents that stand on it.
	doc.ignore_linked_doctypes = (*(doc.get("ignore_linked_doctypes") or ()), "Instalment Reschedule")
