"""Two workers on one run, two acceptances at once, a worker killed in the middle: one order, one invoice.

Real processes and real commits, on a site of its own.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.commits

HERE = Path(__file__).resolve().parent
SITE = os.environ.get("SCB_COMMIT_SITE")
WORKER = HERE / "billing_worker.py"
BENCH = Path(os.environ.get("FRAPPE_BENCH") or Path.home() / "frappe-bench")
TIMEOUT = 180

if not SITE:
	pytest.skip("no bench: SCB_COMMIT_SITE is not set", allow_module_level=True)


def start(action: str, *arguments: str) -> subprocess.Popen[str]:
	environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(HERE.parent.parent), str(HERE.parent)])}
	return subprocess.Popen(
		[sys.executable, str(WORKER), str(SITE), action, *arguments],
		cwd=BENCH / "sites",
		env=environment,
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


def at_once(*commands: tuple[str, ...]) -> list[dict[str, Any]]:
	"""Start a process a command, let them connect, and give all of them the word in the same moment."""
	processes = [start(*command, "--wait") for command in commands]
	for process in processes:
		assert process.stdout and process.stdout.readline().strip() == "ready"
	for process in processes:
		assert process.stdin
		process.stdin.write("go\n")
		process.stdin.flush()
	return [answer(process) for process in processes]


@pytest.fixture
def quotation() -> str:
	return ask("prepare")["quotation"]


def assert_billed_once(quotation: str) -> dict[str, Any]:
	state = ask("state", quotation)
	assert len(state["runs"]) == 1
	assert state["runs"][0]["status"] == "Done", state
	assert len(state["orders"]) == 1
	assert len(state["invoices"]) == 1
	assert state["ledger"] == [state["runs"][0]["sales_invoice"]]
	return state


def test_two_workers_on_one_run_make_one_invoice(quotation: str) -> None:
	run = ask("accept", quotation)["run"]
	at_once(*[("process", run)] * 4)
	assert assert_billed_once(quotation)["runs"][0]["attempts"] == 1


def test_the_customer_and_the_seller_accepting_at_once_make_one_invoice(quotation: str) -> None:
	answers = at_once(*[("accept", quotation)] * 4)
	runs = {each["run"] for each in answers}
	assert sum(each["accepted"] for each in answers) == 1
	assert len(runs) == 1
	at_once(*[("process", run) for run in runs] * 2)
	assert_billed_once(quotation)


def test_a_worker_killed_in_the_middle_leaves_nothing_and_the_sweep_goes_on(quotation: str) -> None:
	run = ask("accept", quotation)["run"]
	killed = start("process", run, "--die")
	killed.communicate(timeout=TIMEOUT)
	assert killed.returncode == -9
	state = ask("state", quotation)
	assert (state["orders"], state["invoices"]) == ([], [])
	assert [each["status"] for each in state["runs"]] == ["Running"]
	assert run in ask("sweep_after_an_hour")["stranded"]
	ask("process", run)
	assert assert_billed_once(quotation)["runs"][0]["attempts"] == 2


def test_a_quotation_run_and_an_order_run_at_once_make_one_invoice(quotation: str) -> None:
	"""A second rule listens to submitted orders; an order made by hand fires it while the acceptance is billed."""
	by_order = ask("order_by_hand", quotation)["run"]
	by_quotation = ask("accept", quotation)["run"]
	at_once(("process", by_order), ("process", by_quotation))
	for run in (by_order, by_quotation):
		ask("process", run)
	state = ask("state", quotation)
	assert [each["status"] for each in state["runs"] + state["order_runs"]] == ["Done", "Done"]
	assert len(state["orders"]) == 1
	assert len(state["invoices"]) == 1
	assert state["ledger"] == state["invoices"]
