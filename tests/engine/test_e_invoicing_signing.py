"""Signatures: the official samples hold, and each tampered part is named."""

from __future__ import annotations

import base64
from collections.abc import Callable
from datetime import datetime, timedelta, timezone

import oracle
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from e_invoice_samples import (
	SELLER_VAT,
	SIGNED_AT,
	a_line,
	a_simplified_invoice,
	a_standard_invoice,
	a_test_certificate,
	needs_official,
	official,
	official_manifest,
	signed,
)
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from saudi_crm_billing.e_invoicing.engine import keys, qr, xades
from saudi_crm_billing.e_invoicing.engine.errors import InvalidInvoice, KeyOrCertificateError
from saudi_crm_billing.e_invoicing.engine.hashing import invoice_hash
from saudi_crm_billing.e_invoicing.engine.model import Invoice
from saudi_crm_billing.e_invoicing.engine.signing import (
	CERTIFICATE,
	PROPERTIES,
	SIGNATURE_VALUE,
	Problem,
	sign,
	verify,
)
from saudi_crm_billing.e_invoicing.engine.texts import TERMS
from saudi_crm_billing.e_invoicing.engine.ubl import build
from saudi_crm_billing.e_invoicing.engine.xml import INVOICE, NS, parse, text_at

QR_TEXT = "cac:AdditionalDocumentReference[cbc:ID='QR']/cac:Attachment/cbc:EmbeddedDocumentBinaryObject"
DIGESTS = ".//ds:SignedInfo/ds:Reference/ds:DigestValue"


def edited(xml: bytes, edit: Callable[[etree._Element], None]) -> tuple[Problem, ...]:
	"""What `verify` says after `edit` changed the tree; untouched bytes stay as they were."""
	root = parse(xml)
	edit(root)
	return verify(etree.tostring(root, xml_declaration=True, encoding="UTF-8"))


def set_text(path: str, text: str, index: int = 0) -> Callable[[etree._Element], None]:
	def edit(root: etree._Element) -> None:
		root.xpath(path if path.startswith(".") else "./" + path, namespaces=NS)[index].text = text  # type: ignore[index,union-attr]

	return edit


def codes(problems: tuple[Problem, ...]) -> list[str]:
	return [problem.code for problem in problems]


@needs_official
@pytest.mark.parametrize("row", official_manifest(), ids=lambda row: row["file"])
def test_official_sample_holds_in_every_check(row: dict[str, str]) -> None:
	assert verify(official(row)) == ()


@needs_official
@pytest.mark.parametrize("row", official_manifest(), ids=lambda row: row["file"])
def test_official_sample_with_one_letter_of_content_changed_does_not(row: dict[str, str]) -> None:
	changed = official(row).replace(b"<cbc:ProfileID>reporting:1.0<", b"<cbc:ProfileID>reporting:1.1<")
	assert codes(verify(changed)) == ["hash-mismatch", "signature-invalid", "qr-field"]


@needs_official
@pytest.mark.parametrize("row", official_manifest(), ids=lambda row: row["file"])
def test_official_sample_block_is_reproduced_to_the_byte(row: dict[str, str]) -> None:
	"""Given the sample's own values, the block built here serialises as the sample's does."""
	root = parse(official(row))
	stamp = xades.Stamp(
		invoice_hash=row["invoice_hash"],
		signature=text_at(root, SIGNATURE_VALUE),
		certificate=text_at(root, CERTIFICATE),
		issuer=text_at(root, ".//ds:X509IssuerName"),
		serial=text_at(root, ".//ds:X509SerialNumber"),
		signed_at=text_at(root, ".//xades:SigningTime"),
	)
	ours = xades.signature_block(stamp).find(".//ds:Signature", NS)
	theirs = root.find(".//ds:Signature", NS)
	assert ours is not None and theirs is not None
	assert [canonical(child) for child in ours] == [canonical(child) for child in theirs]


def canonical(element: etree._Element) -> str:
	element.tail = None
	return etree.tostring(element, method="c14n", exclusive=True).decode()


@pytest.mark.parametrize("make", [a_simplified_invoice, a_standard_invoice])
def test_own_document_holds(make: Callable[[], Invoice]) -> None:
	document = signed(make())
	assert verify(document.xml) == ()
	assert document.invoice_hash == invoice_hash(document.xml)
	root = parse(document.xml)
	assert text_at(root, QR_TEXT) == document.qr
	assert text_at(root, SIGNATURE_VALUE) == document.signature
	assert text_at(root, ".//xades:SigningTime") == "2026-11-20T14:30:05"
	assert text_at(root, ".//ds:X509IssuerName") == "CN=TEST-INVOICE-CA, DC=extgazt, DC=gov, DC=local"


@pytest.mark.parametrize("make", [a_simplified_invoice, a_standard_invoice])
def test_what_an_independent_signer_signed_holds(make: Callable[[], Invoice]) -> None:
	holder = a_test_certificate(SELLER_VAT)
	theirs = oracle.sign(build(make()), holder)
	assert verify(theirs) == ()
	assert codes(verify(theirs.replace(b"1750.00", b"1750.01", 1)))[:2] == [
		"hash-mismatch",
		"signature-invalid",
	]


def test_only_simplified_documents_carry_the_certificates_signature() -> None:
	assert sorted(qr.decode(signed(a_standard_invoice()).qr)) == list(range(1, 9))
	fields = qr.decode(signed(a_simplified_invoice()).qr)
	assert sorted(fields) == list(range(1, 10))
	certificate = keys.load_certificate(a_test_certificate(SELLER_VAT).certificate)
	assert fields[qr.STAMP] == certificate.signature


def test_signing_again_replaces_the_signature_and_keeps_the_hash() -> None:
	once = signed(a_simplified_invoice())
	holder = a_test_certificate(SELLER_VAT)
	again = sign(once.xml, holder.key_pem, holder.certificate, SIGNED_AT)
	assert again.invoice_hash == once.invoice_hash
	assert verify(again.xml) == ()
	assert again.xml.count(b"<ds:SignatureValue>") == 1


def test_a_time_with_a_zone_is_written_in_riyadh_time() -> None:
	holder = a_test_certificate(SELLER_VAT)
	moment = datetime(2026, 11, 20, 22, 0, tzinfo=timezone.utc)
	document = sign(build(a_simplified_invoice()), holder.key_pem, holder.certificate, moment)
	assert text_at(parse(document.xml), ".//xades:SigningTime") == "2026-11-21T01:00:00"
	assert moment.astimezone(timezone(timedelta(hours=3))).hour == 1


SIGNED = signed(a_simplified_invoice()).xml
OTHER = a_test_certificate("399999999800003")

TAMPERING: dict[str, tuple[Callable[[etree._Element], None], list[str]]] = {
	"content": (set_text(".//cbc:PriceAmount", "1.00"), ["hash-mismatch", "signature-invalid", "qr-field"]),
	"amount due": (
		set_text("cac:LegalMonetaryTotal/cbc:PayableAmount", "1.00"),
		["hash-mismatch", "signature-invalid", "qr-field", "qr-field"],
	),
	"stated hash": (set_text(DIGESTS, "AAAA"), ["hash-mismatch"]),
	"signed properties digest": (set_text(DIGESTS, "AAAA", 1), ["signed-properties"]),
	"signing time": (set_text(".//xades:SigningTime", "2020-01-01T00:00:00"), ["signed-properties"]),
	"certificate digest": (
		set_text(".//xades:CertDigest/ds:DigestValue", "AAAA"),
		["certificate-digest", "signed-properties"],
	),
	"issuer": (set_text(".//ds:X509IssuerName", "CN=Somebody"), ["certificate-issuer", "signed-properties"]),
	"serial": (set_text(".//ds:X509SerialNumber", "1"), ["certificate-issuer", "signed-properties"]),
	"certificate of another": (
		set_text(".//ds:X509Certificate", OTHER.certificate),
		["signature-invalid", "certificate-digest", "certificate-issuer", "qr-field", "qr-field"],
	),
	"certificate of nobody": (set_text(".//ds:X509Certificate", "AAAA"), ["certificate-unreadable"]),
	"signature of nobody": (set_text(SIGNATURE_VALUE, "AAAA"), ["signature-invalid", "qr-field"]),
	"signature not base64": (set_text(SIGNATURE_VALUE, "@@"), ["signature-invalid", "qr-field"]),
	"qr not readable": (set_text(QR_TEXT, "@@"), ["qr-not-base64"]),
	"qr empty": (set_text(QR_TEXT, ""), ["qr-missing"]),
}


@pytest.mark.parametrize("part", TAMPERING)
def test_each_tampered_part_is_named(part: str) -> None:
	edit, expected = TAMPERING[part]
	assert codes(edited(SIGNED, edit)) == expected


@pytest.mark.parametrize("tag", range(1, 10))
def test_each_tampered_qr_field_is_named(tag: int) -> None:
	fields = qr.decode(text_at(parse(SIGNED), QR_TEXT))
	changed = qr.encode(fields | {tag: b"other"})
	(problem,) = edited(SIGNED, set_text(QR_TEXT, changed))
	assert (problem.code, problem.params["tag"], problem.params["stated"]) == ("qr-field", tag, "other")
	en, ar = TERMS[f"qr-{tag}"]
	assert f"QR field {tag} ({en}) is other" in problem.message_en
	assert ar in problem.message_ar


def test_a_missing_qr_field_is_named() -> None:
	fields = qr.decode(text_at(parse(SIGNED), QR_TEXT))
	del fields[qr.STAMP]
	(problem,) = edited(SIGNED, set_text(QR_TEXT, qr.encode(fields)))
	assert (problem.params["tag"], problem.params["stated"]) == (9, "-")


def test_a_standard_document_must_not_carry_field_nine() -> None:
	xml = signed(a_standard_invoice()).xml
	fields = qr.decode(text_at(parse(xml), QR_TEXT)) | {qr.STAMP: b"stamp"}
	assert codes(edited(xml, set_text(QR_TEXT, qr.encode(fields)))) == ["qr-stamp-unexpected"]


def test_an_unsigned_document_lacks_every_part() -> None:
	problems = verify(build(a_simplified_invoice()))
	assert codes(problems) == ["signature-missing"] * 5
	assert "SignatureValue is missing" in problems[1].message_en


def test_a_second_qr_code_or_signature_cannot_hide() -> None:
	"""The hash leaves these parts out, so a second one could say anything to a careless reader."""

	def copy_of(path: str) -> Callable[[etree._Element], None]:
		def edit(root: etree._Element) -> None:
			element = root.xpath(path, namespaces=NS)[0]  # type: ignore[index]
			element.addnext(etree.fromstring(etree.tostring(element, with_tail=False)))  # type: ignore[union-attr]

		return edit

	for path in ("cac:AdditionalDocumentReference[cbc:ID='QR']", "cac:Signature", "ext:UBLExtensions"):
		assert "part-repeated" in codes(edited(SIGNED, copy_of(path)))
	assert "part-repeated" in codes(edited(SIGNED, copy_of(PROPERTIES)))


def test_the_key_of_another_is_refused_before_anything_is_signed() -> None:
	holder = a_test_certificate(SELLER_VAT)
	with pytest.raises(KeyOrCertificateError, match="does not belong to the certificate"):
		sign(build(a_simplified_invoice()), OTHER.key_pem, holder.certificate, SIGNED_AT)


@pytest.mark.parametrize("text", ["", "not base64!", base64.b64encode(b"not DER").decode()])
def test_a_certificate_that_cannot_be_read_is_refused(text: str) -> None:
	with pytest.raises(KeyOrCertificateError, match="certificate cannot be read"):
		sign(build(a_simplified_invoice()), OTHER.key_pem, text, SIGNED_AT)


def test_a_certificate_of_another_or_an_unknown_curve_is_refused() -> None:
	holder = a_test_certificate(SELLER_VAT)
	secp256k1, unknown = bytes.fromhex("06052b8104000a"), bytes.fromhex("06052b8104007f")
	der = base64.b64decode(holder.certificate).replace(secp256k1, unknown)
	with pytest.raises(KeyOrCertificateError, match="certificate cannot be read"):
		sign(build(a_simplified_invoice()), holder.key_pem, base64.b64encode(der).decode(), SIGNED_AT)
	other = a_test_certificate(SELLER_VAT, ec.SECP256R1)
	with pytest.raises(KeyOrCertificateError, match="secp256k1"):
		sign(build(a_simplified_invoice()), holder.key_pem, other.certificate, SIGNED_AT)


def test_a_certificate_whose_issuer_is_no_text_is_refused() -> None:
	holder = a_test_certificate(SELLER_VAT)
	text, bits = b"\x0c\x0fTEST-INVOICE-CA", b"\x03\x0fTEST-INVOICE-CA"
	der = base64.b64decode(holder.certificate)
	assert text in der
	damaged = base64.b64encode(der.replace(text, bits)).decode()
	with pytest.raises(KeyOrCertificateError, match="certificate cannot be read"):
		sign(build(a_simplified_invoice()), holder.key_pem, damaged, SIGNED_AT)


def test_a_pair_that_was_read_is_kept_and_a_foreign_one_is_refused_each_time() -> None:
	holder = a_test_certificate(SELLER_VAT)
	key, _certificate = keys.load_pair(holder.key_pem, holder.certificate)
	assert keys.load_pair(holder.key_pem, holder.certificate)[0] is key
	for _time in range(2):
		with pytest.raises(KeyOrCertificateError, match="does not belong to the certificate"):
			keys.load_pair(OTHER.key_pem, holder.certificate)


def test_the_kept_pairs_are_few_and_hold_no_text_of_a_key() -> None:
	holders = [a_test_certificate(f"3{number:013d}3") for number in range(keys.KEPT_PAIRS + 3)]
	for holder in holders:
		keys.load_pair(holder.key_pem, holder.certificate)
	assert len(keys._pairs) == keys.KEPT_PAIRS
	assert all(len(name) == 32 for name in keys._pairs)
	lines = {line for holder in holders for line in holder.key_pem.splitlines()[1:-1]}
	assert not any(line in repr(keys._pairs) for line in lines)


def test_line_breaks_in_the_certificate_do_not_matter() -> None:
	holder = a_test_certificate(SELLER_VAT)
	folded = "\n".join(holder.certificate[at : at + 64] for at in range(0, len(holder.certificate), 64))
	document = sign(build(a_simplified_invoice()), holder.key_pem, folded, SIGNED_AT)
	assert verify(document.xml) == ()
	assert text_at(parse(document.xml), CERTIFICATE) == holder.certificate


def test_a_document_without_references_cannot_be_signed() -> None:
	holder = a_test_certificate(SELLER_VAT)
	with pytest.raises(InvalidInvoice, match="AdditionalDocumentReference is missing"):
		sign(f'<Invoice xmlns="{INVOICE}"/>'.encode(), holder.key_pem, holder.certificate, SIGNED_AT)


@given(st.data())
def test_a_damaged_certificate_is_a_problem_and_never_anything_else(data: st.DataObject) -> None:
	der = bytearray(base64.b64decode(a_test_certificate(SELLER_VAT).certificate))
	flips = st.dictionaries(st.integers(0, len(der) - 1), st.integers(1, 255), min_size=1, max_size=3)
	for place, flip in data.draw(flips).items():
		der[place] ^= flip
	assert edited(SIGNED, set_text(".//ds:X509Certificate", base64.b64encode(der).decode()))


names = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Cn"]), min_size=1, max_size=30)


@given(names.filter(lambda name: bool(name.strip())))
def test_any_item_name_survives_signing(name: str) -> None:
	document = signed(a_simplified_invoice(lines=(a_line(name=name),)))
	assert verify(document.xml) == ()
	assert text_at(parse(document.xml), "cac:InvoiceLine/cac:Item/cbc:Name") == name.strip()
