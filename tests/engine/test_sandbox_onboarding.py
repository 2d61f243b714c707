"""The way to a production certificate, over HTTP, with every refusal on it."""

from __future__ import annotations

import base64
from dataclasses import replace
from typing import Any

import pytest
import requests
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from e_invoice_samples import a_simplified_invoice, a_standard_invoice
from sandbox_client import OTP, Unit, a_sandbox, a_subject, an_onboarded_unit, compliance_documents, page
from sandbox_fixtures import sandbox

from saudi_crm_billing.e_invoicing.engine import csr as csr_module
from saudi_crm_billing.e_invoicing.engine import keys
from saudi_crm_billing.e_invoicing.engine.answers import Call, NextStep, Outcome, classify
from saudi_crm_billing.e_invoicing.engine.csr import Environment, make_csr
from saudi_crm_billing.e_invoicing.sending.gateway import Gateway
from saudi_crm_billing.sandbox.server import Sandbox

__all__ = ["sandbox"]

HEADERS = {"Accept-Version": "V2", "OTP": OTP}


@pytest.fixture
def unit(sandbox: Sandbox) -> Unit:
	return Unit(Gateway(sandbox.base_url))


def ask(sandbox: Sandbox, body: Any, headers: dict[str, str]) -> requests.Response:
	return requests.post(f"{sandbox.base_url}/compliance", json=body, headers=headers, timeout=5)


def encoded(csr_pem: str) -> str:
	return base64.b64encode(csr_pem.encode()).decode()


def test_the_whole_onboarding_of_a_unit_for_both_kinds(unit: Unit, sandbox: Sandbox) -> None:
	assert unit.ask_compliance().outcome is Outcome.ACCEPTED
	assert [found.outcome for found in unit.pass_compliance()] == [Outcome.ACCEPTED] * 6
	compliance = unit.csid
	assert unit.ask_production().outcome is Outcome.ACCEPTED
	assert unit.csid is not None and compliance is not None
	assert unit.csid.certificate != compliance.certificate
	assert unit.report(unit.issue(a_simplified_invoice())).outcome is Outcome.ACCEPTED
	assert unit.clear(unit.issue(a_standard_invoice())).outcome is Outcome.ACCEPTED


def test_the_certificate_is_the_units_own(unit: Unit) -> None:
	unit.ask_compliance()
	assert unit.csid is not None
	certificate = keys.load_certificate(unit.csid.certificate)
	assert keys.issuer_name(certificate) == "CN=SANDBOX-EINVOICE-CA, DC=extgazt, DC=gov, DC=local"
	assert certificate.public_key() == keys.load_key(unit.key).public_key()
	assert isinstance(keys.public_key(certificate).curve, ec.SECP256K1)
	names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
	(name,) = names.get_values_for_type(x509.DirectoryName)
	assert unit.subject.vat_number in [part.value for part in name]
	assert (certificate.not_valid_after_utc - certificate.not_valid_before_utc).days == 5 * 365


def test_the_compliance_documents_do_not_begin_the_production_chain(sandbox: Sandbox) -> None:
	with a_sandbox() as own:
		an_onboarded_unit(own)
		assert page(own, "documents") == []
		assert [c["chain"]["documents"] for c in page(own, "state")["certificates"]] == [0, 0]


@pytest.mark.parametrize(("invoice_type", "count"), [("1000", 3), ("0100", 3), ("1100", 6)])
def test_as_many_documents_are_required_as_the_type_says(
	sandbox: Sandbox, invoice_type: str, count: int
) -> None:
	unit = Unit(Gateway(sandbox.base_url), a_subject(invoice_type=invoice_type))
	unit.ask_compliance()
	documents = compliance_documents(invoice_type)
	assert len(documents) == count
	for at, document in enumerate(documents):
		refused = unit.ask_production()
		assert (refused.outcome, refused.messages[0].code) == (Outcome.REJECTED, "Missing-ComplianceSteps")
		assert len(refused.messages[0].text.rpartition(": ")[2].split(", ")) == count - at
		assert unit.check(unit.issue(document)).accepted
	assert unit.ask_production().outcome is Outcome.ACCEPTED


def test_a_document_that_fails_is_no_step(unit: Unit, sandbox: Sandbox) -> None:
	unit.ask_compliance()
	for invoice in compliance_documents()[1:]:
		unit.check(unit.issue(invoice))
	bad = unit.issue(
		a_standard_invoice(seller=replace(a_standard_invoice().seller, vat_number="300000000000003"))
	)
	assert unit.check(bad).outcome is Outcome.REJECTED
	assert unit.ask_production().messages[0].text.endswith(": standard-compliant")


@pytest.mark.parametrize(
	("headers", "body", "code"),
	[
		({"Accept-Version": "V2"}, {"csr": "x"}, "Missing-OTP"),
		({**HEADERS, "OTP": "999999"}, {"csr": "x"}, "Invalid-OTP"),
		({**HEADERS, "OTP": "000000"}, {"csr": "x"}, "Invalid-OTP"),
		(HEADERS, {}, "Missing-CSR"),
		(HEADERS, {"csr": ""}, "Missing-CSR"),
		(HEADERS, [], "Missing-CSR"),
		(HEADERS, {"csr": "not base64!"}, "Invalid-CSR"),
		(HEADERS, {"csr": 7}, "Invalid-CSR"),
		(
			HEADERS,
			{"csr": encoded("-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n-----END CERTIFICATE REQUEST-----")},
			"Invalid-CSR",
		),
	],
)
def test_each_refusal_has_its_code_and_what_mends_it(
	sandbox: Sandbox, headers: dict[str, str], body: Any, code: str
) -> None:
	response = ask(sandbox, body, headers)
	assert response.status_code == 400
	assert response.json()["errors"][0]["code"] == code
	found = classify(Call.COMPLIANCE_CSID, 400, response.text)
	assert (found.outcome, found.next_step) == (Outcome.REJECTED, NextStep.CORRECT_REQUEST)
	assert found.messages[0].explanation_en
	assert found.messages[0].explanation_ar


def test_an_expired_password_says_so(sandbox: Sandbox) -> None:
	assert "expired" in ask(sandbox, {"csr": "x"}, {**HEADERS, "OTP": "000000"}).text


@pytest.mark.parametrize("version", [None, "V1", "v2", ""])
def test_without_the_version_it_is_406_and_the_units_setup(sandbox: Sandbox, version: str | None) -> None:
	headers = {"OTP": OTP} if version is None else {"OTP": OTP, "Accept-Version": version}
	response = ask(sandbox, {"csr": "x"}, headers)
	assert (response.status_code, response.text) == (
		406,
		"This Version is not supported or not provided in the header.",
	)
	assert classify(Call.COMPLIANCE_CSID, 406, response.text).outcome is Outcome.CONFIGURATION


def refused_csr(sandbox: Sandbox, csr_pem: str) -> str:
	response = ask(sandbox, {"csr": encoded(csr_pem)}, HEADERS)
	assert (response.status_code, response.json()["errors"][0]["code"]) == (400, "Invalid-CSR")
	return str(response.json()["errors"][0]["message"])


@pytest.mark.parametrize(
	("change", "words"),
	[
		({"vat_number": "399999999900001"}, "VAT number"),
		({"serial_number": "SCB-1"}, "serial number"),
		({"invoice_type": "11"}, "document types"),
		({"location": " "}, "location"),
		({"vat_number": "399999999910003"}, "TIN"),
	],
)
def test_a_subject_that_zatca_would_refuse(
	sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, change: dict[str, str], words: str
) -> None:
	with monkeypatch.context() as patched:
		patched.setattr(csr_module, "check_subject", lambda subject: None)
		csr_pem = make_csr(a_subject(**change), keys.generate_key(), Environment.SANDBOX)
	assert words in refused_csr(sandbox, csr_pem)


def a_bare_csr(curve: ec.EllipticCurve) -> x509.CertificateSigningRequest:
	key = ec.generate_private_key(curve)
	return x509.CertificateSigningRequestBuilder().subject_name(x509.Name([])).sign(key, hashes.SHA256())


def pem(csr: x509.CertificateSigningRequest) -> str:
	return csr.public_bytes(serialization.Encoding.PEM).decode()


def test_a_key_on_another_curve_is_refused(sandbox: Sandbox) -> None:
	assert "secp256k1" in refused_csr(sandbox, pem(a_bare_csr(ec.SECP256R1())))


def test_a_request_without_the_units_data_is_refused(sandbox: Sandbox) -> None:
	assert "it lacks the template" in refused_csr(sandbox, pem(a_bare_csr(ec.SECP256K1())))


def test_a_request_signed_by_another_key_is_refused(sandbox: Sandbox) -> None:
	der = bytearray(
		x509.load_pem_x509_csr(
			make_csr(a_subject(), keys.generate_key(), Environment.SANDBOX).encode()
		).public_bytes(serialization.Encoding.DER)
	)
	der[der.index(b"Horizon")] ^= 1
	forged = (
		"-----BEGIN CERTIFICATE REQUEST-----\n"
		+ base64.encodebytes(bytes(der)).decode()
		+ "-----END CERTIFICATE REQUEST-----\n"
	)
	assert "not signed by its own key" in refused_csr(sandbox, forged)


@pytest.mark.parametrize(
	("sent", "code"), [("", "Missing-ComplianceRequestId"), ("123", "Invalid-ComplianceRequestId")]
)
def test_the_request_number_must_be_this_onboardings(unit: Unit, sent: str, code: str) -> None:
	unit.ask_compliance()
	reply = unit.gateway.production_csid(*unit.credentials, sent)
	found = classify(Call.PRODUCTION_CSID, reply.http_status, reply.body)
	assert (found.outcome, found.messages[0].code) == (Outcome.REJECTED, code)
	assert "onboarding again" in found.messages[0].explanation_en


def test_wrong_credentials_are_401_on_every_call(sandbox: Sandbox) -> None:
	unit = an_onboarded_unit(sandbox)
	document = unit.issue(a_simplified_invoice())
	assert unit.csid is not None
	for credentials in (("", ""), ("x", "y"), (unit.csid.token, "wrong"), ("توكن", "سر")):
		for reply in (
			unit.gateway.report(*credentials, {}),
			unit.gateway.clear(*credentials, {}),
			unit.gateway.compliance_check(*credentials, {}),
			unit.gateway.production_csid(*credentials, "1"),
			unit.gateway.renew(*credentials, unit.csr, OTP),
		):
			assert reply.http_status == 401
			assert '"error": "Unauthorized"' in reply.body
	# The right ones, on a call that is not theirs.
	assert unit.check(document).outcome is Outcome.CONFIGURATION
	assert unit.ask_production().messages[0].code == "Invalid-CurrentCCSID"


@pytest.mark.parametrize(
	"header", ["", "Basic", "Basic !!!", "Basic Og==", "Bearer eDp5", "Basic " + "A" * 30_000]
)
def test_a_malformed_login_is_401(sandbox: Sandbox, header: str) -> None:
	headers = {"Accept-Version": "V2", "Authorization": header, "Clearance-Status": "0"}
	response = requests.post(
		f"{sandbox.base_url}/invoices/reporting/single", json={}, headers=headers, timeout=5
	)
	assert response.status_code == 401


def test_a_certificate_of_one_environment_opens_no_other(sandbox: Sandbox) -> None:
	unit = an_onboarded_unit(sandbox, "simulation")
	document = unit.issue(a_simplified_invoice())
	unit.gateway = Gateway(sandbox.environment_url("core"))
	assert unit.report(document).outcome is Outcome.CONFIGURATION
	unit.gateway = Gateway(sandbox.environment_url("simulation"))
	assert unit.report(document).outcome is Outcome.ACCEPTED


def test_a_renewal_gives_a_new_certificate_and_old_documents_still_go_out(sandbox: Sandbox) -> None:
	unit = an_onboarded_unit(sandbox)
	waiting = unit.issue(a_simplified_invoice())
	old = unit.csid
	assert unit.renew().outcome is Outcome.ACCEPTED
	assert unit.csid is not None and old is not None
	assert unit.csid.certificate != old.certificate
	assert unit.report(waiting).outcome is Outcome.ACCEPTED


def test_a_renewal_for_other_document_types_must_pass_compliance_again(sandbox: Sandbox) -> None:
	unit = an_onboarded_unit(sandbox, invoice_type="0100")
	unit.subject = a_subject(invoice_type="1100")
	found = unit.renew()
	assert (found.outcome, found.http_status) == (Outcome.COMPLIANCE_NEEDED, 428)
	assert found.next_step is NextStep.RUN_COMPLIANCE
	assert {answer.accepted for answer in unit.pass_compliance()} == {True}
	assert unit.ask_production().outcome is Outcome.ACCEPTED
	assert unit.clear(unit.issue(a_standard_invoice())).outcome is Outcome.ACCEPTED


def test_a_renewal_is_for_the_same_taxpayer(sandbox: Sandbox) -> None:
	unit = an_onboarded_unit(sandbox)
	unit.subject = a_subject(vat_number="300000000000003")
	found = unit.renew()
	assert (found.outcome, found.messages[0].code) == (Outcome.REJECTED, "Invalid-CSR")


def test_the_production_certificate_can_be_asked_for_again_after_a_lost_answer(unit: Unit) -> None:
	unit.ask_compliance()
	unit.pass_compliance()
	compliance = unit.csid
	assert unit.ask_production().accepted
	unit.csid = compliance
	assert unit.ask_production().accepted
