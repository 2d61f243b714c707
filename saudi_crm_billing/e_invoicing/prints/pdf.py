"""The buyer's copy of an invoice as a PDF: the bilingual print and, where there is an e-invoice, its XML in it (PDF/A-3b).

It reads and never writes. It is made when someone asks for it or mails it, never in the transaction that issues.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import PurePosixPath

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import now_datetime

from saudi_crm_billing import __version__
from saudi_crm_billing.common.dates import RIYADH
from saudi_crm_billing.e_invoicing.clock import in_riyadh
from saudi_crm_billing.e_invoicing.documents import sources
from saudi_crm_billing.e_invoicing.engine.pdfa import Description, Embedded, complete
from saudi_crm_billing.e_invoicing.engine.reading import read
from saudi_crm_billing.e_invoicing.prints import handover
from saudi_crm_billing.e_invoicing.prints.printing import TITLES
from saudi_crm_billing.printing import pages, rendering

BODY = "saudi_crm_billing/e_invoicing/print_format/saudi_tax_invoice/saudi_tax_invoice.html"


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
	printed = rendering.to_pdf(html_of(source), pages.site_file)
	xml = handover.legal_xml(source.get(sources.DOCUMENT))
	if not xml:
		return printed
	embedded = Embedded(xml.name, xml.content, _moment(xml.since))
	return complete(printed, _description(xml.content), embedded, rendering.own_letters())


def file_name(source: Document) -> str:
	"""As ZATCA names the XML that is in it; the invoice's number where there is none."""
	xml = handover.legal_xml(source.get(sources.DOCUMENT))
	if xml:
		return f"{PurePosixPath(xml.name).stem}.pdf"
	return f"{source.name.replace('/', '-')}.pdf"


def html_of(source: Document) -> str:
	"""The print as a page of its own, in Arabic as the law wants it, with English beside it."""
	return pages.page_of(BODY, source, "ar", source.get("letter_head"))


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
