"""The QR text: official samples, lengths, and what cannot be read."""

from __future__ import annotations

import base64

import pytest
from e_invoice_samples import (
	a_seller,
	a_simplified_invoice,
	needs_official,
	official,
	official_manifest,
	signed,
)
from hypothesis import given
from hypothesis import strategies as st

from saudi_crm_billing.e_invoicing.engine import keys, qr
from saudi_crm_billing.e_invoicing.engine.errors import QrError
from saudi_crm_billing.e_invoicing.engine.signing import CERTIFICATE, SIGNATURE_VALUE, qr_of
from saudi_crm_billing.e_invoicing.engine.xml import parse, text_at


@needs_official
@pytest.mark.parametrize("row", official_manifest(), ids=lambda row: row["file"])
def test_official_sample_reproduces_its_qr_text(row: dict[str, str]) -> None:
	root = parse(official(row))
	certificate = keys.load_certificate(text_at(root, CERTIFICATE))
	assert qr_of(root, row["invoice_hash"], text_at(root, SIGNATURE_VALUE), certificate) == row["qr"]


@needs_official
@pytest.mark.parametrize("row", official_manifest(), ids=lambda row: row["file"])
def test_official_sample_fields(row: dict[str, str]) -> None:
	fields = qr.decode(row["qr"])
	assert {tag: fields[tag] for tag in range(1, 6)} == qr.document_fields(parse(official(row)))
	assert fields[qr.HASH].decode() == row["invoice_hash"]
	assert (qr.STAMP in fields) == row["ksa2"].startswith("02")
	assert qr.encode(fields) == row["qr"]


def test_own_document_carries_the_amount_due_character_for_character() -> None:
	fields = qr.decode(signed(a_simplified_invoice()).qr)
	# 2 x 1750.00 + 99.99 = 3599.99; VAT 539.9985, rounded once: 540.00
	assert fields[qr.TOTAL] == b"4139.99"
	assert fields[qr.VAT_TOTAL] == b"540.00"
	assert fields[qr.TIMESTAMP] == b"2026-11-20T14:30:00"
	assert fields[qr.SELLER_NAME].decode() == "شركة الأفق للتجارة | Horizon Trading Co."


def test_arabic_name_of_127_bytes_fits_and_of_128_is_refused_with_a_way_out() -> None:
	fits = "ش" * 63 + "a"
	assert qr.decode(qr.encode({1: fits.encode()}))[1].decode() == fits
	with pytest.raises(QrError) as caught:
		signed(a_simplified_invoice(seller=a_seller(name="ش" * 64)))
	assert caught.value.code == "qr-value-too-long"
	assert caught.value.params == {"tag": 1, "length": 128, "limit": 127}
	assert "Shorten it" in caught.value.message_en
	assert "اختصره" in caught.value.message_ar


@pytest.mark.parametrize("tag", [0, 256])
def test_tag_outside_a_byte_is_refused(tag: int) -> None:
	with pytest.raises(QrError, match="not a QR field number"):
		qr.encode({tag: b"x"})


def test_text_above_1000_characters_is_refused() -> None:
	with pytest.raises(QrError) as caught:
		qr.encode({tag: b"x" * 120 for tag in range(1, 8)})
	assert caught.value.code == "qr-too-long"


@pytest.mark.parametrize(
	("data", "reason"),
	[
		(b"\x01\x05abc", "cut short at byte 0"),
		(b"\x01\x01a\x02", "cut short at byte 3"),
		(b"\x01\x01a\x01\x01b", "field 1 appears twice"),
	],
)
def test_damaged_text_is_refused_with_the_place(data: bytes, reason: str) -> None:
	with pytest.raises(QrError, match=reason):
		qr.decode(base64.b64encode(data).decode())


@pytest.mark.parametrize("text", ["@@@", "AQ=", "شركة"])
def test_text_that_is_not_base64_is_refused(text: str) -> None:
	with pytest.raises(QrError, match="not base64"):
		qr.decode(text)


def test_utc_time_is_shown_in_riyadh_time() -> None:
	root = parse(signed(a_simplified_invoice()).xml.replace(b">14:30:00<", b">22:30:00Z<"))
	assert qr.document_fields(root)[qr.TIMESTAMP] == b"2026-11-21T01:30:00"


def test_unreadable_utc_time_is_left_as_it_stands() -> None:
	root = parse(signed(a_simplified_invoice()).xml.replace(b">14:30:00<", b">soonZ<"))
	assert qr.document_fields(root)[qr.TIMESTAMP] == b"2026-11-20TsoonZ"


@given(st.dictionaries(st.integers(1, 255), st.binary(max_size=60), max_size=9))
def test_what_is_encoded_is_decoded(fields: dict[int, bytes]) -> None:
	assert qr.decode(qr.encode(fields)) == fields


@given(st.binary(max_size=80))
def test_any_bytes_are_read_or_refused_never_anything_else(data: bytes) -> None:
	text = base64.b64encode(data).decode()
	try:
		fields = qr.decode(text)
	except QrError:
		return
	assert sum(2 + len(value) for value in fields.values()) == len(data)
