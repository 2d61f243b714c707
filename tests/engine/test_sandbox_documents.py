"""Reporting and clearance over HTTP: what is accepted, and what is rejected and why."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
import requests
from e_invoice_samples import (
	a_credit_note,
	a_simplified_invoice,
	a_standard_invoice,
	needs_official,
	official,
	official_manifest,
)
from sandbox_client import NOW, Unit, a_subject, an_onboarded_unit, answer, page, payload
from sandbox_fixtures import sandbox, unit

from saudi_crm_billing.e_invoicing.engine import keys, qr
from saudi_crm_billing.e_invoicing.engine.answers import Call, Outcome
from saudi_crm_billing.e_invoicing.engine.hashing import FIRST_PREVIOUS_HASH, invoice_hash
from saudi_crm_billing.e_invoicing.engine.signing import SignedInvoice, sign, verify
from saudi_crm_billing.e_invoicing.engine.ubl import build
from saudi_crm_billing.e_invoicing.engine.xml import parse, text_at
from saudi_crm_billing.e_invoicing.sending.gateway import Gateway
from saudi_crm_billing.sandbox.ca import VALID_FOR, CertificateAuthority
from saudi_crm_billing.sandbox.server import Sandbox
from saudi_crm_billing.sandbox.stamping import stamp

__all__ = ["sandbox", "unit"]

QR_TEXT = "cac:AdditionalDocumentReference[cbc:ID='QR']/cac:Attachment/cbc:EmbeddedDocumentBinaryObject"
CERTIFICATE = ".//ds:Signature/ds:KeyInfo/ds:X509Data/ds:X509Certificate"


def test_a_simplified_invoice_is_reported(sandbox: Sandbox, unit: Unit) -> None:
	document = unit.issue(a_simplified_invoice())
	reply = unit.gateway.report(*unit.credentials, payload(document))
	body = json.loads(reply.body)
	assert (reply.http_status, body["reportingStatus"]) == (200, "REPORTED")
	assert body["validationResults"]["status"] == "PASS"
	(seen,) = [d for d in page(sandbox, "documents") if d["invoice_hash"] == document.invoice_hash]
	assert (seen["call"], seen["icv"], seen["subtype"], seen["type_code"]) == ("report", 1, "02", "388")


def test_a_standard_invoice_is_cleared_with_the_gateways_stamp(unit: Unit) -> None:
	document = unit.issue(a_standard_invoice())
	found = unit.clear(document)
	assert found.outcome is Outcome.ACCEPTED
	assert found.cleared_xml is not None
	assert verify(found.cleared_xml) == ()
	assert invoice_hash(found.cleared_xml) == document.invoice_hash
	root = parse(found.cleared_xml)
	assert unit.csid is not None
	assert text_at(root, CERTIFICATE) != unit.csid.certificate
	fields = qr.decode(text_at(root, QR_TEXT))
	assert fields[qr.HASH].decode() == document.invoice_hash
	assert text_at(root, QR_TEXT) != document.qr


def test_the_cleared_document_passes_the_second_opinion(unit: Unit) -> None:
	oracle = pytest.importorskip("oracle", reason="fatoority is not installed")
	found = unit.clear(unit.issue(a_standard_invoice()))
	assert found.cleared_xml is not None
	oracle.assert_clean(found.cleared_xml, FIRST_PREVIOUS_HASH)


def test_an_unsigned_standard_invoice_is_cleared_too(unit: Unit) -> None:
	xml = build(replace(a_standard_invoice(), icv=1))
	document = SignedInvoice(xml, invoice_hash(xml), "", "")
	assert unit.clear(document).outcome is Outcome.ACCEPTED


def test_an_unsigned_simplified_invoice_is_rejected(unit: Unit) -> None:
	xml = build(a_simplified_invoice())
	found = unit.report(SignedInvoice(xml, invoice_hash(xml), "", ""))
	assert (found.outcome, found.errors[0].code) == (Outcome.REJECTED, "invalid-digital-signature")


def test_the_same_report_again_is_409_and_success(sandbox: Sandbox, unit: Unit) -> None:
	document = unit.issue(a_simplified_invoice())
	before = len(page(sandbox, "documents"))
	assert unit.report(document).outcome is Outcome.ACCEPTED
	again = unit.report(document)
	assert (again.http_status, again.outcome) == (409, Outcome.ALREADY_ACCEPTED)
	assert len(page(sandbox, "documents")) == before + 1


def test_the_same_clearance_again_is_208_with_the_same_document(unit: Unit) -> None:
	document = unit.issue(a_standard_invoice())
	first, again = unit.clear(document), unit.clear(document)
	assert (again.http_status, again.outcome) == (208, Outcome.ALREADY_ACCEPTED)
	assert again.cleared_xml == first.cleared_xml is not None


def test_a_rejected_document_is_rejected_again_and_never_a_duplicate(unit: Unit) -> None:
	document = unit.issue(a_credit_note(note_reason="", billing_references=()))
	assert [unit.clear(document).outcome for _ in range(2)] == [Outcome.REJECTED] * 2


def edited(document: SignedInvoice, before: bytes, after: bytes, rehash: bool = False) -> SignedInvoice:
	assert before in document.xml
	xml = document.xml.replace(before, after)
	return replace(document, xml=xml, invoice_hash=invoice_hash(xml) if rehash else document.invoice_hash)


def another_hash(unit: Unit) -> tuple[SignedInvoice, dict[str, str]]:
	return unit.issue(a_simplified_invoice()), {"invoiceHash": base64.b64encode(bytes(32)).decode()}


def another_uuid(unit: Unit) -> tuple[SignedInvoice, dict[str, str]]:
	return unit.issue(a_simplified_invoice()), {"uuid": "00000000-0000-4000-8000-000000000000"}


def edited_after_signing(unit: Unit) -> tuple[SignedInvoice, dict[str, str]]:
	return edited(unit.issue(a_simplified_invoice()), "حقيبة".encode(), "محفظة".encode(), rehash=True), {}


def another_key(unit: Unit) -> tuple[SignedInvoice, dict[str, str]]:
	document = unit.issue(a_simplified_invoice())
	other = replace(unit, key=keys.generate_key())
	other.ask_compliance()
	assert other.csid is not None
	return sign(document.xml, other.key, other.csid.certificate, NOW), {}


def another_signature(unit: Unit) -> tuple[SignedInvoice, dict[str, str]]:
	one, two = unit.issue(a_simplified_invoice()), unit.issue(a_simplified_invoice())
	return edited(one, one.signature.encode(), two.signature.encode()), {}


def another_time(unit: Unit) -> tuple[SignedInvoice, dict[str, str]]:
	document = unit.issue(a_simplified_invoice())
	return edited(document, b"<xades:SigningTime>2026", b"<xades:SigningTime>2025"), {}


def another_qr(unit: Unit) -> tuple[SignedInvoice, dict[str, str]]:
	document = unit.issue(a_simplified_invoice())
	fields = qr.decode(document.qr) | {qr.TOTAL: b"1.00"}
	return edited(document, document.qr.encode(), qr.encode(fields).encode()), {}


def broken_qr(unit: Unit) -> tuple[SignedInvoice, dict[str, str]]:
	document = unit.issue(a_simplified_invoice())
	return edited(document, document.qr.encode(), document.qr[:40].encode()), {}


def another_vat(unit: Unit) -> tuple[SignedInvoice, dict[str, str]]:
	invoice = a_simplified_invoice()
	return unit.issue(replace(invoice, seller=replace(invoice.seller, vat_number="300000000000003"))), {}


def broken_rule(unit: Unit) -> tuple[SignedInvoice, dict[str, str]]:
	return unit.issue(a_credit_note(subtype=a_simplified_invoice().subtype, note_reason="")), {}


def not_an_invoice(unit: Unit) -> tuple[SignedInvoice, dict[str, str]]:
	return unit.issue(a_simplified_invoice()), {"invoice": base64.b64encode(b"<Order/>").decode()}


def entity_bomb(unit: Unit) -> tuple[SignedInvoice, dict[str, str]]:
	bomb = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;">]><Invoice>&b;</Invoice>'
	return unit.issue(a_simplified_invoice()), {"invoice": base64.b64encode(bomb).decode()}


def external_entity(unit: Unit) -> tuple[SignedInvoice, dict[str, str]]:
	bomb = b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><Invoice>&a;</Invoice>'
	return unit.issue(a_simplified_invoice()), {"invoice": base64.b64encode(bomb).decode()}


@pytest.mark.parametrize(
	("make", "code"),
	[
		(another_hash, "invalid-invoice-hash"),
		(another_uuid, "invalid-uuid"),
		(edited_after_signing, "invalid-invoice-hash"),
		(edited_after_signing, "invalid-digital-signature"),
		(edited_after_signing, "invoiceHash_QRCODE_INVALID"),
		(another_key, "invalid-digital-signature"),
		(another_signature, "invalid-digital-signature"),
		(another_time, "signed-properties-hashing"),
		(another_qr, "invoiceTotal_QRCODE_INVALID"),
		(broken_qr, "QRCODE_INVALID"),
		(another_vat, "certificate-permissions"),
		(broken_rule, "BR-KSA-17"),
		(not_an_invoice, "XSD_ZATCA_INVALID"),
		(entity_bomb, "XSD_ZATCA_INVALID"),
		(external_entity, "XSD_ZATCA_INVALID"),
	],
)
def test_what_is_wrong_is_rejected_under_its_code(
	unit: Unit, make: Callable[[Unit], tuple[SignedInvoice, dict[str, str]]], code: str
) -> None:
	document, changes = make(unit)
	reply = unit.gateway.report(*unit.credentials, payload(document, **changes))
	found = answer(Call.REPORT, reply)
	assert (found.http_status, found.outcome) == (400, Outcome.REJECTED)
	assert code in [message.code for message in found.errors]
	assert json.loads(reply.body)["reportingStatus"] == "NOT_REPORTED"
	assert "root:" not in reply.body


def test_a_good_document_has_none_of_these_codes(unit: Unit) -> None:
	assert unit.report(unit.issue(a_simplified_invoice())).messages[0].code == "XSD_ZATCA_VALID"


def test_a_rule_that_only_warns_is_202(unit: Unit) -> None:
	seller = a_simplified_invoice().seller
	assert seller.address is not None
	short = replace(seller, address=replace(seller.address, postal_code="233"))
	found = unit.report(unit.issue(a_simplified_invoice(seller=short)))
	assert (found.http_status, found.outcome) == (202, Outcome.ACCEPTED_WITH_WARNINGS)
	assert "BR-KSA-66" in [message.code for message in found.warnings]


def test_messages_come_in_the_language_asked_for(sandbox: Sandbox, unit: Unit) -> None:
	document, _ = broken_rule(unit)
	english = unit.report(document).errors[0].text
	unit.gateway = Gateway(sandbox.base_url, language="ar")
	arabic = unit.report(document).errors[0].text
	assert [any("\u0600" <= letter <= "\u06ff" for letter in text) for text in (english, arabic)] == [
		False,
		True,
	]


def test_a_simplified_document_is_not_cleared(unit: Unit) -> None:
	found = unit.clear(unit.issue(a_simplified_invoice()))
	assert (found.outcome, found.errors[0].text) == (Outcome.REJECTED, "Only standard documents are cleared")


def test_a_standard_document_is_sent_back_to_clearance(unit: Unit) -> None:
	found = unit.report(unit.issue(a_standard_invoice()))
	assert (found.http_status, found.outcome) == (303, Outcome.CLEAR_INSTEAD)


def test_a_certificate_for_simplified_documents_clears_nothing(sandbox: Sandbox) -> None:
	unit = an_onboarded_unit(sandbox, invoice_type="0100")
	found = unit.clear(unit.issue(a_standard_invoice()))
	assert (found.outcome, found.errors[0].code) == (Outcome.REJECTED, "certificate-permissions")


@pytest.mark.parametrize("status", [None, "", "yes", "2"])
@pytest.mark.parametrize("path", ["invoices/reporting/single", "invoices/clearance/single"])
def test_the_clearance_status_header_is_required(
	sandbox: Sandbox, unit: Unit, status: str | None, path: str
) -> None:
	headers = {"Accept-Version": "V2"} | ({} if status is None else {"Clearance-Status": status})
	response = requests.post(
		f"{sandbox.base_url}/{path}", json={}, headers=headers, auth=unit.credentials, timeout=5
	)
	assert response.status_code == 400
	assert response.json()["errors"][0]["code"] == "Invalid-Clearance-Status"


# time, and text around what is replaced


def test_an_expired_certificate_lets_nobody_in() -> None:
	times = [NOW]
	with Sandbox(clock=lambda: times[-1]) as own:
		unit = an_onboarded_unit(own)
		document = unit.issue(a_simplified_invoice())
		times.append(NOW + VALID_FOR + timedelta(seconds=1))
		assert unit.report(document).outcome is Outcome.CONFIGURATION
		times.append(NOW + VALID_FOR)
		assert unit.report(document).accepted


def test_stamping_keeps_the_text_around_what_it_replaces(unit: Unit) -> None:
	document = unit.issue(a_standard_invoice())
	spaced = document.xml
	for end in (b"</ext:UBLExtensions>", b"</cac:AdditionalDocumentReference>", b"</cac:Signature>"):
		spaced = spaced.replace(end, end + b"\n  ")
	assert invoice_hash(spaced) != document.invoice_hash
	cleared = stamp(spaced, CertificateAuthority(NOW), NOW)
	assert invoice_hash(cleared) == invoice_hash(spaced)
	assert verify(cleared) == ()


# the official samples


@needs_official
@pytest.mark.parametrize("row", official_manifest(), ids=lambda row: row["file"])
def test_stamping_leaves_the_hash_of_any_document_alone(row: dict[str, str]) -> None:
	cleared = stamp(official(row), CertificateAuthority(NOW), NOW)
	assert invoice_hash(cleared) == row["invoice_hash"]
	assert verify(cleared) == ()


def test_the_subject_of_the_tests_is_the_seller_of_the_samples() -> None:
	assert a_subject().vat_number == a_standard_invoice().seller.vat_number
