"""Payments, journals, cancellations and reschedules of the same plans from several processes, some of them killed.

Whatever the order and wherever one dies: the instalments, the schedule and the ledgers say the same to the halala.
"""

from __future__ import annotations

import json
import os
import random
import time

import pytest
from workers import SITE, TIMEOUT, Workers, answer, tell, wait_for

pytestmark = pytest.mark.commits

WORKERS = Workers("instalments_worker.py")
FULL = bool(os.environ.get("SCB_FULL"))
PROCESSES, TURNS, KILLS, STEPS = (6, 40, 30, 60) if FULL else (3, 8, 4, 4)
SEED = 20261128

if not SITE:
	pytest.skip("no bench: SCB_COMMIT_SITE is not set", allow_module_level=True)


def invoices() -> str:
	return json.dumps(WORKERS.ask("prepare", "2")["invoices"])


def test_processes_that_settle_one_plan_in_step_leave_one_truth_after_each_turn() -> None:
	"""Each waits for the lock with a snapshot from before the other's commit, and no later movement mends what it wrote:
	a ledger read from the snapshot is seen here, while the churn below mends it before it looks."""
	invoice = json.loads(invoices())[0]
	commands = [("settle_in_step", invoice, str(STEPS), by) for by in ("payment", "journal")]
	processes = [WORKERS.start(*command) for command in commands]
	for _turn in range(STEPS):
		for process in processes:
			wait_for(process, "done")
		for process in processes:
			tell(process)
	assert [answer(process)["wrong"] for process in processes] == [[], []]
	assert WORKERS.ask("recount", json.dumps([invoice]))["wrong"] == {}


def test_several_processes_at_once_leave_one_truth() -> None:
	names = invoices()
	told = WORKERS.at_once(*[("churn", names, str(TURNS), str(SEED + each)) for each in range(PROCESSES)])
	state = WORKERS.ask("recount", names)
	print(
		f"\n{sum(each['done'] for each in told)} done, {sum(each['refused'] for each in told)} refused; {state}"
	)
	assert state["wrong"] == {}
	assert sum(each["done"] for each in told) > PROCESSES
	assert state["payments"] > 0


def test_processes_killed_at_any_moment_leave_one_truth() -> None:
	names, chance = invoices(), random.Random(SEED)
	for turn in range(KILLS):
		doomed = WORKERS.started("churn", names, "1000", str(SEED + turn))
		other = WORKERS.started("churn", names, "3", str(-turn))
		tell(doomed)
		tell(other)
		time.sleep(chance.uniform(0.3, 3))
		doomed.kill()
		doomed.communicate(timeout=TIMEOUT)
		answer(other)
		assert doomed.returncode == -9
		assert WORKERS.ask("recount", names)["wrong"] == {}
	state = WORKERS.ask("recount", names)
	print(f"\nafter {KILLS} kills: {state}")
	assert state["payments"] + state["reschedules"] > 0
