"""Time of one e-invoice in the engine: build the XML, check it by the rules, sign it. No site, nothing asserted.

Where `fatoority` (a validator in Rust, a test dependency) is installed, it validates and signs the same files in turn.
"""

from __future__ import annotations

import argparse
import base64
from datetime import datetime, timezone
from decimal import Decimal
from importlib.util import find_spec

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from timing import Stopwatch, machine, show_parts

from saudi_crm_billing.e_invoicing.engine import keys, rules, ubl
from saudi_crm_billing.e_invoicing.engine.csr import CsrSubject, Environment, make_csr
from saudi_crm_billing.e_invoicing.engine.hashing import FIRST_PREVIOUS_HASH
from saudi_crm_billing.e_invoicing.engine.model import (
	Address,
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
from saudi_crm_billing.e_invoicing.engine.signing import sign
from saudi_crm_billing.sandbox.ca import CertificateAuthority, certificate_text

SELLER_VAT = "399999999900003"
MOMENT = datetime(2026, 11, 20, 14, 30, 5)
EVALUATED_AT = "2026-11-20T12:00:00Z"
WARM_UP = 20
# Milliseconds that build, check and sign may take together, by lines.
GOALS = {1: 2.5, 10: 4.0, 100: 20.0}


def an_invoice(lines: int) -> Invoice:
	"""A standard tax invoice at 15 % with that many lines."""
	return Invoice(
		number="ACC-SINV-2026-00001",
		uuid="8e6000cf-1a98-4174-b3e7-b5d5954bc10d",
		issue_date=MOMENT.date(),
		issue_time=MOMENT.time(),
		type_code=TypeCode.INVOICE,
		transaction=TransactionCode(Subtype.STANDARD),
		icv=1,
		previous_hash=FIRST_PREVIOUS_HASH,
		seller=Party(
			name="شركة الأفق للتجارة | Horizon Trading Co.",
			vat_number=SELLER_VAT,
			identification=Identification(Scheme.CRN, "1010010000"),
			address=Address("شارع الأمير سلطان", "2322", "المربع", "الرياض", "23333"),
		),
		buyer=Party(
			name="مؤسسة النخبة للأثاث",
			vat_number="399999999800003",
			address=Address("صلاح الدين", "1111", "المروج", "الرياض", "12222"),
		),
		lines=tuple(a_line(number) for number in range(1, lines + 1)),
		payment_means=(PaymentMeans(),),
		supply_date=MOMENT.date(),
	)


def a_line(number: int) -> Line:
	return Line(
		name=f"مكتب {number} | Desk {number}",
		quantity=Decimal(number),
		unit_price=Decimal("99.95") + number,
		vat=Vat(VatCategory.STANDARD, Decimal(15)),
		seller_item_id=f"DESK-{number:03d}",
	)


def a_certificate() -> tuple[str, str]:
	"""A key as PEM and a certificate for it, as the sandbox issues it."""
	key = keys.generate_key()
	subject = CsrSubject(
		common_name="Riyadh Branch",
		organization="Horizon Trading Co.",
		organization_unit="Riyadh Branch",
		vat_number=SELLER_VAT,
		serial_number="1-SCB|2-15|3-1",
		location="RRRD2929",
		industry="Furniture",
		invoice_type="1100",
	)
	request = x509.load_pem_x509_csr(make_csr(subject, key, Environment.SANDBOX).encode())
	now = datetime.now(timezone.utc)
	return key, certificate_text(CertificateAuthority(now).issue(request, now))


def measure(invoice: Invoice, count: int) -> Stopwatch:
	key, certificate = a_certificate()
	watch = Stopwatch()
	for _number in range(count):
		with watch.part("build"):
			xml = ubl.build(invoice)
		with watch.part("check"):
			findings = rules.check(xml, MOMENT)
		with watch.part("sign"):
			sign(xml, key, certificate, MOMENT)
		watch.add_sum("sum", "build", "check", "sign")
	unsigned_only = {"BR-KSA-27", "BR-KSA-60"}
	if found := {finding.id for finding in findings} - unsigned_only:
		print(f"The invoice is not clean, so the figures are not a clean invoice's: {sorted(found)}")
	return watch


def measure_beside(invoice: Invoice, count: int) -> Stopwatch:
	"""Our check and `fatoority`'s validation of the same signed file, and its signing, by turns."""
	import fatoora

	key, certificate = a_certificate()
	config = fatoora.Config()
	private = keys.load_key(key).private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
	signer = fatoora.Signer.from_der(base64.b64decode(certificate), private)
	unsigned = ubl.build(invoice)
	signed = sign(unsigned, key, certificate, MOMENT).xml
	watch = Stopwatch()
	for _number in range(count):
		with watch.part("check"):
			rules.check(signed, MOMENT)
		with watch.part("f. validate"):
			fatoora.validate_zatca_invoice_from_str(
				config, signed.decode(), previous_invoice_hash=FIRST_PREVIOUS_HASH, evaluated_at=EVALUATED_AT
			)
		with watch.part("f. sign"):
			signer.sign_xml(unsigned.decode())
	return watch


def show(lines: int, ours: Stopwatch, beside: Stopwatch | None) -> None:
	show_parts(f"One invoice of {lines} lines in the engine", ours)
	print(
		f"  {1000 / ours.wall('sum'):.0f} documents a second in one process; allowed: {GOALS.get(lines, '-')} ms"
	)
	if beside:
		show_parts("The same file, signed, beside fatoority (f.)", beside)
		ratio = beside.wall("f. validate") / beside.wall("check")
		print(f"  it validates the file in {ratio:.1f} times our time")


def main() -> None:
	parser = argparse.ArgumentParser(description=__doc__)
	parser.add_argument("--lines", type=int, nargs="+", default=[1, 10, 100], help="lines of the invoices")
	parser.add_argument("--count", type=int, default=300, help="documents to measure of each")
	options = parser.parse_args()
	print(machine())
	for lines in options.lines:
		invoice = an_invoice(lines)
		measure(invoice, WARM_UP)
		ours = measure(invoice, options.count)
		show(lines, ours, measure_beside(invoice, options.count // 3) if find_spec("fatoora") else None)
	print(machine())


if __name__ == "__main__":
	main()
