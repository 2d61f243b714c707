"""The buyer's copy is PDF/A-3b with the stored XML in it: each entry read with pikepdf, which the product does not use."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import advance_helpers as adv
import e_invoicing_helpers as zatca
import factories as make
import frappe
import pikepdf
import pos_helpers as pos
import pytest
from e_invoicing_fixtures import gateway, sandbox, unit
from frappe.model.document import Document
from lxml import etree

from saudi_crm_billing.e_invoicing import api
from saudi_crm_billing.e_invoicing.engine.hashing import invoice_hash
from saudi_crm_billing.e_invoicing.prints import pdf
from saudi_crm_billing.printing import pages, rendering

__all__ = ["gateway", "sandbox", "unit"]

FONT = re.compile(r"/[A-Z]{6}\+IBM-Plex-Sans-Arabic(-Bold)?")
PROJECT = Path(__file__).resolve().parents[2]
ENTRY = re.compile(rb"^<[0-9a-f]{4}> <([0-9a-f]+)>", re.MULTILINE)
PDFAID = "{http://www.aiim.org/pdfa/ns/id/}"


@pytest.fixture
def invoice(unit: Document) -> Document:
	"""A cleared tax invoice."""
	invoice = zatca.submitted(zatca.an_invoice(zatca.a_business(), [make.line(rate=1000, qty=2)]))
	assert zatca.sent(invoice).state == "Cleared"
	return invoice


def opened(content: bytes) -> pikepdf.Pdf:
	return pikepdf.open(BytesIO(content))


def xml_in(content: bytes) -> tuple[str, bytes]:
	with opened(content) as document:
		((name, attached),) = document.attachments.items()
		return name, attached.get_file().read_bytes()


def every_dictionary(document: pikepdf.Pdf) -> Iterator[Any]:
	"""All dictionaries of the file, those of streams and those within others too."""
	waiting: list[Any] = list(document.objects)
	while waiting:
		each = waiting.pop()
		if isinstance(each, (pikepdf.Dictionary, pikepdf.Stream)):
			yield each
			waiting.extend(value for _key, value in each.items() if is_direct(value))
		elif isinstance(each, pikepdf.Array):
			waiting.extend(value for value in each if is_direct(value))


def is_direct(value: Any) -> bool:
	return isinstance(value, (pikepdf.Dictionary, pikepdf.Stream, pikepdf.Array)) and not value.is_indirect


def test_the_embedded_file_is_the_cleared_xml_to_the_byte(invoice: Document) -> None:
	document = zatca.document_of(invoice)
	name, content = xml_in(pdf.for_buyer(invoice))
	assert document.cleared_xml != document.xml
	assert content == document.cleared_xml.encode()
	assert invoice_hash(content) == document.invoice_hash
	issued = re.sub("[-:]", "", zatca.stated_issue(document))
	assert name == f"{zatca.SELLER_VAT}_{issued}_{invoice.name}.xml"
	assert pdf.file_name(invoice) == f"{zatca.SELLER_VAT}_{issued}_{invoice.name}.pdf"


def test_a_simplified_invoice_is_given_at_once_with_its_xml_as_issued(unit: Document) -> None:
	invoice = zatca.submitted(zatca.an_invoice(zatca.a_person()))
	document = zatca.document_of(invoice)
	assert document.state == "Pending"
	assert xml_in(pdf.for_buyer(invoice))[1] == document.xml.encode()


def test_the_file_is_associated_with_all_its_entries(invoice: Document) -> None:
	document = zatca.document_of(invoice)
	with opened(pdf.for_buyer(invoice)) as copy:
		(specification,) = copy.Root.AF
		assert specification.AFRelationship == pikepdf.Name.Alternative
		tree = copy.Root.Names.EmbeddedFiles.Names
		assert len(tree) == 2 and tree[1].objgen == specification.objgen
		assert str(specification.F) == str(specification.UF) == str(tree[0])
		file = specification.EF.F
		assert file.objgen == specification.EF.UF.objgen
		assert file.Type == pikepdf.Name.EmbeddedFile
		assert str(file.Subtype) == "/text/xml"
		xml = document.cleared_xml.encode()
		assert int(file.Params.Size) == len(xml)
		assert bytes(file.Params.CheckSum) == hashlib.md5(xml).digest()
		assert re.fullmatch(r"D:\d{14}\+03'00'", str(file.Params.ModDate))


def test_metadata_names_the_standard_and_agrees_with_the_information(invoice: Document) -> None:
	with opened(pdf.for_buyer(invoice)) as copy:
		metadata = copy.Root.Metadata
		assert (metadata.Type, metadata.Subtype) == (pikepdf.Name.Metadata, pikepdf.Name.XML)
		assert pikepdf.Name.Filter not in metadata
		xmp = etree.fromstring(metadata.read_bytes())
		assert xmp.findtext(f".//{PDFAID}part") == "3"
		assert xmp.findtext(f".//{PDFAID}conformance") == "B"
		with copy.open_metadata() as found:
			assert found.pdfa_status == "3B"
			info = copy.docinfo
			assert found["dc:title"] == str(info.Title) == f"فاتورة ضريبية {invoice.name}"
			assert found["dc:creator"] == [str(info.Author)] and "شركة الرياض التجارية" in str(info.Author)
			assert found["dc:description"] == str(info.Subject) == f"Tax Invoice {invoice.name}"
			assert found["pdf:Producer"] == str(info.Producer)
			assert found["xmp:CreatorTool"] == str(info.Creator)
			for field, entry in (("xmp:CreateDate", info.CreationDate), ("xmp:ModifyDate", info.ModDate)):
				said = datetime.fromisoformat(str(found[field]))
				assert said.strftime("D:%Y%m%d%H%M%S+03'00'") == str(entry)


def test_the_file_has_an_identifier_and_a_binary_head(invoice: Document) -> None:
	content = pdf.for_buyer(invoice)
	assert re.match(rb"%PDF-1\.7\n%[\x80-\xff]{4}\n", content)
	assert content.rstrip().endswith(b"%%EOF")
	with opened(content) as copy:
		first, second = copy.trailer.ID
		assert len(bytes(first)) >= 16 and len(bytes(second)) >= 16
		assert not copy.is_encrypted
		assert copy.check_pdf_syntax() == []


def test_colours_are_those_of_the_profile_in_it(invoice: Document) -> None:
	with opened(pdf.for_buyer(invoice)) as copy:
		(intent,) = copy.Root.OutputIntents
		assert intent.S == pikepdf.Name("/GTS_PDFA1")
		assert str(intent.OutputConditionIdentifier) == "sRGB IEC61966-2.1"
		profile = intent.DestOutputProfile
		assert int(profile.N) == 3
		assert profile.read_bytes()[36:40] == b"acsp" and profile.read_bytes()[16:20] == b"RGB "
		assert "/DeviceCMYK" not in {str(each.get("/ColorSpace")) for each in every_dictionary(copy)}
		for page in copy.pages:
			rows = pikepdf.parse_content_stream(page)
			assert not {str(row.operator) for row in rows} & {"k", "K"}


def test_no_text_shows_the_glyph_of_a_missing_letter(invoice: Document) -> None:
	"""ISO 19005-3, 6.2.11.8."""
	with opened(pdf.for_buyer(invoice)) as copy:
		shown = [
			bytes(text)
			for page in copy.pages
			for row in pikepdf.parse_content_stream(page, "TJ")
			for text in row.operands[0]
			if isinstance(text, pikepdf.String)
		]
	glyphs = {text[at : at + 2] for text in shown for at in range(0, len(text), 2)}
	assert len(glyphs) > 50 and b"\0\0" not in glyphs


def test_each_glyph_says_its_own_letters(invoice: Document) -> None:
	"""WeasyPrint gives whole words to one Arabic glyph and nothing to the next."""
	with opened(pdf.for_buyer(invoice)) as copy:
		maps = [each.ToUnicode.read_bytes() for each in every_dictionary(copy) if "/ToUnicode" in each]
	assert len(maps) == 2
	for text in maps:
		assert b"<>" not in text
		assert all(int(size) <= 100 for size in re.findall(rb"(\d+) beginbfchar", text))
		letters = [bytes.fromhex(row.decode()).decode("utf-16-be") for row in ENTRY.findall(text)]
		assert max(len(each) for each in letters) <= 3
		assert {"ف", "ض", "A", "1"} <= set("".join(letters))


def test_every_font_is_an_embedded_subset_of_the_apps_own(invoice: Document) -> None:
	with opened(pdf.for_buyer(invoice)) as copy:
		assert_own_fonts(copy)


def assert_own_fonts(copy: pikepdf.Pdf) -> None:
	fonts = [each for each in every_dictionary(copy) if each.get("/Type") == "/Font"]
	names = {str(font.BaseFont) for font in fonts}
	assert len(names) == 2 and all(FONT.fullmatch(name) for name in names), names
	for font in fonts:
		if font.Subtype == "/CIDFontType2":
			assert font.CIDToGIDMap == pikepdf.Name.Identity
			assert len(font.FontDescriptor.FontFile2.read_bytes()) < 120_000
		else:
			assert font.Subtype == "/Type0" and font.Encoding == "/Identity-H" and "/ToUnicode" in font


def test_nothing_that_the_standard_forbids_is_in_it(invoice: Document) -> None:
	with opened(pdf.for_buyer(invoice)) as copy:
		for each in every_dictionary(copy):
			assert not {
				"/JS",
				"/JavaScript",
				"/AA",
				"/OpenAction",
				"/Launch",
				"/XFA",
				"/TR",
				"/OPI",
				"/Ref",
			} & set(each.keys())
			assert each.get("/Interpolate") in (None, False)
			assert "/LZWDecode" not in str(each.get("/Filter"))
			assert each.get("/S") not in ("/Transparency", "/JavaScript", "/URI")
			assert each.get("/SMask") in (None, "/None")
		assert all("/Annots" not in page for page in copy.pages)
		assert str(copy.Root.Lang) == "ar"


def test_a_letter_head_is_printed_with_its_picture_in_the_profiles_colours(invoice: Document) -> None:
	from PIL import Image

	out = BytesIO()
	Image.new("CMYK", (40, 20), (0, 255, 255, 0)).save(out, "JPEG")
	logo = make.insert("File", file_name="scb-logo.jpg", content=out.getvalue(), is_private=0)
	secret = make.insert("File", file_name="scb-secret.jpg", content=out.getvalue() + b" ", is_private=1)
	try:
		head = make.insert(
			"Letter Head",
			letter_head_name="SCB Test",
			source="HTML",
			content=f'<b>{{{{ doc.name }}}} head</b><img src="{logo.file_url}"><img src="{secret.file_url}">',
			footer="Since 1990",
		)
		invoice.letter_head = head.name
		content = pdf.make(invoice)
	finally:
		for file in (logo, secret):
			file.delete()  # takes the file off the disk too
	assert f"{invoice.name} head" in text_of(content) and "Since 1990" in text_of(content)
	with opened(content) as copy:
		pictures = [each for each in every_dictionary(copy) if each.get("/Subtype") == "/Image"]
		assert sorted(int(each.Width) for each in pictures)[0] == 40 and len(pictures) == 2
		assert {str(each.ColorSpace) for each in pictures} == {"/DeviceRGB"}


def test_whoever_reads_the_invoice_downloads_the_copy(invoice: Document) -> None:
	frappe.set_user(make.a_user("e-invoice-clerk@example.com", "Accounts User"))
	api.download_pdf(invoice.scb_zatca_document)
	response = frappe.response
	assert (response.type, response.filename) == ("download", pdf.file_name(invoice))
	assert xml_in(response.filecontent)[1] == zatca.document_of(invoice).cleared_xml.encode()


def test_who_may_not_read_the_invoice_gets_no_copy(
	invoice: Document, monkeypatch: pytest.MonkeyPatch
) -> None:
	monkeypatch.setattr(pdf, "make", lambda source: pytest.fail("made before the permission was asked"))
	frappe.set_user(make.a_user("e-invoice-sales@example.com", "Sales User"))
	for document in (invoice.scb_zatca_document, "no such document"):
		with pytest.raises(frappe.PermissionError, match="Not permitted"):
			api.download_pdf(document)
	frappe.set_user("Guest")
	with pytest.raises(frappe.PermissionError):
		api.download_pdf(invoice.scb_zatca_document)


def test_a_standard_invoice_is_given_to_nobody_before_its_clearance(unit: Document) -> None:
	invoice = zatca.submitted(zatca.an_invoice(zatca.a_business()))
	with pytest.raises(frappe.ValidationError, match="ZATCA has not accepted its e-invoice"):
		api.download_pdf(invoice.scb_zatca_document)
	zatca.sent(invoice)
	api.download_pdf(invoice.scb_zatca_document)


def test_an_advance_and_the_invoice_that_settles_it_have_copies(unit: Document) -> None:
	adv.invoices_advances()
	customer = zatca.a_business()
	entry = adv.received(customer, 2300)
	assert zatca.sent(entry).state == "Cleared"
	text = text_of(pdf.for_buyer(entry))
	assert "Tax Invoice for an Advance" in text and "2,300.00 SAR" in text
	assert xml_in(pdf.for_buyer(entry))[1] == zatca.document_of(entry).cleared_xml.encode()
	invoice = zatca.submitted(adv.using(zatca.an_invoice(customer, [make.line(rate=10000)]), (entry, 2300)))
	zatca.sent(invoice)
	text = text_of(pdf.for_buyer(invoice))
	assert entry.name in text and "−2,300.00" in text and "9,200.00 SAR" in text


def test_a_sale_at_the_till_has_a_copy(unit: Document) -> None:
	sale = pos.sold(pos.a_sale(zatca.a_person()))
	assert xml_in(pdf.for_buyer(sale))[1] == zatca.document_of(sale).xml.encode()
	assert "Simplified Tax Invoice" in text_of(pdf.for_buyer(sale))


def test_a_draft_and_an_invoice_without_e_invoice_have_no_copy(unit: Document) -> None:
	draft = zatca.an_invoice(zatca.a_person()).insert()
	with pytest.raises(frappe.ValidationError, match=f"{draft.name} has no e-invoice"):
		pdf.for_buyer(draft)


def test_a_cleared_invoice_without_its_stamp_is_to_be_had_at_the_portal(invoice: Document) -> None:
	frappe.db.set_value("ZATCA Document", invoice.scb_zatca_document, "cleared_xml", None)
	with pytest.raises(frappe.ValidationError, match="download it from the Fatoora portal"):
		pdf.for_buyer(invoice)


def text_of(content: bytes) -> str:
	from pypdf import PdfReader

	return "\n".join(page.extract_text() for page in PdfReader(BytesIO(content)).pages)


def test_a_long_invoice_repeats_the_head_of_its_table_and_counts_its_pages(unit: Document) -> None:
	lines = [make.line(rate=100 + number) for number in range(40)]
	invoice = zatca.submitted(zatca.an_invoice(zatca.a_person(), lines))
	content = pdf.for_buyer(invoice)
	with opened(content) as copy:
		assert len(copy.pages) == 2
		assert {tuple(round(float(side)) for side in page.mediabox) for page in copy.pages} == {
			(0, 0, 595, 842)
		}
	text = text_of(content)
	assert text.count("Goods or service") == 2
	assert "1 / 2" in text and "2 / 2" in text


needs_poppler = pytest.mark.skipif(not shutil.which("pdftoppm"), reason="pdftoppm is not installed")


def images(content: bytes, folder: Path) -> list[Any]:
	from PIL import Image

	(folder / "copy.pdf").write_bytes(content)
	subprocess.run(["pdftoppm", "-r", "60", "-png", folder / "copy.pdf", folder / "page"], check=True)
	return [Image.open(path).convert("L") for path in sorted(folder.glob("page*.png"))]


@needs_poppler
def test_arabic_text_can_be_searched(invoice: Document, tmp_path: Path) -> None:
	(tmp_path / "copy.pdf").write_bytes(pdf.for_buyer(invoice))
	told = subprocess.run(
		["pdftotext", tmp_path / "copy.pdf", "-"], check=True, capture_output=True, text=True
	)
	text = re.sub("[\u200e\u200f\u202a-\u202e\u2066-\u2069]", "", told.stdout)
	for words in ("فاتورة", "المبلغ الخاضع", "السلعة أو الخدمة", zatca.SELLER_VAT, "2,300.00"):
		assert words in text
	assert told.stderr == ""


@needs_poppler
def test_the_page_shows_something_and_nothing_beyond_its_margins(invoice: Document, tmp_path: Path) -> None:
	(page,) = images(pdf.for_buyer(invoice), tmp_path)
	width, height = page.size
	dark = sum(page.histogram()[:128]) / (width * height)
	assert 0.01 < dark < 0.4
	box = page.point(lambda value: 255 if value < 200 else 0).getbbox()
	assert box and box[0] > width * 0.03 and box[2] < width * 0.97 and box[3] < height * 0.985


def test_no_font_of_the_system_is_needed(invoice: Document, tmp_path: Path) -> None:
	"""The same page by a process of its own whose fontconfig knows no font at all."""
	(tmp_path / "fonts.conf").write_text(
		'<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd">'
		f"<fontconfig><cachedir>{tmp_path}</cachedir></fontconfig>"
	)
	(tmp_path / "page.html").write_text(pdf.html_of(invoice))
	program = (
		"import sys, pathlib\n"
		"from saudi_crm_billing.printing import rendering\n"
		"html = pathlib.Path(sys.argv[1]).read_text()\n"
		"pathlib.Path(sys.argv[2]).write_bytes(rendering.to_pdf(html, lambda path: None))\n"
	)
	out = tmp_path / "page.pdf"
	environment = {**os.environ, "FONTCONFIG_FILE": str(tmp_path / "fonts.conf"), "PYTHONPATH": str(PROJECT)}
	subprocess.run(
		[sys.executable, "-c", program, tmp_path / "page.html", out], env=environment, cwd=PROJECT, check=True
	)
	with opened(out.read_bytes()) as copy:
		assert_own_fonts(copy)
	assert text_of(out.read_bytes()) == text_of(rendering.to_pdf(pdf.html_of(invoice), pages.site_file))


def test_nothing_is_asked_of_the_network(monkeypatch: pytest.MonkeyPatch) -> None:
	def refuse(*arguments: object, **options: object) -> None:
		raise AssertionError("the network was asked")

	asked: list[str] = []

	def read_file(path: str) -> None:
		asked.append(path)

	monkeypatch.setattr("socket.socket.connect", refuse)
	html = (
		'<html><head><link rel="stylesheet" href="https://evil.example/a.css"></head><body>'
		'<img src="https://evil.example/a.png"><img src="file:///etc/passwd"><img src="/files/logo.png">'
		"<p>text</p></body></html>"
	)
	content = rendering.to_pdf(html, read_file)
	assert asked == ["/files/logo.png"] and content.startswith(b"%PDF")
