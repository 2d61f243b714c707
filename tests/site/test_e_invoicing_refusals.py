"""What is refused, and how: every refusal says what to mend and where, and leaves nothing half-written."""

from __future__ import annotations

import json
from types import ModuleType

import e_invoicing_helpers as zatca
import factories as make
import frappe
import pytest
from e_invoicing_fixtures import gateway, sandbox, unit
from frappe.model.document import Document

from saudi_crm_billing.e_invoicing import archive
from saudi_crm_billing.sandbox.server import Sandbox

__all__ = ["gateway", "sandbox", "unit"]


def refused(invoice: Document, message: str) -> None:
	"""Submitting says `message` and issues nothing."""
	invoice.insert()
	with pytest.raises(frappe.ValidationError, match=message):
		invoice.submit()
	assert not frappe.db.exists("ZATCA Document", {"reference_name": invoice.name})


def test_missing_vat_number_of_a_company(unit: Document) -> None:
	refused(
		zatca.an_invoice(zatca.a_business(tax_id=None)),
		"Customer Najd Furniture Factory: the VAT number is missing.*Buyer ID Type",
	)


def test_company_with_another_id_needs_no_vat_number(unit: Document) -> None:
	buyer = zatca.a_business(tax_id=None, scb_buyer_id_scheme="CRN", scb_buyer_id="1010203040")
	document = zatca.sent(zatca.submitted(zatca.an_invoice(buyer)))
	assert (document.subtype, document.state) == ("Standard", "Cleared"), document.last_message_en


def test_wrong_digit_count(unit: Document) -> None:
	refused(
		zatca.an_invoice(zatca.a_business(tax_id="31111111110003")),
		"VAT number 31111111110003 has 14 characters. It must have 15 digits",
	)


def test_missing_address(unit: Document) -> None:
	refused(
		zatca.an_invoice(make.a_customer("Homeless Trading", tax_id=zatca.BUYER_VAT)),
		"Customer Homeless Trading: no address is found",
	)


def test_line_without_vat_and_without_reason(unit: Document) -> None:
	refused(zatca.an_invoice(zatca.a_business(), taxes=[]), r"Row 1: item SCB-SERVICE bears no VAT")


def test_charge_that_is_no_vat_names_both_figures(unit: Document) -> None:
	freight = {
		"charge_type": "Actual",
		"account_head": make.account("Freight and Forwarding Charges"),
		"description": "Freight",
		"tax_amount": 50,
	}
	refused(
		zatca.an_invoice(zatca.a_business(), taxes=[zatca.vat_row(), freight]),
		r"would total 1,150.00, but this invoice totals 1,200.00.*Freight",
	)


def test_unit_not_onboarded(site: ModuleType, sandbox: Sandbox) -> None:
	zatca.a_unit(sandbox.base_url)
	refused(zatca.an_invoice(zatca.a_business()), r"ZATCA Unit Riyadh Branch.*not onboarded \(status Draft\)")


def test_expired_certificate(unit: Document) -> None:
	frappe.db.set_value("ZATCA Unit", unit.name, "certificate_expiry", "2020-01-01 00:00:00")
	refused(zatca.an_invoice(zatca.a_business()), "certificate of the ZATCA Unit Riyadh Branch expired on")


def test_unit_for_simplified_invoices_issues_no_standard_one(site: ModuleType, sandbox: Sandbox) -> None:
	zatca.an_active_unit(sandbox.base_url, invoice_types="0100")
	refused(zatca.an_invoice(zatca.a_business()), "issues simplified invoices only")


def test_findings_stand_on_the_draft_in_both_languages(unit: Document) -> None:
	invoice = zatca.an_invoice(zatca.a_business(tax_id="123"))
	invoice.insert()
	findings = json.loads(invoice.scb_zatca_findings)
	mine = next(row for row in findings if row["id"] == "SCB-VAT-NUMBER")
	assert mine["severity"] == "error" and "has 3 characters" in mine["message_en"]
	assert "عدد خانات الرقم الضريبي 123 هو 3" in mine["message_ar"]

	frappe.db.set_value("Customer", invoice.customer, "tax_id", zatca.BUYER_VAT)
	frappe.clear_document_cache("Customer", invoice.customer)
	invoice.tax_id = zatca.BUYER_VAT
	invoice.save()
	assert not [row for row in json.loads(invoice.scb_zatca_findings or "[]") if row["severity"] == "error"]


def test_cancelling_an_issued_invoice_names_the_way_out(unit: Document) -> None:
	invoice = zatca.submitted(zatca.an_invoice(zatca.a_person()))
	with pytest.raises(frappe.ValidationError, match=r"cannot be cancelled.*waits to be sent.*credit note"):
		invoice.cancel()
	zatca.sent(invoice)
	with pytest.raises(frappe.ValidationError, match=r"cannot be cancelled.*Reported by ZATCA.*credit note"):
		invoice.reload().cancel()
	assert frappe.db.get_value("Sales Invoice", invoice.name, "docstatus") == 1


def test_documents_are_neither_edited_nor_deleted(unit: Document) -> None:
	document = zatca.sent(zatca.submitted(zatca.an_invoice(zatca.a_person())))
	document.state = "Rejected"
	with pytest.raises(frappe.PermissionError, match="written by the system only"):
		document.save(ignore_permissions=True)
	with pytest.raises(frappe.PermissionError, match="kept for six years"):
		frappe.delete_doc("ZATCA Document", document.name, ignore_permissions=True)
	attempt = frappe.get_last_doc("ZATCA Attempt")
	with pytest.raises(frappe.PermissionError, match="kept for six years"):
		attempt.delete(ignore_permissions=True)
	with pytest.raises(frappe.PermissionError, match="written by the system only"):
		frappe.get_doc("ZATCA Unit Counter", unit.name).save()


def test_unit_that_issued_is_not_deleted(unit: Document) -> None:
	zatca.submitted(zatca.an_invoice(zatca.a_person()))
	with pytest.raises(frappe.ValidationError, match="has issued e-invoices and cannot be deleted"):
		frappe.delete_doc("ZATCA Unit", unit.name)


def test_second_issuing_unit_of_a_company(unit: Document, sandbox: Sandbox) -> None:
	with pytest.raises(frappe.ValidationError, match="Riyadh Branch already issues for"):
		zatca.an_active_unit(sandbox.base_url, title="Second Branch")


@pytest.mark.parametrize(
	"address", ["http://gw.example.com/x", "ftp://127.0.0.1", "https://u:p@gw.example.com"]
)
def test_gateway_address_without_encryption(site: ModuleType, address: str) -> None:
	with pytest.raises(frappe.ValidationError, match="must begin with https://"):
		zatca.a_unit(address)


def test_certificate_data_of_an_onboarded_unit(unit: Document) -> None:
	unit.vat_number = "399999999800003"
	with pytest.raises(frappe.ValidationError, match="cannot change any more"):
		unit.save()


def test_state_of_a_unit_is_not_taken_from_a_form(site: ModuleType, sandbox: Sandbox) -> None:
	unit = zatca.a_unit(sandbox.base_url)
	unit.update({"status": "Active", "private_key": "mine", "certificate": "mine"})
	unit.save()
	unit.reload()
	assert (unit.status, unit.certificate) == ("Draft", None)


def test_saving_a_unit_keeps_its_keys(unit: Document) -> None:
	from saudi_crm_billing.e_invoicing import vault

	before = vault.private_key(unit.name)
	unit.save()
	assert vault.private_key(unit.name) == before


def test_uninstall_guard_counts_production_documents_not_exported(unit: Document) -> None:
	document = zatca.document_of(zatca.submitted(zatca.an_invoice(zatca.a_person())))
	assert archive.production_documents_not_exported() == 0
	frappe.db.set_value("ZATCA Document", document.name, "environment", "Production")
	assert archive.production_documents_not_exported() == 1
	frappe.db.set_value("ZATCA Document", document.name, "exported_on", frappe.utils.now_datetime())
	assert archive.production_documents_not_exported() == 0
