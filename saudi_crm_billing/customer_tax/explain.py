"""Tells in the reader's language why a document is taxed as it is, from what was stored on it; reads only."""

from __future__ import annotations

import frappe
from frappe import _
from frappe.model.document import Document

from saudi_crm_billing.common.languages import is_arabic
from saudi_crm_billing.customer_tax.engine.wording import Explanation, treatment


def sentences_of(doc: Document) -> list[str]:
	"""One sentence per group of lines, then notes; empty for a document that this slice did not tax."""
	if not doc.get("scb_tax_facts"):
		return []
	return Explanation.from_json(doc.scb_tax_facts).sentences(
		in_readers_language, is_arabic(frappe.local.lang)
	)


def treatments_of(doc: Document) -> list[str]:
	"""Category, reason and code of each group of lines, without the why."""
	if not doc.get("scb_tax_facts"):
		return []
	groups = Explanation.from_json(doc.scb_tax_facts).groups
	return [
		treatment(decision, in_readers_language, is_arabic(frappe.local.lang)) for _lines, decision in groups
	]


def in_readers_language(text: str) -> str:
	"""A translation of the app, else the Arabic title that an administrator gave to a class of that name."""
	translated = _(text)
	if translated == text and text and is_arabic(frappe.local.lang):
		return frappe.get_cached_value("Customer Tax Class", text, "title_ar") or text
	return translated
