"""What the sandbox remembers: certificates, compliance steps passed, documents received. The only writer of it.

In memory, for as long as the sandbox runs; every method is safe to call from many threads.
"""

from __future__ import annotations

import hmac
import secrets
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum

from saudi_crm_billing.e_invoicing.engine.answers import Call
from saudi_crm_billing.e_invoicing.engine.chain import Break, Link, verify_chain
from saudi_crm_billing.e_invoicing.engine.csr import CsrSubject

FIRST_REQUEST_ID = 1_000_000_000_000

STEPS: dict[tuple[str, str], str] = {
	("01", "388"): "standard-compliant",
	("01", "381"): "standard-credit-note-compliant",
	("01", "383"): "standard-debit-note-compliant",
	("02", "388"): "simplified-compliant",
	("02", "381"): "simplified-credit-note-compliant",
	("02", "383"): "simplified-debit-note-compliant",
}
"""The compliance documents by subtype and type code, as ZATCA names them."""


class CsidKind(Enum):
	COMPLIANCE = "compliance"
	PRODUCTION = "production"


@dataclass(frozen=True)
class IssuedCsid:
	"""A certificate given out; `certificate` is its base64 DER text, `previous` the one it renews."""

	kind: CsidKind
	environment: str
	request_id: str
	token: str = field(repr=False)
	secret: str = field(repr=False)
	certificate: str = field(repr=False)
	subject: CsrSubject
	valid_until: datetime
	previous: IssuedCsid | None = None

	def lineage(self) -> Iterator[IssuedCsid]:
		"""This certificate and those it replaced: documents signed before a renewal may be sent after it."""
		csid: IssuedCsid | None = self
		while csid is not None:
			yield csid
			csid = csid.previous


@dataclass(frozen=True)
class Submission:
	"""One document received and what was answered. `signer` is the request id of the certificate that signed it."""

	call: Call
	environment: str
	signer: str
	number: str
	uuid: str
	subtype: str
	type_code: str
	icv: int
	previous_hash: str
	invoice_hash: str
	http_status: int
	received_at: datetime
	errors: tuple[str, ...] = ()
	warnings: tuple[str, ...] = ()
	xml: bytes = field(default=b"", repr=False)
	cleared_xml: bytes | None = field(default=None, repr=False)

	@property
	def accepted(self) -> bool:
		return self.http_status in (200, 202)


class SandboxState:
	"""The memory of one sandbox, all its environments in it."""

	def __init__(self) -> None:
		self._lock = threading.RLock()
		self._csids: dict[str, IssuedCsid] = {}
		self._steps: dict[str, set[str]] = {}
		self._submissions: list[Submission] = []
		self._accepted: dict[tuple[str, str], Submission] = {}
		self._redirected: set[str] = set()
		self._next_request_id = FIRST_REQUEST_ID

	# certificates

	def next_request_id(self) -> str:
		with self._lock:
			self._next_request_id += 1
			return str(self._next_request_id)

	def add_csid(self, csid: IssuedCsid) -> None:
		with self._lock:
			self._csids[csid.token] = csid

	def find_csid(
		self, environment: str, kind: CsidKind, token: str, secret: str, now: datetime | None
	) -> IssuedCsid | None:
		"""The certificate whose token and secret these are, if it is of this kind and place and valid at `now`.

		None for `now` asks for one that may have ended.
		"""
		with self._lock:
			csid = self._csids.get(token)
		if csid is None or not hmac.compare_digest(csid.secret.encode(), secret.encode()):
			return None
		if (csid.environment, csid.kind) != (environment, kind):
			return None
		if now is not None and csid.valid_until < now:
			return None
		return csid

	def csids(self) -> tuple[IssuedCsid, ...]:
		with self._lock:
			return tuple(self._csids.values())

	# compliance

	def pass_step(self, csid: IssuedCsid, subtype: str, type_code: str) -> None:
		"""Note that a compliance document of this kind was accepted; other kinds count for nothing."""
		step = STEPS.get((subtype, type_code))
		if step is not None:
			with self._lock:
				self._steps.setdefault(csid.request_id, set()).add(step)

	def missing_steps(self, csid: IssuedCsid) -> tuple[str, ...]:
		"""The steps still owed, by the document types the certificate was asked for (1100 → 6, 1000 or 0100 → 3)."""
		with self._lock:
			passed = set(self._steps.get(csid.request_id, ()))
		return tuple(step for step in required_steps(csid.subject.invoice_type) if step not in passed)

	# documents

	def settle(self, submission: Submission) -> Submission | None:
		"""Remember a submission; returns the earlier one instead if the same document was accepted before."""
		key = (submission.environment, submission.invoice_hash)
		with self._lock:
			earlier = self._accepted.get(key)
			if earlier is None:
				self._submissions.append(submission)
				if submission.accepted:
					self._accepted[key] = submission
			return earlier

	def find_accepted(self, environment: str, invoice_hash: str) -> Submission | None:
		with self._lock:
			return self._accepted.get((environment, invoice_hash))

	def accepted(self) -> tuple[Submission, ...]:
		"""The documents accepted, in the order they were."""
		with self._lock:
			return tuple(self._accepted.values())

	def submissions(self) -> tuple[Submission, ...]:
		"""Every document accepted or rejected; resendings of accepted ones are not repeated."""
		with self._lock:
			return tuple(self._submissions)

	def redirect_to_reporting(self, invoice_hash: str) -> None:
		with self._lock:
			self._redirected.add(invoice_hash)

	def was_redirected(self, invoice_hash: str) -> bool:
		with self._lock:
			return invoice_hash in self._redirected

	def links(self, signer: str) -> tuple[Link, ...]:
		"""The chain a certificate signed, rejected documents included: they keep their place (zatca.md 5)."""
		with self._lock:
			mine = {s.invoice_hash: s for s in self._submissions if s.signer == signer}
		return tuple(Link(s.icv, s.previous_hash, s.invoice_hash) for s in mine.values())

	def breaks(self, signer: str) -> tuple[Break, ...]:
		"""Where that chain does not hold; a gap may also be a document not yet sent."""
		return verify_chain(self.links(signer))


def required_steps(invoice_type: str) -> tuple[str, ...]:
	"""The names of the compliance documents for a certificate's document types, e.g. 1100 or 0100."""
	wanted = {subtype for subtype, digit in zip(("01", "02"), invoice_type, strict=False) if digit == "1"}
	return tuple(step for (subtype, _), step in STEPS.items() if subtype in wanted)


def new_secret() -> str:
	return secrets.token_urlsafe(32)
