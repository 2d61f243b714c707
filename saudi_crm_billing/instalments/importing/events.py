"""What hooks.py calls on document events of Sales Invoice."""

from __future__ import annotations

from frappe.model.document import Document

from saudi_crm_billing.instalments.importing import making


def keep_fields(doc: Document, method: str | None = None) -> None:
	making.keep_fields(doc)


def on_cancel(doc: Document, method: str | None = None) -> None:
	making.free_number(doc)
