"""The sandbox's certificate authority: made at the start, gone at the end, its certificates real X.509 on secp256k1."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from contextlib import contextmanager
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
from saudi_crm_billing.sandbox.messages import Refused

VALID_FOR = timedelta(days=5 * 365)
"""Certificates are valid for up to five years (Security Features Standard 2.2.2)."""
COMMON_NAME = "SANDBOX-EINVOICE-CA"
MAX_CSR_CHARS = 20_000


class CsrRefused(Refused):
	"""A request for which no certificate is issued; the text says why."""

	def __init__(self, reason: str) -> None:
		super().__init__("Invalid-CSR", f"The provided CSR is invalid: {reason}")


@contextmanager
def _readable(reason: str) -> Iterator[None]:
	"""Whatever the library raises on bytes that are not what they should be is a refusal."""
	try:
		yield
	except (
		ValueError,
		TypeError,
		KeyError,
		InvalidSignature,
		UnsupportedAlgorithm,
		x509.DuplicateExtension,
		x509.ExtensionNotFound,
		x509.InvalidVersion,
		x509.UnsupportedGeneralNameType,
	):
		raise CsrRefused(reason)


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
		with _readable("no certificate can be made of it"):
			unit = request.extensions.get_extension_for_class(x509.SubjectAlternativeName)
			builder = self._builder(request.subject, _key(request), now)
			return self._sign(builder.add_extension(unit.value, critical=False))

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
		raise CsrRefused("it is not a text")
	with _readable("it is no base64 of a PEM certificate signing request"):
		request = x509.load_pem_x509_csr(base64.b64decode(body, validate=True))
		_key(request)
		if request.is_signature_valid:
			return request
	raise CsrRefused("it is not signed by its own key")


def read_subject(request: x509.CertificateSigningRequest) -> CsrSubject:
	"""Who asks; `CsrRefused` for what ZATCA would refuse."""
	with _readable("it lacks the template or the unit's data"):
		template = request.extensions.get_extension_for_oid(TEMPLATE_OID).value
		if not isinstance(template, x509.UnrecognizedExtension) or not _is_known(template.value):
			raise CsrRefused("its template is none of ZATCA's")
		subject = _subject(request.subject, _unit_name(request))
	try:
		check_subject(subject)
	except EngineError as error:
		raise CsrRefused(str(error))
	return subject


def _key(request: x509.CertificateSigningRequest | x509.Certificate) -> ec.EllipticCurvePublicKey:
	key = request.public_key()
	if not isinstance(key, ec.EllipticCurvePublicKey) or not isinstance(key.curve, ec.SECP256K1):
		raise CsrRefused("its key is not on secp256k1")
	return key


def _is_known(template: bytes) -> bool:
	"""A DER text of one of ZATCA's template names."""
	return template[2:] in {name.encode() for name in TEMPLATES.values()}


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
		raise CsrRefused("it needs one directory name with the unit's data")
	return found[0]


def _value(name: x509.Name, oid: x509.ObjectIdentifier) -> str:
	found = name.get_attributes_for_oid(oid)
	return str(found[0].value) if len(found) == 1 else ""
