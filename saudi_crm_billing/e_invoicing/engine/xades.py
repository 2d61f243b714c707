"""The XAdES block of a signed document, element by element as the SDK writes it, and its two odd digests.

Both digests are base64 of the hexadecimal TEXT of a SHA-256, where a plain XAdES has base64 of the raw bytes.
"""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass

from lxml import etree

from saudi_crm_billing.e_invoicing.engine.xml import NS, qname

ENVELOPED_XADES = "urn:oasis:names:specification:ubl:dsig:enveloped:xades"
SIGNATURE_ID = "urn:oasis:names:specification:ubl:signature:1"
REFERENCED_ID = "urn:oasis:names:specification:ubl:signature:Invoice"
C14N11 = "http://www.w3.org/2006/12/xml-c14n11"
XPATH = "http://www.w3.org/TR/1999/REC-xpath-19991116"
SHA256 = "http://www.w3.org/2001/04/xmlenc#sha256"
ECDSA_SHA256 = "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256"
PROPERTIES_TYPE = "http://www.w3.org/2000/09/xmldsig#SignatureProperties"
PROPERTIES_ID = "xadesSignedProperties"
LEFT_OUT = (
	"not(//ancestor-or-self::ext:UBLExtensions)",
	"not(//ancestor-or-self::cac:Signature)",
	"not(//ancestor-or-self::cac:AdditionalDocumentReference[cbc:ID='QR'])",
)
INDENT = "    "


@dataclass(frozen=True)
class Stamp:
	"""What goes into the block, all as text: base64 values, and the time without a zone."""

	invoice_hash: str
	signature: str
	certificate: str
	issuer: str
	serial: str
	signed_at: str


def signature_block(stamp: Stamp) -> etree._Element:
	"""ext:UBLExtensions with everything in it, indented as the SDK does."""
	extensions = etree.Element(qname("ext:UBLExtensions"), nsmap={"ext": NS["ext"], "cbc": NS["cbc"]})
	extension = _add(extensions, "ext:UBLExtension")
	_add(extension, "ext:ExtensionURI", ENVELOPED_XADES)
	content = _add(extension, "ext:ExtensionContent")
	signatures = etree.SubElement(
		content,
		qname("sig:UBLDocumentSignatures"),
		nsmap={prefix: NS[prefix] for prefix in ("sig", "sac", "sbc")},
	)
	information = _add(signatures, "sac:SignatureInformation")
	_add(information, "cbc:ID", SIGNATURE_ID)
	_add(information, "sbc:ReferencedSignatureID", REFERENCED_ID)
	_signature(information, stamp)
	etree.indent(extensions, space=INDENT)
	_fill_properties_digest(extensions)
	return extensions


def certificate_digest(certificate: str) -> str:
	"""The digest of the certificate's base64 text, exactly as ds:X509Certificate carries it."""
	return _hex_digest(certificate.encode())


def properties_digest(properties: etree._Element) -> str:
	"""The digest of xades:SignedProperties as the SDK serialises it.

	That is exclusive canonical XML (whitespace kept, each namespace declared where it is used), except that
	the empty ds:DigestMethod stays a self-closed element.
	"""
	text = etree.tostring(properties, method="c14n", exclusive=True, with_comments=False)
	return _hex_digest(text.replace(b"></ds:DigestMethod>", b"/>"))


def _hex_digest(data: bytes) -> str:
	return base64.b64encode(hashlib.sha256(data).hexdigest().encode()).decode()


def _signature(parent: etree._Element, stamp: Stamp) -> None:
	signature = etree.SubElement(parent, qname("ds:Signature"), {"Id": "signature"}, nsmap={"ds": NS["ds"]})
	_signed_info(signature, stamp)
	_add(signature, "ds:SignatureValue", stamp.signature)
	data = _add(_add(signature, "ds:KeyInfo"), "ds:X509Data")
	_add(data, "ds:X509Certificate", stamp.certificate)
	qualifying = etree.SubElement(
		_add(signature, "ds:Object"),
		qname("xades:QualifyingProperties"),
		{"Target": "signature"},
		nsmap={"xades": NS["xades"]},
	)
	_properties(qualifying, stamp)


def _signed_info(signature: etree._Element, stamp: Stamp) -> None:
	info = _add(signature, "ds:SignedInfo")
	_add(info, "ds:CanonicalizationMethod", Algorithm=C14N11)
	_add(info, "ds:SignatureMethod", Algorithm=ECDSA_SHA256)
	document = _add(info, "ds:Reference", Id="invoiceSignedData", URI="")
	transforms = _add(document, "ds:Transforms")
	for path in LEFT_OUT:
		_add(_add(transforms, "ds:Transform", Algorithm=XPATH), "ds:XPath", path)
	_add(transforms, "ds:Transform", Algorithm=C14N11)
	_digest(document, stamp.invoice_hash)
	properties = _add(info, "ds:Reference", Type=PROPERTIES_TYPE, URI=f"#{PROPERTIES_ID}")
	_digest(properties, "")


def _properties(parent: etree._Element, stamp: Stamp) -> None:
	properties = _add(parent, "xades:SignedProperties", Id=PROPERTIES_ID)
	signature_properties = _add(properties, "xades:SignedSignatureProperties")
	_add(signature_properties, "xades:SigningTime", stamp.signed_at)
	certificate = _add(_add(signature_properties, "xades:SigningCertificate"), "xades:Cert")
	_digest(_add(certificate, "xades:CertDigest"), certificate_digest(stamp.certificate))
	issuer = _add(certificate, "xades:IssuerSerial")
	_add(issuer, "ds:X509IssuerName", stamp.issuer)
	_add(issuer, "ds:X509SerialNumber", stamp.serial)


def _fill_properties_digest(extensions: etree._Element) -> None:
	"""Only now is the whitespace final that the digest covers."""
	properties = extensions.find(".//xades:SignedProperties", NS)
	digests = extensions.findall(".//ds:SignedInfo/ds:Reference/ds:DigestValue", NS)
	if properties is not None:
		digests[1].text = properties_digest(properties)


def _digest(parent: etree._Element, value: str) -> None:
	_add(parent, "ds:DigestMethod", Algorithm=SHA256)
	_add(parent, "ds:DigestValue", value)


def _add(parent: etree._Element, name: str, text: str | None = None, **attributes: str) -> etree._Element:
	element = etree.SubElement(parent, qname(name), attributes)
	element.text = text
	return element
