"""A tax invoice that ZATCA did not clear in time, given to its buyer all the same (Detailed Guideline, section 10).

The only writer of the comment that says who did it: with the log of attempts it is the evidence.
"""

from __future__ import annotations

from frappe import _
from frappe.model.document import Document
from frappe.utils import escape_html

from saudi_crm_billing.bilingual import said
from saudi_crm_billing.e_invoicing.documents import sources
from saudi_crm_billing.e_invoicing.issuing import issued
from saudi_crm_billing.e_invoicing.prints import handover, pdf


def hand_over(source: Document) -> bytes:
	"""The copy with its banner, and a comment; the ordinary copy where ZATCA has accepted it meanwhile.

	Raises with the way out where neither may be given.
	"""
	if not handover.may_go_uncleared(source):
		return pdf.for_buyer(source)
	content = pdf.make(source)
	_note(source)
	return content


def _note(source: Document) -> None:
	document = source.get(sources.DOCUMENT)
	row = issued.values_of(source.doctype, source.name, "submitted_on")
	values = (escape_html(document), handover.failed_attempts(document), str(row.submitted_on)[:16])
	comment = said(
		lambda lang: _(
			"made a copy of {0} for the customer before ZATCA cleared it. Attempts without an answer: {1}. Issued: {2}.",
			lang=lang,
		).format(*values)
	)
	source.add_comment("Info", comment.html)
