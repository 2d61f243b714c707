"""The only writer, after core, of the totals in words and the tax breakup of an active company's selling documents.

Core writes both in the language of whoever saves. They are for the customer, so they follow the document's language;
core's Arabic is wrong in grammar, and mixes in English names of currency, so riyals are spelt by `common.words`.
"""

from __future__ import annotations

from decimal import Decimal

import frappe
from erpnext.controllers.taxes_and_totals import get_itemised_tax_breakup_html
from frappe.model.document import Document
from frappe.translate import print_language

from saudi_crm_billing.common.languages import is_arabic
from saudi_crm_billing.common.words import LIMIT, amount_in_words
from saudi_crm_billing.customer_tax.settings import settings_for


def write_texts(doc: Document) -> None:
	"""After core has computed and written them."""
	language = doc.get("language")
	if not language or not settings_for(doc):
		return
	if language != frappe.local.lang:
		with print_language(language):
			doc.set_total_in_words()
			doc.other_charges_calculation = get_itemised_tax_breakup_html(doc)
	if is_arabic(language):
		_spell_riyals(doc)


def _spell_riyals(doc: Document) -> None:
	total = "grand_total" if doc.is_rounded_total_disabled() else "rounded_total"
	doc.in_words = _arabic(doc.get(total), doc.currency) or doc.in_words
	doc.base_in_words = _arabic(doc.get(f"base_{total}"), doc.company_currency) or doc.base_in_words


def _arabic(amount: float | None, currency: str) -> str:
	"""Empty for another currency than the riyal, or beyond what can be spelt."""
	money = abs(Decimal(str(amount or 0)))
	if currency != "SAR" or money >= LIMIT:
		return ""
	return f"فقط {amount_in_words(money)} لا غير"
