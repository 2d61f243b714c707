"""The document before it has its place in a chain, and what the rules say of it.

Counter, previous hash and UUID come under the unit's lock, QR code and stamp with the signature: no rule asks more of
them than that they are there in their form, which `ubl.build` and `signing.sign` always give them
(tests/engine/test_e_invoicing_draft.py). So what is said of the draft holds for the document that is issued.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime

from lxml import etree

from saudi_crm_billing.e_invoicing.engine import rules, ubl
from saudi_crm_billing.e_invoicing.engine.model import Invoice
from saudi_crm_billing.e_invoicing.engine.rules import ERROR, Finding
from saudi_crm_billing.e_invoicing.engine.texts import TEXTS
from saudi_crm_billing.e_invoicing.engine.totals import Totals
from saudi_crm_billing.e_invoicing.engine.xml import MAX_BYTES

DRAFT_UUID = "00000000-0000-4000-8000-000000000000"
# A line has about a thousand bytes, and at most the texts of a few fields more.
MANY_LINES = 1000
# Signature block, stamp and QR code, generously.
SIGNATURE_BYTES = 20_000
# QR code and stamp of a simplified invoice.
ON_SIGNED_ONLY = frozenset({"BR-KSA-27", "BR-KSA-60"})


@dataclass(frozen=True)
class Judged:
	"""A draft and what was said of it on a day."""

	invoice: Invoice
	findings: tuple[Finding, ...]
	on: date

	def covers(self, invoice: Invoice, now: datetime) -> bool:
		"""Whether the same is to be said of `invoice`: all but its issue time is the same.

		The moment counts for documents of the future and of another day only; those are judged each time.
		"""
		return self.on == now.date() == invoice.issue_date and self.invoice == _timeless(invoice)


def judge(invoice: Invoice, totals: Totals, now: datetime) -> Judged:
	"""What the rules say of an invoice without a place; `EngineError` if it cannot be a document."""
	document = ubl.build_element(invoice, totals)
	found = (*_size(invoice, document), *rules.check(document, now))
	findings = tuple(finding for finding in found if finding.id not in ON_SIGNED_ONLY)
	return Judged(_timeless(invoice), findings, now.date())


def _size(invoice: Invoice, document: etree._Element) -> tuple[Finding, ...]:
	"""The gateway takes no file above `MAX_BYTES` (413); only one of very many lines is measured."""
	if len(invoice.lines) < MANY_LINES:
		return ()
	size = len(etree.tostring(document, encoding="UTF-8")) + SIGNATURE_BYTES
	if size <= MAX_BYTES:
		return ()
	english, arabic = (text.format(size=size, limit=MAX_BYTES) for text in TEXTS["document-too-large"])
	return (Finding("SCB-SIZE", ERROR, "cac:InvoiceLine", english, arabic),)


def at_place(invoice: Invoice, *, icv: int, previous_hash: str, uuid: str) -> Invoice:
	"""The invoice with the place that it was given."""
	return replace(invoice, icv=icv, previous_hash=previous_hash, uuid=uuid)


def _timeless(invoice: Invoice) -> Invoice:
	return replace(invoice, issue_time=datetime.min.time())
