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


PLANS = ("At Once in Two", "At Once in Three", "At Once in Four")


def assert_whole(state: dict[str, Any]) -> None:
	"""Who accepted, the plan and its terms are of one choice."""
	assert state["terms"] == state["plan"]
	assert state["by"] == f"Chooser of {state['plan']}"


def test_of_customers_choosing_at_once_one_choice_counts_whole() -> None:
	offer = ask("offer", *PLANS)
	answers = at_once(*[("choose", offer["link"], plan) for plan in PLANS])
	state = ask("chosen", offer["quotation"])
	assert_whole(state)
	late = [
		plan for plan, answer in zip(PLANS, answers, strict=True) if answer["location"].endswith("late=1")
	]
	assert late == [plan for plan in PLANS if plan != state["plan"]]


def test_a_customer_chooses_while_the_seller_takes_the_choice_back() -> None:
	"""Whichever comes first, one of them wins wholly and the other is told, or both in turn."""
	offer = ask("offer", *PLANS)
	customer, seller = at_once(("choose", offer["link"], PLANS[1]), ("withdraw_choice", offer["quotation"]))
	state = ask("chosen", offer["quotation"])
	assert state["chooses"] == (0 if seller["saved"] else 1)
	if customer["location"].endswith("gone=1"):
		assert (state["by"], state["plan"], state["terms"]) == (None, None, None)
		assert seller["saved"]
	else:
		assert_whole(state)
