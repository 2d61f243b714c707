"""Processes that submit on one unit at once, or are killed in the middle, leave one unbroken chain.

Real processes and real commits, on a site of its own.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

import auditor
import pytest
from workers import SITE, TIMEOUT, Workers

pytestmark = pytest.mark.commits

WORKERS = Workers("chain_worker.py")
start, ask, at_once = WORKERS.start, WORKERS.ask, WORKERS.at_once
EACH = 100 if os.environ.get("SCB_FULL") else 15
PROCESSES = 2

if not SITE:
	pytest.skip("no bench: SCB_COMMIT_SITE is not set", allow_module_level=True)


@pytest.fixture
def unit() -> Iterator[str]:
	from saudi_crm_billing.sandbox.server import Sandbox

	with Sandbox() as sandbox:
		yield ask("prepare", sandbox.base_url)["unit"]
		ask("retire")


def assert_unbroken(unit: str, documents: int) -> None:
	from saudi_crm_billing.e_invoicing.engine.hashing import FIRST_PREVIOUS_HASH

	state = ask("chain", unit)
	rows = state["documents"]
	assert [row["icv"] for row in rows] == list(range(1, documents + 1))
	expected = [FIRST_PREVIOUS_HASH, *(row["invoice_hash"] for row in rows[:-1])]
	assert [row["previous_hash"] for row in rows] == expected
	assert state["counter"] == [documents, rows[-1]["invoice_hash"]]
	assert len({row["reference_name"] for row in rows}) == documents
	auditor.assert_whole(unit, documents)


def test_two_processes_leave_one_unbroken_chain(unit: str) -> None:
	answers = at_once(*[("submit", str(EACH))] * PROCESSES)
	assert [row["submitted"] for row in answers] == [EACH] * PROCESSES
	assert_unbroken(unit, EACH * PROCESSES)


def test_a_process_killed_before_its_commit_leaves_no_gap(unit: str) -> None:
	assert ask("submit", "1")["submitted"] == 1
	killed = start("submit_and_die")
	killed.communicate(timeout=TIMEOUT)
	assert killed.returncode == -9
	assert_unbroken(unit, 1)
	assert ask("submit", "2")["submitted"] == 2
	assert_unbroken(unit, 3)


def test_a_monitor_hears_that_the_chain_is_whole_and_of_the_row_that_is_damaged(unit: str) -> None:
	at_once(("submit", "3"), ("submit", "3"))
	auditor.assert_monitor_hears_whole(unit, 6)
	damaged = ask("chain", unit)["documents"][3]["name"]
	ask("alter", damaged, "SAR", "USD")
	code, said = auditor.command(unit)
	assert code == 1
	assert f"{damaged} [audit-hash]" in said
	ask("alter", damaged, "USD", "SAR")
	auditor.assert_monitor_hears_whole(unit, 6)
