"""The mail that brings an invoice to its customer: text, print and XML. It queues nothing and writes no state."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from html import escape

import frappe
from frappe import _
from frappe.email.doctype.email_account.email_account import EmailAccount
from frappe.model.document import Document
from rq.timeouts import JobTimeoutException

from saudi_crm_billing.collection.engine.wording import Language, amount_text, languages_for
from saudi_crm_billing.collection.mail import frame
from saudi_crm_billing.collection.policy import from_address
from saudi_crm_billing.common.money import to_money
from saudi_crm_billing.e_invoicing.prints import handover, pdf

SUBJECT = {
	Language.ARABIC: "{title} {number} من {company}: {total}",
	Language.ENGLISH: "{title} {number} from {company}: {total}",
}
TITLES = {
	Language.ARABIC: {"invoice": "الفاتورة", "note": "الإشعار الدائن"},
	Language.ENGLISH: {"invoice": "Invoice", "note": "Credit note"},
}
BODY = {
	Language.ARABIC: (
		"<p>السادة / {customer} المحترمين،</p><p>السلام عليكم ورحمة الله وبركاته،</p>"
		"<p>نرفق لكم {title} رقم <bdi>{number}</bdi> بمبلغ {total}.</p><p>مع التحية،<br>{company}</p>"
	),
	Language.ENGLISH: (
		"<p>Dear {customer},</p><p>Please find attached {title} <bdi>{number}</bdi> of {total}.</p>"
		"<p>Kind regards,<br>{company}</p>"
	),
}


@dataclass(frozen=True)
class Attachment:
	name: str
	content: bytes


@dataclass(frozen=True)
class InvoiceMail:
	"""A message ready to be queued."""

	sender: str
	subject: str
	html: str
	attachments: tuple[Attachment, ...]


def compose(invoice: Document) -> InvoiceMail:
	"""In the customer's language, or in both where that is not known; with the print and the XML."""
	language = frappe.db.get_value("Customer", invoice.customer, "language")
	languages = languages_for(language)
	values = {each: _values(invoice, each) for each in languages}
	parts = [(each, BODY[each].format(**_escaped(values[each]))) for each in languages]
	company = values[languages[0]]["company"]
	subjects = (SUBJECT[each].format(**values[each]) for each in languages)
	return InvoiceMail(
		sender=from_address(company, account_address() or ""),
		subject=" | ".join(subjects),
		html=frame(company, parts, ()),
		attachments=(_print(invoice), *_xml(invoice)),
	)


def account_address() -> str | None:
	"""Of the account that sends what belongs to invoices; None when no account can send."""
	account = EmailAccount.find_outgoing(match_by_doctype="Sales Invoice")
	return account.email_id if account else None


def _values(invoice: Document, language: Language) -> dict[str, str]:
	arabic = language is Language.ARABIC
	company = frappe.db.get_value("Company", invoice.company, "scb_name_ar") if arabic else None
	customer = frappe.db.get_value("Customer", invoice.customer, "scb_name_ar") if arabic else None
	total = abs(to_money(invoice.rounded_total or invoice.grand_total))
	return {
		"title": TITLES[language]["note" if invoice.is_return else "invoice"],
		"number": invoice.name,
		"company": company or invoice.company,
		"customer": customer or invoice.customer_name,
		"total": amount_text(total, invoice.currency, language),
	}


def _escaped(values: dict[str, str]) -> dict[str, str]:
	return {key: escape(value) for key, value in values.items()}


def _print(invoice: Document) -> Attachment:
	"""The bilingual tax invoice as PDF, with the e-invoice's XML in it; as HTML where this server can make no PDF, which the
	Error Log then says."""
	name = pdf.file_name(invoice)
	try:
		return Attachment(name, get_pdf(invoice))
	except JobTimeoutException:
		raise
	except Exception:  # whatever the PDF library or its system libraries say
		frappe.log_error(
			title=_("{0} went out as HTML: no PDF could be made").format(invoice.name),
			reference_doctype=invoice.doctype,
			reference_name=invoice.name,
		)
	return Attachment(f"{name.removesuffix('.pdf')}.html", pdf.html_of(invoice).encode())


def get_pdf(invoice: Document) -> bytes:
	"""Takes about a second, so that tests that look at something else replace it."""
	return pdf.make(invoice)


def _xml(invoice: Document) -> Iterable[Attachment]:
	"""ZATCA's cleared XML where there is one, else as issued; nothing without an e-invoice."""
	if found := handover.legal_xml(invoice.scb_zatca_document):
		yield Attachment(found.name, found.content)
