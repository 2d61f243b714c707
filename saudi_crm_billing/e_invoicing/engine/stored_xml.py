"""One stored document against its row: does the XML still say what the chain says of it, and is it as it was signed?

Checked: counter, previous hash, UUID and QR code in the XML, the recomputed hash, the signature over it, and of ZATCA's
stamped document that it is this one and unchanged since its stamping; and that its certificate is its unit's. Not
checked: the rules, who issued the certificate.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from lxml import etree

from saudi_crm_billing.e_invoicing.engine import keys
from saudi_crm_billing.e_invoicing.engine.errors import (
	EngineError,
	KeyOrCertificateError,
	Problem,
	Term,
	UnreadableInvoice,
)
from saudi_crm_billing.e_invoicing.engine.hashing import hash_stripped, is_same, strip
from saudi_crm_billing.e_invoicing.engine.signing import CERTIFICATE, SIGNATURE_VALUE, SIGNED
from saudi_crm_billing.e_invoicing.engine.xml import NS, parse, text_at

REFERENCE = "cac:AdditionalDocumentReference"
EMBEDDED = "cac:Attachment/cbc:EmbeddedDocumentBinaryObject"


@dataclass(frozen=True)
class StoredDocument:
	"""A ZATCA Document's row as it is stored: the chain's values beside the XML that they were taken from."""

	name: str
	icv: int
	previous_hash: str
	invoice_hash: str
	uuid: str
	qr: str
	xml: bytes
	cleared_xml: bytes | None = None
	stamp_differs: bool = False
	"""What ZATCA returned as its stamped document was not this one, and was not taken for it."""


def problems(row: StoredDocument, certificate: str = "") -> Iterator[Problem]:
	"""What does not hold in one document's XML; nothing where all does. Never raises.

	`certificate` is the one that its unit signs with, as base64 text; empty where it is not known.
	"""
	try:
		root = parse(row.xml)
		stamped = parse(row.cleared_xml) if row.cleared_xml else None
	except UnreadableInvoice as error:
		yield Problem("audit-unreadable", {"icv": row.icv, "reason": _reason(error)})
		return
	yield from _fields(row, root, root if stamped is None else stamped)
	yield from _certificate(row, root, certificate)
	yield from _signature(row, root)
	if stamped is not None:
		yield from _stamped(row, stamped)
	if row.stamp_differs:
		yield Problem("audit-stamped-content", {"icv": row.icv})


def _reason(error: EngineError) -> Term:
	return Term(error.message_en, error.message_ar)


def _fields(row: StoredDocument, root: etree._Element, shown: etree._Element) -> Iterator[Problem]:
	"""The row's values against those in the XML; the QR code is that of the document that the buyer has."""
	references = {text_at(child, "cbc:ID"): child for child in root.findall(REFERENCE, NS)}
	nothing = etree.Element("nothing")
	pairs = (
		("audit-icv", str(row.icv), text_at(references.get("ICV", nothing), "cbc:UUID")),
		("audit-previous", row.previous_hash, text_at(references.get("PIH", nothing), EMBEDDED)),
		("audit-uuid", row.uuid.lower(), text_at(root, "cbc:UUID").lower()),
		("audit-qr", row.qr, _qr(shown)),
	)
	for code, stored, found in pairs:
		if stored != found:
			yield Problem(code, {"icv": row.icv, "stored": stored or "-", "found": found or "-"})


def _qr(root: etree._Element) -> str:
	return next(
		(
			text_at(child, EMBEDDED)
			for child in root.findall(REFERENCE, NS)
			if text_at(child, "cbc:ID") == "QR"
		),
		"",
	)


def _certificate(row: StoredDocument, root: etree._Element, expected: str) -> Iterator[Problem]:
	"""A unit has one certificate for good: a document with another is another unit's, or of a key that is not ours."""
	found = text_at(root, CERTIFICATE)
	if expected and found and "".join(found.split()) != "".join(expected.split()):
		yield Problem("audit-certificate", {"icv": row.icv})


def _signature(row: StoredDocument, root: etree._Element) -> Iterator[Problem]:
	"""The recomputed hash against the row's, then the signature over it; the tree is used up."""
	value, certificate = text_at(root, SIGNATURE_VALUE), text_at(root, CERTIFICATE)
	digest = _digest(root)
	computed = base64.b64encode(digest).decode()
	if computed != row.invoice_hash:
		yield Problem("audit-hash", {"icv": row.icv, "stored": row.invoice_hash, "found": computed or "-"})
	elif not _is_signed(digest, value, certificate):
		yield Problem("audit-signature", {"icv": row.icv})


def _stamped(row: StoredDocument, root: etree._Element) -> Iterator[Problem]:
	uuid, stated = text_at(root, "cbc:UUID"), text_at(root, f"{SIGNED}/ds:DigestValue")
	if uuid.lower() != row.uuid.lower():
		yield Problem("audit-stamped-other", {"icv": row.icv, "stored": row.uuid, "found": uuid or "-"})
	computed = base64.b64encode(_digest(root)).decode()
	if computed != stated:
		yield Problem("audit-stamped", {"icv": row.icv, "stored": stated or "-", "found": computed or "-"})
	elif uuid.lower() == row.uuid.lower() and computed != row.invoice_hash and not _says_the_same(row):
		yield Problem("audit-stamped-content", {"icv": row.icv})


def _says_the_same(row: StoredDocument) -> bool:
	return is_same(row.cleared_xml or b"", row.xml)


def _digest(root: etree._Element) -> bytes:
	"""The document's hash; none where a part that it leaves out is there twice: the second could say anything."""
	removed = strip(root)
	return hash_stripped(root) if len(removed) == len(set(removed)) else b""


def _is_signed(digest: bytes, value: str, certificate: str) -> bool:
	try:
		signature = base64.b64decode(value, validate=True)
		_public_key(certificate).verify(signature, digest, ec.ECDSA(hashes.SHA256()))
	except (InvalidSignature, KeyOrCertificateError, ValueError):
		return False
	return True


@lru_cache(maxsize=64)
def _public_key(certificate: str) -> ec.EllipticCurvePublicKey:
	"""Reading a certificate costs as much as a verification; a unit's documents have one in common."""
	return keys.public_key(keys.load_certificate(certificate))
