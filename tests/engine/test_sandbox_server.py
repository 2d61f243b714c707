"""The sandbox as a server and as a command: hostile requests, its own pages, start and stop."""

from __future__ import annotations

import io
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from e_invoice_samples import a_simplified_invoice
from sandbox_client import OTP, Unit, a_sandbox, a_subject, an_onboarded_unit, page, payload

from saudi_crm_billing.e_invoicing.engine.answers import Call, Outcome, classify
from saudi_crm_billing.e_invoicing.sending.gateway import Gateway
from saudi_crm_billing.sandbox import server as server_module
from saudi_crm_billing.sandbox.command import serve
from saudi_crm_billing.sandbox.server import Sandbox

PROJECT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
	with a_sandbox() as running:
		yield running


@pytest.fixture(scope="module")
def unit(sandbox: Sandbox) -> Unit:
	return an_onboarded_unit(sandbox)


def raw(sandbox: Sandbox, request: bytes) -> bytes:
	"""What comes back to bytes that no HTTP client would send."""
	with socket.create_connection(("127.0.0.1", sandbox.port), timeout=5) as connection:
		connection.sendall(request)
		connection.shutdown(socket.SHUT_WR)
		received = b""
		while chunk := connection.recv(65_536):
			received += chunk
	return received


def alive(sandbox: Sandbox) -> bool:
	return "certificates" in page(sandbox, "state")


@pytest.mark.parametrize(
	"body",
	[
		b"",
		b"null",
		b"[]",
		b'"text"',
		b"{",
		b"\xff\xfe\x00",
		b"[" * 200_000,
		b'{"invoiceHash": 1, "uuid": 2, "invoice": 3}',
		b'{"invoiceHash": "x", "uuid": "y", "invoice": "not base64!"}',
		b'{"invoiceHash": "x", "uuid": "y"}',
	],
)
@pytest.mark.parametrize(
	"path", ["compliance/invoices", "invoices/reporting/single", "invoices/clearance/single"]
)
def test_a_body_that_is_no_request_is_refused(sandbox: Sandbox, unit: Unit, body: bytes, path: str) -> None:
	credentials = unit.credentials
	if path.startswith("compliance"):
		newcomer = Unit(Gateway(sandbox.base_url), a_subject())
		newcomer.ask_compliance()
		credentials = newcomer.credentials
	headers = {"Accept-Version": "V2", "Clearance-Status": "0"}
	response = requests.post(
		f"{sandbox.base_url}/{path}", data=body, headers=headers, auth=credentials, timeout=5
	)
	assert (response.status_code, response.json()["errors"][0]["code"]) == (400, "Invalid-Request")
	assert alive(sandbox)


def test_a_document_beyond_the_limit_is_413_and_needs_a_smaller_one(sandbox: Sandbox, unit: Unit) -> None:
	reply = unit.gateway.report(*unit.credentials, {"invoice": "A" * (server_module.MAX_BODY + 1)})
	assert reply.http_status == 413
	assert classify(Call.REPORT, 413, reply.body).outcome is Outcome.REJECTED
	assert alive(sandbox)


def test_a_client_that_sends_all_before_it_reads_still_sees_the_413(sandbox: Sandbox) -> None:
	length = server_module.MAX_BODY + 20_000_000
	head = f"POST /e-invoicing/core/compliance HTTP/1.1\r\nContent-Length: {length}\r\n\r\n"
	assert raw(sandbox, head.encode() + b"x" * length).startswith(b"HTTP/1.1 413")


def test_the_largest_document_is_still_read(sandbox: Sandbox, unit: Unit) -> None:
	reply = unit.gateway.report(*unit.credentials, {"invoice": "A" * (server_module.MAX_BODY - 100)})
	assert reply.http_status == 400


@pytest.mark.parametrize(
	("request_line", "status"),
	[
		(b"GET /e-invoicing/developer-portal/compliance HTTP/1.1", b"405"),
		(b"PUT /e-invoicing/developer-portal/production/csids HTTP/1.1", b"405"),
		(b"POST /e-invoicing/developer-portal/invoices HTTP/1.1", b"404"),
		(b"POST /e-invoicing/moon/compliance HTTP/1.1", b"404"),
		(b"POST /e-invoicing/core/../core/compliance HTTP/1.1", b"404"),
		(b"POST /compliance HTTP/1.1", b"404"),
		(b"GET / HTTP/1.1", b"404"),
		(b"GET /sandbox/secrets HTTP/1.1", b"404"),
		(b"POST /sandbox/state HTTP/1.1", b"405"),
		(b"PUT /sandbox/faults HTTP/1.1", b"405"),
		(b"TRACE / HTTP/1.1", b"501"),
		(b"NONSENSE", b"400"),
	],
)
def test_a_place_that_is_none(sandbox: Sandbox, request_line: bytes, status: bytes) -> None:
	answer = raw(sandbox, request_line + b"\r\nHost: x\r\nConnection: close\r\n\r\n")
	assert status in answer.splitlines()[0] or status in answer
	assert alive(sandbox)


@pytest.mark.parametrize("length", ["-1", "x", "1e3", "٥", "9" * 30])
def test_a_length_that_is_no_number_is_411(sandbox: Sandbox, length: str) -> None:
	head = f"POST /e-invoicing/core/compliance HTTP/1.1\r\nContent-Length: {length}\r\n\r\n"
	assert raw(sandbox, head.encode()).startswith(b"HTTP/1.1 411")


def test_a_body_in_chunks_is_411(sandbox: Sandbox) -> None:
	head = b"POST /e-invoicing/core/compliance HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
	assert raw(sandbox, head).startswith(b"HTTP/1.1 411")


def test_a_body_shorter_than_announced_is_dropped(sandbox: Sandbox) -> None:
	head = b"POST /e-invoicing/core/compliance HTTP/1.1\r\nContent-Length: 50\r\n\r\n{}"
	assert raw(sandbox, head) == b""
	assert alive(sandbox)


def test_a_bug_in_the_sandbox_is_an_answer_not_a_hang(
	sandbox: Sandbox, unit: Unit, monkeypatch: pytest.MonkeyPatch
) -> None:
	def fail(*arguments: Any) -> None:
		raise ZeroDivisionError("a bug")

	monkeypatch.setattr(sandbox.state, "find_accepted", fail)
	reply = unit.gateway.report(*unit.credentials, payload(unit.issue(a_simplified_invoice())))
	assert (reply.http_status, "ZeroDivisionError" in reply.body) == (500, True)


def test_no_page_shows_a_token_or_a_secret(sandbox: Sandbox, unit: Unit) -> None:
	shown = str(page(sandbox, "state")) + str(page(sandbox, "documents")) + repr(sandbox.state.csids())
	assert unit.csid is not None
	assert unit.csid.secret not in shown
	assert unit.csid.token not in shown


def test_it_listens_on_this_machine_only(sandbox: Sandbox) -> None:
	assert sandbox.base_url == f"http://127.0.0.1:{sandbox.port}/e-invoicing/developer-portal"
	assert sandbox._server.server_address[0] == "127.0.0.1"


def test_two_sandboxes_know_nothing_of_each_other(unit: Unit) -> None:
	with a_sandbox() as other:
		stranger = Unit(Gateway(other.base_url), key=unit.key, csid=unit.csid)
		assert stranger.report(stranger.issue(a_simplified_invoice())).outcome is Outcome.CONFIGURATION
		assert page(other, "state") == {"certificates": [], "submissions": []}


def test_after_it_stops_nobody_answers() -> None:
	with a_sandbox() as own:
		address = own.base_url
	assert Gateway(address).compliance_csid("csr", OTP).failure == "connection"


def test_a_port_in_use_is_said_plainly(sandbox: Sandbox) -> None:
	out = io.StringIO()
	assert serve(sandbox.port, out) == 2
	assert f"Port {sandbox.port} cannot be used" in out.getvalue()
	assert serve(99_999, out) == 2


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize(
	"command", [["-m", "saudi_crm_billing.sandbox"], ["-m", "saudi_crm_billing.cli", "sandbox"]]
)
def test_the_command_serves_until_it_is_told_to_stop(command: list[str], number: signal.Signals) -> None:
	process = subprocess.Popen(
		[sys.executable, *command, "--port", "0"],
		cwd=PROJECT,
		env={**os.environ, "PYTHONPATH": str(PROJECT)},
		stdout=subprocess.PIPE,
		stderr=subprocess.STDOUT,
		text=True,
	)
	try:
		assert process.stdout is not None
		found = re.fullmatch(r"Gateway: (http://127\.0\.0\.1:\d+/\S+)\n", process.stdout.readline())
		assert found is not None
		unit = Unit(Gateway(found.group(1)))
		assert unit.ask_compliance().outcome is Outcome.ACCEPTED
		process.send_signal(number)
		assert process.wait(timeout=10) == 0
		rest = process.stdout.read().splitlines()
	finally:
		process.kill()
		process.wait()
	assert rest[0] == "One-time password: 123345"
	assert rest[-2:] == ["Everything is forgotten when it stops (Ctrl-C).", "Stopped."]
