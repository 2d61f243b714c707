"""The invoice hash: what the signature covers and what the next document names as its predecessor."""

from __future__ import annotations

import base64
import copy
import hashlib
from collections.abc import Iterator
from itertools import zip_longest

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
	"""Whether both say the same, however it is written, but for what the hash leaves out.

	Prefixes, where namespaces are declared and white space between elements say nothing: a gateway may write its
	stamped document with another library. False where one cannot be read, or has a part twice that the hash leaves
	out: the second could say anything.
	"""
	try:
		roots = [parse(stamped), parse(issued)]
	except UnreadableInvoice:
		return False
	removed = [strip(root) for root in roots]
	once = all(len(tags) == len(set(tags)) for tags in removed)
	return once and all(one == other for one, other in zip_longest(*map(_content, roots)))


def _content(root: etree._Element) -> Iterator[tuple[object, ...]]:
	"""What each element says, in the document's order; with the number of its children that is the whole tree."""
	for element in root.iter():
		# A processing instruction has a function for its tag.
		name = element.tag if isinstance(element.tag, str) else repr(element)
		text, tail = element.text or "", element.tail or ""
		yield (
			name,
			dict(element.items()),
			len(element),
			text if text.strip() or not len(element) else "",
			tail if tail.strip() else "",
		)


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
