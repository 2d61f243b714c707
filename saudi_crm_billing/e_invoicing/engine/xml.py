"""Reading XML that may be hostile, and the namespaces of a ZATCA document."""

from __future__ import annotations

from functools import cache

from lxml import etree

from saudi_crm_billing.e_invoicing.engine.errors import UnreadableInvoice

__all__ = ["INVOICE", "MAX_BYTES", "MAX_TAGS", "NS", "UnreadableInvoice", "parse", "qname", "text_at"]

INVOICE = "urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"
NS: dict[str, str] = {
	"ubl": INVOICE,
	"cac": "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2",
	"cbc": "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2",
	"ext": "urn:oasis:names:specification:ubl:schema:xsd:CommonExtensionComponents-2",
	"sig": "urn:oasis:names:specification:ubl:schema:xsd:CommonSignatureComponents-2",
	"sac": "urn:oasis:names:specification:ubl:schema:xsd:SignatureAggregateComponents-2",
	"sbc": "urn:oasis:names:specification:ubl:schema:xsd:SignatureBasicComponents-2",
	"ds": "http://www.w3.org/2000/09/xmldsig#",
	"xades": "http://uri.etsi.org/01903/v1.3.2#",
}

# ZATCA refuses bodies above about 10 MB (Detailed Guideline, p. 61).
MAX_BYTES = 10_000_000
# A real invoice of MAX_BYTES has fewer; a flood of tiny elements would take a hundred times its size in memory.
MAX_TAGS = 600_000


@cache
def qname(name: str) -> str:
	"""The name lxml uses for a prefixed one: `cbc:ID` → `{urn:…}ID`."""
	prefix, _, local = name.partition(":")
	return f"{{{NS[prefix]}}}{local}"


def text_at(element: etree._Element, path: str) -> str:
	"""The stripped text of the first element at `path` (prefixes of `NS`), or an empty string."""
	return (element.findtext(path, default="", namespaces=NS) or "").strip()


def parse(data: bytes, limit: int = MAX_BYTES) -> etree._Element:
	"""The root of a UBL Invoice.

	No document type, no entities, no network, no encoding but UTF-8, no more than `limit` bytes and `MAX_TAGS` tags.
	Raises `UnreadableInvoice` for everything else.
	"""
	_refuse_before_parsing(data, limit)
	parser = etree.XMLParser(
		encoding="utf-8",
		resolve_entities=False,
		no_network=True,
		load_dtd=False,
		dtd_validation=False,
		huge_tree=False,
		remove_comments=True,  # as the canonical form does: a text is read whole, the one that the hash covers
	)
	try:
		root = etree.fromstring(data, parser)
	except etree.XMLSyntaxError as error:
		raise UnreadableInvoice("xml-malformed", reason=str(error))
	if root.tag != qname("ubl:Invoice"):
		raise UnreadableInvoice("not-an-invoice", root=etree.QName(root).localname)
	return root


def _refuse_before_parsing(data: bytes, limit: int) -> None:
	if len(data) > limit:
		raise UnreadableInvoice("xml-too-large", size=len(data), limit=limit)
	try:
		data.decode("utf-8")
	except UnicodeDecodeError:
		raise UnreadableInvoice("xml-encoding")
	if data.count(b"<") > MAX_TAGS:
		raise UnreadableInvoice("xml-too-many-tags", limit=MAX_TAGS)
	if b"<!DOCTYPE" in data:
		raise UnreadableInvoice("xml-doctype")
