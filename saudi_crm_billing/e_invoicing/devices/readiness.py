"""What a company lacks before its unit can be onboarded. Reads only.

A one-time password is spent by asking ZATCA; what would be refused later is said before that.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import frappe
from frappe import _
from frappe.model.document import Document

from saudi_crm_billing.e_invoicing import messages
from saudi_crm_billing.e_invoicing.devices import units
from saudi_crm_billing.e_invoicing.documents import parties

VAT_NUMBER = re.compile(r"3[0-9]{13}3")
ARABIC = re.compile("[\u0600-\u06ff]")
ADDRESS_PARTS = ("address_line1", "scb_building_number", "scb_district", "city", "pincode", "country")
DIGITS = {"scb_building_number": 4, "pincode": 5}


@dataclass(frozen=True)
class Lack:
	"""One thing to mend, in the user's language, the record where it is mended, and its field on the unit's form."""

	doctype: str
	name: str
	text: str
	field: str = ""


def lacks(unit: Document) -> tuple[Lack, ...]:
	"""All that is missing or wrong before `unit` asks for a certificate; empty where nothing is."""
	return (*_of_unit(unit), *_of_company(unit), *_of_address(unit.company))


def refuse_unready(unit: Document) -> None:
	if missing := lacks(unit):
		frappe.throw(
			_("{0} cannot be onboarded yet; the one-time password was not used. Mend this first:").format(
				unit.name
			)
			+ messages.as_list(lack.text for lack in missing),
			title=_("Not Ready to Onboard"),
		)


def _of_unit(unit: Document) -> Iterator[Lack]:
	for field, text in units.request_problems(unit).items():
		yield Lack(units.UNIT, unit.name, text, field)


def _of_company(unit: Document) -> Iterator[Lack]:
	company = frappe.get_doc("Company", unit.company)
	number = parties.clean(company.tax_id)
	texts = []
	if not number:
		texts.append(_("Tax ID is empty: enter the VAT number (15 digits, first and last are 3)."))
	elif not VAT_NUMBER.fullmatch(number):
		texts.append(
			_(
				"Tax ID {0} has {1} characters: a VAT number has 15 digits, the first and the last being 3."
			).format(number, len(number))
		)
	elif number != unit.vat_number:
		texts.append(
			_(
				"Tax ID {0} is not the VAT number {1} of the unit: ZATCA refuses invoices whose seller is not the one"
				" in the certificate."
			).format(number, unit.vat_number)
		)
	if not ARABIC.search(f"{company.get('scb_name_ar') or ''}{company.company_name}"):
		texts.append(_("Company Name in Arabic is empty: a tax invoice names the seller in Arabic."))
	if not parties.clean(company.get("scb_cr_number")):
		texts.append(
			_("Registration Number is empty: enter the commercial registration (CR) or another one.")
		)
	yield from (Lack("Company", company.name, f"{company.name}: {text}") for text in texts)


def _of_address(company: str) -> Iterator[Lack]:
	name = parties.linked_address("Company", company)
	if not name:
		text = _(
			"{0}: no address is found. Add one with street, building number, district, city and postal code."
		)
		yield Lack("Company", company, text.format(company))
		return
	address = frappe.get_doc("Address", name)
	for field in ADDRESS_PARTS:
		label, value = _(address.meta.get_label(field)), parties.clean(address.get(field))
		wanted = DIGITS.get(field)
		if not value:
			yield Lack("Address", name, _("{0}: {1} is empty.").format(name, label))
		elif wanted and not re.fullmatch(rf"[0-9]{{{wanted}}}", value):
			text = _("{0}: {1} is {2}; it has {3} digits.").format(name, label, value, wanted)
			yield Lack("Address", name, text)
