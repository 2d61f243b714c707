"""A PDF of an e-invoice completed to PDF/A-3 (ISO 19005-3) with the e-invoice in it.

WeasyPrint 59 writes colours, fonts and most of the structure as PDF/A asks, but no associated file, no identifier of
the file and metadata of its own kind; these are written here. Bytes in, bytes out.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from xml.sax.saxutils import escape

from pypdf import PdfReader, PdfWriter
from pypdf.generic import (
	ArrayObject,
	ByteStringObject,
	DecodedStreamObject,
	DictionaryObject,
	IndirectObject,
	NameObject,
	NumberObject,
	StreamObject,
	TextStringObject,
)

from saudi_crm_billing.e_invoicing.engine import pdf_text
from saudi_crm_billing.e_invoicing.engine.pdf_text import Letters

MIME_TYPE = "/text/xml"
"""text/xml, not application/xml: what Factur-X and ZUGFeRD prescribe and readers of embedded invoices look for;
RFC 7303 holds both for the same."""
RELATIONSHIP = "/Alternative"
"""The XML says in another form what the pages say (ISO 19005-3, annex E). Not /Source: the pages also show what is not
in the XML, such as the instalments; nor /Data, which stands for a part of a page, such as a table."""
XMP = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/">
<pdfaid:part>3</pdfaid:part><pdfaid:conformance>B</pdfaid:conformance></rdf:Description>
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:format>application/pdf</dc:format>
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title>
<dc:creator><rdf:Seq><rdf:li>{author}</rdf:li></rdf:Seq></dc:creator>
<dc:description><rdf:Alt><rdf:li xml:lang="x-default">{subject}</rdf:li></rdf:Alt></dc:description></rdf:Description>
<rdf:Description rdf:about="" xmlns:pdf="http://ns.adobe.com/pdf/1.3/">
<pdf:Producer>{producer}</pdf:Producer></rdf:Description>
<rdf:Description rdf:about="" xmlns:xmp="http://ns.adobe.com/xap/1.0/"><xmp:CreatorTool>{creator}</xmp:CreatorTool>
<xmp:CreateDate>{made}</xmp:CreateDate><xmp:ModifyDate>{made}</xmp:ModifyDate></rdf:Description>
</rdf:RDF></x:xmpmeta>
<?xpacket end="w"?>"""


@dataclass(frozen=True)
class Description:
	"""What the file says of itself, in the information dictionary and in the XMP metadata alike; `made` with its zone."""

	title: str
	author: str
	subject: str
	creator: str
	made: datetime


@dataclass(frozen=True)
class Embedded:
	"""The XML that goes into the file, unchanged; `changed` is when it took this form, with its zone."""

	name: str
	content: bytes
	changed: datetime


def complete(
	pdf: bytes, description: Description, embedded: Embedded, letters: Letters | None = None
) -> bytes:
	"""`pdf`, which must be PDF/A already in fonts, colours and content, as PDF/A-3b with the XML embedded.

	`letters` say what the glyphs of its fonts stand for, where that is known better than WeasyPrint knows it.
	Raises pypdf's `PdfReadError` where `pdf` is none.
	"""
	writer = PdfWriter(clone_from=PdfReader(BytesIO(pdf)))
	writer.pdf_header = "%PDF-1.7"
	_describe(writer, description)
	_embed(writer, embedded)
	pdf_text.mend(writer, letters or {})
	writer.generate_file_identifiers()
	out = BytesIO()
	writer.write(out)
	return out.getvalue()


def _describe(writer: PdfWriter, description: Description) -> None:
	found = writer.metadata
	producer = str(found.producer) if found and found.producer else "pypdf"
	made = _pdf_date(description.made)
	writer.metadata = {
		"/Title": description.title,
		"/Author": description.author,
		"/Subject": description.subject,
		"/Creator": description.creator,
		"/Producer": producer,
		"/CreationDate": made,
		"/ModDate": made,
	}
	texts = {
		"title": description.title,
		"author": description.author,
		"subject": description.subject,
		"creator": description.creator,
		"producer": producer,
		"made": description.made.isoformat(timespec="seconds"),
	}
	_set_metadata(writer, XMP.format(**{key: escape(text) for key, text in texts.items()}).encode())


def _set_metadata(writer: PdfWriter, xmp: bytes) -> None:
	"""Without a filter, so that programs that know no PDF can find it."""
	stream = _stream(xmp, {"/Type": NameObject("/Metadata"), "/Subtype": NameObject("/XML")})
	catalog = writer.root_object
	if "/Metadata" in catalog:
		writer._replace_object(catalog.raw_get("/Metadata"), stream)
	else:
		catalog[NameObject("/Metadata")] = writer._add_object(stream)


def _embed(writer: PdfWriter, embedded: Embedded) -> None:
	"""In the tree of embedded files, where every reader looks, and as associated with the document."""
	reference = _file_specification(writer, embedded)
	files = DictionaryObject(
		{NameObject("/Names"): ArrayObject([TextStringObject(embedded.name), reference])}
	)
	catalog = writer.root_object
	if "/Names" not in catalog:
		catalog[NameObject("/Names")] = DictionaryObject()
	names = catalog["/Names"].get_object()
	assert isinstance(names, DictionaryObject)
	names[NameObject("/EmbeddedFiles")] = writer._add_object(files)
	catalog[NameObject("/AF")] = ArrayObject([reference])


def _file_specification(writer: PdfWriter, embedded: Embedded) -> IndirectObject:
	"""Both names and both streams' entries (ISO 19005-3, 6.8): older readers know /F only."""
	file = writer._add_object(_embedded_file(embedded))
	name = TextStringObject(embedded.name)
	specification = DictionaryObject(
		{
			NameObject("/Type"): NameObject("/Filespec"),
			NameObject("/F"): name,
			NameObject("/UF"): name,
			NameObject("/Desc"): TextStringObject("ZATCA e-invoice (UBL 2.1)"),
			NameObject("/AFRelationship"): NameObject(RELATIONSHIP),
			NameObject("/EF"): DictionaryObject({NameObject("/F"): file, NameObject("/UF"): file}),
		}
	)
	return writer._add_object(specification)


def _embedded_file(embedded: Embedded) -> StreamObject:
	parameters = DictionaryObject(
		{
			NameObject("/Size"): NumberObject(len(embedded.content)),
			NameObject("/ModDate"): TextStringObject(_pdf_date(embedded.changed)),
			NameObject("/CheckSum"): ByteStringObject(
				hashlib.md5(embedded.content, usedforsecurity=False).digest()
			),
		}
	)
	stream = _stream(
		embedded.content,
		{
			"/Type": NameObject("/EmbeddedFile"),
			"/Subtype": NameObject(MIME_TYPE),
			"/Params": parameters,
		},
	)
	return stream.flate_encode()


def _stream(content: bytes, entries: Mapping[str, NameObject | DictionaryObject]) -> DecodedStreamObject:
	stream = DecodedStreamObject()
	stream.set_data(content)
	stream.update({NameObject(key): value for key, value in entries.items()})
	return stream


def _pdf_date(moment: datetime) -> str:
	"""As PDF writes a moment: D:20261122143005+03'00'."""
	zone = moment.strftime("%z") or "+0000"
	return f"D:{moment:%Y%m%d%H%M%S}{zone[:3]}'{zone[3:5]}'"
