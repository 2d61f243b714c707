"""The document before it has its place in a chain, and what the rules say of it.

Counter, previous hash and UUID come under the unit's lock, QR code and stamp with the signature: no rule asks more of
them than that they are there in their form, which `ubl.build` and `signing.sign` always give them
(tests/engine/test_e_invoicing_draft.py). So what is said of the draft holds for the document that is issued.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime

from saudi_crm_billing.e_invoicing.engine import rules, ubl
from saudi_crm_billing.e_invoicing.engine.model import Invoice
from saudi_crm_billing.e_invoicing.engine.rules import Finding
from saudi_crm_billing.e_invoicing.engine.totals import Totals

DRAFT_UUID = "00000000-0000-4000-8000-000000000000"
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
	found = rules.check(ubl.build_element(invoice, totals), now)
	findings = tuple(finding for finding in found if finding.id not in ON_SIGNED_ONLY)
	return Judged(_timeless(invoice), findings, now.date())


def at_place(invoice: Invoice, *, icv: int, previous_hash: str, uuid: str) -> Invoice:
	"""The invoice with the place that it was given."""
	return replace(invoice, icv=icv, previous_hash=previous_hash, uuid=uuid)


def _timeless(invoice: Invoice) -> Invoice:
	return replace(invoice, issue_time=datetime.min.time())
