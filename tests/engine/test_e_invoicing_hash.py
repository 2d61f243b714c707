"""The invoice hash against the official samples."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable

import oracle
import pytest
from e_invoice_samples import (
	a_simplified_invoice,
	a_standard_invoice,
	needs_official,
	official,
	official_manifest,
	signed,
)
from lxml import etree

from saudi_crm_billing.e_invoicing.engine.hashing import (
	FIRST_PREVIOUS_HASH,
	hash_bytes,
	invoice_hash,
	is_same,
)
from saudi_crm_billing.e_invoicing.engine.ubl import build
from saudi_crm_billing.e_invoicing.engine.xml import NS, parse


@needs_official
@pytest.mark.parametrize("row", official_manifest(), ids=lambda row: row["file"])
def test_official_sample_reproduces_its_hash(row: dict[str, str]) -> None:
	data = official(row)
	assert hashlib.sha256(data).hexdigest() == row["sha256"], "the sample itself was altered"
	assert invoice_hash(data) == row["invoice_hash"]


@needs_official
def test_the_samples_are_all_there() -> None:
	assert len(official_manifest()) == 9


def test_first_previous_hash_is_the_one_the_rule_names() -> None:
	assert FIRST_PREVIOUS_HASH == (
		"NWZlY2ViNjZmZmM4NmYzOGQ5NTI3ODZjNmQ2OTZjNzljMmRiYzIzOWRkNGU5MWI0NjcyOWQ3M2EyN2ZiNTdlOQ=="
	)


def test_signing_does_not_change_the_hash() -> None:
	unsigned = build(a_simplified_invoice())
	assert invoice_hash(unsigned) == signed(a_simplified_invoice()).invoice_hash


def test_hash_of_bytes_and_of_element_agree_and_the_element_stays_whole() -> None:
	data = signed(a_simplified_invoice()).xml
	root = parse(data)
	before = etree.tostring(root)
	assert invoice_hash(root) == invoice_hash(data)
	assert etree.tostring(root) == before


def test_hash_is_32_bytes_in_base64() -> None:
	data = build(a_simplified_invoice())
	assert base64.b64decode(invoice_hash(data)) == hash_bytes(data)
	assert len(hash_bytes(data)) == 32


@pytest.mark.parametrize(
	("old", "new"),
	[("cbc:Note", None), ("14:30:00", "14:30:01"), ("1750.00", "1750.01"), ("Laptop", "laptop")],
)
def test_any_change_of_the_content_changes_the_hash(old: str, new: str | None) -> None:
	data = build(a_simplified_invoice(notes=("a note",)))
	changed = (
		data.replace(b"a note", b"a Note") if new is None else data.replace(old.encode(), new.encode(), 1)
	)
	assert changed != data
	assert invoice_hash(changed) != invoice_hash(data)


def test_comments_and_the_declaration_do_not_count() -> None:
	data = build(a_simplified_invoice())
	without_declaration = etree.tostring(parse(data))
	assert invoice_hash(without_declaration) == invoice_hash(data)
	assert invoice_hash(data.replace(b"</Invoice>", b"<!-- seen --></Invoice>")) == invoice_hash(data)


@pytest.mark.parametrize(
	"edit",
	[
		lambda data: data,
		lambda data: data.replace(b"</Invoice>", b"<!-- seen --> </Invoice>"),
		lambda data: data.replace(b"Laptop", b"<![CDATA[<Laptop> & more]]>"),
		lambda data: data.replace(b"Laptop", "شاشة &#xD; &lt;&gt; &quot;".encode()),
		lambda data: data.replace(b'currencyID="SAR"', b"currencyID='SAR'  "),
		lambda data: data.replace(b"\n", b"\r\n"),
		lambda data: data.replace(b"</cac:Signature>", b"</cac:Signature>\n\t  "),
		lambda data: data.replace(b"<cac:Signature>", b"\n <cac:Signature>"),
		lambda data: data.replace(b"</ext:UBLExtensions>", b"</ext:UBLExtensions>\n\n"),
	],
)
def test_an_independent_library_computes_the_same_hash(edit: Callable[[bytes], bytes]) -> None:
	for make in (a_simplified_invoice, a_standard_invoice):
		data = edit(signed(make()).xml)
		assert invoice_hash(data) == oracle.invoice_hash(data)


def test_whitespace_counts() -> None:
	data = build(a_simplified_invoice())
	assert invoice_hash(data.replace(b"</Invoice>", b" </Invoice>")) != invoice_hash(data)


def test_two_documents_are_one_but_for_stamp_and_white_space() -> None:
	xml = signed(a_standard_invoice()).xml
	assert is_same(xml, xml)
	assert is_same(xml.replace(b"<cbc:UUID>", b"\n\t<cbc:UUID>"), xml)
	assert not is_same(xml.replace(b"<cbc:UUID>8", b"<cbc:UUID>9"), xml)
	assert not is_same(b"<broken", xml)
	twice = xml.replace(b"<cac:Signature>", b"<cac:Signature></cac:Signature><cac:Signature>")
	assert not is_same(twice, xml), "a second part that the hash leaves out could say anything"


def a_stamped_look(edit: Callable[[bytes], bytes]) -> tuple[bytes, bytes]:
	issued = signed(a_standard_invoice()).xml
	returned = edit(issued)
	assert returned != issued, "the edit found its place"
	return returned, issued


@pytest.mark.parametrize(
	"edit",
	[
		lambda xml: xml.replace(b"<Invoice ", b'<Invoice xmlns:q="urn:q" ', 1),
		lambda xml: xml.replace(b"<cbc:UUID>", b'<cbc:UUID xmlns:q="urn:q">', 1),
		lambda xml: xml.replace(b"cbc:", b"b:").replace(b"xmlns:cbc=", b"xmlns:b="),
		lambda xml: xml.replace(b"<cbc:UUID>", f'<UUID xmlns="{NS["cbc"]}">'.encode()).replace(
			b"</cbc:UUID>", b"</UUID>"
		),
		lambda xml: re.sub(rb"(<[\w:]+)( \w+=\"[^\"]*\")( \w+=\"[^\"]*\")>", rb"\1\3\2>", xml),
		lambda xml: re.sub(rb">\s+<", b"><", xml),
		lambda xml: xml.replace(b"<cbc:UUID>", b"\n\t<cbc:UUID>"),
		lambda xml: xml.replace(b"\n", b"\r\n"),
		lambda xml: xml.replace(b"<cbc:UUID>", b"<!-- cleared --><cbc:UUID>"),
	],
	ids=[
		"namespace on the root",
		"namespace inside",
		"prefix",
		"default namespace",
		"order of attributes",
		"closed up",
		"spread out",
		"line ends",
		"comment",
	],
)
def test_a_stamped_xml_may_be_written_otherwise(edit: Callable[[bytes], bytes]) -> None:
	assert is_same(*a_stamped_look(edit))


@pytest.mark.parametrize(
	"edit",
	[
		lambda xml: re.sub(rb"(<cbc:PayableAmount[^>]*>)", rb"\g<1>1", xml),
		lambda xml: xml.replace(b'currencyID="SAR"', b'currencyID="USD"', 1),
		lambda xml: xml.replace(b' currencyID="SAR"', b"", 1),
		lambda xml: re.sub(rb"(?s)<cac:InvoiceLine>.*?</cac:InvoiceLine>", b"", xml, count=1),
		lambda xml: xml.replace(b"<cac:InvoiceLine>", b"<cbc:Note>more</cbc:Note><cac:InvoiceLine>", 1),
		lambda xml: xml.replace(b"</Invoice>", b"<cbc:Note/></Invoice>"),
		lambda xml: re.sub(
			rb"(?s)(<cbc:ID>.*?</cbc:ID>)\s*(<cbc:UUID>.*?</cbc:UUID>)", rb"\2\1", xml, count=1
		),
		lambda xml: xml.replace(b"cbc:UUID>", b"cac:UUID>"),
		lambda xml: xml.replace(b"<cbc:UUID>", b"<cbc:UUID> "),
		lambda xml: xml.replace(b"<cbc:UUID>", b"paid<cbc:UUID>"),
		lambda xml: xml.replace(b"<cbc:UUID>", b"<?pay twice?><cbc:UUID>"),
		lambda xml: re.sub(
			rb"(?s)(<cbc:UUID>[^<]*)(</cbc:UUID>)(\s*<cbc:IssueDate>.*?</cbc:IssueDate>)", rb"\1\3\2", xml
		),
	],
	ids=[
		"amount",
		"currency",
		"attribute gone",
		"line gone",
		"element added",
		"empty element added",
		"order of elements",
		"another namespace",
		"white space in a value",
		"text between",
		"instruction",
		"element moved into another",
	],
)
def test_a_stamped_xml_that_says_something_else_is_found(edit: Callable[[bytes], bytes]) -> None:
	assert not is_same(*a_stamped_look(edit))
