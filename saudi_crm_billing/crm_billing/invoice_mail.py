"""The mail that brings an invoice to its customer: text, print and XML. It queues nothing and writes no state."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

import frappe
from frappe import _
from frappe.email.doctype.email_account.email_account import EmailAccount
from frappe.model.document import Document
from frappe.translate import print_language
from rq.timeouts import JobTimeoutException

from saudi_crm_billing.collection.engine.wording import Language, amount_text, languages_for
from saudi_crm_billing.collection.mail import frame
from saudi_crm_billing.collection.policy import from_address
from saudi_crm_billing.common.money import to_money
from saudi_crm_billing.e_invoicing import archive

PRINT_FORMAT = "Saudi Tax Invoice"
STYLE_SHEET = re.compile(r'<link[^>]*href="/(assets/[^"?]+\.css)[^"]*"[^>]*>')
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
		attachments=(_print(invoice, languages[0]), *_xml(invoice)),
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


def _print(invoice: Document, language: Language) -> Attachment:
	"""The bilingual tax invoice as PDF; as HTML where this server can make no PDF, which the Error Log then says."""
	html = _html(invoice, language)
	name = invoice.name.replace("/", "-")
	try:
		return Attachment(f"{name}.pdf", get_pdf(html))
	except JobTimeoutException:
		raise
	except Exception:  # whatever the PDF library or its system libraries say
		frappe.log_error(
			title=_("{0} went out as HTML: no PDF could be made").format(invoice.name),
			reference_doctype=invoice.doctype,
			reference_name=invoice.name,
		)
	return Attachment(f"{name}.html", html.encode())


def get_pdf(html: str) -> bytes:
	"""By WeasyPrint, which Frappe brings along: wkhtmltopdf, where its Qt is not patched, cuts right-to-left text off."""
	from weasyprint import HTML  # needs the system's Pango; without it the print goes as HTML

	return bytes(HTML(string=html, url_fetcher=_only_inline).write_pdf())


def _only_inline(address: str, *arguments: Any, **options: Any) -> dict[str, Any]:
	"""What a print names on the network is left out of it: nothing is asked for while a user waits."""
	from weasyprint import default_url_fetcher

	if not address.startswith("data:"):
		raise ValueError(address)
	return dict(default_url_fetcher(address, *arguments, **options))


def _html(invoice: Document, language: Language) -> str:
	"""The print with its style sheets in it: neither the PDF program nor the reader asks this server for anything."""
	reader, flags = frappe.local.lang, frappe.local.flags
	# Who may mail the invoice may send its print, as core's Email button does.
	flags.ignore_print_permissions = True
	try:
		with print_language(language.value):
			html = frappe.get_print(invoice.doctype, invoice.name, print_format=PRINT_FORMAT, doc=invoice)
	finally:
		flags.ignore_print_permissions = False
		frappe.local.lang = reader
	return STYLE_SHEET.sub(_style, html)


def _style(link: re.Match[str]) -> str:
	file = Path(frappe.local.sites_path) / link[1]
	return f"<style>{file.read_text()}</style>" if file.exists() else ""


def _xml(invoice: Document) -> Iterable[Attachment]:
	"""ZATCA's cleared XML where there is one, else as issued; nothing without an e-invoice."""
	row: Any = frappe.db.get_value(
		archive.DOCUMENT,
		invoice.scb_zatca_document,
		("xml", "cleared_xml", "submitted_on", "unit"),
		as_dict=True,
	)
	if row:
		vat_number = frappe.db.get_value("ZATCA Unit", row.unit, "vat_number")
		name = archive.file_name(vat_number, row.submitted_on, invoice.name)
		yield Attachment(name, (row.cleared_xml or row.xml).encode())
