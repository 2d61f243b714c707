"""The audit of a unit's chain: one walk over its documents in the order of their counters, in flat memory.

Found are gaps, forks, duplicates, a wrong first hash, altered XML, another unit's certificate, and a counter that does
not stand at the last document. What only a look at all documents at once can find (a value that occurs twice) is given
to the walk, which holds no more than the document before.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from saudi_crm_billing.e_invoicing.engine.errors import Problem
from saudi_crm_billing.e_invoicing.engine.hashing import FIRST_PREVIOUS_HASH
from saudi_crm_billing.e_invoicing.engine.stored_xml import StoredDocument, problems


@dataclass(frozen=True)
class AuditFinding:
	"""What does not hold, at which document; with no document where it is the counter's or the unit's own."""

	document: str
	icv: int
	problem: Problem


@dataclass(frozen=True)
class Counter:
	"""A unit's counter row: the last counter value taken and the hash that the next document will name."""

	last_icv: int
	last_hash: str


@dataclass(frozen=True)
class Repeated:
	"""Values that more than one document has, each with the first document that has it."""

	uuids: Mapping[str, str] = field(default_factory=dict)
	hashes: Mapping[str, str] = field(default_factory=dict)
	previous_hashes: Mapping[str, str] = field(default_factory=dict)


@dataclass
class ChainAudit:
	"""A walk over one unit. `documents` counts those seen; start a window of a longer chain with what is before it.

	`certificate` is the unit's, as base64 text; where there is none, nothing is asked of the documents' own.
	"""

	last_icv: int = 0
	last_hashes: tuple[str, ...] = (FIRST_PREVIOUS_HASH,)
	documents: int = 0
	last_document: str = ""
	certificate: str = ""

	def walk(
		self, rows: Iterable[StoredDocument], repeated: Repeated, counter: Counter | None
	) -> Iterator[AuditFinding]:
		"""All findings, in the order of the counters. `rows` come sorted by counter value, then name."""
		for row in rows:
			for problem in (
				*self._place(row),
				*_repetitions(row, repeated),
				*problems(row, self.certificate),
			):
				yield AuditFinding(row.name, row.icv, problem)
			self._step(row)
		yield from self._end(counter)

	def _place(self, row: StoredDocument) -> Iterator[Problem]:
		if row.icv <= self.last_icv:
			yield Problem("chain-duplicate", {"icv": row.icv})
		elif row.icv > self.last_icv + 1:
			yield Problem("chain-gap", {"icv": row.icv, "after": self.last_icv})
		elif row.previous_hash not in self.last_hashes:
			code = "chain-broken" if self.last_icv else "chain-genesis"
			values = {"icv": row.icv, "found": row.previous_hash, "expected": self.last_hashes[0]}
			yield Problem(code, values)

	def _step(self, row: StoredDocument) -> None:
		"""Documents of one counter value are one place: the next may name either."""
		same = row.icv == self.last_icv and self.documents
		self.last_hashes = (*self.last_hashes[:1], row.invoice_hash) if same else (row.invoice_hash,)
		self.last_icv, self.last_document = row.icv, row.name
		self.documents += 1

	def _end(self, counter: Counter | None) -> Iterator[AuditFinding]:
		if counter is None:
			if self.documents:
				yield AuditFinding(self.last_document, self.last_icv, Problem("audit-no-counter"))
			return
		if counter.last_icv != self.last_icv:
			values = {"stored": counter.last_icv, "found": self.last_icv}
			yield AuditFinding(self.last_document, self.last_icv, Problem("audit-counter", values))
		elif counter.last_hash not in self.last_hashes:
			values_of_hash = {"stored": counter.last_hash, "found": self.last_hashes[-1]}
			problem = Problem("audit-counter-hash", values_of_hash)
			yield AuditFinding(self.last_document, self.last_icv, problem)


def _repetitions(row: StoredDocument, repeated: Repeated) -> Iterator[Problem]:
	for code, value, known in (
		("audit-fork", row.previous_hash, repeated.previous_hashes),
		("audit-same-uuid", row.uuid, repeated.uuids),
		("audit-same-hash", row.invoice_hash, repeated.hashes),
	):
		if known.get(value, row.name) != row.name:
			yield Problem(code, {"icv": row.icv, "other": known[value]})
