"""The independent validator (a test dependency): what nobody here wrote says about a document."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from e_invoice_samples import TestCertificate

from saudi_crm_billing.e_invoicing.engine import keys
from saudi_crm_billing.e_invoicing.engine.csr import CsrSubject, Environment

fatoora = pytest.importorskip("fatoora", reason="fatoority is not installed")

EVALUATED_AT = "2026-11-20T12:00:00Z"
STAGES = ("xsd", "cen", "ksa", "signature", "qr", "previous_invoice_hash")


def report(xml: bytes, previous_hash: str, at: str = EVALUATED_AT) -> dict[str, Any]:
	"""The validator's report on a document, as if validated at `at`."""
	result: dict[str, Any] = fatoora.validate_zatca_invoice_from_str(
		fatoora.Config(), xml.decode(), previous_invoice_hash=previous_hash, evaluated_at=at
	)
	return result


def findings(xml: bytes, previous_hash: str) -> list[str]:
	"""`severity code` of everything found, warnings too."""
	return [
		f"{found['severity']} {found['code']}"
		for stage in report(xml, previous_hash)["stages"]
		for found in stage["findings"]
	]


def assert_clean(xml: bytes, previous_hash: str) -> None:
	"""All stages ran that apply, nothing was found, not even a warning.

	The validator checks the signature and QR of simplified documents only (those of standard ones are
	ZATCA's after clearance) and calls these two stages not applicable else.
	"""
	result = report(xml, previous_hash)
	states = {stage["stage"]: stage["status"] for stage in result["stages"]}
	assert tuple(states) == STAGES
	simplified = b'name="02' in xml
	expected = {
		stage: "completed" if simplified or stage not in ("signature", "qr") else "not_applicable"
		for stage in STAGES
	}
	assert findings(xml, previous_hash) == []
	assert states == expected
	assert result["is_valid"] and result["is_complete"] and not result["has_errors"]


def sign(xml: bytes, holder: TestCertificate) -> bytes:
	"""The document signed by the validator's own signer."""
	key = keys.load_key(holder.key_pem).private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
	signer = fatoora.Signer.from_der(base64.b64decode(holder.certificate), key)
	return str(signer.sign_xml(xml.decode())).encode()


def invoice_hash(xml: bytes) -> str:
	return str(fatoora.invoice_hash_base64_from_xml_str(xml.decode()))


def request_parts(
	subject: CsrSubject, key_pem: str, environment: Environment
) -> tuple[bytes, dict[str, bytes]]:
	"""Subject and extensions (DER, by OID) of the certificate request that the validator's library makes."""
	properties = fatoora.CsrProperties.new(
		subject.common_name,
		subject.serial_number,
		subject.vat_number,
		subject.organization_unit,
		subject.organization,
		subject.country,
		subject.invoice_type,
		subject.location,
		subject.industry,
	)
	names = {Environment.SANDBOX: "NON_PRODUCTION"}
	theirs = fatoora.Environment[names.get(environment, environment.name)]
	return parts_of(properties.build(fatoora.SigningKey.from_pem(key_pem), theirs).to_pem())


def parts_of(request_pem: str) -> tuple[bytes, dict[str, bytes]]:
	request = x509.load_pem_x509_csr(request_pem.encode())
	extensions = {found.oid.dotted_string: found.value.public_bytes() for found in request.extensions}
	return request.subject.public_bytes(), extensions
