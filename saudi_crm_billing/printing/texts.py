"""Amounts, dates and parties as prints write them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import frappe
from frappe.translate import print_language
from frappe.utils import money_in_words

from saudi_crm_billing.bilingual import Said
from saudi_crm_billing.common.dates import hijri_or_blank
from saudi_crm_billing.common.money import to_money
from saudi_crm_billing.common.words import amount_in_words


@dataclass(frozen=True)
class Day:
	"""One day in both calendars, YYYY-MM-DD; `hijri` is empty outside the Umm al-Qura tables."""

	gregorian: str
	hijri: str


@dataclass(frozen=True)
class Party:
	"""What identifies a company or a customer on paper; empty where the master does not say."""

	name: Said
	vat_number: str
	registration: str


def amount(value: Decimal) -> str:
	return f"{to_money(value):,.2f}"


def day(value: date | None) -> Day:
	return Day(value.isoformat(), hijri_or_blank(value)) if value else Day("", "")


def isolated(value: object) -> str:
	"""A date, an amount or a number within a sentence, whose parts an Arabic one would put in its own order."""
	return f"\u200e{value}\u200e"


def in_words(value: Decimal, currency: str) -> Said:
	"""A positive amount in words, as it is written on a cheque."""
	with print_language("en"):
		english = money_in_words(float(value), currency)
	return Said(english, f"فقط {amount_in_words(value, currency)} لا غير")


def company(name: str) -> Party:
	found = frappe.get_cached_doc("Company", name)
	return _party(found, found.company_name, found.get("scb_cr_number"))


def customer(name: str) -> Party:
	found = frappe.get_cached_doc("Customer", name)
	return _party(found, found.customer_name, found.get("scb_buyer_id"))


def _party(master: object, name: str, registration: str | None) -> Party:
	"""The name in Arabic is another slice's field; a master without one has its own name in both languages."""
	arabic = (master.get("scb_name_ar") or "").strip() or name
	return Party(Said(name, arabic), master.tax_id or "", registration or "")
