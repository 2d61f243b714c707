"""Private keys and certificates: secp256k1 only, PEM and base64 text in, never a file."""

from __future__ import annotations

import base64
import binascii

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from saudi_crm_billing.e_invoicing.engine.errors import KeyOrCertificateError


def generate_key() -> str:
	"""A new private key as unencrypted PKCS #8 PEM; whoever stores it encrypts it."""
	key = ec.generate_private_key(ec.SECP256K1())
	return key.private_bytes(
		serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
	).decode()


def load_key(key_pem: str) -> ec.EllipticCurvePrivateKey:
	"""The key of a PEM text (PKCS #8 or SEC 1); `KeyOrCertificateError` if unreadable or of another curve."""
	try:
		key = serialization.load_pem_private_key(key_pem.encode(), password=None)
	except (ValueError, TypeError, UnsupportedAlgorithm):
		raise KeyOrCertificateError("key-unreadable")
	if not isinstance(key, ec.EllipticCurvePrivateKey) or not isinstance(key.curve, ec.SECP256K1):
		raise KeyOrCertificateError("key-curve")
	return key


def load_certificate(certificate: str) -> x509.Certificate:
	"""The certificate of its base64 DER text (what ds:X509Certificate carries); line breaks are ignored."""
	try:
		der = base64.b64decode("".join(certificate.split()), validate=True)
		parsed = x509.load_der_x509_certificate(der)
		# Read only when asked for: a damaged name must be found here and not in the middle of a check
		# (as ValueError, or in older versions of the library LookupError).
		issuer_name(parsed)
	except (binascii.Error, ValueError, LookupError, x509.InvalidVersion):
		raise KeyOrCertificateError("certificate-unreadable")
	return parsed


def public_key(certificate: x509.Certificate) -> ec.EllipticCurvePublicKey:
	"""The certificate's public key; `KeyOrCertificateError` unless it is on secp256k1."""
	try:
		key = certificate.public_key()
	except (ValueError, UnsupportedAlgorithm):
		raise KeyOrCertificateError("certificate-unreadable")
	if not isinstance(key, ec.EllipticCurvePublicKey) or not isinstance(key.curve, ec.SECP256K1):
		raise KeyOrCertificateError("key-curve")
	return key


def public_der(key: ec.EllipticCurvePublicKey) -> bytes:
	"""DER SubjectPublicKeyInfo, as QR field 8 carries it."""
	return key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)


def issuer_name(certificate: x509.Certificate) -> str:
	"""The issuer as ZATCA writes it: most specific first, `CN=…, DC=extgazt, DC=gov, DC=local`."""
	return ", ".join(part.rfc4514_string() for part in reversed(certificate.issuer.rdns))
