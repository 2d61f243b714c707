"""Hostile and broken input: refused with UnreadableInvoice, a code and both languages, and nothing read or sent."""

from __future__ import annotations

from pathlib import Path

import pytest
from e_invoice_samples import a_line, a_simplified_invoice, signed
from hypothesis import given
from hypothesis import strategies as st

from saudi_crm_billing.e_invoicing.engine.errors import UnreadableInvoice
from saudi_crm_billing.e_invoicing.engine.hashing import invoice_hash
from saudi_crm_billing.e_invoicing.engine.signing import verify
from saudi_crm_billing.e_invoicing.engine.ubl import build
from saudi_crm_billing.e_invoicing.engine.xml import INVOICE, MAX_BYTES, NS, parse, text_at

BOMB = b"""<?xml version="1.0"?><!DOCTYPE Invoice [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">
<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;"><!ENTITY d "&c;&c;&c;&c;&c;&c;&c;&c;">]><Invoice>&d;</Invoice>"""
EXTERNAL = b"""<!DOCTYPE Invoice [<!ENTITY x SYSTEM "file:///etc/passwd">]><Invoice>&x;</Invoice>"""
REMOTE = b"""<!DOCTYPE Invoice SYSTEM "http://127.0.0.1:1/evil.dtd"><Invoice/>"""
UTF7 = b"""<?xml version="1.0" encoding="UTF-7"?>+ADw-Invoice xmlns=+ACI-%s+ACI-/+AD4-""" % INVOICE.encode()


def code_of(data: bytes) -> str:
	with pytest.raises(UnreadableInvoice) as caught:
		parse(data)
	assert caught.value.message_en and caught.value.message_ar
	return caught.value.code


@pytest.mark.parametrize("data", [BOMB, EXTERNAL, REMOTE])
def test_document_types_and_entities_are_refused(data: bytes) -> None:
	assert code_of(data) == "xml-doctype"


def test_an_unknown_entity_is_refused() -> None:
	assert code_of(f'<Invoice xmlns="{INVOICE}">&boom;</Invoice>'.encode()) == "xml-malformed"


@pytest.mark.parametrize(
	"data",
	[
		BOMB.decode().encode("utf-16"),
		EXTERNAL.decode().encode("utf-16"),
		b"\xff\xfe<\x00",
		"سلام".encode("cp1256"),
	],
)
def test_other_encodings_are_refused(data: bytes) -> None:
	assert code_of(data) == "xml-encoding"


def test_entities_cannot_hide_in_an_encoding_the_document_declares() -> None:
	assert code_of(UTF7) == "xml-malformed"
	assert code_of(BOMB.decode().encode("utf-16-le")) == "xml-malformed"


@pytest.mark.parametrize(
	"data", [b"", b"   ", b"not xml", b"<Invoice>", b"\x00" * 10, b"<a/><b/>", b"%PDF-1.7"]
)
def test_what_is_not_xml_is_refused(data: bytes) -> None:
	assert code_of(data) == "xml-malformed"


@pytest.mark.parametrize(
	("data", "root"),
	[
		(b"<html/>", "html"),
		(b"<Invoice/>", "Invoice"),
		(b'<CreditNote xmlns="urn:oasis:names:specification:ubl:schema:xsd:CreditNote-2"/>', "CreditNote"),
	],
)
def test_another_document_is_refused_by_name(data: bytes, root: str) -> None:
	with pytest.raises(UnreadableInvoice) as caught:
		parse(data)
	assert caught.value.code == "not-an-invoice"
	assert caught.value.params == {"root": root}


def test_a_file_above_the_limit_is_refused_before_it_is_parsed() -> None:
	assert code_of(b"<" * (MAX_BYTES + 1)) == "xml-too-large"
	with pytest.raises(UnreadableInvoice, match="has 21 bytes; an invoice may have at most 20"):
		parse(b"x" * 21, limit=20)


def test_a_flood_of_tiny_elements_is_refused() -> None:
	flood = f'<Invoice xmlns="{INVOICE}">'.encode() + b"<a/>" * 700_000 + b"</Invoice>"
	assert code_of(flood) == "xml-too-many-tags"


def test_a_thousand_lines_are_still_an_invoice() -> None:
	data = build(a_simplified_invoice(lines=(a_line(),) * 1000))
	assert len(parse(data).findall("cac:InvoiceLine", NS)) == 1000


def test_deep_nesting_is_refused() -> None:
	deep = f'<Invoice xmlns="{INVOICE}">'.encode() + b"<a>" * 100_000 + b"</a>" * 100_000 + b"</Invoice>"
	assert code_of(deep) == "xml-malformed"


def test_an_external_file_is_never_read(tmp_path: Path) -> None:
	secret = tmp_path / "secret.txt"
	secret.write_text("TOP-SECRET")
	include = f'<Invoice xmlns="{INVOICE}" xmlns:xi="http://www.w3.org/2001/XInclude"><xi:include href="{secret}" parse="text"/></Invoice>'
	assert "TOP-SECRET" not in "".join(parse(include.encode()).itertext())


def test_hash_and_verify_refuse_the_same() -> None:
	for function in (invoice_hash, verify):
		with pytest.raises(UnreadableInvoice):
			function(EXTERNAL)


def test_an_ordinary_invoice_is_read_also_with_a_byte_order_mark() -> None:
	data = build(a_simplified_invoice())
	assert text_at(parse(data), "cbc:ID") == "ACC-SINV-2026-00002"
	assert text_at(parse(b"\xef\xbb\xbf" + data), "cbc:ID") == "ACC-SINV-2026-00002"


SIGNED = signed(a_simplified_invoice()).xml


@given(st.integers(0, len(SIGNED) - 1), st.binary(min_size=1, max_size=4))
def test_a_damaged_invoice_is_read_or_refused_never_anything_else(place: int, junk: bytes) -> None:
	damaged = SIGNED[:place] + junk + SIGNED[place + len(junk) :]
	try:
		verify(damaged)
	except UnreadableInvoice:
		return


def test_a_comment_does_not_cut_a_text_that_the_hash_covers_whole() -> None:
	xml = (
		f"<Invoice xmlns='{NS['ubl']}' xmlns:c='{NS['cbc']}'><c:ID>IN<!-- cut -->V</c:ID></Invoice>".encode()
	)
	plain = xml.replace(b"<!-- cut -->", b"")
	assert text_at(parse(xml), "cbc:ID") == "INV"
	assert invoice_hash(xml) == invoice_hash(plain)
