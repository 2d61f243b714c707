"""Each way a chain can break, and the whole one that does not."""

from __future__ import annotations

import random

import pytest

from saudi_crm_billing.e_invoicing.engine.chain import BreakKind, Link, verify_chain
from saudi_crm_billing.e_invoicing.engine.hashing import FIRST_PREVIOUS_HASH
from saudi_crm_billing.e_invoicing.engine.texts import TEXTS


def a_chain(length: int) -> list[Link]:
	hashes = [FIRST_PREVIOUS_HASH, *(f"hash-{icv}" for icv in range(1, length + 1))]
	return [Link(icv, hashes[icv - 1], hashes[icv]) for icv in range(1, length + 1)]


def kinds(links: list[Link]) -> list[tuple[BreakKind, int]]:
	return [(found.kind, found.icv) for found in verify_chain(links)]


def test_an_unbroken_chain_has_no_breaks_in_any_order() -> None:
	links = a_chain(100)
	random.Random(7).shuffle(links)
	assert verify_chain(links) == ()


def test_no_documents_are_no_breaks() -> None:
	assert verify_chain([]) == ()


def test_a_missing_document_is_a_gap_only() -> None:
	links = a_chain(5)
	del links[2]
	(found,) = verify_chain(links)
	assert (found.kind, found.icv, found.params) == (BreakKind.GAP, 4, {"after": 2})
	assert found.problem.message_en == "After counter 2 comes 4: counters in between are missing."
	assert "4" in found.problem.message_ar


def test_a_chain_that_lacks_its_first_document_has_a_gap() -> None:
	assert kinds(a_chain(3)[1:]) == [(BreakKind.GAP, 2)]


def test_a_wrong_genesis() -> None:
	links = a_chain(2)
	links[0] = Link(1, "something else", "hash-1")
	(found,) = verify_chain(links)
	assert found.kind is BreakKind.WRONG_GENESIS
	assert found.params == {"found": "something else", "expected": FIRST_PREVIOUS_HASH}


def test_two_workers_that_took_the_same_counter() -> None:
	links = a_chain(3)
	links.insert(2, Link(2, "hash-1", "hash-2-again"))
	assert kinds(links) == [(BreakKind.DUPLICATE, 2), (BreakKind.FORK, 2)]


def test_two_counters_that_continue_from_one_document() -> None:
	links = a_chain(3)
	links[2] = Link(3, "hash-1", "hash-3")
	assert kinds(links) == [(BreakKind.FORK, 3), (BreakKind.BROKEN, 3)]


def test_a_previous_hash_of_nobody() -> None:
	links = a_chain(3)
	links[2] = Link(3, "altered", "hash-3")
	(found,) = verify_chain(links)
	assert (found.kind, found.icv) == (BreakKind.BROKEN, 3)
	assert found.params == {"found": "altered", "expected": "hash-2"}


def test_a_window_of_a_longer_chain() -> None:
	window = a_chain(10)[4:]
	assert verify_chain(window, first_icv=5, first_previous_hash="hash-4") == ()
	assert [found.kind for found in verify_chain(window, first_icv=5, first_previous_hash="hash-3")] == [
		BreakKind.WRONG_GENESIS
	]


@pytest.mark.parametrize("kind", BreakKind)
def test_every_kind_has_a_text(kind: BreakKind) -> None:
	assert kind.value in TEXTS
