"""The mail that brings a document (sendable.py) to its customer: text, print and XML.

It queues nothing and writes no state; it is the only maker of the files of such a message. Without a PDF there is no mail: HTML alone is no tax document.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from html import escape

import frappe
from frappe import _
from frappe.model.document import Document
from rq.timeouts import JobTimeoutException

from saudi_crm_billing.bilingual import Said, plain, said
from saudi_crm_billing.collection.engine.wording import Language, amount_text, languages_for
from saudi_crm_billing.collection.mail import frame
from saudi_crm_billing.collection.policy import from_address
from saudi_crm_billing.crm_billing import sendable
from saudi_crm_billing.e_invoicing.prints import handover, pdf

SUBJECT = {
	Language.ARABIC: "{title} {number} من {company}: {total}",
	Language.ENGLISH: "{title} {number} from {company}: {total}",
}
TITLES = {
	Language.ARABIC: {
		sendable.PLAIN: "الفاتورة",
		sendable.NOTE: "الإشعار الدائن",
		sendable.ADVANCE: "فاتورة الدفعة المقدمة",
	},
	Language.ENGLISH: {
		sendable.PLAIN: "Invoice",
		sendable.NOTE: "Credit note",
		sendable.ADVANCE: "Advance invoice",
	},
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


class NoPdf(frappe.ValidationError):
	"""No PDF can be made; `said` is why and what to do."""

	def __init__(self, problem: Said) -> None:
		super().__init__(problem.shown)
		self.said = problem


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
	language = frappe.db.get_value("Customer", sendable.customer_of(invoice), "language")
	languages = languages_for(language)
	values = {each: _values(invoice, each) for each in languages}
	parts = [(each, BODY[each].format(**_escaped(values[each]))) for each in languages]
	company = values[languages[0]]["company"]
	subjects = (SUBJECT[each].format(**values[each]) for each in languages)
	return InvoiceMail(
		sender=from_address(company, sendable.account_address() or ""),
		subject=" | ".join(subjects),
		html=frame(company, parts, ()),
		attachments=(print_of(invoice), *_xml(invoice)),
	)


def _values(invoice: Document, language: Language) -> dict[str, str]:
	arabic = language is Language.ARABIC
	company = frappe.db.get_value("Company", invoice.company, "scb_name_ar") if arabic else None
	buyer = frappe.db.get_value(
		"Customer", sendable.customer_of(invoice), ("customer_name", "scb_name_ar"), as_dict=True
	)
	kind = sendable.SENDABLES[invoice.doctype]
	return {
		"title": TITLES[language][kind.title(invoice)],
		"number": invoice.name,
		"company": company or invoice.company,
		"customer": (arabic and buyer.scb_name_ar) or invoice.get("customer_name") or buyer.customer_name,
		"total": amount_text(sendable.total_of(invoice), kind.currency(invoice), language),
	}


def _escaped(values: dict[str, str]) -> dict[str, str]:
	return {key: escape(value) for key, value in values.items()}


def print_of(invoice: Document) -> Attachment:
	"""The bilingual print as PDF, with the e-invoice's XML in it; `NoPdf` where this server can make none."""
	try:
		return Attachment(pdf.file_name(invoice), get_pdf(invoice))
	except JobTimeoutException:
		raise
	except Exception as error:  # whatever the PDF library or its system libraries say
		frappe.log_error(
			title=_("No PDF of {0} could be made").format(invoice.name),
			reference_doctype=invoice.doctype,
			reference_name=invoice.name,
		)
		problem = no_pdf(invoice.name, error)
	frappe.throw(problem.shown, NoPdf(problem), title=_("Cannot send"))


def no_pdf(name: str, error: Exception) -> Said:
	reason = plain(" ".join(str(error).split()))[:200] or type(error).__name__
	return said(
		lambda lang: _(
			"No PDF of {0} could be made, so nothing was sent: {1}. If a library is missing, install Pango on the server;"
			" else see the Error Log. Then send again.",
			lang=lang,
		).format(name, reason)
	)


def get_pdf(invoice: Document) -> bytes:
	"""Takes about a second, so that tests that look at something else replace it."""
	return pdf.make(invoice)


def _xml(invoice: Document) -> Iterable[Attachment]:
	"""ZATCA's cleared XML where there is one, else as issued; nothing without an e-invoice."""
	if found := handover.legal_xml(invoice.get(sendable.DOCUMENT)):
		yield Attachment(found.name, found.content)


def attach(message: str | None, attachment: Attachment) -> dict[str, str]:
	"""As a file of the Communication that carries it; the row that names it in the Email Queue."""
	file = frappe.new_doc("File")
	file.update(
		{
			"file_name": attachment.name,
			"content": attachment.content,
			"is_private": 1,
			"attached_to_doctype": "Communication",
			"attached_to_name": message,
			"folder": "Home/Attachments",
		}
	)
	file.save(ignore_permissions=True)  # as the message that carries it
	kept = {"fid": str(file.name)}
	# Core writes letters beyond ASCII of an application/xml as \uXXXX, which breaks the document's hash.
	return {**kept, "content_type": "text/xml"} if attachment.name.endswith(".xml") else kept
