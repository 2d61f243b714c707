"""Private keys and certificates: secp256k1 only, PEM and base64 text in, never a file.

A key's PEM is called `secret` wherever it is passed: tools that write local variables down hide that name.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections import OrderedDict
from functools import lru_cache
from threading import Lock

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from saudi_crm_billing.e_invoicing.engine.errors import KeyOrCertificateError

# Reading a key checks it on its curve, which takes as long as signing with it: pairs read lately are kept, by a digest
# of both texts. Only the library's objects are kept, never a text.
KEPT_PAIRS = 16
Pair = tuple[ec.EllipticCurvePrivateKey, x509.Certificate]
_pairs: OrderedDict[bytes, Pair] = OrderedDict()
_pairs_lock = Lock()


def generate_key() -> str:
	"""A new private key as unencrypted PKCS #8 PEM; whoever stores it encrypts it."""
	key = ec.generate_private_key(ec.SECP256K1())
	return key.private_bytes(
		serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
	).decode()


def load_key(secret: str) -> ec.EllipticCurvePrivateKey:
	"""The key of a PEM text (PKCS #8 or SEC 1); `KeyOrCertificateError` if unreadable or of another curve."""
	try:
		key = serialization.load_pem_private_key(secret.encode(), password=None)
	except (ValueError, TypeError, UnsupportedAlgorithm):
		raise KeyOrCertificateError("key-unreadable")
	if not isinstance(key, ec.EllipticCurvePrivateKey) or not isinstance(key.curve, ec.SECP256K1):
		raise KeyOrCertificateError("key-curve")
	return key


def load_pair(secret: str, certificate: str) -> Pair:
	"""A key and its certificate; `KeyOrCertificateError` if one is unreadable or the key is another's."""
	name = hashlib.sha256(f"{secret}\0{certificate}".encode()).digest()
	with _pairs_lock:
		if name in _pairs:
			_pairs.move_to_end(name)
			return _pairs[name]
	key, parsed = load_key(secret), load_certificate(certificate)
	if public_der(key.public_key()) != public_der(public_key(parsed)):
		raise KeyOrCertificateError("key-not-of-certificate")
	with _pairs_lock:
		_pairs[name] = key, parsed
		while len(_pairs) > KEPT_PAIRS:
			_pairs.popitem(last=False)
	return key, parsed


def load_certificate(certificate: str) -> x509.Certificate:
	"""The certificate of its base64 DER text (what ds:X509Certificate carries); line breaks are ignored."""
	try:
		der = base64.b64decode("".join(certificate.split()), validate=True)
		parsed = x509.load_der_x509_certificate(der)
		# Read only when asked for: a damaged name must be found here and not in the middle of a check
		# (as ValueError, as TypeError for a text of the wrong kind, or in older versions of the library LookupError).
		issuer_name(parsed)
	except (binascii.Error, ValueError, TypeError, LookupError, x509.InvalidVersion):
		raise KeyOrCertificateError("certificate-unreadable")
	return parsed


@lru_cache(maxsize=32)
def certified_vat_number(certificate: str) -> str:
	"""The VAT number that a certificate (base64 DER text) was given for; empty where it names none.

	ZATCA puts it as UID into the alternative name (CSR specification, and read so from its certificates).
	"""
	try:
		names = load_certificate(certificate).extensions.get_extension_for_class(x509.SubjectAlternativeName)
	except (x509.ExtensionNotFound, x509.DuplicateExtension, ValueError):
		return ""
	directories = names.value.get_values_for_type(x509.DirectoryName)
	found = [row for directory in directories for row in directory.get_attributes_for_oid(NameOID.USER_ID)]
	return str(found[0].value) if found else ""


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
