"""A document as it arrives: the call's body read, and the facts in the XML that the gateway needs."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass

from lxml import etree

from saudi_crm_billing.e_invoicing.engine.hashing import invoice_hash
from saudi_crm_billing.e_invoicing.engine.xml import NS, parse, text_at
from saudi_crm_billing.sandbox.messages import Json

CERTIFICATE = ".//ds:Signature/ds:KeyInfo/ds:X509Data/ds:X509Certificate"
SELLER_VAT = "cac:AccountingSupplierParty/cac:Party/cac:PartyTaxScheme/cbc:CompanyID"


class BodyError(ValueError):
	"""A call's body that is not what the API describes; the text says where."""


@dataclass(frozen=True)
class Payload:
	"""The body of the three document calls."""

	invoice_hash: str
	uuid: str
	xml: bytes


@dataclass(frozen=True)
class Facts:
	"""What a document says of itself; empty text, or counter 0, where it says nothing."""

	number: str
	uuid: str
	subtype: str
	type_code: str
	icv: int
	previous_hash: str
	invoice_hash: str
	seller_vat: str
	certificate: str


def read_payload(body: Json | None) -> Payload:
	"""The three fields; `BodyError` for a body that lacks one."""
	if body is None:
		raise BodyError("the body is not a JSON object")
	for name in ("invoiceHash", "uuid", "invoice"):
		if not isinstance(body.get(name), str) or not body[name]:
			raise BodyError(f"{name} is missing or not a text")
	try:
		xml = base64.b64decode(body["invoice"], validate=True)
	except (binascii.Error, ValueError):
		raise BodyError("invoice is not base64")
	return Payload(body["invoiceHash"], body["uuid"], xml)


def read_facts(xml: bytes) -> Facts:
	"""The facts of a document; raises `UnreadableInvoice`."""
	root = parse(xml)
	kind = root.find("cbc:InvoiceTypeCode", NS)
	return Facts(
		number=text_at(root, "cbc:ID"),
		uuid=text_at(root, "cbc:UUID"),
		subtype="" if kind is None else kind.get("name", "")[:2],
		type_code=text_at(root, "cbc:InvoiceTypeCode"),
		icv=_counter(_reference(root, "ICV", "cbc:UUID")),
		previous_hash=_reference(root, "PIH", "cac:Attachment/cbc:EmbeddedDocumentBinaryObject"),
		invoice_hash=invoice_hash(root),
		seller_vat=text_at(root, SELLER_VAT),
		certificate="".join(text_at(root, CERTIFICATE).split()),
	)


def _reference(root: etree._Element, name: str, path: str) -> str:
	for reference in root.findall("cac:AdditionalDocumentReference", NS):
		if text_at(reference, "cbc:ID") == name:
			return text_at(reference, path)
	return ""


def _counter(text: str) -> int:
	return int(text) if text.isascii() and text.isdigit() and len(text) <= 18 else 0
