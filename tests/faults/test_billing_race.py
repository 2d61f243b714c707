"""Two workers on one run, two acceptances at once, a worker killed in the middle: one order, one invoice.

Real processes and real commits, on a site of its own.
"""

from __future__ import annotations

from typing import Any

import pytest
from workers import SITE, TIMEOUT, Workers

pytestmark = pytest.mark.commits

WORKERS = Workers("billing_worker.py")
start, ask, at_once = WORKERS.start, WORKERS.ask, WORKERS.at_once

if not SITE:
	pytest.skip("no bench: SCB_COMMIT_SITE is not set", allow_module_level=True)


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
