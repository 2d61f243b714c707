"""A print as a page of its own: in one language, with the letter head, and with the site's files that it may show.

The bodies are print formats; Desk's print view shows the same ones in core's page. Reads and never writes.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import frappe
from frappe.model.document import Document
from frappe.translate import print_language
from frappe.utils.jinja import render_template

from saudi_crm_billing.common.languages import is_arabic

TEMPLATE = "saudi_crm_billing/printing/templates/page.html"
PRINTED = ("Letter Head", "Company")
"""The doctypes whose private files a print may show."""


def page_of(
	body: str,
	source: Document,
	language: str,
	letter_head: str | None,
	collect: Callable[[], Any] | None = None,
) -> str:
	"""HTML of `body`, the path of a template, which finds `source` as `doc`, and as `view` what `collect` returns when
	it is called in the print's language.
	"""
	reader = frappe.local.lang
	try:
		with print_language(language):
			head = _letter_head(letter_head, source)
			page = {"language": language, "way": "rtl" if is_arabic(language) else "ltr"}
			view = collect() if collect else None
			context = {"doc": source, "page": page, "body": body, "letter_head": head, "view": view}
			return str(frappe.get_template(TEMPLATE).render(context))
	finally:
		frappe.local.lang = reader


def _letter_head(name: str | None, source: Document) -> dict[str, str]:
	"""Filled in as core fills it in."""
	fields = ("content", "footer")
	found = frappe.db.get_value("Letter Head", name or "", fields, as_dict=True) or {}
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
