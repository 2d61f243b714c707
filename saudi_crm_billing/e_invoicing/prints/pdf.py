"""The buyer's copy of an invoice as a PDF: the bilingual print and, where there is an e-invoice, its XML in it (PDF/A-3b).

It reads and never writes. It is made when someone asks for it or mails it, never in the transaction that issues.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import PurePosixPath

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.translate import print_language
from frappe.utils import now_datetime
from frappe.utils.jinja import render_template

from saudi_crm_billing import __version__
from saudi_crm_billing.common.dates import RIYADH
from saudi_crm_billing.e_invoicing.clock import in_riyadh
from saudi_crm_billing.e_invoicing.documents import sources
from saudi_crm_billing.e_invoicing.engine.pdfa import Description, Embedded, complete
from saudi_crm_billing.e_invoicing.engine.reading import read
from saudi_crm_billing.e_invoicing.prints import handover, pdf_rendering
from saudi_crm_billing.e_invoicing.prints.printing import TITLES

TEMPLATE = "saudi_crm_billing/e_invoicing/templates/pdf.html"
PRINTED = ("Letter Head", "Company")
"""The doctypes whose private files a print may show."""


def for_buyer(source: Document) -> bytes:
	"""The copy that may be given away; raises with the way out where none may be, or there is no e-invoice."""
	if not source.get(sources.DOCUMENT):
		frappe.throw(_("{0} has no e-invoice.").format(source.name))
	handover.refuse_unready(source)
	if handover.lacks_its_stamp(source):
		frappe.throw(handover.without_stamp(source.name).shown, title=_("E-invoice without ZATCA's stamp"))
	return make(source)


def make(source: Document) -> bytes:
	"""The print as PDF/A-3b with its XML; a print alone where there is no e-invoice.

	Raises what WeasyPrint raises: OSError where the system has no Pango.
	"""
	pages = pdf_rendering.to_pdf(html_of(source), site_file)
	xml = handover.legal_xml(source.get(sources.DOCUMENT))
	if not xml:
		return pages
	embedded = Embedded(xml.name, xml.content, _moment(xml.since))
	return complete(pages, _description(xml.content), embedded, pdf_rendering.own_letters())


def file_name(source: Document) -> str:
	"""As ZATCA names the XML that is in it; the invoice's number where there is none."""
	xml = handover.legal_xml(source.get(sources.DOCUMENT))
	if xml:
		return f"{PurePosixPath(xml.name).stem}.pdf"
	return f"{source.name.replace('/', '-')}.pdf"


def html_of(source: Document) -> str:
	"""The print as a page of its own, in Arabic as the law wants it, with English beside it."""
	reader = frappe.local.lang
	try:
		with print_language("ar"):
			context = {"doc": source, "title": source.name, "letter_head": _letter_head(source)}
			return str(frappe.get_template(TEMPLATE).render(context))
	finally:
		frappe.local.lang = reader


def _letter_head(source: Document) -> dict[str, str]:
	"""The one that the invoice names, filled in as core fills it in."""
	fields = ("content", "footer")
	found = frappe.db.get_value("Letter Head", source.get("letter_head") or "", fields, as_dict=True) or {}
	return {key: render_template(text, {"doc": source.as_dict()}) for key, text in found.items() if text}


def site_file(path: str) -> bytes | None:
	"""A file of the site that a print may show: a public one, or one of a letter head or a company."""
	if not path.startswith(("/files/", "/private/files/")):
		return None
	name = frappe.db.get_value("File", {"file_url": path, "is_private": 0})
	name = name or frappe.db.get_value("File", {"file_url": path, "attached_to_doctype": ("in", PRINTED)})
	if not name:
		return None
	content = frappe.get_doc("File", name).get_content()
	return content.encode() if isinstance(content, str) else content


def _description(xml: bytes) -> Description:
	"""Of what the document itself says, so that it does not change with the masters."""
	invoice = read(xml)
	english, arabic = TITLES[(invoice.type_code, invoice.subtype)]
	return Description(
		title=f"{arabic} {invoice.number}",
		author=invoice.seller.name,
		subject=f"{english} {invoice.number}",
		creator=f"Saudi CRM Billing {__version__}",
		made=_moment(now_datetime()),
	)


def _moment(by_the_sites_clock: datetime) -> datetime:
	return in_riyadh(by_the_sites_clock).replace(tzinfo=RIYADH)
