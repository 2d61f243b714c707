"""What the sandbox's auditor says of the chain, and documents and units by the dozen at once."""

from __future__ import annotations

import base64
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest
from e_invoice_samples import (
	a_credit_note,
	a_simplified_invoice,
	a_standard_invoice,
)
from sandbox_client import Unit, an_onboarded_unit, page
from sandbox_fixtures import sandbox, unit

from saudi_crm_billing.e_invoicing.engine.answers import Outcome
from saudi_crm_billing.e_invoicing.engine.signing import SignedInvoice
from saudi_crm_billing.e_invoicing.sending.gateway import Gateway
from saudi_crm_billing.sandbox.server import Sandbox

__all__ = ["sandbox", "unit"]


def chain_of(sandbox: Sandbox, unit: Unit) -> dict[str, Any]:
	assert unit.csid is not None
	for certificate in page(sandbox, "state")["certificates"]:
		if certificate["request_id"] == unit.csid.request_id:
			return dict(certificate["chain"])
	raise AssertionError("the certificate is not in the state")


def test_an_unbroken_chain_of_both_kinds_is_reported_as_such(sandbox: Sandbox, unit: Unit) -> None:
	for _ in range(3):
		assert unit.report(unit.issue(a_simplified_invoice())).accepted
		assert unit.clear(unit.issue(a_standard_invoice())).accepted
	assert chain_of(sandbox, unit) == {"documents": 6, "last_icv": 6, "breaks": []}


def test_documents_out_of_order_are_accepted_and_the_chain_is_whole_in_the_end(
	sandbox: Sandbox, unit: Unit
) -> None:
	first, second, third = (unit.issue(a_simplified_invoice()) for _ in range(3))
	assert unit.report(third).accepted
	assert unit.report(first).accepted
	assert [found["kind"] for found in chain_of(sandbox, unit)["breaks"]] == ["chain-gap"]
	assert unit.report(second).accepted
	assert chain_of(sandbox, unit)["breaks"] == []


def test_a_rejected_document_keeps_its_place_in_the_chain(sandbox: Sandbox, unit: Unit) -> None:
	assert unit.report(unit.issue(a_simplified_invoice())).accepted
	rejected = a_credit_note(subtype=a_simplified_invoice().subtype, note_reason="")
	assert unit.report(unit.issue(rejected)).outcome is Outcome.REJECTED
	assert unit.report(unit.issue(a_simplified_invoice())).accepted
	assert chain_of(sandbox, unit) == {"documents": 3, "last_icv": 3, "breaks": []}


@pytest.mark.parametrize(
	("changes", "kind", "icv"),
	[
		({"icv": 3}, "chain-gap", 3),
		({"icv": 1}, "chain-duplicate", 1),
		({"previous_hash": base64.b64encode(bytes(32)).decode()}, "chain-broken", 2),
	],
)
def test_a_broken_chain_is_accepted_and_audited(
	sandbox: Sandbox, unit: Unit, changes: dict[str, Any], kind: str, icv: int
) -> None:
	assert unit.report(unit.issue(a_simplified_invoice())).accepted
	assert unit.report(unit.issue(a_simplified_invoice(), **changes)).accepted
	breaks = chain_of(sandbox, unit)["breaks"]
	assert (kind, icv) in [(found["kind"], found["icv"]) for found in breaks]
	assert all(found["message_en"] and found["message_ar"] for found in breaks)


def test_two_documents_after_the_same_one_are_a_fork(sandbox: Sandbox, unit: Unit) -> None:
	first = unit.issue(a_simplified_invoice())
	second = unit.issue(a_simplified_invoice())
	third = unit.issue(a_simplified_invoice(), previous_hash=first.invoice_hash)
	assert all(unit.report(document).accepted for document in (first, second, third))
	assert "chain-fork" in [found["kind"] for found in chain_of(sandbox, unit)["breaks"]]


def test_a_chain_that_does_not_start_at_the_first_hash(sandbox: Sandbox, unit: Unit) -> None:
	unit.report(unit.issue(a_simplified_invoice(), previous_hash=base64.b64encode(bytes(32)).decode()))
	assert [found["kind"] for found in chain_of(sandbox, unit)["breaks"]] == ["chain-genesis"]


def test_two_units_have_two_chains(sandbox: Sandbox, unit: Unit) -> None:
	other = an_onboarded_unit(sandbox, serial_number="1-SCB|2-15|3-0002")
	for sender in (unit, other, unit, other):
		assert sender.report(sender.issue(a_simplified_invoice())).accepted
	for sender in (unit, other):
		assert chain_of(sandbox, sender) == {"documents": 2, "last_icv": 2, "breaks": []}


def test_twenty_threads_send_one_chain_and_nothing_is_lost(sandbox: Sandbox, unit: Unit) -> None:
	documents = [unit.issue(a_simplified_invoice()) for _ in range(60)]
	with ThreadPoolExecutor(20) as pool:
		outcomes = list(
			pool.map(lambda d: replace(unit, gateway=Gateway(sandbox.base_url)).report(d).outcome, documents)
		)
	assert outcomes == [Outcome.ACCEPTED] * 60
	assert chain_of(sandbox, unit) == {"documents": 60, "last_icv": 60, "breaks": []}


def test_one_document_sent_by_twenty_threads_is_accepted_once(sandbox: Sandbox, unit: Unit) -> None:
	for document, call in (
		(unit.issue(a_simplified_invoice()), Unit.report),
		(unit.issue(a_standard_invoice()), Unit.clear),
	):
		start = threading.Barrier(20)

		def send(
			_: int,
			document: SignedInvoice = document,
			call: Callable[[Unit, SignedInvoice], Any] = call,
			start: threading.Barrier = start,
		) -> Any:
			start.wait()
			return call(replace(unit, gateway=Gateway(sandbox.base_url)), document)

		with ThreadPoolExecutor(20) as pool:
			answers = list(pool.map(send, range(20)))
		assert sorted(found.outcome.value for found in answers) == ["accepted"] + ["already-accepted"] * 19
		assert len({found.cleared_xml for found in answers}) == 1
	assert chain_of(sandbox, unit)["documents"] == 2


def test_twenty_units_are_onboarded_at_once(sandbox: Sandbox) -> None:
	with ThreadPoolExecutor(20) as pool:
		units = list(
			pool.map(lambda n: an_onboarded_unit(sandbox, serial_number=f"1-SCB|2-15|3-{n}"), range(20))
		)
	assert len({unit.csid.request_id for unit in units if unit.csid}) == 20
