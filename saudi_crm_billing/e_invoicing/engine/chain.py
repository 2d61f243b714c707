"""Is a unit's sequence of documents one unbroken chain?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from itertools import groupby, pairwise

from saudi_crm_billing.e_invoicing.engine.errors import Problem
from saudi_crm_billing.e_invoicing.engine.hashing import FIRST_PREVIOUS_HASH


class BreakKind(Enum):
	"""How a chain can be broken; the value is the code of its text."""

	WRONG_GENESIS = "chain-genesis"
	GAP = "chain-gap"
	DUPLICATE = "chain-duplicate"
	FORK = "chain-fork"
	BROKEN = "chain-broken"


@dataclass(frozen=True)
class Link:
	"""One document of a unit: its counter, the hash it names as its predecessor's, and its own."""

	icv: int
	previous_hash: str
	hash: str


@dataclass(frozen=True)
class Break:
	"""A place where the chain does not hold, at the document with counter `icv`."""

	kind: BreakKind
	icv: int
	params: Mapping[str, object] = field(default_factory=dict)

	@property
	def problem(self) -> Problem:
		"""The same with its English and Arabic text."""
		return Problem(self.kind.value, {"icv": self.icv, **self.params})


def verify_chain(
	links: Iterable[Link], first_icv: int = 1, first_previous_hash: str = FIRST_PREVIOUS_HASH
) -> tuple[Break, ...]:
	"""All breaks, in the order of the counters; of none the result is empty.

	`links` may come in any order. For a window of a longer chain give the counter it starts at and the hash
	before it.
	"""
	ordered = sorted(links, key=lambda link: link.icv)
	by_counter = [list(group) for _, group in groupby(ordered, key=lambda link: link.icv)]
	breaks = [*_genesis(ordered, first_icv, first_previous_hash), *_forks(ordered)]
	for group in by_counter:
		breaks.extend(Break(BreakKind.DUPLICATE, link.icv) for link in group[1:])
	for before, after in pairwise(by_counter):
		breaks.extend(_between(before, after))
	return tuple(sorted(breaks, key=lambda found: (found.icv, list(BreakKind).index(found.kind))))


def _genesis(ordered: list[Link], first_icv: int, expected: str) -> Iterable[Break]:
	if not ordered:
		return
	first = ordered[0]
	if first.icv != first_icv:
		yield Break(BreakKind.GAP, first.icv, {"after": first_icv - 1})
	elif first.previous_hash != expected:
		yield Break(BreakKind.WRONG_GENESIS, first.icv, {"found": first.previous_hash, "expected": expected})


def _forks(ordered: list[Link]) -> Iterable[Break]:
	followers: dict[str, Link] = {}
	for link in ordered:
		other = followers.setdefault(link.previous_hash, link)
		if other is not link:
			yield Break(BreakKind.FORK, link.icv, {"other": other.icv})


def _between(before: list[Link], after: list[Link]) -> Iterable[Break]:
	"""Between the documents of one counter (normally one) and those of the next."""
	if after[0].icv > before[0].icv + 1:
		yield Break(BreakKind.GAP, after[0].icv, {"after": before[0].icv})
		return
	hashes = [link.hash for link in before]
	for link in after:
		if link.previous_hash not in hashes:
			yield Break(BreakKind.BROKEN, link.icv, {"found": link.previous_hash, "expected": hashes[0]})
