"""What is refused, and how: every refusal says what to mend and where, and leaves nothing half-written."""

from __future__ import annotations

import json
import pickle
from datetime import datetime, timezone
from types import ModuleType

import e_invoicing_helpers as zatca
import factories as make
import frappe
import pytest
from cryptography import x509
from cryptography.fernet import Fernet
from e_invoicing_fixtures import gateway, sandbox, unit
from frappe.model.document import Document

from saudi_crm_billing.e_invoicing.devices import units, vault
from saudi_crm_billing.e_invoicing.engine import draft, keys
from saudi_crm_billing.e_invoicing.engine.csr import Environment, make_csr
from saudi_crm_billing.e_invoicing.engine.model import Invoice
from saudi_crm_billing.e_invoicing.engine.totals import Totals
from saudi_crm_billing.e_invoicing.issuing import archive
from saudi_crm_billing.sandbox.ca import CertificateAuthority, certificate_text
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


def test_charge_that_bears_no_vat_is_named_with_its_amount(unit: Document) -> None:
	freight = {
		"charge_type": "Actual",
		"account_head": make.account("Freight and Forwarding Charges"),
		"description": "Freight",
		"tax_amount": 50,
	}
	refused(
		zatca.an_invoice(zatca.a_business(), taxes=[zatca.vat_row(), freight]),
		r"Row 2 of Taxes and Charges \(Freight, 50.00\) bears VAT of 0%, but its items bear 15%",
	)


def test_unit_not_onboarded(site: ModuleType, sandbox: Sandbox) -> None:
	zatca.a_unit(sandbox.base_url)
	refused(
		zatca.an_invoice(zatca.a_business()), r"ZATCA Unit .*Riyadh Branch.*not onboarded \(status Draft\)"
	)


def test_expired_certificate(unit: Document) -> None:
	"""The certificate itself is asked, whatever the unit's field says."""
	secret, long_ago = keys.generate_key(), datetime(2015, 1, 1, tzinfo=timezone.utc)
	request = make_csr(units.subject_of(unit), secret, Environment.SANDBOX)
	authority = CertificateAuthority(long_ago)
	certificate = authority.issue(x509.load_pem_x509_csr(request.encode()), long_ago)
	vault.keep(unit.name, vault.PRIVATE_KEY, secret)
	frappe.db.set_value("ZATCA Unit", unit.name, "certificate", certificate_text(certificate))
	refused(
		zatca.an_invoice(zatca.a_business()), "certificate of the ZATCA Unit Riyadh Branch expired on .*2019"
	)


def company_has(**values: object) -> None:
	frappe.db.set_value("Company", make.COMPANY, values)
	frappe.clear_document_cache("Company", make.COMPANY)


def test_seller_name_too_long_for_the_qr_code_stands_on_the_draft(unit: Document) -> None:
	company_has(scb_name_ar="ش" * 64)
	invoice = zatca.an_invoice(zatca.a_person())
	refused(invoice, r"has 128 bytes.*the QR code holds 127.*shorter Company Name in Arabic.*SCB-SELLER-NAME")
	findings = json.loads(invoice.scb_zatca_findings)
	mine = next(row for row in findings if row["id"] == "SCB-SELLER-NAME")
	assert mine["severity"] == "error" and "128 بايت" in mine["message_ar"]


def test_seller_name_that_just_fits_is_issued(unit: Document) -> None:
	company_has(scb_name_ar="ش" * 63 + "x")
	document = zatca.sent(zatca.submitted(zatca.an_invoice(zatca.a_person())))
	assert document.state == "Reported", document.last_message_en


@pytest.mark.parametrize("certificate", [None, "AAAA"])
def test_unit_without_a_readable_certificate_is_named_at_submit(unit: Document, certificate: str) -> None:
	frappe.db.set_value("ZATCA Unit", unit.name, "certificate", certificate)
	refused(
		zatca.an_invoice(zatca.a_person()),
		"ZATCA Unit Riyadh Branch cannot sign: The certificate cannot be read.*Retire it",
	)


def test_key_of_another_certificate_is_refused_at_submit(unit: Document) -> None:
	vault.keep(unit.name, vault.PRIVATE_KEY, keys.generate_key())
	refused(zatca.an_invoice(zatca.a_person()), "cannot sign: The private key does not belong")


def test_lost_private_key_is_refused_at_submit(unit: Document) -> None:
	frappe.db.delete("__Auth", {"doctype": "ZATCA Unit", "name": unit.name, "fieldname": "private_key"})
	refused(zatca.an_invoice(zatca.a_person()), "private key of the ZATCA Unit Riyadh Branch.*encryption_key")


def test_key_that_another_site_encrypted_is_refused_at_submit(unit: Document) -> None:
	row = {"doctype": "ZATCA Unit", "name": unit.name, "fieldname": "private_key"}
	foreign = Fernet(Fernet.generate_key()).encrypt(b"key").decode()
	frappe.db.set_value("__Auth", row, "password", foreign, update_modified=False)
	refused(zatca.an_invoice(zatca.a_person()), "private key of the ZATCA Unit Riyadh Branch.*encryption_key")


def test_unit_without_a_counter_is_refused_at_submit(unit: Document) -> None:
	frappe.db.delete("ZATCA Unit Counter", {"unit": unit.name})
	refused(zatca.an_invoice(zatca.a_person()), "ZATCA Unit Riyadh Branch has no counter")


def test_what_cannot_be_issued_any_more_at_the_commit_says_why(unit: Document) -> None:
	invoice = zatca.an_invoice(zatca.a_person()).insert()
	invoice.submit()
	invoice.items[0].net_amount = 1
	with pytest.raises(
		frappe.ValidationError,
		match=r"Total without VAT: the e-invoice has 1.00, this invoice has 1,000.00, a difference of 999.00",
	):
		frappe.db.commit()


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
	with pytest.raises(frappe.ValidationError, match="Riyadh Branch already issues these documents for"):
		zatca.an_active_unit(sandbox.base_url, title="Second Branch")


def test_company_of_another_currency_gets_no_unit(site: ModuleType, sandbox: Sandbox) -> None:
	company_has(default_currency="USD")
	with pytest.raises(frappe.ValidationError, match=r"currency is USD.*Default Currency is SAR"):
		zatca.a_unit(sandbox.base_url)


def test_unit_of_a_company_of_another_currency_issues_nothing(unit: Document) -> None:
	company_has(default_currency="USD")
	invoice = zatca.an_invoice(zatca.a_person())
	invoice.flags.ignore_permissions = True
	refused(invoice, r"currency is USD.*Default Currency is SAR.*SCB-CURRENCY")


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


def counted_judgements(monkeypatch: pytest.MonkeyPatch) -> list[str]:
	"""Invoices that the rules were run on, one entry each time."""
	seen: list[str] = []
	judge = draft.judge

	def counting(invoice: Invoice, totals: Totals, now: datetime) -> draft.Judged:
		seen.append(invoice.number)
		return judge(invoice, totals, now)

	monkeypatch.setattr(draft, "judge", counting)
	return seen


def test_an_invoice_is_judged_once_from_its_draft_to_its_issue(
	unit: Document, monkeypatch: pytest.MonkeyPatch
) -> None:
	seen = counted_judgements(monkeypatch)
	invoice = zatca.submitted(zatca.an_invoice(zatca.a_business()))
	assert seen == [invoice.name]
	document = zatca.sent(invoice)
	assert document.state == "Cleared", document.last_message_en


def test_an_invoice_read_anew_is_judged_anew_at_its_submit(
	unit: Document, monkeypatch: pytest.MonkeyPatch
) -> None:
	name = zatca.an_invoice(zatca.a_business()).insert().name
	seen = counted_judgements(monkeypatch)
	frappe.get_doc("Sales Invoice", name).submit()
	frappe.db.commit()
	assert seen == [name]
	assert frappe.db.exists("ZATCA Document", {"reference_name": name})


def test_a_changed_draft_is_judged_again(unit: Document, monkeypatch: pytest.MonkeyPatch) -> None:
	seen = counted_judgements(monkeypatch)
	invoice = zatca.an_invoice(zatca.a_business()).insert()
	invoice.items[0].item_name = "12345"
	invoice.save()
	assert seen == [invoice.name] * 2
	assert {row["id"] for row in json.loads(invoice.scb_zatca_findings)} == {"BR-KSA-F-C-01"}


def test_what_was_changed_after_the_check_is_judged_before_the_issue(unit: Document) -> None:
	"""Another app's hook may change the invoice after ours has passed it."""
	invoice = zatca.an_invoice(zatca.a_business()).insert()
	invoice.submit()
	invoice.tax_id = "31111111110003"
	with pytest.raises(frappe.ValidationError, match=r"cannot be issued.*31111111110003.*BR-KSA-44"):
		frappe.db.commit()
	assert not frappe.db.exists("ZATCA Document", {"reference_name": invoice.name})


def test_what_is_kept_with_the_invoice_can_be_sent_to_a_job(unit: Document) -> None:
	"""Frappe's webhooks pickle the whole document, with its flags."""
	invoice = zatca.submitted(zatca.an_invoice(zatca.a_business()))
	copy = pickle.loads(pickle.dumps(invoice))
	assert copy.flags.scb_e_invoice_judged == invoice.flags.scb_e_invoice_judged
