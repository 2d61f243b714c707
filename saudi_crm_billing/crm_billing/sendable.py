"""Which documents go to customers by mail, and what of each the mail needs. It reads and never writes.

A Sales Invoice goes with or without an e-invoice; of the others only what has one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from html import escape

import frappe
from frappe import _
from frappe.email.doctype.email_account.email_account import EmailAccount
from frappe.model.document import Document
from frappe.utils import get_link_to_form, validate_email_address

from saudi_crm_billing.bilingual import NOTHING, Said, said
from saudi_crm_billing.collection import recipients
from saudi_crm_billing.common.money import to_money
from saudi_crm_billing.crm_billing.settings import settings_of
from saudi_crm_billing.e_invoicing.prints import handover

INVOICE = "Sales Invoice"
DOCUMENT = "scb_zatca_document"
PLAIN, NOTE, ADVANCE = "invoice", "note", "advance"


@dataclass(frozen=True)
class Sendable:
	"""How one doctype names its customer, what it amounts to, and what the mail calls it."""

	customer: str
	total: Callable[[Document], float]
	currency: Callable[[Document], str]
	title: Callable[[Document], str]


def _invoice() -> Sendable:
	return Sendable(
		customer="customer",
		total=lambda doc: doc.rounded_total or doc.grand_total,
		currency=lambda doc: doc.currency,
		title=lambda doc: NOTE if doc.is_return else PLAIN,
	)


def _company_currency(doc: Document) -> str:
	return str(frappe.get_cached_value("Company", doc.company, "default_currency"))


SENDABLES = {
	INVOICE: _invoice(),
	"POS Invoice": _invoice(),
	"Payment Entry": Sendable(
		customer="party",
		total=lambda doc: doc.scb_advance_gross,
		currency=_company_currency,
		title=lambda doc: NOTE if doc.scb_advance_refund_of else ADVANCE,
	),
	"ZATCA Advance Credit Note": Sendable(
		customer="customer",
		total=lambda doc: doc.scb_advance_gross,
		currency=_company_currency,
		title=lambda doc: NOTE,
	),
}


def refuse_other(doctype: str) -> None:
	"""What a caller names must be one of them."""
	if doctype not in SENDABLES:
		frappe.throw(_("{0} is not sent to customers.").format(_(doctype)), frappe.PermissionError)


def customer_of(doc: Document | frappe._dict) -> str:
	return str(doc.get(SENDABLES[doc.doctype].customer))


def total_of(doc: Document) -> Decimal:
	return abs(to_money(SENDABLES[doc.doctype].total(doc) or 0))


def is_followed(doc: Document | frappe._dict) -> bool:
	"""Of a company that uses this slice or e-invoicing, and submitted: a draft by mail is not the invoice."""
	if doc.docstatus != 1:
		return False
	return bool(doc.get(DOCUMENT) or (doc.doctype == INVOICE and settings_of(doc.company)))


def address_of(doc: Document | frappe._dict) -> str:
	"""The customer's address for invoices; "" when it has none that could be one."""
	invoice = doc.name if doc.doctype == INVOICE else ""
	email = recipients.of_customer(customer_of(doc), invoice).email or doc.get("contact_email")
	return email if email and validate_email_address(email) else ""


def account_address() -> str | None:
	"""Of the account that sends what belongs to invoices; None when no account can send."""
	account = EmailAccount.find_outgoing(match_by_doctype=INVOICE)
	return account.email_id if account else None


def refuse_unready(doc: Document) -> None:
	"""Raises with the way out where the customer may not have it, or not yet."""
	if doc.doctype != INVOICE and doc.docstatus == 1 and not doc.get(DOCUMENT):
		frappe.throw(_("{0} has no e-invoice.").format(doc.name), title=_("Cannot send"))
	handover.refuse_unready(doc)


def obstacle(doc: Document) -> Said:
	"""Why no message could go to the customer, with the way out; nothing when one could."""
	if handover.lacks_its_stamp(doc):
		return handover.without_stamp(doc.name)
	if not address_of(doc):
		return _no_address(doc)
	if not account_address():
		return said(
			lambda lang: _(
				"There is no outgoing Email Account. Make one with “Enable Outgoing” and make it the default, then send again.",
				lang=lang,
			)
		)
	return NOTHING


def _no_address(doc: Document) -> Said:
	customer, contact = customer_of(doc), doc.get("contact_person")
	place = ("Contact", contact) if contact else ("Customer", customer)
	return said(
		lambda lang: _(
			"Customer {0} has no valid e-mail address. Add one to {1} or to its billing contact, then send again.",
			lang=lang,
		).format(frappe.bold(escape(customer)), get_link_to_form(*place))
	)
