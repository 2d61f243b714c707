"""The certificate request: what ZATCA's accepted example contains, and every subject that is refused."""

from __future__ import annotations

from dataclasses import replace

import oracle
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID, ObjectIdentifier
from e_invoice_samples import needs_official, official, official_manifest

from saudi_crm_billing.e_invoicing.engine import keys
from saudi_crm_billing.e_invoicing.engine.csr import CsrSubject, Environment, make_csr
from saudi_crm_billing.e_invoicing.engine.errors import CsrError, KeyOrCertificateError
from saudi_crm_billing.e_invoicing.engine.signing import CERTIFICATE
from saudi_crm_billing.e_invoicing.engine.xml import parse, text_at

SUBJECT = CsrSubject(
	common_name="TST-886431145-399999999900003",
	organization="شركة الأفق للتجارة",
	organization_unit="فرع الرياض",
	vat_number="399999999900003",
	serial_number="1-SCB|2-15|3-ed22f1d8-e6a2-1118-9b58-d9a8f11e445f",
	location="RRRD2929",
	industry="تجارة التجزئة",
)
KEY = keys.generate_key()


def a_request(
	subject: CsrSubject = SUBJECT, environment: Environment = Environment.SANDBOX
) -> x509.CertificateSigningRequest:
	return x509.load_pem_x509_csr(make_csr(subject, KEY, environment).encode())


def unit_name(names: x509.SubjectAlternativeName) -> dict[str, str]:
	(directory,) = names.get_values_for_type(x509.DirectoryName)
	return {part.oid.dotted_string: str(part.value) for part in directory}


def test_subject_in_the_order_of_the_accepted_example() -> None:
	parts = [(part.oid, part.value) for part in a_request().subject]
	assert parts == [
		(NameOID.COUNTRY_NAME, "SA"),
		(NameOID.ORGANIZATIONAL_UNIT_NAME, "فرع الرياض"),
		(NameOID.ORGANIZATION_NAME, "شركة الأفق للتجارة"),
		(NameOID.COMMON_NAME, "TST-886431145-399999999900003"),
	]


def test_signed_with_its_own_key_on_the_right_curve() -> None:
	request = a_request()
	assert request.is_signature_valid
	assert isinstance(request.signature_hash_algorithm, hashes.SHA256)
	public = request.public_key()
	assert isinstance(public, ec.EllipticCurvePublicKey)
	assert public.curve.name == "secp256k1"
	assert keys.public_der(public) == keys.public_der(keys.load_key(KEY).public_key())


@pytest.mark.parametrize(
	("environment", "template"),
	[
		(Environment.SANDBOX, "TSTZATCA-Code-Signing"),
		(Environment.SIMULATION, "PREZATCA-Code-Signing"),
		(Environment.PRODUCTION, "ZATCA-Code-Signing"),
	],
)
def test_template_of_the_environment_as_utf8_string(environment: Environment, template: str) -> None:
	oid = ObjectIdentifier("1.3.6.1.4.1.311.20.2")
	value = a_request(environment=environment).extensions.get_extension_for_oid(oid).value
	assert isinstance(value, x509.UnrecognizedExtension)
	assert value.value == bytes((0x0C, len(template))) + template.encode()


def test_unit_in_the_alternative_name() -> None:
	names = a_request().extensions.get_extension_for_class(x509.SubjectAlternativeName).value
	assert unit_name(names) == {
		"2.5.4.4": SUBJECT.serial_number,
		"0.9.2342.19200300.100.1.1": "399999999900003",
		"2.5.4.12": "1100",
		"2.5.4.26": "RRRD2929",
		"2.5.4.15": "تجارة التجزئة",
	}


@needs_official
def test_unit_has_the_fields_of_an_official_certificate_in_their_order() -> None:
	row = next(row for row in official_manifest() if row["file"] == "Simplified_Invoice.xml")
	certificate = keys.load_certificate(text_at(parse(official(row)), CERTIFICATE))
	theirs = unit_name(certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value)
	ours = unit_name(a_request().extensions.get_extension_for_class(x509.SubjectAlternativeName).value)
	assert list(theirs) == list(ours)


@pytest.mark.parametrize("environment", Environment)
def test_an_independent_library_makes_the_same_request(environment: Environment) -> None:
	ours = oracle.parts_of(make_csr(SUBJECT, KEY, environment))
	assert ours == oracle.request_parts(SUBJECT, KEY, environment)


def test_a_vat_group_member_needs_its_tin_as_unit() -> None:
	group = replace(SUBJECT, vat_number="399999999910003")
	with pytest.raises(CsrError, match="member's 10-digit TIN, not فرع الرياض"):
		a_request(group)
	request = a_request(replace(group, organization_unit="3999999999"))
	assert request.subject.get_attributes_for_oid(NameOID.ORGANIZATIONAL_UNIT_NAME)[0].value == "3999999999"


def test_a_serial_number_may_be_long() -> None:
	names = a_request(replace(SUBJECT, serial_number="1-SCB|2-15|3-" + "9" * 80)).extensions
	assert unit_name(names.get_extension_for_class(x509.SubjectAlternativeName).value)["2.5.4.4"].endswith(
		"9" * 80
	)


@pytest.mark.parametrize(
	("field", "value", "code"),
	[
		("common_name", "", "csr-missing"),
		("location", " ", "csr-missing"),
		("organization", "ش" * 65, "csr-too-long"),
		("vat_number", "39999999990000", "csr-vat-number"),
		("vat_number", "199999999900003", "csr-vat-number"),
		("vat_number", "٣٩٩٩٩٩٩٩٩٩٠٠٠٠٣", "csr-vat-number"),
		("serial_number", "SCB-15-1", "csr-serial"),
		("serial_number", "1-a|2-b|3-", "csr-serial"),
		("country", "KSA", "csr-country"),
		("country", "sa", "csr-country"),
		("invoice_type", "110", "csr-invoice-type"),
		("invoice_type", "1200", "csr-invoice-type"),
	],
)
def test_a_subject_that_zatca_would_refuse(field: str, value: str, code: str) -> None:
	with pytest.raises(CsrError) as caught:
		a_request(replace(SUBJECT, **{field: value}))
	assert caught.value.code == code
	assert caught.value.message_ar != caught.value.message_en


def test_keys_are_new_each_time_and_readable() -> None:
	assert keys.generate_key() != KEY
	assert keys.load_key(KEY).curve.name == "secp256k1"


def test_an_openssl_style_key_is_read_too() -> None:
	sec1 = keys.load_key(KEY).private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())
	assert sec1.startswith(b"-----BEGIN EC PRIVATE KEY-----")
	assert keys.public_der(keys.load_key(sec1.decode()).public_key()) == keys.public_der(
		keys.load_key(KEY).public_key()
	)


def test_a_key_of_another_curve_or_none_is_refused() -> None:
	other = ec.generate_private_key(ec.SECP256R1()).private_bytes(
		Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
	)
	with pytest.raises(KeyOrCertificateError, match="secp256k1"):
		keys.load_key(other.decode())
	for text in ("", "no key", KEY[:60]):
		with pytest.raises(KeyOrCertificateError, match="cannot be read"):
			make_csr(SUBJECT, text, Environment.SANDBOX)
