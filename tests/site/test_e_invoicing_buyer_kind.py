"""Standard or simplified on a site: by the buyer's masters and the lines, and by choice of who may choose."""

from __future__ import annotations

import json

import customer_tax_helpers as tax
import e_invoicing_helpers as zatca
import factories as make
import frappe
import pos_helpers as pos
import pytest
from e_invoicing_fixtures import gateway, sandbox, unit
from frappe.model.document import Document

__all__ = ["gateway", "sandbox", "unit"]

HEALTH = "Private healthcare to citizens"
CLERK = ("kind-clerk@example.com", "Accounts User")
MANAGER = ("kind-manager@example.com", "Accounts Manager")


def kind_of(invoice: Document) -> tuple[str, str]:
	"""Subtype and state of what is issued."""
	document = zatca.sent(zatca.submitted(invoice))
	return document.subtype, document.state


def why(invoice: Document) -> str:
	"""What the form shows."""
	draft = frappe.get_doc(invoice.doctype, invoice.name)
	draft.run_method("onload")
	return draft.get("__onload", {}).get("scb_buyer_kind", "")


def errors(invoice: Document) -> list[str]:
	found = json.loads(invoice.scb_zatca_findings or "[]")
	return [row["message_en"] for row in found if row["id"] == "SCB-KIND"]


def test_a_persons_id_does_not_make_a_tax_invoice(unit: Document) -> None:
	person = zatca.a_person("With Iqama", scb_buyer_id_scheme="IQA", scb_buyer_id="2010101010")
	assert kind_of(zatca.an_invoice(person)) == ("Simplified", "Reported")


def test_a_patient_whose_master_says_company_stays_simplified(unit: Document) -> None:
	tax.enable_tax_classes()
	patient = zatca.a_person(
		"Citizen Kept As Company",
		customer_type="Company",
		scb_buyer_id_scheme="NAT",
		scb_buyer_id="1010101010",
	)
	items = [make.line(tax.an_item_of(HEALTH))]
	invoice = make.a_sales_invoice(patient, items, disable_rounded_total=1)
	assert kind_of(invoice) == ("Simplified", "Reported")


def test_a_company_with_a_national_id_buying_furniture_gets_a_tax_invoice(unit: Document) -> None:
	buyer = zatca.a_business("Sole Trader", tax_id=None, scb_buyer_id_scheme="NAT", scb_buyer_id="1010101010")
	assert kind_of(zatca.an_invoice(buyer))[0] == "Standard"


def test_an_export_to_a_person_is_standard(unit: Document) -> None:
	tax.enable_tax_classes()
	buyer = zatca.a_person("Tourist", scb_tax_class=tax.EXPORT)
	zatca.a_national_address(buyer, country="United Arab Emirates", city="Dubai")
	document = zatca.document_of(zatca.submitted(make.a_sales_invoice(buyer, disable_rounded_total=1)))
	assert document.subtype == "Standard" and 'name="0100100">388<' in document.xml


def test_the_draft_says_why(unit: Document) -> None:
	person = zatca.an_invoice(zatca.a_person()).insert()
	assert why(person) == (
		"Simplified, because Sara Al-Harbi is a person without a VAT number; another ID does not change that."
	)
	business = zatca.an_invoice(zatca.a_business()).insert()
	assert why(business) == "Standard, because Najd Furniture Factory has a VAT number."
	frappe.local.lang = "ar"
	assert why(business) == "ضريبية، لأن للعميل Najd Furniture Factory رقمًا ضريبيًا."


def test_a_company_without_a_unit_is_told_nothing(site: object) -> None:
	zatca.a_saudi_company()
	assert why(zatca.an_invoice(zatca.a_person()).insert()) == ""


def test_a_person_may_be_given_a_tax_invoice(unit: Document) -> None:
	person = zatca.a_person("Wants One", scb_buyer_id_scheme="NAT", scb_buyer_id="1010101010")
	zatca.a_national_address(person)
	invoice = zatca.an_invoice(person, scb_buyer_kind="Standard")
	assert kind_of(invoice) == ("Standard", "Cleared")


def test_a_business_may_not_be_given_a_simplified_invoice(unit: Document) -> None:
	invoice = zatca.an_invoice(zatca.a_business(), scb_buyer_kind="Simplified").insert()
	[said] = errors(invoice)
	assert said.startswith("It cannot be Simplified") and "article 53" in said
	with pytest.raises(frappe.ValidationError, match="SCB-KIND"):
		invoice.submit()


def test_below_a_thousand_riyals_it_may(unit: Document) -> None:
	invoice = zatca.an_invoice(zatca.a_business(), [make.line(rate=100)], scb_buyer_kind="Simplified")
	assert kind_of(invoice) == ("Simplified", "Reported")


def test_a_note_is_of_its_invoices_kind_whatever_is_chosen(unit: Document) -> None:
	invoice = zatca.submitted(zatca.an_invoice(zatca.a_person()))
	note = zatca.return_of(invoice, scb_buyer_kind="Standard").insert()
	assert "of the kind of the invoice that it corrects" in errors(note)[0]
	note.scb_buyer_kind = "By Rule"
	note.save()
	assert not errors(note)
	assert why(note) == "Simplified, as the invoice that it corrects."


def test_a_note_on_both_kinds_is_refused(unit: Document) -> None:
	person = zatca.a_person("Registered Later")
	simplified = zatca.submitted(zatca.an_invoice(person))
	frappe.db.set_value("Customer", person, "tax_id", zatca.BUYER_VAT)
	frappe.clear_document_cache("Customer", person)
	zatca.a_national_address(person)
	standard = zatca.submitted(zatca.an_invoice(person))
	note = zatca.return_of(simplified)
	note.append("scb_zatca_references", {"sales_invoice": standard.name})
	note.insert()
	assert errors(note) == [
		"It corrects standard and simplified invoices at once. Make one note for each kind: a note is of the kind of its"
		" invoice."
	]


def test_a_sale_at_the_till_is_chosen_for_too(unit: Document) -> None:
	sale = pos.a_sale(zatca.a_business(), scb_buyer_kind="Simplified")
	assert kind_of(sale) == ("Simplified", "Reported")


@pytest.mark.parametrize(("user", "kept"), [(CLERK, "By Rule"), (MANAGER, "Standard")])
def test_only_a_manager_chooses(unit: Document, user: tuple[str, str], kept: str) -> None:
	customer = zatca.a_person()
	frappe.set_user(make.a_user(*user))
	invoice = zatca.an_invoice(customer, scb_buyer_kind="Standard")
	invoice.insert()
	assert invoice.reload().scb_buyer_kind == kept
	invoice.scb_buyer_kind = "Simplified"
	invoice.save()
	assert invoice.reload().scb_buyer_kind == ("By Rule" if user is CLERK else "Simplified")
