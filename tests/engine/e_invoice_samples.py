"""Invoices, a certificate authority of the tests' own, and the official samples; reused by many tests."""

from __future__ import annotations

import base64
import functools
import json
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from saudi_crm_billing.e_invoicing.engine.hashing import FIRST_PREVIOUS_HASH
from saudi_crm_billing.e_invoicing.engine.model import (
	Address,
	BillingReference,
	Identification,
	Invoice,
	Line,
	Party,
	PaymentMeans,
	Scheme,
	Subtype,
	TransactionCode,
	TypeCode,
	Vat,
	VatCategory,
)
from saudi_crm_billing.e_invoicing.engine.signing import SignedInvoice, sign
from saudi_crm_billing.e_invoicing.engine.ubl import build

OFFICIAL = Path(__file__).resolve().parents[3] / "shared" / "data" / "zatca" / "samples"
SIGNED_AT = datetime(2026, 11, 20, 14, 30, 5)
SELLER_VAT = "399999999900003"

STANDARD_RATE = Vat(VatCategory.STANDARD, Decimal(15))
EXPORT = Vat(VatCategory.ZERO, Decimal(0), "VATEX-SA-32", "Export of goods | صادرات السلع من المملكة")
MEDICINE = Vat(
	VatCategory.ZERO, Decimal(0), "VATEX-SA-35", "Medicines and medical equipment | الأدوية والمعدات الطبية"
)
FINANCE = Vat(VatCategory.EXEMPT, Decimal(0), "VATEX-SA-29", "Financial services | الخدمات المالية")
OUT_OF_SCOPE = Vat(
	VatCategory.OUT_OF_SCOPE, Decimal(0), "VATEX-SA-OOS", "Not subject to VAT | غير خاضع للضريبة"
)


@dataclass(frozen=True)
class TestCertificate:
	"""A key and a certificate for it, as `sign` takes them."""

	__test__ = False
	key_pem: str
	certificate: str


def a_seller(**changes: Any) -> Party:
	seller = Party(
		name="شركة الأفق للتجارة | Horizon Trading Co.",
		vat_number=SELLER_VAT,
		identification=Identification(Scheme.CRN, "1010010000"),
		address=Address("شارع الأمير سلطان", "2322", "المربع", "الرياض", "23333"),
	)
	return replace(seller, **changes)


def a_buyer(**changes: Any) -> Party:
	buyer = Party(
		name="مؤسسة النخبة للأثاث",
		vat_number="399999999800003",
		address=Address("صلاح الدين", "1111", "المروج", "الرياض", "12222"),
	)
	return replace(buyer, **changes)


def a_line(**changes: Any) -> Line:
	line = Line(
		name="حاسوب محمول | Laptop", quantity=Decimal(2), unit_price=Decimal("1750.00"), vat=STANDARD_RATE
	)
	return replace(line, **changes)


def a_standard_invoice(**changes: Any) -> Invoice:
	invoice = Invoice(
		number="ACC-SINV-2026-00001",
		uuid="8e6000cf-1a98-4174-b3e7-b5d5954bc10d",
		issue_date=date(2026, 11, 20),
		issue_time=time(14, 30),
		type_code=TypeCode.INVOICE,
		transaction=TransactionCode(Subtype.STANDARD),
		icv=1,
		previous_hash=FIRST_PREVIOUS_HASH,
		seller=a_seller(),
		buyer=a_buyer(),
		lines=(a_line(), a_line(name="حقيبة", quantity=Decimal(1), unit_price=Decimal("99.99"))),
		payment_means=(PaymentMeans(),),
		supply_date=date(2026, 11, 20),
	)
	if subtype := changes.pop("subtype", None):
		changes["transaction"] = TransactionCode(subtype)
	return replace(invoice, **changes)


def a_simplified_invoice(**changes: Any) -> Invoice:
	values: dict[str, Any] = {"subtype": Subtype.SIMPLIFIED, "buyer": None, "number": "ACC-SINV-2026-00002"}
	return a_standard_invoice(**values | changes)


def a_credit_note(**changes: Any) -> Invoice:
	values: dict[str, Any] = {
		"type_code": TypeCode.CREDIT_NOTE,
		"number": "ACC-SINV-2026-00003",
		"note_reason": "إرجاع بضاعة | Goods returned",
		"billing_references": (BillingReference("ACC-SINV-2026-00001", date(2026, 11, 20)),),
		"lines": (a_line(quantity=Decimal(1)),),
	}
	return a_standard_invoice(**values | changes)


def a_test_certificate(
	vat_number: str = SELLER_VAT, curve: type[ec.EllipticCurve] = ec.SECP256K1
) -> TestCertificate:
	"""A key with a certificate like ZATCA's, by an authority of its own; made once in a run for each holder."""
	return _issued(vat_number, curve)


@functools.cache
def _issued(vat_number: str, curve: type[ec.EllipticCurve]) -> TestCertificate:
	authority = ec.generate_private_key(ec.SECP256K1())
	key = ec.generate_private_key(curve())
	certificate = _certificate(authority, key.public_key(), vat_number)
	pkcs8, plain = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
	key_pem = key.private_bytes(serialization.Encoding.PEM, pkcs8, plain).decode()
	der = certificate.public_bytes(serialization.Encoding.DER)
	return TestCertificate(key_pem, base64.b64encode(der).decode())


def _certificate(
	authority: ec.EllipticCurvePrivateKey, public: ec.EllipticCurvePublicKey, vat_number: str
) -> x509.Certificate:
	start = datetime(2026, 1, 1, tzinfo=timezone.utc)
	issuer = [(NameOID.DOMAIN_COMPONENT, part) for part in ("local", "gov", "extgazt")]
	subject = [
		(NameOID.COUNTRY_NAME, "SA"),
		(NameOID.ORGANIZATION_NAME, "Horizon Trading Co."),
		(NameOID.ORGANIZATIONAL_UNIT_NAME, "Riyadh Branch"),
		(NameOID.COMMON_NAME, f"TST-{vat_number}"),
	]
	unit = [(NameOID.SURNAME, "1-SCB|2-15|3-1"), (NameOID.USER_ID, vat_number), (NameOID.TITLE, "1100")]
	return (
		x509.CertificateBuilder()
		.issuer_name(_name([*issuer, (NameOID.COMMON_NAME, "TEST-INVOICE-CA")]))
		.subject_name(_name(subject))
		.public_key(public)
		.serial_number(x509.random_serial_number())
		.not_valid_before(start)
		.not_valid_after(start + timedelta(days=5 * 365))
		.add_extension(x509.SubjectAlternativeName([x509.DirectoryName(_name(unit))]), critical=False)
		.sign(authority, hashes.SHA256())
	)


def _name(parts: list[tuple[x509.ObjectIdentifier, str]]) -> x509.Name:
	return x509.Name([x509.NameAttribute(oid, value) for oid, value in parts])


def signed(invoice: Invoice) -> SignedInvoice:
	"""The invoice, built and signed with the test certificate of its seller."""
	certificate = a_test_certificate(invoice.seller.vat_number)
	return sign(build(invoice), certificate.key_pem, certificate.certificate, SIGNED_AT)


def official_manifest() -> list[dict[str, str]]:
	"""The rows of the official samples' manifest; empty where the samples are absent."""
	path = OFFICIAL / "manifest.json"
	return json.loads(path.read_text("utf-8")) if path.exists() else []


def official(row: dict[str, str]) -> bytes:
	return (OFFICIAL / row["file"]).read_bytes()


needs_official = pytest.mark.skipif(not OFFICIAL.exists(), reason=f"no official samples at {OFFICIAL}")
