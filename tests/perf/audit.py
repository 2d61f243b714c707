"""Time and memory of the audit of 10,000 and of 100,000 e-invoices as they are stored on a site; nothing is asserted.

Run once with --prepare to write the documents: really signed, each naming the one before it. They are made of one
document whose counter, UUID, previous hash, hash, signature and QR code are put in anew, which takes a tenth of the
time that issuing them takes. The measurement is a process of its own, so that its memory is the audit's.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import resource
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice

import engine as single
import factories as make
import frappe
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from frappe.utils import now
from lxml import etree
from selling_sites import connected
from timing import machine

from saudi_crm_billing.e_invoicing.engine import keys, qr, ubl
from saudi_crm_billing.e_invoicing.engine.hashing import FIRST_PREVIOUS_HASH, strip
from saudi_crm_billing.e_invoicing.engine.signing import SIGNATURE_VALUE, sign
from saudi_crm_billing.e_invoicing.engine.xml import parse, text_at
from saudi_crm_billing.e_invoicing.issuing import audit

UNIT = "SCB Perf Audit {}"
BATCH = 250
ICV_MARK = 987654321
UUID_MARK = "8e6000cf-1a98-4174-b3e7-b5d5954bc10d"
FIELDS = (
	"name",
	"unit",
	"company",
	"environment",
	"state",
	"icv",
	"uuid",
	"previous_hash",
	"invoice_hash",
	"qr",
	"xml",
	"reference_doctype",
	"reference_name",
	"kind",
	"creation",
	"modified",
	"owner",
	"modified_by",
)

HASH = FIELDS.index("invoice_hash")


@dataclass(frozen=True)
class Mould:
	"""A signed document and its canonical form, in which the values that differ are replaced as text."""

	key: ec.EllipticCurvePrivateKey
	certificate: str
	xml: str
	canonical: str
	invoice_hash: str
	signature: str
	qr: str

	def cast(self, icv: int, uuid: str, previous_hash: str) -> tuple[str, str, str]:
		"""Hash, QR code and XML of the document with these values."""

		def put(text: str) -> str:
			text = text.replace(str(ICV_MARK), str(icv)).replace(UUID_MARK, uuid)
			return text.replace(FIRST_PREVIOUS_HASH, previous_hash)

		digest = hashlib.sha256(put(self.canonical).encode()).digest()
		hash_text = base64.b64encode(digest).decode()
		signature = base64.b64encode(self.key.sign(digest, ec.ECDSA(hashes.SHA256()))).decode()
		fields = qr.decode(self.qr) | {qr.HASH: hash_text.encode(), qr.SIGNATURE: signature.encode()}
		code = qr.encode(fields)
		xml = put(self.xml).replace(self.invoice_hash, hash_text).replace(self.signature, signature)
		return hash_text, code, xml.replace(self.qr, code)


def a_mould(lines: int) -> Mould:
	secret, certificate = single.a_certificate()
	invoice = replace(single.an_invoice(lines), icv=ICV_MARK, uuid=UUID_MARK)
	signed = sign(ubl.build(invoice), secret, certificate, single.MOMENT)
	root = parse(signed.xml)
	signature = text_at(root, SIGNATURE_VALUE)
	strip(root)
	canonical = etree.tostring(root, method="c14n", with_comments=False).decode()
	xml = signed.xml.decode()
	return Mould(
		keys.load_key(secret), certificate, xml, canonical, signed.invoice_hash, signature, signed.qr
	)


def prepare(count: int, lines: int) -> None:
	unit, mould = UNIT.format(count), a_mould(lines)
	for doctype in ("ZATCA Document", "ZATCA Unit Counter"):
		frappe.db.delete(doctype, {"unit": unit})
	frappe.db.delete("ZATCA Unit", {"name": unit})
	stamps = (now(), now(), "Administrator", "Administrator")
	stamp_fields = ("creation", "modified", "owner", "modified_by")
	frappe.db.bulk_insert(
		"ZATCA Unit",
		["name", "title", "company", "certificate", *stamp_fields],
		[(unit, unit, make.COMPANY, mould.certificate, *stamps)],
	)
	rows = documents(mould, unit, count, stamps)
	while batch := list(islice(rows, BATCH)):
		frappe.db.bulk_insert("ZATCA Document", list(FIELDS), batch)
		frappe.db.commit()
		last = batch[-1][HASH]
	counter = [(unit, unit, count, last, *stamps)]
	frappe.db.bulk_insert(
		"ZATCA Unit Counter", ["name", "unit", "last_icv", "last_hash", *stamp_fields], counter
	)
	frappe.db.commit()


def documents(mould: Mould, unit: str, count: int, stamps: tuple[str, ...]) -> Iterator[tuple[object, ...]]:
	previous = FIRST_PREVIOUS_HASH
	for icv in range(1, count + 1):
		uuid = f"8e6000cf-1a98-4174-{count % 9973:04d}-{icv:012d}"
		hash_text, code, xml = mould.cast(icv, uuid, previous)
		name = f"{unit}-{icv:06d}"
		source = ("Sales Invoice", name, "Invoice")
		yield (
			name,
			unit,
			make.COMPANY,
			"Sandbox",
			"Reported",
			icv,
			uuid,
			previous,
			hash_text,
			code,
			xml,
			*source,
			*stamps,
		)
		previous = hash_text


def measure(count: int) -> None:
	start, processor = time.perf_counter(), time.process_time()
	(result,) = audit.audit([UNIT.format(count)])
	wall, used = time.perf_counter() - start, time.process_time() - processor
	peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
	verdict = "whole" if result.whole else f"{result.count} findings, first: {result.findings[0].problem}"
	print(
		f"{result.documents:>8} documents {wall:>8.1f} s {1000 * wall / max(count, 1):>7.2f} ms each "
		f"{used:>8.1f} s processor {peak:>7.0f} MB peak   {verdict}"
	)


def main() -> None:
	parser = argparse.ArgumentParser(description=__doc__)
	parser.add_argument("--site", required=True, help="a site with the app, for measuring only")
	parser.add_argument("--counts", type=int, nargs="+", default=[10_000, 100_000])
	parser.add_argument("--lines", type=int, default=10, help="lines of a document")
	parser.add_argument("--prepare", action="store_true", help="write the documents, measure nothing")
	options = parser.parse_args()
	with connected(options.site):
		if not options.prepare:
			print(machine())
		for count in sorted(options.counts):
			prepare(count, options.lines) if options.prepare else measure(count)
	if not options.prepare:
		print(machine())


if __name__ == "__main__":
	main()
