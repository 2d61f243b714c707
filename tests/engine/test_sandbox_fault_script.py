"""Faults by a file for the whole run, and by a header for one request."""

from __future__ import annotations

import io
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from e_invoice_samples import a_simplified_invoice, a_standard_invoice
from sandbox_client import Unit, a_sandbox, an_onboarded_unit

from saudi_crm_billing.e_invoicing.engine.answers import Call
from saudi_crm_billing.sandbox.command import serve
from saudi_crm_billing.sandbox.fault_script import HEADER, read_header, read_script
from saudi_crm_billing.sandbox.faults import FaultError, Kind
from saudi_crm_billing.sandbox.server import Sandbox


@pytest.fixture(scope="module")
def running() -> Iterator[Sandbox]:
	with a_sandbox() as sandbox:
		yield sandbox


@pytest.fixture
def sandbox(running: Sandbox) -> Iterator[Sandbox]:
	running.faults.clear()
	yield running
	running.faults.clear()


@pytest.fixture
def unit(sandbox: Sandbox) -> Unit:
	return an_onboarded_unit(sandbox)


def a_script(folder: Path, script: object) -> Path:
	path = folder / "faults.json"
	path.write_text(json.dumps(script))
	return path


def test_a_file_says_what_each_call_is_answered_with(sandbox: Sandbox, unit: Unit, tmp_path: Path) -> None:
	script = {
		"report": [
			"server-error",
			"pass",
			{"kind": "answer", "status": 413, "body": {"message": "too large"}},
		],
		"clear": [{"kind": "delay", "seconds": 0.3}, "too-large", {"kind": "drop", "accept": True}],
	}
	sandbox.faults.add(*read_script(a_script(tmp_path, script)))
	simplified = [unit.issue(a_simplified_invoice()) for _ in range(4)]
	assert [unit.report(document).http_status for document in simplified] == [500, 200, 413, 200]
	standard = unit.issue(a_standard_invoice())
	started = time.monotonic()
	assert unit.clear(standard).http_status == 200
	assert time.monotonic() - started >= 0.3
	other = unit.issue(a_standard_invoice())
	assert [unit.clear(other).http_status for _ in range(3)] == [413, None, 208]
	assert sandbox.faults.armed() == ()


def test_a_list_arms_faults_as_they_are(tmp_path: Path) -> None:
	(fault,) = read_script(
		a_script(tmp_path, [{"kind": "timeout", "endpoint": "clear", "count": None, "after": 2}])
	)
	assert (fault.kind, fault.endpoint, fault.count, fault.after) == (Kind.TIMEOUT, Call.CLEAR, None, 2)


def test_calls_before_the_fault_are_let_through(sandbox: Sandbox, unit: Unit) -> None:
	sandbox.faults.arm("server-error", "report", after=2)
	documents = [unit.issue(a_simplified_invoice()) for _ in range(4)]
	assert [unit.report(document).http_status for document in documents] == [200, 200, 500, 200]


@pytest.mark.parametrize(
	("script", "said"),
	[
		({"report": "timeout"}, "report has a list of faults"),
		({"fly": ["timeout"]}, "no such endpoint: 'fly'"),
		({"report": ["earthquake"]}, "no such fault: 'earthquake'"),
		([{"status": 500}], "a fault has a kind"),
		([{"kind": "answer", "status": 99}], "status is from 200 to 599"),
		([{"kind": "drop", "after": -1}], "after is a whole number"),
		("timeout", "a script is a list of faults"),
	],
)
def test_a_script_that_makes_no_sense(tmp_path: Path, script: object, said: str) -> None:
	with pytest.raises(FaultError, match=said):
		read_script(a_script(tmp_path, script))


def test_the_command_refuses_such_a_script(tmp_path: Path) -> None:
	out = io.StringIO()
	assert serve(0, out, a_script(tmp_path, ["earthquake"])) == 2
	assert "The faults cannot be armed: no such fault: 'earthquake'" in out.getvalue()
	assert serve(0, out, tmp_path / "none.json") == 2
	assert "cannot be read as JSON" in out.getvalue()


@pytest.mark.parametrize(
	("header", "status"),
	[
		("server-error", 500),
		(json.dumps({"kind": "server-error", "status": 503}), 503),
		("too-many-requests", 429),
		("too-large", 413),
		(json.dumps({"kind": "answer", "status": 418, "body": "tea"}), 418),
		("pass", 400),
		("earthquake", 400),
	],
)
def test_a_header_spoils_the_request_that_carries_it_and_no_other(
	sandbox: Sandbox, header: str, status: int
) -> None:
	def ask(**headers: str) -> Any:
		return requests.post(
			f"{sandbox.base_url}/compliance", json={}, headers={"Accept-Version": "V2", **headers}
		)

	assert ask(**{HEADER: header}).status_code == status
	assert ask().json()["errors"][0]["code"] == "Missing-OTP"


def test_a_header_that_is_no_json() -> None:
	with pytest.raises(FaultError, match="is no JSON"):
		read_header("{kind")


@pytest.mark.parametrize(
	("login", "code"), [("", "Missing-CurrentCCSID"), ("production", "Invalid-CurrentCCSID")]
)
def test_a_login_that_is_no_compliance_certificate_s(
	sandbox: Sandbox, unit: Unit, login: str, code: str
) -> None:
	assert unit.csid
	auth = (unit.csid.token, unit.csid.secret) if login else None
	answer = requests.post(
		f"{sandbox.base_url}/production/csids",
		json={"compliance_request_id": "1"},
		headers={"Accept-Version": "V2"},
		auth=auth,
	)
	assert (answer.status_code, answer.json()["errors"][0]["code"]) == (400, code)
