"""Buyers abroad: another country's VAT number is an ID of the buyer, never a Saudi VAT number."""

from __future__ import annotations

from typing import Any

import customer_tax_helpers as tax
import e_invoicing_helpers as zatca
import factories as make
import frappe
import pytest
from e_invoicing_fixtures import gateway, sandbox, unit
from frappe.model.document import Document

from saudi_crm_billing.e_invoicing.engine import rules
from saudi_crm_billing.e_invoicing.engine.reading import read

__all__ = ["gateway", "sandbox", "unit"]

DUBAI = {"country": "United Arab Emirates", "city": "Dubai"}
BERLIN = {"country": "Germany", "city": "Berlin", "pincode": "10115"}
TRN = "100289715600003"


def a_buyer(number: str, address: dict[str, str], **values: Any) -> str:
	tax.enable_tax_classes()
	buyer = make.a_customer(f"Buyer {number}", tax_id=number, scb_tax_class=tax.EXPORT, **values)
	zatca.a_national_address(buyer, **address)
	return buyer


def exported(buyer: str) -> Document:
	"""The document of an export to them, cleared without a remark."""
	invoice = zatca.submitted(make.a_sales_invoice(buyer, disable_rounded_total=1))
	document = zatca.document_of(invoice)
	assert rules.check(document.xml.encode()) == ()
	zatca.assert_fatoority(document)
	sent = zatca.sent(invoice)
	assert (sent.state, sent.has_warnings) == ("Cleared", 0), sent.last_message_en
	return document


def ids(document: Document) -> tuple[str, str, str]:
	buyer = read(document.xml.encode()).buyer
	other = buyer.identification
	return buyer.vat_number, other.scheme.value if other else "", other.value if other else ""


@pytest.mark.parametrize(
	("number", "address", "shown"),
	[
		(TRN, DUBAI, TRN),
		("DE 123.456-789", BERLIN, "DE123456789"),
	],
)
def test_a_foreign_vat_number_is_another_id_of_the_buyer(
	unit: Document, number: str, address: dict[str, str], shown: str
) -> None:
	document = exported(a_buyer(number, address))
	assert document.subtype == "Standard" and 'name="0100100">388<' in document.xml
	assert ids(document) == ("", "OTH", shown)


def test_the_id_that_is_typed_comes_first(unit: Document) -> None:
	buyer = a_buyer(TRN, DUBAI, scb_buyer_id_scheme="CRN", scb_buyer_id="1010572839")
	assert ids(exported(buyer)) == ("", "CRN", "1010572839")


def test_a_buyer_abroad_that_is_registered_here_is_named_so(unit: Document) -> None:
	assert ids(exported(a_buyer(zatca.BUYER_VAT, DUBAI))) == (zatca.BUYER_VAT, "", "")


def test_a_foreign_number_is_no_saudi_registration(unit: Document) -> None:
	person = zatca.a_person("Visitor From Berlin", tax_id="DE123456789")
	zatca.a_national_address(person, **BERLIN)
	document = zatca.document_of(zatca.submitted(zatca.an_invoice(person)))
	assert (document.subtype, ids(document)) == ("Simplified", ("", "OTH", "DE123456789"))
	export = a_buyer("DE987654321", BERLIN, customer_type="Individual")
	assert exported(export).subtype == "Standard"


def test_at_home_a_number_of_another_form_stays_wrong(unit: Document) -> None:
	invoice = zatca.an_invoice(zatca.a_business(tax_id=TRN)).insert()
	with pytest.raises(frappe.ValidationError, match=f"VAT number {TRN} has 15 characters"):
		invoice.submit()
