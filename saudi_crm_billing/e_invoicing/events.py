"""What hooks.py calls on document events."""

from __future__ import annotations

from frappe.model.document import Document

from saudi_crm_billing.e_invoicing import system_fields
from saudi_crm_billing.e_invoicing.checks import drafts, stored_findings, validating
from saudi_crm_billing.e_invoicing.documents import sources
from saudi_crm_billing.e_invoicing.documents.source_fields import VALUE_AMENDED
from saudi_crm_billing.e_invoicing.issuing import cancelling, issue
from saudi_crm_billing.e_invoicing.sending import mirror


def keep_system_fields(doc: Document, method: str | None = None) -> None:
	system_fields.keep_as_stored(doc)


def onload_source(doc: Document, method: str | None = None) -> None:
	stored_findings.tell(doc)
	drafts.tell_kind(doc)


def validate_invoice(doc: Document, method: str | None = None) -> None:
	validating.validate(doc)


def before_submit_invoice(doc: Document, method: str | None = None) -> None:
	validating.refuse_errors(doc)


def on_submit_invoice(doc: Document, method: str | None = None) -> None:
	issue.enlist_issue(doc)
	_mirror(doc)


def before_cancel_invoice(doc: Document, method: str | None = None) -> None:
	cancelling.refuse_cancel(doc)


def on_cancel_invoice(doc: Document, method: str | None = None) -> None:
	_mirror(doc)


def on_trash_invoice(doc: Document, method: str | None = None) -> None:
	cancelling.refuse_deletion(doc)


def rebate_noted(note: Document) -> None:
	"""A rebate changes the value of a supply that was agreed before (KSA-10)."""
	note.scb_zatca_note_reason = VALUE_AMENDED


def on_ledger_entry(doc: Document, method: str | None = None) -> None:
	if doc.against_voucher_type == "Sales Invoice":
		mirror.enlist_for(doc.company, doc.against_voucher_no)


def _mirror(doc: Document) -> None:
	if sources.of(doc).is_mirrored:
		mirror.enlist_for(doc.company, doc.name)
