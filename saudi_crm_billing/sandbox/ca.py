"""The sandbox's certificate authority: made at the start, gone at the end, its certificates real X.509 on secp256k1."""

from __future__ import annotations

import base64
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from saudi_crm_billing.e_invoicing.engine import keys
from saudi_crm_billing.e_invoicing.engine.csr import (
	REGISTERED_ADDRESS,
	TEMPLATE_OID,
	TEMPLATES,
	CsrSubject,
	check_subject,
)
from saudi_crm_billing.e_invoicing.engine.errors import EngineError

VALID_FOR = timedelta(days=5 * 365)
"""Certificates are valid for up to five years (Security Features Standard 2.2.2)."""
COMMON_NAME = "SANDBOX-EINVOICE-CA"
MAX_CSR_CHARS = 20_000


class CsrRefused(ValueError):
	"""A request for which no certificate is issued; the text says why."""


class CertificateAuthority:
	"""Issues certificates named as ZATCA's: `CN=…, DC=extgazt, DC=gov, DC=local`."""

	def __init__(self, now: datetime) -> None:
		self._key = ec.generate_private_key(ec.SECP256K1())
		self._name = x509.Name(
			[
				*(x509.NameAttribute(NameOID.DOMAIN_COMPONENT, part) for part in ("local", "gov", "extgazt")),
				x509.NameAttribute(NameOID.COMMON_NAME, COMMON_NAME),
			]
		)
		self.stamp_key = keys.generate_key()
		"""The key with which clearance stamps a document."""
		public = keys.load_key(self.stamp_key).public_key()
		stamp_name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "SANDBOX-CLEARANCE-STAMP")])
		self.stamp_certificate = certificate_text(self._sign(self._builder(stamp_name, public, now)))
		"""Its certificate, as ds:X509Certificate carries it."""

	def issue(
		self, request: x509.CertificateSigningRequest | x509.Certificate, now: datetime
	) -> x509.Certificate:
		"""A certificate with the subject, unit data and key of a request, or of an earlier certificate."""
		key = request.public_key()
		if not isinstance(key, ec.EllipticCurvePublicKey):
			raise CsrRefused("the key is not on secp256k1")
		unit = request.extensions.get_extension_for_class(x509.SubjectAlternativeName)
		return self._sign(self._builder(request.subject, key, now).add_extension(unit.value, critical=False))

	def _builder(
		self, subject: x509.Name, key: ec.EllipticCurvePublicKey, now: datetime
	) -> x509.CertificateBuilder:
		usage = x509.KeyUsage(True, *[False] * 8)
		return (
			x509.CertificateBuilder()
			.issuer_name(self._name)
			.subject_name(subject)
			.public_key(key)
			.serial_number(x509.random_serial_number())
			.not_valid_before(now - timedelta(minutes=5))
			.not_valid_after(now + VALID_FOR)
			.add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
			.add_extension(
				x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key()), critical=False
			)
			.add_extension(usage, critical=True)
			.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CODE_SIGNING]), critical=False)
		)

	def _sign(self, builder: x509.CertificateBuilder) -> x509.Certificate:
		return builder.sign(self._key, hashes.SHA256())


def certificate_text(certificate: x509.Certificate) -> str:
	"""base64 of the DER, as ds:X509Certificate carries it."""
	return base64.b64encode(certificate.public_bytes(serialization.Encoding.DER)).decode("ascii")


def token_of(certificate: x509.Certificate) -> str:
	"""The binary security token: base64 of the base64 DER text."""
	return base64.b64encode(certificate_text(certificate).encode("ascii")).decode("ascii")


def read_csr(body: object) -> x509.CertificateSigningRequest:
	"""The request in a call's `csr` field (base64 of PEM); `CsrRefused` unless it is whole and signed by its own key."""
	if not isinstance(body, str) or len(body) > MAX_CSR_CHARS:
		raise CsrRefused("the request is not a base64 text")
	try:
		request = x509.load_pem_x509_csr(base64.b64decode(body, validate=True))
		signed = request.is_signature_valid and isinstance(request.public_key(), ec.EllipticCurvePublicKey)
	except (ValueError, InvalidSignature, UnsupportedAlgorithm):
		raise CsrRefused("the request cannot be read as base64 of a PEM certificate signing request")
	if not signed:
		raise CsrRefused("the request is not signed by its own key")
	return request


def read_subject(request: x509.CertificateSigningRequest) -> CsrSubject:
	"""Who asks; `CsrRefused` for what ZATCA would refuse."""
	key = request.public_key()
	if not isinstance(key, ec.EllipticCurvePublicKey) or not isinstance(key.curve, ec.SECP256K1):
		raise CsrRefused("the key is not on secp256k1")
	try:
		unit = _unit_name(request)
		template = request.extensions.get_extension_for_oid(TEMPLATE_OID).value
	except (x509.ExtensionNotFound, ValueError):
		raise CsrRefused("the request lacks the template or the unit's data")
	if not isinstance(template, x509.UnrecognizedExtension) or template.value[2:].decode(
		"latin-1"
	) not in set(TEMPLATES.values()):
		raise CsrRefused("the template is none of ZATCA's")
	subject = _subject(request.subject, unit)
	try:
		check_subject(subject)
	except EngineError as error:
		raise CsrRefused(str(error))
	return subject


def _subject(name: x509.Name, unit: x509.Name) -> CsrSubject:
	return CsrSubject(
		common_name=_value(name, NameOID.COMMON_NAME),
		organization=_value(name, NameOID.ORGANIZATION_NAME),
		organization_unit=_value(name, NameOID.ORGANIZATIONAL_UNIT_NAME),
		vat_number=_value(unit, NameOID.USER_ID),
		serial_number=_value(unit, NameOID.SURNAME),
		location=_value(unit, REGISTERED_ADDRESS),
		industry=_value(unit, NameOID.BUSINESS_CATEGORY),
		invoice_type=_value(unit, NameOID.TITLE),
		country=_value(name, NameOID.COUNTRY_NAME),
	)


def _unit_name(request: x509.CertificateSigningRequest) -> x509.Name:
	names = request.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
	found = names.get_values_for_type(x509.DirectoryName)
	if len(found) != 1:
		raise CsrRefused("the request needs one directory name with the unit's data")
	return found[0]


def _value(name: x509.Name, oid: x509.ObjectIdentifier) -> str:
	found = name.get_attributes_for_oid(oid)
	return str(found[0].value) if len(found) == 1 else ""
