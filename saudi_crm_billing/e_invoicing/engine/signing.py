"""Signing a document the way ZATCA's SDK does, and checking what anybody signed.

The signature is ECDSA over the 32 bytes of the invoice hash (so SHA-256 twice), not over ds:SignedInfo: strict
XMLDSig verifiers refuse every ZATCA document, the official samples included.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from lxml import etree

from saudi_crm_billing.common.dates import RIYADH
from saudi_crm_billing.e_invoicing.engine import keys, qr, ubl, xades
from saudi_crm_billing.e_invoicing.engine.errors import (
	EngineError,
	InvalidInvoice,
	KeyOrCertificateError,
	Problem,
	term,
)
from saudi_crm_billing.e_invoicing.engine.hashing import hash_bytes, hash_stripped
from saudi_crm_billing.e_invoicing.engine.model import Subtype
from saudi_crm_billing.e_invoicing.engine.xml import NS, parse, qname, text_at

__all__ = ["Problem", "SignedInvoice", "qr_of", "sign", "sign_element", "verify"]

REFERENCE = "cac:AdditionalDocumentReference"
SIGNED = ".//ds:Signature/ds:SignedInfo/ds:Reference"
SIGNATURE_VALUE = ".//ds:Signature/ds:SignatureValue"
CERTIFICATE = ".//ds:Signature/ds:KeyInfo/ds:X509Data/ds:X509Certificate"
PROPERTIES = ".//xades:QualifyingProperties/xades:SignedProperties"
PARTS = (f"{SIGNED}/ds:DigestValue", SIGNATURE_VALUE, CERTIFICATE, PROPERTIES, "cac:Signature/cbc:ID")

SINGLE_PARTS = ("ext:UBLExtensions", "cac:Signature", ".//ds:Signature", PROPERTIES)


@dataclass(frozen=True)
class SignedInvoice:
	"""The final document, its hash (the next document's previous hash), QR text and signature, base64 texts."""

	xml: bytes
	invoice_hash: str
	qr: str
	signature: str


def sign(xml: bytes, secret: str, certificate: str, signed_at: datetime) -> SignedInvoice:
	"""Sign an unsigned document; an earlier signature or QR in it is replaced.

	`certificate` is the base64 text of the DER certificate (the binary security token, decoded once);
	`signed_at` is Riyadh local time, or any time with a zone. Raises `UnreadableInvoice`,
	`KeyOrCertificateError` (also if the key is another's) and `QrError`.
	"""
	return sign_element(parse(xml), secret, certificate, signed_at)


def sign_element(root: etree._Element, secret: str, certificate: str, signed_at: datetime) -> SignedInvoice:
	"""The same for a document that is a tree already; the tree is the caller's no longer."""
	_strip_signature(root)
	certificate = "".join(certificate.split())
	key, parsed = keys.load_pair(secret, certificate)
	digest = hash_stripped(root)
	signature = base64.b64encode(key.sign(digest, ec.ECDSA(hashes.SHA256()))).decode()
	hash_text = base64.b64encode(digest).decode()
	code = qr_of(root, hash_text, signature, parsed)
	stamp = xades.Stamp(
		invoice_hash=hash_text,
		signature=signature,
		certificate=certificate,
		issuer=keys.issuer_name(parsed),
		serial=str(parsed.serial_number),
		signed_at=_local(signed_at).strftime("%Y-%m-%dT%H:%M:%S"),
	)
	_insert(root, stamp, code)
	return SignedInvoice(
		xml=etree.tostring(root, xml_declaration=True, encoding="UTF-8"),
		invoice_hash=hash_text,
		qr=code,
		signature=signature,
	)


def qr_of(root: etree._Element, invoice_hash: str, signature: str, certificate: x509.Certificate) -> str:
	"""The QR text of a document: fields 1 to 8, and 9 on a simplified one."""
	fields = qr.document_fields(root) | {
		qr.HASH: invoice_hash.encode(),
		qr.SIGNATURE: signature.encode(),
		qr.PUBLIC_KEY: keys.public_der(keys.public_key(certificate)),
	}
	if is_simplified(root):
		fields[qr.STAMP] = certificate.signature
	return qr.encode(fields)


def is_simplified(root: etree._Element) -> bool:
	element = root.find("cbc:InvoiceTypeCode", NS)
	return element is not None and element.get("name", "").startswith(Subtype.SIMPLIFIED.value)


def verify(xml: bytes) -> tuple[Problem, ...]:
	"""Everything in a signed document that does not hold; empty if all does.

	Checked: hash, signature, certificate digest, issuer and serial, digest of the signed properties, and each
	QR field against the document. Not checked: who issued the certificate, and whether it is still valid.
	Raises `UnreadableInvoice`.
	"""
	root = parse(xml)
	malformed = tuple(_parts(root))
	if malformed:
		return malformed
	digest = hash_bytes(root)
	try:
		certificate = keys.load_certificate(text_at(root, CERTIFICATE))
		public = keys.public_key(certificate)
	except KeyOrCertificateError as error:
		return (*_hash(root, digest), Problem(error.code))
	return (
		*_hash(root, digest),
		*_signature(root, digest, public),
		*_certificate(root, certificate),
		*_properties(root),
		*_qr(root, digest, certificate),
	)


def _strip_signature(root: etree._Element) -> None:
	for child in list(root):
		if child.tag in (qname("ext:UBLExtensions"), qname("cac:Signature")) or _is_qr(child):
			root.remove(child)


def _is_qr(child: etree._Element) -> bool:
	return child.tag == qname(REFERENCE) and text_at(child, "cbc:ID") == "QR"


def _local(moment: datetime) -> datetime:
	return moment.astimezone(RIYADH) if moment.tzinfo else moment


def _insert(root: etree._Element, stamp: xades.Stamp, code: str) -> None:
	"""Add the three parts without any text around them, so that the hash stays what was signed."""
	references = root.findall(REFERENCE, NS)
	if not references:
		raise InvalidInvoice("field-missing", field=REFERENCE)
	signature = etree.Element(qname("cac:Signature"))
	etree.SubElement(signature, qname("cbc:ID")).text = xades.REFERENCED_ID
	etree.SubElement(signature, qname("cbc:SignatureMethod")).text = xades.ENVELOPED_XADES
	# The text after an element must stay behind what is added, hence addprevious on the element that follows.
	following = references[-1].getnext()
	reference = ubl.attach(root, "QR", code)
	if following is not None:
		following.addprevious(reference)
	reference.addnext(signature)
	root.insert(0, xades.signature_block(stamp))


def _parts(root: etree._Element) -> Iterator[Problem]:
	"""Parts absent, or there twice: the hash leaves them out, so a second one could say anything."""
	for part in PARTS:
		if root.find(part, NS) is None:
			yield Problem("signature-missing", {"part": part})
	for part in SINGLE_PARTS:
		if len(root.findall(part, NS)) > 1:
			yield Problem("part-repeated", {"part": part})
	if sum(_is_qr(child) for child in root) > 1:
		yield Problem("part-repeated", {"part": "QR"})


def _hash(root: etree._Element, digest: bytes) -> Iterator[Problem]:
	stated, computed = text_at(root, f"{SIGNED}/ds:DigestValue"), base64.b64encode(digest).decode()
	if stated != computed:
		yield Problem("hash-mismatch", {"stated": stated, "computed": computed})


def _signature(root: etree._Element, digest: bytes, public: ec.EllipticCurvePublicKey) -> Iterator[Problem]:
	try:
		value = base64.b64decode(text_at(root, SIGNATURE_VALUE), validate=True)
		public.verify(value, digest, ec.ECDSA(hashes.SHA256()))
	except (InvalidSignature, ValueError):
		yield Problem("signature-invalid")


def _certificate(root: etree._Element, certificate: x509.Certificate) -> Iterator[Problem]:
	properties = f"{PROPERTIES}//xades:Cert/"
	stated = text_at(root, properties + "xades:CertDigest/ds:DigestValue")
	if stated != xades.certificate_digest(text_at(root, CERTIFICATE)):
		yield Problem("certificate-digest")
	issuer = text_at(root, properties + "xades:IssuerSerial/ds:X509IssuerName")
	serial = text_at(root, properties + "xades:IssuerSerial/ds:X509SerialNumber")
	computed = f"{keys.issuer_name(certificate)} {certificate.serial_number}"
	if f"{issuer} {serial}" != computed:
		yield Problem("certificate-issuer", {"stated": f"{issuer} {serial}", "computed": computed})


def _properties(root: etree._Element) -> Iterator[Problem]:
	properties = root.find(PROPERTIES, NS)
	stated = [
		text_at(reference, "ds:DigestValue")
		for reference in root.findall(SIGNED, NS)
		if reference.get("URI") == f"#{xades.PROPERTIES_ID}"
	]
	if properties is None or stated != [xades.properties_digest(properties)]:
		yield Problem("signed-properties")


def _qr(root: etree._Element, digest: bytes, certificate: x509.Certificate) -> Iterator[Problem]:
	text = next((text_at(child, "cac:Attachment/*") for child in root if _is_qr(child)), "")
	if not text:
		yield Problem("qr-missing")
		return
	try:
		stated = qr.decode(text)
		signature, hash_text = text_at(root, SIGNATURE_VALUE), base64.b64encode(digest).decode()
		computed = qr.decode(qr_of(root, hash_text, signature, certificate))
	except EngineError as error:
		yield Problem(error.code, error.params)
		return
	if qr.STAMP in stated and qr.STAMP not in computed:
		yield Problem("qr-stamp-unexpected")
	for tag, value in computed.items():
		if stated.get(tag) != value:
			yield Problem(
				"qr-field",
				{
					"tag": tag,
					"name": term(f"qr-{tag}"),
					"stated": _shown(stated.get(tag)),
					"computed": _shown(value),
				},
			)


def _shown(value: bytes | None) -> str:
	if value is None:
		return "-"
	try:
		return value.decode()
	except UnicodeDecodeError:
		return value.hex()
