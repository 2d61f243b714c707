"""A PDF is completed to PDF/A-3 with its XML; read back with a library that the product does not use."""

from __future__ import annotations

import hashlib
import re
from datetime import datetime, timedelta, timezone
from io import BytesIO

import pikepdf
import pytest
from lxml import etree
from pypdf import PdfWriter
from pypdf.errors import PdfReadError

from saudi_crm_billing.e_invoicing.engine.pdfa import Description, Embedded, complete

RIYADH = timezone(timedelta(hours=3))
MADE = datetime(2026, 11, 22, 14, 30, 5, tzinfo=RIYADH)
CHANGED = datetime(2026, 11, 21, 9, 0, 1, tzinfo=RIYADH)
DESCRIPTION = Description("فاتورة ضريبية A<1> & B", "شركة الرياض", "Tax Invoice", "Saudi CRM Billing", MADE)
NAME = "399999999900003_20261121T090001_A-1.xml"
CONTENT = "<Invoice>مرحبا\r\n</Invoice>".encode()
NS = {
	"rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
	"dc": "http://purl.org/dc/elements/1.1/",
	"xmp": "http://ns.adobe.com/xap/1.0/",
	"pdf": "http://ns.adobe.com/pdf/1.3/",
	"pdfaid": "http://www.aiim.org/pdfa/ns/id/",
}


def a_plain_pdf() -> bytes:
	writer, out = PdfWriter(), BytesIO()
	writer.add_blank_page(595, 842)
	writer.metadata = {"/Producer": "A printer", "/Keywords": "left over"}
	writer.write(out)
	return out.getvalue()


def completed(name: str = NAME, content: bytes = CONTENT) -> bytes:
	return complete(a_plain_pdf(), DESCRIPTION, Embedded(name, content, CHANGED))


def test_the_xml_is_in_it_unchanged_under_its_name() -> None:
	with pikepdf.open(BytesIO(completed())) as pdf:
		(attached,) = pdf.attachments.values()
		assert attached.filename == NAME
		file = attached.get_file()
		assert file.read_bytes() == CONTENT
		assert file.mime_type == "text/xml"
		assert file.md5 == hashlib.md5(CONTENT).digest()
		assert file.size == len(CONTENT)
		assert file.obj.Params.ModDate == "D:20261121090001+03'00'"


def test_the_file_is_associated_with_the_document() -> None:
	with pikepdf.open(BytesIO(completed())) as pdf:
		(associated,) = pdf.Root.AF
		assert associated.is_indirect
		assert associated.AFRelationship == pikepdf.Name.Alternative
		names = pdf.Root.Names.EmbeddedFiles.Names
		assert str(names[0]) == NAME and names[1].objgen == associated.objgen
		assert (str(associated.F), str(associated.UF)) == (NAME, NAME)
		assert associated.EF.F.objgen == associated.EF.UF.objgen


def test_metadata_and_information_say_the_same() -> None:
	with pikepdf.open(BytesIO(completed())) as pdf:
		assert pikepdf.Name.Filter not in pdf.Root.Metadata
		packet = pdf.Root.Metadata.read_bytes()
		info = {key: str(value) for key, value in pdf.docinfo.items()}
	assert info == {
		"/Title": DESCRIPTION.title,
		"/Author": DESCRIPTION.author,
		"/Subject": DESCRIPTION.subject,
		"/Creator": DESCRIPTION.creator,
		"/Producer": "A printer",
		"/CreationDate": "D:20261122143005+03'00'",
		"/ModDate": "D:20261122143005+03'00'",
	}
	xmp = etree.fromstring(packet)

	def text(path: str) -> str | None:
		return xmp.findtext(f".//{path}", namespaces=NS)

	assert (text("pdfaid:part"), text("pdfaid:conformance")) == ("3", "B")
	assert text("dc:title/rdf:Alt/rdf:li") == info["/Title"]
	assert text("dc:creator/rdf:Seq/rdf:li") == info["/Author"]
	assert text("dc:description/rdf:Alt/rdf:li") == info["/Subject"]
	assert text("pdf:Producer") == info["/Producer"]
	assert text("xmp:CreatorTool") == info["/Creator"]
	assert text("xmp:CreateDate") == text("xmp:ModifyDate") == "2026-11-22T14:30:05+03:00"


def test_the_file_has_an_identifier_of_its_content() -> None:
	def identifiers(pdf: bytes) -> tuple[bytes, bytes]:
		with pikepdf.open(BytesIO(pdf)) as opened:
			first, second = opened.trailer.ID
			return bytes(first), bytes(second)

	first, second = identifiers(completed())
	assert len(first) >= 16 and first == second
	assert identifiers(completed()) == (first, second)
	assert identifiers(completed(content=b"<Invoice/>")) != (first, second)


def test_the_head_is_that_of_a_binary_file() -> None:
	"""ISO 19005-3, 6.1.2: version, then a comment of four bytes above 127."""
	assert re.match(rb"%PDF-1\.7\n%[\x80-\xff]{4}\n", completed())


def test_a_second_completing_replaces_the_first() -> None:
	twice = complete(completed("first.xml", b"<first/>"), DESCRIPTION, Embedded(NAME, CONTENT, CHANGED))
	with pikepdf.open(BytesIO(twice)) as pdf:
		assert list(pdf.attachments) == [NAME] and len(pdf.Root.AF) == 1
		assert sum(obj.get("/Type") == "/Metadata" for obj in pdf.objects if hasattr(obj, "keys")) == 1


def test_what_is_no_pdf_is_refused() -> None:
	with pytest.raises(PdfReadError):
		complete(b"no pdf", DESCRIPTION, Embedded(NAME, CONTENT, CHANGED))
