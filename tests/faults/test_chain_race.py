"""Processes that submit on one unit at once, or are killed in the middle, leave one unbroken chain.

Real processes and real commits, on a site of its own.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.commits

HERE = Path(__file__).resolve().parent
SITE = os.environ.get("SCB_COMMIT_SITE")
WORKER = HERE / "chain_worker.py"
BENCH = Path(os.environ.get("FRAPPE_BENCH") or Path.home() / "frappe-bench")
EACH = 100 if os.environ.get("SCB_FULL") else 15
PROCESSES = 2
TIMEOUT = 600

if not SITE:
	pytest.skip("no bench: SCB_COMMIT_SITE is not set", allow_module_level=True)


def start(action: str, *arguments: str) -> subprocess.Popen[str]:
	folders = [str(HERE.parent.parent), str(HERE.parent), str(HERE.parent / "site")]
	return subprocess.Popen(
		[sys.executable, str(WORKER), str(SITE), action, *arguments],
		cwd=BENCH / "sites",
		env={**os.environ, "PYTHONPATH": os.pathsep.join(folders)},
		stdin=subprocess.PIPE,
		stdout=subprocess.PIPE,
		text=True,
	)


def answer(process: subprocess.Popen[str]) -> dict[str, Any]:
	"""What the worker says in its last line; its log, if any, is above it."""
	output, _ = process.communicate(timeout=TIMEOUT)
	assert process.returncode == 0, output
	return json.loads(output.strip().splitlines()[-1])


def ask(action: str, *arguments: str) -> dict[str, Any]:
	return answer(start(action, *arguments))


def at_once(action: str, *arguments: str) -> list[dict[str, Any]]:
	"""Start the processes, let them connect, and give all of them the word in the same moment."""
	processes = [start(action, *arguments, "--wait") for _ in range(PROCESSES)]
	for process in processes:
		assert process.stdout and process.stdout.readline().strip() == "ready"
	for process in processes:
		assert process.stdin
		process.stdin.write("go\n")
		process.stdin.flush()
	return [answer(process) for process in processes]


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


def test_two_processes_leave_one_unbroken_chain(unit: str) -> None:
	answers = at_once("submit", str(EACH))
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
