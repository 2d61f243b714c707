"""kill -9 at any moment of submitting and of sending, and a gateway that fails at random.

Nothing is lost, nothing is accepted twice, the chain is whole, and every document is final once the gateway is well.
Real processes, real commits and real HTTP, on a site of its own.
"""

from __future__ import annotations

import os
import random
import threading
from collections import Counter
from collections.abc import Iterator
from typing import Any

import auditor
import pytest
from workers import SITE, Workers

from saudi_crm_billing.sandbox.faults import Kind
from saudi_crm_billing.sandbox.server import Sandbox

pytestmark = pytest.mark.commits

WORKERS = Workers("e_invoice_kill_worker.py")
ask, at_once = WORKERS.ask, WORKERS.at_once
FULL = bool(os.environ.get("SCB_FULL"))
KILLS = 50 if FULL else 8
WAITING_TO_BE_SENT = 150 if FULL else 30
DOCUMENTS = 1000 if FULL else 40
PROCESSES, EACH = 8, 5
# Turns of the sweep, with hours between them, within which every document must be final.
TURNS = 30
FAILURES = (
	(Kind.SERVER_ERROR, False),
	(Kind.SERVER_ERROR, True),
	(Kind.TOO_MANY_REQUESTS, False),
	(Kind.MALFORMED, False),
	(Kind.MALFORMED, True),
	(Kind.TRUNCATED, True),
	(Kind.DROP, False),
	(Kind.DROP, True),
	(Kind.DUPLICATE, False),
	(Kind.UNAUTHORIZED, False),
	(Kind.CLEARANCE_OFF, False),
)

if not SITE:
	pytest.skip("no bench: SCB_COMMIT_SITE is not set", allow_module_level=True)


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
	with Sandbox() as running:
		yield running
		ask("retire")


@pytest.fixture
def unit(sandbox: Sandbox) -> str:
	ask("forget")
	return str(ask("prepare", sandbox.base_url)["unit"])


@pytest.fixture
def seed() -> int:
	number = int(os.environ.get("SCB_SEED") or random.randrange(10**6))
	print(f"seed {number}: SCB_SEED={number} plays the same failures again")
	return number


def assert_whole(unit: str, seed: int) -> list[dict[str, Any]]:
	"""One document for each submitted invoice, one unbroken chain, as counted here and by the auditor; the documents."""
	from saudi_crm_billing.e_invoicing.engine.hashing import FIRST_PREVIOUS_HASH

	chain, now = ask("chain", unit), ask("outcome", unit)
	rows = chain["documents"]
	assert [row["icv"] for row in rows] == list(range(1, len(rows) + 1)), f"seed {seed}"
	expected = [FIRST_PREVIOUS_HASH, *(row["invoice_hash"] for row in rows)]
	assert [row["previous_hash"] for row in rows] == expected[:-1], f"seed {seed}"
	assert chain["counter"] == [len(rows), expected[-1]], f"seed {seed}"
	assert now["without"] == [], f"seed {seed}: submitted without a document"
	sources = [row["reference_name"] for row in rows]
	assert len(set(sources)) == len(sources) and set(sources) <= set(now["submitted"]), f"seed {seed}"
	auditor.assert_whole(unit, len(rows))
	return now["documents"]


def assert_as_at_the_gateway(documents: list[dict[str, Any]], sandbox: Sandbox, seed: int) -> Counter[str]:
	"""Every document is accepted, by the site and by the gateway, where each was accepted once. States counted."""
	accepted = Counter(submission.number for submission in sandbox.state.accepted())
	assert set(accepted.values()) <= {1}, f"seed {seed}: accepted twice"
	by_state = Counter(row["state"] for row in documents)
	assert set(by_state) <= {"Cleared", "Reported"}, f"seed {seed}: {by_state}"
	assert {row["reference_name"] for row in documents} == set(accepted), (
		f"seed {seed}: not as at the gateway"
	)
	return by_state


def assert_final(unit: str, sandbox: Sandbox, seed: int) -> Counter[str]:
	"""The gateway is well: all is sent, whole (to a monitor too), and accepted once. How many are in which state."""
	ask("sweep_until_final", str(TURNS))
	documents = assert_whole(unit, seed)
	auditor.assert_monitor_hears_whole(unit, len(documents))
	return assert_as_at_the_gateway(documents, sandbox, seed)


def test_eight_processes_on_one_unit_leave_one_chain(unit: str) -> None:
	answers = at_once(*[("submit", str(EACH))] * PROCESSES)
	assert [row["submitted"] for row in answers] == [EACH] * PROCESSES
	assert len(assert_whole(unit, 0)) == PROCESSES * EACH
	auditor.assert_monitor_hears_whole(unit, PROCESSES * EACH)


def test_killed_while_submitting(unit: str, sandbox: Sandbox, seed: int) -> None:
	told = ask("submit_under_kills", str(KILLS), str(seed))
	documents = assert_whole(unit, seed)
	assert told["killed"] == KILLS and 3 <= len(documents) <= 2 * KILLS + 3
	states = assert_final(unit, sandbox, seed)
	assert states.total() == len(documents)
	print(f"{told}, {dict(states)}")


def test_killed_while_sending(unit: str, sandbox: Sandbox, seed: int) -> None:
	at_once(*[("submit", str(WAITING_TO_BE_SENT // 2))] * 2)
	told = ask("send_under_kills", str(KILLS), str(seed))
	# On a fast machine all is sent before the last kill.
	assert told["killed"] >= KILLS / 2
	states = assert_final(unit, sandbox, seed)
	assert states.total() == WAITING_TO_BE_SENT + 1
	print(f"{told}, {dict(states)}")


def test_a_gateway_that_fails_at_random(unit: str, sandbox: Sandbox, seed: int) -> None:
	at_once(*[("submit", str(DOCUMENTS // 2))] * 2)
	failing = Failing(sandbox, seed)
	with failing:
		ask("sweep_until_final", str(DOCUMENTS // 2))
	states = assert_final(unit, sandbox, seed)
	assert states.total() == DOCUMENTS
	assert failing.armed > DOCUMENTS / 4, "the gateway hardly failed"
	print(f"{failing.armed} failures, {dict(states)}")


class Failing:
	"""While it is entered, the gateway has a random failure ready for most of its calls."""

	def __init__(self, sandbox: Sandbox, seed: int) -> None:
		self.faults, self.chance = sandbox.faults, random.Random(seed)
		self.armed = 0
		self._stop = threading.Event()
		self._thread = threading.Thread(target=self._arm_for_ever)

	def __enter__(self) -> None:
		self._thread.start()

	def __exit__(self, *_error: object) -> None:
		self._stop.set()
		self._thread.join()
		self.faults.clear()

	def _arm_for_ever(self) -> None:
		while not self._stop.wait(self.chance.uniform(0, 0.02)):
			if not self.faults.armed():
				kind, accept = self.chance.choice(FAILURES)
				self.faults.arm(kind, accept=accept)
				self.armed += 1
