"""From an empty unit to cleared and reported documents, on a real site against the sandbox over HTTP."""

from __future__ import annotations

from types import ModuleType

import e_invoicing_helpers as zatca
import factories as make
import frappe
import pytest
from e_invoicing_fixtures import gateway, sandbox, unit
from frappe.model.document import Document

from saudi_crm_billing.e_invoicing.engine import qr, rules
from saudi_crm_billing.e_invoicing.engine.answers import Call
from saudi_crm_billing.e_invoicing.engine.signing import verify
from saudi_crm_billing.sandbox.faults import Kind
from saudi_crm_billing.sandbox.server import Sandbox

__all__ = ["gateway", "sandbox", "unit"]

ROUNDING_METHODS = ("Banker's Rounding", "Commercial Rounding")


def counter(unit: Document) -> tuple[int, str]:
	return frappe.db.get_value("ZATCA Unit Counter", unit.name, ("last_icv", "last_hash"))


def test_onboarding_brings_a_unit_to_active_with_a_fresh_chain(unit: Document) -> None:
	assert unit.status == "Active"
	assert unit.certificate and unit.certificate_expiry > frappe.utils.now_datetime()
	assert unit.csr.startswith("-----BEGIN CERTIFICATE REQUEST-----")
	assert counter(unit)[0] == 0


@pytest.mark.parametrize(("types", "documents"), [("1100", 6), ("1000", 3), ("0100", 3)])
def test_onboarding_sends_the_documents_that_the_unit_will_issue(
	site: ModuleType, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, types: str, documents: int
) -> None:
	from saudi_crm_billing.e_invoicing.sending.gateway import Gateway, Reply

	replies: list[Reply] = []
	send = Gateway.compliance_check

	def counted(*args: object) -> Reply:
		replies.append(send(*args))
		return replies[-1]

	monkeypatch.setattr(Gateway, "compliance_check", counted)
	assert zatca.an_active_unit(sandbox.base_url, invoice_types=types).status == "Active"
	assert [reply.http_status for reply in replies] == [200] * documents


def test_wrong_otp_says_so_and_leaves_the_unit_a_draft(site: ModuleType, sandbox: Sandbox) -> None:
	from saudi_crm_billing.e_invoicing.devices import onboarding

	unit = zatca.a_unit(sandbox.base_url)
	with pytest.raises(frappe.ValidationError, match=r"(?s)compliance-csid.*one-time password"):
		onboarding.onboard(unit.name, "999999")
	assert unit.reload().status == "Draft"


def test_standard_invoice_is_cleared_and_takes_zatcas_qr(unit: Document) -> None:
	invoice = zatca.submitted(zatca.an_invoice(zatca.a_business()))
	issued = zatca.document_of(invoice)
	assert (issued.subtype, issued.kind, issued.icv, issued.state) == ("Standard", "Invoice", 1, "Pending")
	assert invoice.scb_zatca_status == "Pending"

	document = zatca.sent(invoice)
	assert document.state == "Cleared", document.last_message_en
	assert invoice.scb_zatca_status == "Cleared"
	assert document.cleared_xml and invoice.scb_qr == document.qr
	assert qr.decode(invoice.scb_qr)[4] == b"1150.00"
	assert frappe.db.count("ZATCA Attempt", {"document": document.name, "http_status": 200}) == 1


def test_simplified_invoice_is_reported(unit: Document) -> None:
	invoice = zatca.submitted(zatca.an_invoice(zatca.a_person()))
	assert zatca.document_of(invoice).subtype == "Simplified"
	document = zatca.sent(invoice)
	assert (document.state, invoice.scb_zatca_status) == ("Reported", "Reported")
	assert not document.cleared_xml


def test_national_id_alone_does_not_make_an_invoice_standard(unit: Document) -> None:
	person = zatca.a_person(scb_buyer_id_scheme="NAT", scb_buyer_id="1010101010")
	invoice = zatca.submitted(zatca.an_invoice(person))
	assert zatca.document_of(invoice).subtype == "Simplified"


@pytest.mark.parametrize("buyer", [zatca.a_business, zatca.a_person])
def test_credit_note_refers_to_its_invoice_and_is_accepted(unit: Document, buyer: object) -> None:
	invoice = zatca.submitted(zatca.an_invoice(buyer()))
	zatca.sent(invoice)
	note = zatca.submitted(zatca.return_of(invoice, scb_zatca_note_reason="Refund of goods or services"))
	document = zatca.sent(note)
	assert document.kind == "Credit Note"
	assert document.state in ("Cleared", "Reported"), document.last_message_en
	assert document.subtype == zatca.document_of(invoice).subtype
	assert f"<cbc:ID>{invoice.name}</cbc:ID>" in document.xml
	assert "إرجاع السلع أو الخدمات" in document.xml
	assert document.grand_total == 1150


def test_each_document_continues_the_one_before(unit: Document) -> None:
	invoices = [zatca.submitted(zatca.an_invoice(buyer())) for buyer in (zatca.a_business, zatca.a_person)]
	first, second = map(zatca.document_of, invoices)
	assert (first.icv, second.icv) == (1, 2)
	assert second.previous_hash == first.invoice_hash
	assert counter(unit) == (2, second.invoice_hash)


@pytest.mark.parametrize("method", ROUNDING_METHODS)
@pytest.mark.parametrize("buyer", [zatca.a_business, zatca.a_person])
def test_documents_hold_before_an_independent_validator(unit: Document, method: str, buyer: object) -> None:
	frappe.db.set_single_value("System Settings", "rounding_method", method)
	items = [make.line(rate=rate, qty=qty) for rate, qty in ((100.3, 1), (33.33, 3), (0.05, 7), (19.99, 13))]
	document = zatca.document_of(zatca.submitted(zatca.an_invoice(buyer(), items)))
	assert verify(document.xml.encode()) == ()
	assert not [f for f in rules.check(document.xml.encode()) if f.severity == "error"]
	zatca.assert_fatoority(document)


@pytest.mark.parametrize("method", ROUNDING_METHODS)
def test_payable_amount_is_erpnexts_total_to_the_halala(unit: Document, method: str) -> None:
	"""15 % of 100.30 is 15.045: ERPNext says 15.04 under Banker's Rounding, ZATCA 15.05."""
	frappe.db.set_single_value("System Settings", "rounding_method", method)
	invoice = zatca.submitted(zatca.an_invoice(zatca.a_business(), [make.line(rate=100.3)]))
	document = zatca.sent(invoice)
	assert document.state == "Cleared", document.last_message_en
	assert qr.decode(document.qr)[4].decode() == f"{invoice.grand_total:.2f}"
	assert qr.decode(document.qr)[5] == b"15.05"


def test_discount_on_the_whole_invoice_stands_on_the_document(unit: Document) -> None:
	invoice = zatca.an_invoice(
		zatca.a_business(),
		[make.line(rate=100), make.line(rate=200)],
		apply_discount_on="Net Total",
		discount_amount=30,
	)
	document = zatca.sent(zatca.submitted(invoice))
	assert document.state == "Cleared", document.last_message_en
	assert document.grand_total == 310.5
	assert '<cbc:AllowanceTotalAmount currencyID="SAR">30.00<' in document.xml


def test_prices_that_include_vat(unit: Document) -> None:
	invoice = zatca.an_invoice(
		zatca.a_person(),
		[make.line(rate=99.99), make.line(rate=33.33, qty=3)],
		taxes=[zatca.vat_row(included_in_print_rate=1)],
	)
	document = zatca.sent(zatca.submitted(invoice))
	assert document.state == "Reported", document.last_message_en
	assert qr.decode(document.qr)[4] == b"199.98"


def test_clearance_switched_off_means_report(unit: Document, sandbox: Sandbox) -> None:
	sandbox.faults.arm(Kind.CLEARANCE_OFF, endpoint=Call.CLEAR, count=1)
	invoice = zatca.submitted(zatca.an_invoice(zatca.a_business()))
	document = zatca.sent(invoice)
	assert (document.state, bool(document.report_by)) == ("Reported", True), document.last_message_en
	calls = frappe.get_all(
		"ZATCA Attempt", {"document": document.name}, ["call", "http_status"], order_by="creation"
	)
	assert [(row.call, row.http_status) for row in calls] == [("clear", 303), ("report", 200)]


def test_company_without_a_unit_is_left_alone(site: ModuleType) -> None:
	invoice = zatca.submitted(zatca.an_invoice(make.a_customer("Plain Customer")))
	assert invoice.docstatus == 1
	assert not invoice.scb_zatca_status and not invoice.scb_zatca_findings
	assert not frappe.db.exists("ZATCA Document", {"reference_name": invoice.name})
	invoice.cancel()
	assert invoice.docstatus == 2
