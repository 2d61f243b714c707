"""Clearance: the sandbox's own stamp and a new QR code in the place of the taxpayer's."""

from __future__ import annotations

from datetime import datetime

from lxml import etree

from saudi_crm_billing.e_invoicing.engine.signing import sign
from saudi_crm_billing.e_invoicing.engine.xml import parse, qname, text_at
from saudi_crm_billing.sandbox.ca import CertificateAuthority


def stamp(xml: bytes, authority: CertificateAuthority, now: datetime) -> bytes:
	"""The cleared document. Its invoice hash is that of `xml`: text around what is replaced stays where it was."""
	root = parse(xml)
	for child in list(root):
		if _is_replaced(child):
			_take_out(root, child)
	unsigned = etree.tostring(root, xml_declaration=True, encoding="UTF-8")
	return sign(unsigned, authority.stamp_key, authority.stamp_certificate, now).xml


def _is_replaced(child: etree._Element) -> bool:
	if child.tag in (qname("ext:UBLExtensions"), qname("cac:Signature")):
		return True
	return child.tag == qname("cac:AdditionalDocumentReference") and text_at(child, "cbc:ID") == "QR"


def _take_out(root: etree._Element, child: etree._Element) -> None:
	before = child.getprevious()
	if before is None:
		root.text = (root.text or "") + (child.tail or "")
	else:
		before.tail = (before.tail or "") + (child.tail or "")
	child.tail = None
	root.remove(child)
