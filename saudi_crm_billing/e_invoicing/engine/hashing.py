"""The invoice hash: what the signature covers and what the next document names as its predecessor."""

from __future__ import annotations

import base64
import copy
import hashlib

from lxml import etree

from saudi_crm_billing.e_invoicing.engine.xml import UnreadableInvoice, parse, qname, text_at

# base64(hex(sha256("0"))): the predecessor of a unit's first document (BR-KSA-26).
FIRST_PREVIOUS_HASH = base64.b64encode(hashlib.sha256(b"0").hexdigest().encode()).decode()


def invoice_hash(xml: bytes | etree._Element) -> str:
	"""base64 of SHA-256 over the canonical document without its signature parts and QR (BR-KSA-26).

	Whitespace around the removed parts stays. An element given is not changed. `UnreadableInvoice` for bytes
	that are no invoice.
	"""
	return base64.b64encode(hash_bytes(xml)).decode()


def hash_bytes(xml: bytes | etree._Element) -> bytes:
	"""The 32 raw bytes of the invoice hash."""
	root = parse(xml) if isinstance(xml, bytes) else copy.deepcopy(xml)
	strip(root)
	return hash_stripped(root)


def is_same(stamped: bytes, issued: bytes) -> bool:
	"""Whether both say the same, but for what the hash leaves out and for white space between elements.

	False where one cannot be read, or has a part twice that the hash leaves out: the second could say anything.
	"""
	try:
		roots = [parse(stamped), parse(issued)]
	except UnreadableInvoice:
		return False
	removed = [strip(root) for root in roots]
	for root in roots:
		_close_up(root)
	once = all(len(tags) == len(set(tags)) for tags in removed)
	return once and hash_stripped(roots[0]) == hash_stripped(roots[1])


def _close_up(root: etree._Element) -> None:
	for element in root.iter():
		if len(element) and not (element.text or "").strip():
			element.text = None
		if not (element.tail or "").strip():
			element.tail = None


def strip(root: etree._Element) -> list[str]:
	"""Take out of the tree what the hash leaves out; the tags of what was taken."""
	removed = [child for child in root if _is_left_out(child)]
	for child in removed:
		_remove(root, child)
	return [str(child.tag) for child in removed]


def hash_stripped(root: etree._Element) -> bytes:
	"""The same of a document that has none of the parts to leave out."""
	# Inclusive C14N 1.0 equals 1.1 here: they differ for xml:id and xml:base only, which no invoice carries.
	return hashlib.sha256(etree.tostring(root, method="c14n", with_comments=False)).digest()


def _is_left_out(child: etree._Element) -> bool:
	if child.tag in (qname("ext:UBLExtensions"), qname("cac:Signature")):
		return True
	return child.tag == qname("cac:AdditionalDocumentReference") and text_at(child, "cbc:ID") == "QR"


def _remove(root: etree._Element, child: etree._Element) -> None:
	"""Remove a child and keep the text after it, as the XPath transforms of the signature do."""
	before = child.getprevious()
	if before is not None:
		before.tail = (before.tail or "") + (child.tail or "")
	else:
		root.text = (root.text or "") + (child.tail or "")
	root.remove(child)
