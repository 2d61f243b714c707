"""What hooks.py calls on document events for advances."""

from __future__ import annotations

import frappe
from frappe.model.document import Document

from saudi_crm_billing.e_invoicing import system_fields
from saudi_crm_billing.e_invoicing.advances import entries as advances
from saudi_crm_billing.e_invoicing.advances import refunds as advance_refunds
from saudi_crm_billing.e_invoicing.advances import settings as advance_settings
from saudi_crm_billing.e_invoicing.advances import settlement as advance_settlement
from saudi_crm_billing.e_invoicing.advances import uses as advance_uses
from saudi_crm_billing.e_invoicing.checks import validating
from saudi_crm_billing.e_invoicing.issuing import cancelling, issue


def validate_company(doc: Document, method: str | None = None) -> None:
	advance_settings.validate_company(doc)


def keep_system_fields(doc: Document, method: str | None = None) -> None:
	system_fields.keep_as_stored(doc)


def validate_payment(doc: Document, method: str | None = None) -> None:
	if is_installed() and advances.prepare(doc):
		validating.validate(doc)


def before_submit_payment(doc: Document, method: str | None = None) -> None:
	if advances.is_one(doc):
		advances.refuse_changed(doc)
		validating.refuse_errors(doc)


def on_submit_payment(doc: Document, method: str | None = None) -> None:
	if not advances.is_one(doc):
		return
	if doc.get(advances.REFUND_OF):
		advance_refunds.record_refund(doc)
	issue.enlist_issue(doc)


def before_cancel_payment(doc: Document, method: str | None = None) -> None:
	advances.refuse_cancel(doc)


def on_cancel_payment(doc: Document, method: str | None = None) -> None:
	if doc.get(advances.REFUND_OF):
		advance_uses.release(doc)


def on_trash_payment(doc: Document, method: str | None = None) -> None:
	cancelling.refuse_deletion(doc)


def after_mapping_invoice(
	doc: Document, method: str | None = None, source_doc: Document | None = None
) -> None:
	"""Core copies the rows of the advances to a return, without what they name, and then refuses them."""
	if doc.get("is_return"):
		doc.set("advances", [])


def validate_invoice(doc: Document, method: str | None = None) -> None:
	advance_settlement.forget(doc)
	if is_installed():
		advance_settlement.tell_unused(doc)


def before_submit_invoice(doc: Document, method: str | None = None) -> None:
	if is_installed():
		advance_settlement.reserve(doc)


def on_submit_invoice(doc: Document, method: str | None = None) -> None:
	advance_settlement.record(doc)


def on_cancel_invoice(doc: Document, method: str | None = None) -> None:
	if is_installed():
		advance_uses.release(doc)


def on_ledger_entry(doc: Document, method: str | None = None) -> None:
	if doc.voucher_type == "Payment Entry" and doc.against_voucher_type in ("Sales Invoice", "Journal Entry"):
		_refresh(doc.voucher_no)


def on_unreconcile(doc: Document, method: str | None = None) -> None:
	if doc.voucher_type == "Payment Entry":
		_refresh(doc.voucher_no)


def is_installed() -> bool:
	"""Between an update of the code and its migration, the site goes on as it was."""
	return bool(frappe.get_meta("Payment Entry").has_field("scb_advance_declared"))


def _refresh(entry: str) -> None:
	if is_installed():
		advance_uses.enlist_refresh(entry)
