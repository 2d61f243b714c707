"""Each fault as a client meets it, how it is classified, and that sending the same bytes again settles it."""

from __future__ import annotations

from collections.abc import Iterator
from threading import Event
from typing import Any
from urllib.error import HTTPError

import pytest
from e_invoice_samples import a_credit_note, a_simplified_invoice, a_standard_invoice
from sandbox_client import Unit, a_sandbox, an_onboarded_unit, page

from saudi_crm_billing.e_invoicing.engine.answers import Answer, Call, NextStep, Outcome
from saudi_crm_billing.e_invoicing.sending.gateway import Gateway
from saudi_crm_billing.sandbox.faults import FaultError, Faults, Kind
from saudi_crm_billing.sandbox.server import Sandbox


@pytest.fixture(scope="module")
def running() -> Iterator[Sandbox]:
	with a_sandbox() as sandbox:
		yield sandbox


@pytest.fixture
def sandbox(running: Sandbox) -> Iterator[Sandbox]:
	yield running
	running.faults.clear()


@pytest.fixture
def unit(sandbox: Sandbox) -> Unit:
	unit = an_onboarded_unit(sandbox)
	unit.gateway = Gateway(sandbox.base_url, timeout=(1, 0.5))
	return unit


BREAKDOWNS: list[dict[str, Any]] = [
	{"kind": "timeout", "seconds": 1.5},
	{"kind": "drop"},
	{"kind": "malformed"},
	{"kind": "too-many-requests"},
	*({"kind": "server-error", "status": status} for status in (500, 502, 503, 504)),
]


@pytest.mark.parametrize("accept", [False, True])
@pytest.mark.parametrize("fault", BREAKDOWNS, ids=lambda fault: f"{fault['kind']}-{fault.get('status', '')}")
def test_a_breakdown_leaves_the_document_unknown_and_resending_settles_it(
	sandbox: Sandbox, unit: Unit, fault: dict[str, Any], accept: bool
) -> None:
	sandbox.faults.arm(**fault, endpoint="report", accept=accept)
	document = unit.issue(a_simplified_invoice())
	first = unit.report(document)
	assert (first.outcome, first.next_step) == (Outcome.TRY_LATER, NextStep.SEND_SAME_BYTES_LATER)
	again = unit.report(document)
	assert again.outcome is (Outcome.ALREADY_ACCEPTED if accept else Outcome.ACCEPTED)
	assert len([s for s in sandbox.state.accepted() if s.invoice_hash == document.invoice_hash]) == 1


@pytest.mark.parametrize("fault", BREAKDOWNS, ids=lambda fault: f"{fault['kind']}-{fault.get('status', '')}")
def test_a_clearance_whose_answer_was_lost_comes_back_with_its_stamp(
	sandbox: Sandbox, unit: Unit, fault: dict[str, Any]
) -> None:
	sandbox.faults.arm(**fault, endpoint="clear", accept=True)
	document = unit.issue(a_standard_invoice())
	assert unit.clear(document).outcome is Outcome.TRY_LATER
	again = unit.clear(document)
	assert (again.http_status, again.outcome, again.stamp_missing) == (208, Outcome.ALREADY_ACCEPTED, False)


def test_an_answer_cut_in_the_middle_is_unknown_although_it_said_yes(sandbox: Sandbox, unit: Unit) -> None:
	sandbox.faults.arm("truncated", "report")
	document = unit.issue(a_simplified_invoice())
	assert unit.report(document).outcome is Outcome.TRY_LATER
	assert unit.report(document).outcome is Outcome.ALREADY_ACCEPTED


def test_a_timeout_holds_the_answer_back_as_long_as_asked(
	sandbox: Sandbox, unit: Unit, monkeypatch: pytest.MonkeyPatch
) -> None:
	held = list[float]()
	monkeypatch.setattr(sandbox._server.stopping, "wait", held.append)
	sandbox.faults.arm("timeout", "report", seconds=17)
	reply = unit.gateway.report(*unit.credentials, {})
	assert (reply.http_status, reply.failure) == (None, "connection")
	assert held == [17]


def test_429_says_when_to_come_back(sandbox: Sandbox, unit: Unit) -> None:
	sandbox.faults.arm("too-many-requests")
	reply = unit.gateway.report(*unit.credentials, {})
	assert (reply.http_status, reply.retry_after) == (429, 1)


def test_unauthorized_is_the_units_setup_and_not_a_rejection(sandbox: Sandbox, unit: Unit) -> None:
	sandbox.faults.arm("unauthorized", "report")
	document = unit.issue(a_simplified_invoice())
	assert unit.report(document).outcome is Outcome.CONFIGURATION
	assert unit.report(document).outcome is Outcome.ACCEPTED


def test_a_rejection_on_demand(sandbox: Sandbox, unit: Unit) -> None:
	sandbox.faults.arm("reject", "clear")
	found = unit.clear(unit.issue(a_standard_invoice()))
	assert (found.outcome, found.errors[0].code) == (Outcome.REJECTED, "SANDBOX_REJECTED")


@pytest.mark.parametrize(("call", "status"), [("report", 409), ("clear", 208)])
def test_a_duplicate_on_the_first_sending_is_success(
	sandbox: Sandbox, unit: Unit, call: str, status: int
) -> None:
	sandbox.faults.arm("duplicate", call)
	invoice = a_simplified_invoice() if call == "report" else a_standard_invoice()
	found: Answer = getattr(unit, call)(unit.issue(invoice))
	assert (found.http_status, found.outcome, found.stamp_missing) == (
		status,
		Outcome.ALREADY_ACCEPTED,
		False,
	)


def test_a_bad_document_is_rejected_under_the_duplicate_fault_too(sandbox: Sandbox, unit: Unit) -> None:
	sandbox.faults.arm("duplicate", "clear")
	assert unit.clear(unit.issue(a_credit_note(note_reason=""))).outcome is Outcome.REJECTED


def test_while_clearance_is_off_standard_documents_are_reported(sandbox: Sandbox, unit: Unit) -> None:
	sandbox.faults.arm("clearance-off", count=None)
	document = unit.issue(a_standard_invoice())
	for _ in range(2):
		turned = unit.clear(document)
		assert (turned.http_status, turned.next_step) == (303, NextStep.SEND_TO_REPORTING)
	assert unit.report(document).outcome is Outcome.ACCEPTED
	sandbox.faults.clear()
	assert unit.clear(unit.issue(a_standard_invoice())).outcome is Outcome.ACCEPTED


def test_what_was_turned_away_may_be_reported_after_clearance_is_back(sandbox: Sandbox, unit: Unit) -> None:
	sandbox.faults.arm("clearance-off")
	document, other = unit.issue(a_standard_invoice()), unit.issue(a_standard_invoice())
	assert unit.clear(document).outcome is Outcome.REPORT_INSTEAD
	assert unit.report(document).outcome is Outcome.ACCEPTED
	assert unit.report(other).outcome is Outcome.CLEAR_INSTEAD


def test_a_renewal_that_must_pass_compliance_first(sandbox: Sandbox, unit: Unit) -> None:
	sandbox.faults.arm("not-compliant")
	assert unit.renew().outcome is Outcome.COMPLIANCE_NEEDED
	unit.pass_compliance()
	assert unit.ask_production().outcome is Outcome.ACCEPTED
	assert unit.renew().outcome is Outcome.ACCEPTED


@pytest.mark.parametrize("call", list(Call))
def test_any_call_can_be_made_to_fail(sandbox: Sandbox, call: Call) -> None:
	unit = an_onboarded_unit(sandbox)
	sandbox.faults.arm(Kind.SERVER_ERROR, call, status=503)
	calls = {
		Call.COMPLIANCE_CSID: lambda: unit.gateway.compliance_csid(unit.csr, "1"),
		Call.COMPLIANCE_CHECK: lambda: unit.gateway.compliance_check("a", "b", {}),
		Call.PRODUCTION_CSID: lambda: unit.gateway.production_csid("a", "b", "1"),
		Call.RENEWAL: lambda: unit.gateway.renew("a", "b", unit.csr, "1"),
		Call.REPORT: lambda: unit.gateway.report("a", "b", {}),
		Call.CLEAR: lambda: unit.gateway.clear("a", "b", {}),
	}
	statuses = {name: ask().http_status for name, ask in calls.items()}
	assert [name for name, status in statuses.items() if status == 503] == [call]


def test_a_fault_is_used_up_by_its_count(sandbox: Sandbox, unit: Unit) -> None:
	sandbox.faults.arm("server-error", "report", count=2)
	document = unit.issue(a_simplified_invoice())
	assert [unit.report(document).http_status for _ in range(3)] == [500, 500, 200]


def test_faults_follow_each_other_in_the_order_they_were_armed(sandbox: Sandbox, unit: Unit) -> None:
	sandbox.faults.arm("unauthorized", "report")
	sandbox.faults.arm("server-error", status=503)
	document = unit.issue(a_simplified_invoice())
	assert [unit.report(document).http_status for _ in range(3)] == [401, 503, 200]


def test_faults_over_http(sandbox: Sandbox, unit: Unit) -> None:
	wish = {"kind": "server-error", "endpoint": "report", "count": None, "status": 502}
	(armed,) = page(sandbox, "faults", "POST", wish)
	assert armed == {**wish, "accept": False, "seconds": 30, "after": 0, "body": None}
	assert unit.report(unit.issue(a_simplified_invoice())).http_status == 502
	assert page(sandbox, "faults") == [armed]
	assert page(sandbox, "faults", "DELETE") == []
	assert unit.report(unit.issue(a_simplified_invoice())).http_status == 200


BAD_WISHES: list[tuple[Any, str]] = [
	({}, "a fault has a kind"),
	([], "a fault has a kind"),
	({"kind": "drop", "when": "now"}, "a fault has a kind"),
	({"kind": "earthquake"}, "no such fault: 'earthquake'"),
	({"kind": []}, "no such fault"),
	({"kind": "drop", "endpoint": "status"}, "no such endpoint: 'status'"),
	({"kind": "drop", "count": 0}, "count is a whole number"),
	({"kind": "drop", "count": True}, "count is a whole number"),
	({"kind": "timeout", "seconds": -1}, "seconds are from 0"),
	({"kind": "timeout", "seconds": float("nan")}, "seconds are from 0"),
	({"kind": "timeout", "seconds": "1"}, "seconds are from 0"),
	({"kind": "server-error", "status": 200}, "status is from 500"),
	({"kind": "drop", "accept": 1}, "accept is true or false"),
]


@pytest.mark.parametrize(("wish", "words"), BAD_WISHES)
def test_a_fault_that_makes_no_sense_is_refused_with_the_reason(
	sandbox: Sandbox, wish: Any, words: str
) -> None:
	with pytest.raises(HTTPError) as caught:
		page(sandbox, "faults", "POST", wish)
	assert caught.value.code == 400
	assert words in caught.value.read().decode()
	assert sandbox.faults.armed() == ()


def test_the_python_way_refuses_as_well() -> None:
	with pytest.raises(FaultError, match="there are timeout, server-error"):
		Faults().arm("earthquake")


def test_stopping_lets_go_of_an_answer_held_back(monkeypatch: pytest.MonkeyPatch) -> None:
	ended, let_go = list[tuple[float, bool]](), Event()
	with a_sandbox() as own:
		stopping = own._server.stopping
		really_wait = stopping.wait

		def wait(seconds: float) -> None:
			ended.append((seconds, really_wait(seconds)))
			let_go.set()

		monkeypatch.setattr(stopping, "wait", wait)
		own.faults.arm("timeout", seconds=60)
		reply = Gateway(own.base_url, timeout=(1, 0.2)).report("a", "b", {})
		assert reply.failure == "timeout"
		assert not ended
	assert let_go.wait(120)
	assert ended == [(60, True)], "the answer was held back to its end"
