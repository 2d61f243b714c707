"""What hooks.py calls on document events; no logic here."""

from __future__ import annotations

from frappe.model.document import Document

from saudi_crm_billing.crm_billing import acceptance, automation, core_mail, guards, sending, winning
from saudi_crm_billing.crm_billing.engine.rules import Trigger


def quotation_before_insert(doc: Document, method: str | None = None) -> None:
	acceptance.forget_on_copy(doc)


def quotation_before_validate(doc: Document, method: str | None = None) -> None:
	acceptance.keep_as_stored(doc)


def opportunity_before_insert(doc: Document, method: str | None = None) -> None:
	winning.forget_on_copy(doc)


def opportunity_before_validate(doc: Document, method: str | None = None) -> None:
	winning.keep_as_stored(doc)


def sales_order_on_submit(doc: Document, method: str | None = None) -> None:
	automation.fire(Trigger.ORDER_SUBMITTED, doc)


def delivery_note_on_submit(doc: Document, method: str | None = None) -> None:
	for order in sorted({row.against_sales_order for row in doc.items if row.against_sales_order}):
		automation.fire_delivered(order)


def sales_invoice_after_mapping(doc: Document, method: str, source: Document) -> None:
	if source.doctype == "Quotation":
		doc.scb_quotation = source.name


def sales_invoice_before_submit(doc: Document, method: str | None = None) -> None:
	guards.check(doc)


def keep_sent(doc: Document, method: str | None = None) -> None:
	sending.keep_as_stored(doc)


def email_queue_before_insert(doc: Document, method: str | None = None) -> None:
	core_mail.attach_our_copy(doc)


def email_queue_after_insert(doc: Document, method: str | None = None) -> None:
	sending.note_queued(doc)


def communication_on_change(doc: Document, method: str | None = None) -> None:
	sending.follow(doc)
