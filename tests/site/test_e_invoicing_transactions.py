"""What kind of transaction an invoice is about: ticked on it, or taken from its customer, and refused where it cannot be."""

from __future__ import annotations

from typing import Any

import customer_tax_helpers as tax
import e_invoicing_helpers as zatca
import factories as make
import frappe
import pytest
from e_invoicing_fixtures import gateway, sandbox, unit
from frappe.model.document import Document
from frappe.utils import add_days, nowdate

from saudi_crm_billing.e_invoicing.api import make_debit_note

__all__ = ["gateway", "sandbox", "unit"]


def issued(customer: str, **values: Any) -> Document:
	return zatca.document_of(zatca.submitted(zatca.an_invoice(customer, **values)))


def refused(invoice: Document, text: str) -> None:
	invoice.insert()
	with pytest.raises(frappe.ValidationError, match=text):
		invoice.submit()


def a_ministry() -> str:
	customer = zatca.a_business("Ministry of Works", scb_government=1)
	assert frappe.db.get_value("Customer", customer, "scb_government") == 1
	return customer


@pytest.mark.parametrize(
	("ticked", "code"),
	[
		({"scb_third_party": 1}, "0110000"),
		({"scb_nominal": 1}, "0101000"),
		({"scb_summary": 1}, "0100010"),
		({"scb_self_billed": 1}, "0100001"),
		({"scb_continuous_supply": 1}, "010000010"),
		({"scb_third_party": 1, "scb_summary": 1}, "0110010"),
	],
)
def test_what_is_ticked_is_in_the_transaction_code(unit: Document, ticked: dict[str, int], code: str) -> None:
	document = issued(zatca.a_business(), **ticked)
	assert f'name="{code}">388<' in document.xml
	if len(code) == 7:  # the independent validator's signature stage knows seven digits only
		zatca.assert_fatoority(document)
	assert zatca.sent(frappe.get_doc("Sales Invoice", document.reference_name)).state == "Cleared"


def test_supply_to_government_carries_the_contract(unit: Document) -> None:
	document = issued(a_ministry(), scb_contract_reference="MOW-2026/17")
	assert 'name="010000001">388<' in document.xml
	assert "<cac:ContractDocumentReference>" in document.xml and "MOW-2026/17" in document.xml


def test_supply_to_government_without_a_contract_is_refused(unit: Document) -> None:
	refused(zatca.an_invoice(a_ministry()), r"BR-KSA-92")


def test_one_supply_to_a_government_entity_can_be_none(unit: Document) -> None:
	assert 'name="0100000">388<' in issued(a_ministry(), scb_government="No").xml


def test_one_supply_can_be_to_government_whoever_the_customer_is(unit: Document) -> None:
	document = issued(zatca.a_business(), scb_government="Yes", scb_contract_reference="C-1")
	assert 'name="010000001">388<' in document.xml


def test_supply_date_is_the_posting_date_unless_said(unit: Document) -> None:
	earlier = add_days(nowdate(), -3)
	assert f"<cbc:ActualDeliveryDate>{nowdate()}<" in issued(zatca.a_business()).xml
	document = issued(zatca.a_business(), scb_supply_date=earlier)
	assert f"<cbc:ActualDeliveryDate>{earlier}<" in document.xml
	assert "LatestDeliveryDate" not in document.xml
	zatca.assert_fatoority(document)


def test_a_simplified_summary_invoice_has_a_period(unit: Document) -> None:
	buyer = zatca.a_person("Huda Al-Qahtani")
	zatca.a_national_address(buyer)
	refused(zatca.an_invoice(buyer, scb_summary=1), "BR-KSA-72")
	days = {"scb_supply_date": add_days(nowdate(), -7), "scb_supply_end": nowdate()}
	document = issued(buyer, scb_summary=1, **days)
	assert 'name="0200010">388<' in document.xml
	assert f"<cbc:LatestDeliveryDate>{nowdate()}<" in document.xml
	zatca.assert_fatoority(document)


def test_a_period_that_ends_before_it_begins_is_remarked(unit: Document) -> None:
	days = {"scb_supply_date": nowdate(), "scb_supply_end": add_days(nowdate(), -1)}
	invoice = zatca.an_invoice(zatca.a_business(), scb_summary=1, **days).insert()
	assert "BR-KSA-36" in invoice.scb_zatca_findings


def test_a_simplified_invoice_cannot_be_self_billed(unit: Document) -> None:
	refused(
		zatca.an_invoice(zatca.a_person(), scb_self_billed=1), "A simplified invoice cannot be self-billed"
	)


def test_an_export_cannot_be_self_billed(unit: Document) -> None:
	tax.enable_tax_classes()
	buyer = zatca.a_business("Dubai Imports", tax_id=None, scb_buyer_id_scheme="OTH", scb_buyer_id="AE12345")
	frappe.db.set_value("Customer", buyer, "scb_tax_class", tax.EXPORT)
	frappe.clear_document_cache("Customer", buyer)
	refused(make.a_sales_invoice(buyer, scb_self_billed=1), "An export cannot be self-billed")


def test_a_note_is_about_the_transaction_of_its_invoice(unit: Document) -> None:
	days = {"scb_supply_date": add_days(nowdate(), -7), "scb_supply_end": add_days(nowdate(), -1)}
	kinds = {"scb_summary": 1, "scb_third_party": 1, "scb_contract_reference": "C-9"}
	invoice = zatca.submitted(zatca.an_invoice(zatca.a_business(), **kinds, **days))
	note = zatca.document_of(zatca.submitted(zatca.return_of(invoice)))
	assert 'name="0110010">381<' in note.xml and "C-9" in note.xml
	assert f"<cbc:ActualDeliveryDate>{days['scb_supply_date']}<" in note.xml
	assert f"<cbc:LatestDeliveryDate>{days['scb_supply_end']}<" in note.xml
	zatca.assert_fatoority(note)


def test_a_debit_note_is_about_the_transaction_of_its_invoice(unit: Document) -> None:
	kinds = {"scb_summary": 1, "scb_third_party": 1, "scb_government": "Yes", "scb_contract_reference": "C-9"}
	note = make_debit_note(zatca.submitted(zatca.an_invoice(zatca.a_business(), **kinds)).name)
	note.scb_zatca_note_reason = "Amendment of the supply value agreed in advance"
	note.items[0].rate = 10
	xml = zatca.document_of(zatca.submitted(note)).xml
	assert 'name="011001001">383<' in xml and "C-9" in xml


def test_a_duplicate_keeps_the_kind_and_not_the_days(unit: Document) -> None:
	invoice = zatca.an_invoice(zatca.a_business(), scb_summary=1, scb_supply_date=nowdate()).insert()
	copy = frappe.copy_doc(invoice, ignore_no_copy=False)  # as the Desk duplicates
	assert (copy.scb_summary, copy.scb_supply_date) == (1, None)


@pytest.mark.parametrize("doctype", ["Sales Invoice", "POS Invoice", "Payment Entry", "Sales Order"])
def test_no_field_of_erpnext_stands_in_a_section_of_ours(site: Any, doctype: str) -> None:
	"""Where it would be folded or hidden with that section."""
	strangers = [
		(section, name)
		for name, section in sections_of(doctype).items()
		if section.startswith("scb_") and not name.startswith("scb_")
	]
	assert not strangers


def test_the_entry_of_the_vat_on_advances_stands_beside_the_e_invoice(site: Any) -> None:
	assert sections_of("Sales Invoice")["scb_advance_vat_entry"] == "scb_zatca_section"


def sections_of(doctype: str) -> dict[str, str]:
	"""Each field, and the section or tab that it stands in."""
	section, of = "", {}
	for field in frappe.get_meta(doctype).fields:
		if field.fieldtype in ("Section Break", "Tab Break"):
			section = field.fieldname
		of[field.fieldname] = section
	return of
