"""The QR code's text: base64 of tag, length, value triples (Security Features Standard, section 4).

A value has at most 127 bytes: above that ZATCA's own tools disagree on how a length is written.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from datetime import datetime

from lxml import etree

from saudi_crm_billing.common.dates import RIYADH
from saudi_crm_billing.e_invoicing.engine.errors import QrError
from saudi_crm_billing.e_invoicing.engine.xml import text_at

SELLER_NAME, VAT_NUMBER, TIMESTAMP, TOTAL, VAT_TOTAL, HASH, SIGNATURE, PUBLIC_KEY, STAMP = range(1, 10)
MAX_VALUE_BYTES = 127
# BR-CL-KSA-14
MAX_TEXT = 1000

_SUPPLIER = "cac:AccountingSupplierParty/cac:Party/"
IN_DOCUMENT = "cac:AdditionalDocumentReference[cbc:ID='QR']/cac:Attachment/cbc:EmbeddedDocumentBinaryObject"
"""Where a signed document carries its QR text."""


def encode(fields: Mapping[int, bytes]) -> str:
	"""The QR text of `fields`, in the order of their tags; `QrError` for a value that does not fit."""
	data = bytearray()
	for tag in sorted(fields):
		value = fields[tag]
		if not 1 <= tag <= 255:
			raise QrError("qr-tag", tag=tag)
		if len(value) > MAX_VALUE_BYTES:
			raise QrError("qr-value-too-long", tag=tag, length=len(value), limit=MAX_VALUE_BYTES)
		data += bytes((tag, len(value))) + value
	text = base64.b64encode(data).decode()
	if len(text) > MAX_TEXT:
		raise QrError("qr-too-long", length=len(text), limit=MAX_TEXT)
	return text


def decode(text: str) -> dict[int, bytes]:
	"""The values by tag; `QrError` if the text is not base64, is cut short, or repeats a tag."""
	try:
		data = base64.b64decode(text.strip(), validate=True)
	except (binascii.Error, ValueError):
		raise QrError("qr-not-base64")
	fields: dict[int, bytes] = {}
	at = 0
	while at < len(data):
		header, value = data[at : at + 2], b""
		if len(header) == 2:
			value = data[at + 2 : at + 2 + header[1]]
		if len(header) < 2 or len(value) < header[1]:
			raise QrError("qr-cut-short", place=at)
		if header[0] in fields:
			raise QrError("qr-repeated", tag=header[0])
		fields[header[0]] = value
		at += 2 + header[1]
	return fields


def document_fields(root: etree._Element) -> dict[int, bytes]:
	"""Fields 1 to 5 as the document says them, amounts character for character."""
	values = {
		SELLER_NAME: text_at(root, _SUPPLIER + "cac:PartyLegalEntity/cbc:RegistrationName"),
		VAT_NUMBER: text_at(root, _SUPPLIER + "cac:PartyTaxScheme/cbc:CompanyID"),
		TIMESTAMP: _timestamp(text_at(root, "cbc:IssueDate"), text_at(root, "cbc:IssueTime")),
		TOTAL: text_at(root, "cac:LegalMonetaryTotal/cbc:PayableAmount"),
		VAT_TOTAL: text_at(root, "cac:TaxTotal/cbc:TaxAmount"),
	}
	return {tag: value.encode() for tag, value in values.items()}


def _timestamp(date: str, time: str) -> str:
	"""Riyadh local time without a zone; the SDK converts a time in UTC (ending in Z)."""
	if not time.endswith("Z"):
		return f"{date}T{time}"
	try:
		moment = datetime.fromisoformat(f"{date}T{time[:-1]}")
	except ValueError:
		return f"{date}T{time}"
	return (moment + RIYADH.utcoffset(None)).isoformat(timespec="seconds")
