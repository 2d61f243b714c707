"""The prints that can be had as a PDF: of which doctype, from which template. Made when asked for; writes nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

import frappe
from frappe import _
from frappe.model.document import Document

from saudi_crm_billing.instalments.prints import (
	addendum,
	clearance,
	receipts,
	schedule,
	settlement,
	statement,
)
from saudi_crm_billing.printing import pages, rendering

TEMPLATES = "saudi_crm_billing/instalments/prints/templates"
LANGUAGES = ("ar", "en")


@dataclass(frozen=True)
class Print:
	"""`collect` reads and refuses; `template` shows what it found as `view`."""

	template: str
	doctypes: tuple[str, ...]
	collect: Callable[..., Any]


PRINTS = {
	"schedule": Print("schedule", ("Quotation", "Sales Order", "Sales Invoice", schedule.PLAN), schedule.scb_plan_schedule),
	"receipt": Print("receipt", ("Payment Entry",), receipts.scb_receipt_voucher),
	"addendum": Print("addendum", ("Instalment Reschedule",), addendum.scb_reschedule_addendum),
	"settlement": Print("settlement", ("Settlement Quote",), settlement.scb_settlement_letter),
	"clearance": Print("clearance", (schedule.PLAN,), clearance.scb_clearance_letter),
}  # fmt: skip
STATEMENT = Print("statement", ("Customer",), statement.statement)


def make(wanted: str, doc: Document, language: str) -> bytes:
	"""Raises what the print refuses, and for a print that there is not of such a document."""
	found = PRINTS.get(wanted)
	if not found or doc.doctype not in found.doctypes:
		frappe.throw(_("There is no print {0} of {1}.").format(wanted, _(doc.doctype)))
	return _pdf(found, doc, language, doc.get("company"))


def make_statement(
	customer: Document, company: str, first_day: date, last_day: date, language: str, currency: str | None
) -> bytes:
	return _pdf(STATEMENT, customer, language, company, first_day, last_day, currency)


def _pdf(wanted: Print, doc: Document, language: str, company: str | None, *arguments: Any) -> bytes:
	html = html_of(wanted, doc, language, company, *arguments)
	return rendering.to_pdf(html, pages.site_file)


def html_of(wanted: Print, doc: Document, language: str, company: str | None, *arguments: Any) -> str:
	if language not in LANGUAGES:
		frappe.throw(_("A print is in Arabic or in English."))
	given = (company, *arguments) if wanted is STATEMENT else ()
	return pages.page_of(
		f"{TEMPLATES}/{wanted.template}.html",
		doc,
		language,
		_letter_head(doc, company),
		collect=lambda: wanted.collect(doc, *given),
	)


def _letter_head(doc: Document, company: str | None) -> str | None:
	"""The document's own, else its company's, else the site's."""
	own = doc.get("letter_head") or (
		company and frappe.get_cached_value("Company", company, "default_letter_head")
	)
	return own or frappe.db.get_value("Letter Head", {"is_default": 1})
