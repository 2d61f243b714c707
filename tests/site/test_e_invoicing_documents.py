"""How ERPNext's invoice is read: VAT classes, notes, negative lines, buyers abroad; and onboarding's steps."""

from __future__ import annotations

import re
from types import ModuleType

import customer_tax_helpers as tax
import e_invoicing_helpers as zatca
import factories as make
import frappe
import pytest
from e_invoicing_fixtures import gateway, sandbox, unit
from frappe.model.document import Document

from saudi_crm_billing.e_invoicing import clock
from saudi_crm_billing.e_invoicing.devices import onboarding
from saudi_crm_billing.e_invoicing.engine.answers import Call
from saudi_crm_billing.sandbox.faults import Kind
from saudi_crm_billing.sandbox.server import Sandbox

__all__ = ["gateway", "sandbox", "unit"]

EXEMPT = "Exempt financial services"
OUT_OF_SCOPE = "Out of scope"
HEALTH = "Private healthcare to citizens"


def classified(customer: str, items: list[dict], **values: object) -> Document:
	"""An invoice whose VAT customer_tax decides."""
	return make.a_sales_invoice(customer, items, disable_rounded_total=1, **values)


@pytest.mark.parametrize(
	("tax_class", "category", "code"),
	[
		(tax.MEDICINES, "Z", "VATEX-SA-35"),
		(EXEMPT, "E", "VATEX-SA-29"),
		(OUT_OF_SCOPE, "O", "VATEX-SA-OOS"),
	],
)
def test_untaxed_line_says_its_category_and_why(
	unit: Document, tax_class: str, category: str, code: str
) -> None:
	tax.enable_tax_classes()
	item = tax.an_item_of(tax_class)
	document = zatca.sent(zatca.submitted(classified(zatca.a_business(), [make.line(item, rate=500)])))
	assert document.state == "Cleared", document.last_message_en
	assert f"<cbc:TaxExemptionReasonCode>{code}</cbc:TaxExemptionReasonCode>" in document.xml
	assert document.tax_total == 0
	zatca.assert_fatoority(document)


def test_mixed_invoice_has_one_subtotal_a_category(unit: Document) -> None:
	tax.enable_tax_classes()
	items = [
		make.line(make.an_item("TAXED"), rate=100.3),
		make.line(tax.an_item_of(tax.MEDICINES), rate=50),
		make.line(tax.an_item_of(EXEMPT), rate=25),
	]
	document = zatca.sent(zatca.submitted(classified(zatca.a_business(), items)))
	assert document.state == "Cleared", document.last_message_en
	assert document.xml.count("<cac:TaxSubtotal>") == 3
	assert (document.tax_total, document.grand_total) == (15.05, 190.35)
	zatca.assert_fatoority(document)


def test_export_in_dollars_to_a_buyer_abroad(unit: Document) -> None:
	tax.enable_tax_classes()
	buyer = zatca.a_business("Dubai Imports", tax_id=None, scb_buyer_id_scheme="OTH", scb_buyer_id="AE12345")
	address = frappe.get_value("Dynamic Link", {"parenttype": "Address", "link_name": buyer}, "parent")
	frappe.db.set_value("Address", address, {"country": "United Arab Emirates", "city": "Dubai"})
	frappe.clear_document_cache("Address", address)
	frappe.db.set_value("Customer", buyer, "scb_tax_class", tax.EXPORT)
	frappe.clear_document_cache("Customer", buyer)
	invoice = classified(buyer, [make.line(rate=100)], **zatca.in_dollars())
	document = zatca.sent(zatca.submitted(invoice))
	assert (document.state, document.subtype) == ("Cleared", "Standard"), document.last_message_en
	assert 'name="0100100">388<' in document.xml
	assert "<cbc:DocumentCurrencyCode>USD<" in document.xml
	zatca.assert_fatoority(document)


def test_dollars_are_taxed_in_riyals_too(unit: Document) -> None:
	invoice = zatca.an_invoice(zatca.a_business(), [make.line(rate=100)], **zatca.in_dollars())
	document = zatca.sent(zatca.submitted(invoice))
	assert document.state == "Cleared", document.last_message_en
	assert '<cbc:TaxAmount currencyID="SAR">56.25<' in document.xml
	assert (document.currency, document.grand_total) == ("USD", 115)
	zatca.assert_fatoority(document)


def test_healthcare_needs_the_patients_national_id(unit: Document) -> None:
	tax.enable_tax_classes()
	item = tax.an_item_of(HEALTH)
	invoice = classified(zatca.a_person("Patient Without ID"), [make.line(item)])
	invoice.insert()
	with pytest.raises(frappe.ValidationError, match="BR-KSA-49"):
		invoice.submit()
	patient = zatca.a_person("Patient", scb_buyer_id_scheme="NAT", scb_buyer_id="1010101010")
	document = zatca.sent(zatca.submitted(classified(patient, [make.line(item)])))
	assert document.state == "Reported", document.last_message_en


def test_debit_note_carries_the_adjustment(unit: Document) -> None:
	invoice = zatca.submitted(zatca.an_invoice(zatca.a_business()))
	note = zatca.an_invoice(
		invoice.customer,
		[make.line(rate=40, qty=0)],
		is_debit_note=1,
		return_against=invoice.name,
		scb_zatca_note_reason="Amendment of the supply value agreed in advance",
	)
	document = zatca.sent(zatca.submitted(note))
	assert (document.kind, document.state) == ("Debit Note", "Cleared"), document.last_message_en
	assert document.grand_total == 46
	assert 'name="0100000">383<' in document.xml


def test_debit_note_without_a_reason_is_refused(unit: Document) -> None:
	invoice = zatca.submitted(zatca.an_invoice(zatca.a_business()))
	note = zatca.an_invoice(
		invoice.customer, [make.line(rate=40, qty=0)], is_debit_note=1, return_against=invoice.name
	)
	note.insert()
	with pytest.raises(frappe.ValidationError, match="BR-KSA-17"):
		note.submit()


def test_return_without_a_reason_is_a_refund(unit: Document) -> None:
	invoice = zatca.submitted(zatca.an_invoice(zatca.a_person()))
	note = zatca.return_of(invoice).insert()
	assert note.scb_zatca_note_reason == "Refund of goods or services"


def test_part_of_an_invoice_is_returned(unit: Document) -> None:
	invoice = zatca.submitted(zatca.an_invoice(zatca.a_person(), [make.line(rate=33.33, qty=3)]))
	note = zatca.return_of(invoice)
	note.items[0].qty = -1
	document = zatca.sent(zatca.submitted(note))
	assert (document.state, document.grand_total) == ("Reported", 38.33), document.last_message_en


def test_negative_line_is_a_discount_of_the_document(unit: Document) -> None:
	frappe.db.set_single_value("Selling Settings", "allow_negative_rates_for_items", 1)
	items = [make.line(rate=200), make.line(make.an_item("REBATE"), rate=-50)]
	document = zatca.sent(zatca.submitted(zatca.an_invoice(zatca.a_business(), items)))
	assert document.state == "Cleared", document.last_message_en
	assert document.grand_total == 172.5
	assert "<cbc:AllowanceChargeReason>REBATE</cbc:AllowanceChargeReason>" in document.xml
	zatca.assert_fatoority(document)


def test_rounded_total_is_the_payable_amount(unit: Document) -> None:
	frappe.db.set_value("Currency", "SAR", "smallest_currency_fraction_value", 0.5)
	invoice = zatca.an_invoice(zatca.a_business(), [make.line(rate=100.3)], disable_rounded_total=0)
	document = zatca.sent(zatca.submitted(invoice))
	assert document.state == "Cleared", document.last_message_en
	assert '<cbc:PayableAmount currencyID="SAR">115.50<' in document.xml


def test_arabic_and_english_name_share_the_qr(unit: Document) -> None:
	document = zatca.document_of(zatca.submitted(zatca.an_invoice(zatca.a_person())))
	assert f"شركة الرياض التجارية | {make.COMPANY}" in document.xml


def test_hostile_texts_are_escaped(unit: Document) -> None:
	item = make.an_item("HOSTILE", item_name='<!DOCTYPE x [<!ENTITY e "v">]> & ]]>')
	document = zatca.sent(zatca.submitted(zatca.an_invoice(zatca.a_person(), [make.line(item)])))
	assert document.state == "Reported", document.last_message_en


def test_control_character_is_refused_by_name(unit: Document) -> None:
	invoice = zatca.an_invoice(zatca.a_person(), [make.line(item_name="bell\x07")])
	invoice.insert()
	with pytest.raises(frappe.ValidationError, match="control character that XML does not allow"):
		invoice.submit()


def test_onboarding_goes_on_where_it_stopped(site: ModuleType, sandbox: Sandbox) -> None:
	unit = zatca.a_unit(sandbox.base_url)
	sandbox.faults.arm(Kind.SERVER_ERROR, endpoint=Call.PRODUCTION_CSID)
	with pytest.raises(frappe.ValidationError, match="production-csid"):
		onboarding.onboard(unit.name, zatca.OTP)
	assert unit.reload().status == "Compliance"
	onboarding.onboard(unit.name, None)
	assert unit.reload().status == "Active"


def test_onboarding_needs_an_otp(site: ModuleType, sandbox: Sandbox) -> None:
	unit = zatca.a_unit(sandbox.base_url)
	with pytest.raises(frappe.ValidationError, match="Enter the one-time password"):
		onboarding.onboard(unit.name, None)


def test_wrong_certificate_data_is_refused_before_zatca_sees_it(site: ModuleType, sandbox: Sandbox) -> None:
	with pytest.raises(frappe.ValidationError, match="must have 15 digits"):
		zatca.a_unit(sandbox.base_url, vat_number="1234")
	with pytest.raises(frappe.ValidationError, match=r"1-solution\|2-model\|3-serial"):
		zatca.a_unit(sandbox.base_url, serial_number="mine")
	frappe.db.delete(
		"Dynamic Link", {"parenttype": "Address", "link_name": make.COMPANY}
	)  # else it is proposed
	with pytest.raises(
		frappe.ValidationError, match=r"short address.* of the certificate request is missing"
	):
		zatca.a_unit(sandbox.base_url, short_address=None)


def test_engine_speaks_the_users_language(site: ModuleType, sandbox: Sandbox) -> None:
	frappe.local.lang = "ar"
	with pytest.raises(frappe.ValidationError, match="يجب أن يتكون الرقم الضريبي 1234 من 15 رقمًا"):
		zatca.a_unit(sandbox.base_url, vat_number="1234")


def test_issue_time_is_riyadhs_wherever_the_site_is(unit: Document, monkeypatch: pytest.MonkeyPatch) -> None:
	monkeypatch.setattr(clock, "get_system_timezone", lambda: "America/New_York")
	at = {"set_posting_time": 1, "posting_date": "2026-01-14", "posting_time": "20:30:15"}
	invoice = zatca.submitted(zatca.an_invoice(zatca.a_person(), due_date="2026-01-14", **at))
	xml = zatca.document_of(invoice).xml
	assert "<cbc:IssueDate>2026-01-15</cbc:IssueDate>" in xml
	assert "<cbc:IssueTime>04:30:15</cbc:IssueTime>" in xml
	note = zatca.document_of(zatca.submitted(zatca.return_of(invoice)))
	assert re.search(rf"<cbc:ID>{invoice.name}</cbc:ID>\s*<cbc:IssueDate>2026-01-15<", note.xml)


def test_issue_time_of_a_site_in_riyadh_is_the_postings(
	unit: Document, monkeypatch: pytest.MonkeyPatch
) -> None:
	monkeypatch.setattr(clock, "get_system_timezone", lambda: "Asia/Riyadh")
	at = {"set_posting_time": 1, "posting_date": "2026-01-14", "posting_time": "23:30:15"}
	document = zatca.document_of(
		zatca.submitted(zatca.an_invoice(zatca.a_person(), due_date="2026-01-14", **at))
	)
	assert "<cbc:IssueDate>2026-01-14</cbc:IssueDate>" in document.xml
	assert "<cbc:IssueTime>23:30:15</cbc:IssueTime>" in document.xml


def test_opening_invoice_has_no_e_invoice(unit: Document) -> None:
	invoice = zatca.an_invoice(
		zatca.a_person(),
		[make.line(income_account=make.account("Temporary Opening"))],
		is_opening="Yes",
		taxes=[],
	)
	zatca.submitted(invoice)
	assert not frappe.db.exists("ZATCA Document", {"reference_name": invoice.name})


def test_retired_unit_leaves_the_company_alone(unit: Document) -> None:
	from saudi_crm_billing.e_invoicing import api

	api.retire_unit(unit.name)
	invoice = zatca.submitted(zatca.an_invoice(zatca.a_person()))
	assert not invoice.scb_zatca_document


def test_a_retired_unit_says_that_the_company_issues_no_more(unit: Document) -> None:
	from saudi_crm_billing.e_invoicing import api
	from saudi_crm_billing.e_invoicing.devices import units

	silent = f"{make.COMPANY} issues no e-invoices until another unit is made and onboarded."
	assert silent not in units.next_step(unit.reload())
	api.retire_unit(unit.name)
	assert silent in units.next_step(unit.reload())
	heir = frappe.copy_doc(unit)
	heir.update({"name": "The heir", "title": "The heir", "docstatus": 0})
	heir.db_insert()
	heir.db_set("status", "Active")
	assert silent not in units.next_step(unit)
