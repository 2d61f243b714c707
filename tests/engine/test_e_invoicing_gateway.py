"""The HTTP client against servers that behave, and that do not: real sockets on this machine."""

from __future__ import annotations

import base64
import json
import logging
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import requests

from saudi_crm_billing.e_invoicing.sending import gateway as module
from saudi_crm_billing.e_invoicing.sending.gateway import (
	Environment,
	Gateway,
	GatewayAddressError,
	base_url,
	make_payload,
)

PAYLOAD = make_payload("aGFzaA==", "8e6000cf-1a98-4174-b3e7-b5d5954bc10d", b"<Invoice/>")
# The local variables that Frappe's Error Log masks by their name.
HIDDEN = ("password", "passwd", "secret", "token", "key", "pwd")
Seen = list[tuple[str, str, dict[str, str], bytes]]


@pytest.fixture
def seen() -> Seen:
	return []


@pytest.fixture
def server(seen: Seen) -> Iterator[ThreadingHTTPServer]:
	"""Answers every request with its `answer`: (status, headers, body)."""

	class Handler(BaseHTTPRequestHandler):
		def answer(self) -> None:
			body = self.rfile.read(int(self.headers["Content-Length"]))
			seen.append((self.command, self.path, dict(self.headers), body))
			status, headers, answer = httpd.answer  # type: ignore[attr-defined]
			self.send_response(status)
			for name, value in {"Content-Length": str(len(answer)), **headers}.items():
				self.send_header(name, value)
			self.end_headers()
			self.wfile.write(answer)

		do_POST = do_PATCH = do_GET = answer

		def log_message(self, format: str, *args: object) -> None:
			pass

	httpd = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
	httpd.answer = (200, {}, b"{}")  # type: ignore[attr-defined]
	threading.Thread(target=httpd.serve_forever, args=(0.02,), daemon=True).start()
	yield httpd
	httpd.shutdown()
	httpd.server_close()


@pytest.fixture
def gateway(server: ThreadingHTTPServer) -> Gateway:
	return Gateway(f"http://127.0.0.1:{server.server_port}/e-invoicing/developer-portal/", timeout=(1, 1))


@pytest.fixture
def raw() -> Iterator[Callable[[Callable[[socket.socket], None]], Gateway]]:
	"""A server that hands its first connection to a function, to misbehave below HTTP."""
	listeners: list[socket.socket] = []

	def start(behave: Callable[[socket.socket], None], timeout: float = 0.3) -> Gateway:
		listener = socket.create_server(("127.0.0.1", 0))
		listeners.append(listener)

		def serve() -> None:
			connection, _ = listener.accept()
			with connection, suppress(OSError):
				connection.recv(65_536)
				behave(connection)

		threading.Thread(target=serve, daemon=True).start()
		return Gateway(f"http://127.0.0.1:{listener.getsockname()[1]}", timeout=(0.3, timeout))

	yield start
	for listener in listeners:
		listener.close()


def test_every_call_has_its_path_method_and_headers(gateway: Gateway, seen: Seen) -> None:
	gateway.compliance_csid("-----BEGIN…", "123345")
	gateway.compliance_check("token", "secret", PAYLOAD)
	gateway.production_csid("token", "secret", "1234")
	gateway.renew("token", "secret", "-----BEGIN…", "123345")
	gateway.report("token", "secret", PAYLOAD)
	gateway.clear("token", "secret", PAYLOAD)
	prefix = "/e-invoicing/developer-portal"
	assert [(method, path.removeprefix(prefix)) for method, path, _, _ in seen] == [
		("POST", "/compliance"),
		("POST", "/compliance/invoices"),
		("POST", "/production/csids"),
		("PATCH", "/production/csids"),
		("POST", "/invoices/reporting/single"),
		("POST", "/invoices/clearance/single"),
	]
	for _, _, headers, _ in seen:
		assert headers["Accept-Version"] == "V2"
		assert (headers["Content-Type"], headers["Accept"]) == ("application/json", "application/json")
		assert headers["Accept-Language"] == "en"
	assert [h.get("OTP") for _, _, h, _ in seen] == ["123345", None, None, "123345", None, None]
	assert [h.get("Clearance-Status") for _, _, h, _ in seen] == [None, None, None, None, "0", "1"]
	basic = "Basic " + base64.b64encode(b"token:secret").decode()
	assert [h.get("Authorization") for _, _, h, _ in seen] == [None, basic, basic, basic, basic, basic]
	assert json.loads(seen[0][3]) == {"csr": base64.b64encode("-----BEGIN…".encode()).decode()}
	assert json.loads(seen[2][3]) == {"compliance_request_id": "1234"}


def test_the_same_document_sent_again_is_the_same_bytes(gateway: Gateway, seen: Seen) -> None:
	gateway.report("token", "secret", PAYLOAD)
	gateway.report("token", "secret", make_payload("aGFzaA==", PAYLOAD["uuid"], b"<Invoice/>"))
	assert seen[0][3] == seen[1][3]
	assert json.loads(seen[0][3])["invoice"] == base64.b64encode(b"<Invoice/>").decode()


def test_status_body_and_retry_after_come_back(gateway: Gateway, server: ThreadingHTTPServer) -> None:
	server.answer = (429, {"Retry-After": "17"}, '{"message": "رويدك"}'.encode())  # type: ignore[attr-defined]
	reply = gateway.report("token", "secret", PAYLOAD)
	assert (reply.http_status, reply.body, reply.retry_after) == (429, '{"message": "رويدك"}', 17)
	assert reply.seconds > 0


@pytest.mark.parametrize("value", ["Wed, 21 Oct 2026 07:28:00 GMT", "-1", "٣", "99999999999"])
def test_a_retry_after_that_is_no_small_number_is_ignored(
	gateway: Gateway, server: ThreadingHTTPServer, value: str
) -> None:
	server.answer = (429, {"Retry-After": value.encode().decode("latin-1")}, b"{}")  # type: ignore[attr-defined]
	assert gateway.report("token", "secret", PAYLOAD).retry_after is None


def test_a_redirect_is_not_followed(gateway: Gateway, server: ThreadingHTTPServer, seen: Seen) -> None:
	server.answer = (303, {"Location": "/elsewhere"}, b"{}")  # type: ignore[attr-defined]
	assert gateway.clear("token", "secret", PAYLOAD).http_status == 303
	assert len(seen) == 1


def test_an_answer_beyond_the_limit_is_dropped(
	gateway: Gateway, server: ThreadingHTTPServer, monkeypatch: pytest.MonkeyPatch
) -> None:
	monkeypatch.setattr(module, "MAX_ANSWER_BYTES", 100)
	server.answer = (200, {}, b"x" * 101)  # type: ignore[attr-defined]
	reply = gateway.report("token", "secret", PAYLOAD)
	assert (reply.http_status, reply.body, reply.failure) == (200, "", "too-large")
	server.answer = (200, {}, b"x" * 100)  # type: ignore[attr-defined]
	assert gateway.report("token", "secret", PAYLOAD).body == "x" * 100


def test_an_answer_that_is_not_utf_8_is_dropped(gateway: Gateway, server: ThreadingHTTPServer) -> None:
	server.answer = (200, {}, b"\xff\xfe{}")  # type: ignore[attr-defined]
	reply = gateway.report("token", "secret", PAYLOAD)
	assert (reply.http_status, reply.body, reply.failure) == (200, "", "not-utf-8")


def test_nobody_listening_is_a_reply_without_status() -> None:
	with socket.create_server(("127.0.0.1", 0)) as listener:
		port = listener.getsockname()[1]
	reply = Gateway(f"http://127.0.0.1:{port}").report("token", "secret", PAYLOAD)
	assert (reply.http_status, reply.body, reply.failure) == (None, "", "connection")


def test_a_name_that_does_not_resolve_is_a_reply_without_status() -> None:
	reply = Gateway("https://gateway.invalid", timeout=(2, 2)).report("token", "secret", PAYLOAD)
	assert reply.http_status is None
	assert reply.failure in ("connection", "proxy", "timeout")


def test_silence_ends_at_the_time_limit(raw: Callable[..., Gateway]) -> None:
	let_go = threading.Event()
	reply = raw(lambda _: let_go.wait(60)).report("token", "secret", PAYLOAD)
	let_go.set()
	# Had the client waited, the server would have closed the connection in the end, and that is another failure.
	assert (reply.http_status, reply.failure) == (None, "timeout")


def test_the_time_limits_reach_the_client() -> None:
	asked = list[object]()

	class Recorder(requests.Session):
		def request(self, *_: object, **options: object) -> requests.Response:
			asked.append(options["timeout"])
			raise requests.ConnectTimeout

	for limits in ({}, {"timeout": (2, 7)}):
		gateway = Gateway("https://gateway.invalid", session=Recorder(), **limits)
		assert gateway.clear("token", "secret", PAYLOAD).failure == "timeout"
	assert asked == [(5, 30), (2, 7)]


def test_a_connection_dropped_before_the_answer(raw: Callable[..., Gateway]) -> None:
	reply = raw(lambda connection: connection.close()).report("token", "secret", PAYLOAD)
	assert (reply.http_status, reply.failure) == (None, "connection")


def test_a_connection_dropped_within_the_body(raw: Callable[..., Gateway]) -> None:
	head = b'HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n{"reportingStatus":"REPORTED"}'
	reply = raw(lambda connection: connection.sendall(head)).report("token", "secret", PAYLOAD)
	assert (reply.http_status, reply.body) == (200, "")
	assert reply.failure == "connection"


def test_something_that_is_not_http(raw: Callable[..., Gateway]) -> None:
	reply = raw(lambda connection: connection.sendall(b"SSH-2.0-OpenSSH\r\n\r\n")).report("t", "s", PAYLOAD)
	assert (reply.http_status, reply.failure) == (None, "connection")


HEAD = b"HTTP/1.1 200 OK\r\n"


@pytest.mark.parametrize(
	("head", "drop", "status"),
	[
		(HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n", 200),
		(HEAD + b"Content-Length: 100000\r\n\r\n", b"x", 200),
		(HEAD + b"\r\n", b"x", 200),
		(HEAD + b"X-Long: ", b"x", 200),
		(b"", b"H", None),
	],
	ids=("chunks", "body", "until-closed", "header", "status-line"),
)
def test_an_endless_trickle_ends_at_the_longest_time(
	raw: Callable[..., Gateway], head: bytes, drop: bytes, status: int | None
) -> None:
	let_go = threading.Event()

	def trickle(connection: socket.socket) -> None:
		connection.sendall(head)
		for _ in range(500):
			if let_go.wait(0.02):
				return
			connection.sendall(drop)

	gateway = raw(trickle, timeout=20)
	gateway.longest = 0.3
	reply = gateway.report("token", "secret", PAYLOAD)
	let_go.set()
	assert (reply.http_status, reply.body, reply.failure) == (status, "", "timeout")


@pytest.mark.parametrize("head", [b"", HEAD, HEAD + b"X-Long: "], ids=("status-line", "headers", "header"))
def test_a_proxy_whose_answer_trickles_ends_at_the_longest_time(
	raw: Callable[..., Gateway], head: bytes
) -> None:
	let_go, cut = threading.Event(), threading.Event()

	def trickle(connection: socket.socket) -> None:
		connection.sendall(head)
		with suppress(OSError):
			while not let_go.wait(0.02):
				connection.sendall(b"X")
			return
		cut.set()

	session = requests.Session()
	session.trust_env = False
	session.proxies = {"https": raw(trickle).base_url}
	gateway = Gateway("https://gateway.invalid", timeout=(3, 3), longest=0.3, session=session)
	waiting = threading.Timer(3, let_go.set)
	waiting.start()
	reply = gateway.report("token", "secret", PAYLOAD)
	assert cut.wait(2), "the call lasted as long as its proxy dripped"
	waiting.cancel()
	assert (reply.http_status, reply.failure) == (None, "timeout")


def test_after_a_call_that_was_hung_up_the_next_one_is_answered(
	gateway: Gateway, server: ThreadingHTTPServer
) -> None:
	"""The connection that was kept for the next call is shut with the others, and opened anew."""
	assert gateway.report("token", "secret", PAYLOAD).http_status == 200
	gateway._line.hang_up()
	assert gateway.report("token", "secret", PAYLOAD).http_status == 200


@pytest.mark.parametrize(
	"address",
	[
		"http://gw-fatoora.zatca.gov.sa/e-invoicing/core",
		"http://127.0.0.1.example.com/",
		"http://localhost.example.com/",
		"http://10.0.0.1/",
		"ftp://127.0.0.1/",
		"file:///etc/passwd",
		"https://user:secret@gw-fatoora.zatca.gov.sa/",
		"https://gw-fatoora.zatca.gov.sa/?x=1",
		"https://gw-fatoora.zatca.gov.sa/#x",
		"https://",
		"https://[::1",
		"https://host:99999/",
		"gw-fatoora.zatca.gov.sa",
		"",
	],
)
def test_an_address_that_would_leak_is_refused(address: str) -> None:
	with pytest.raises(GatewayAddressError, match="must be https://host/path") as caught:
		Gateway(address)
	assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
	"address",
	["https://gateway.example/x/", "http://localhost:8080", "http://127.0.0.9:1", "http://[::1]:80/e"],
)
def test_https_anywhere_and_http_on_this_machine_are_allowed(address: str) -> None:
	assert Gateway(address).base_url == address.rstrip("/")


def test_each_environment_has_its_own_base() -> None:
	assert [base_url(environment).rpartition("/")[2] for environment in Environment] == [
		"developer-portal",
		"simulation",
		"core",
	]
	assert all(
		base_url(environment).startswith("https://gw-fatoora.zatca.gov.sa/") for environment in Environment
	)


def test_certificates_are_verified_unless_a_bundle_is_named() -> None:
	assert Gateway("https://gateway.example")._session.verify is True
	assert Gateway("https://gateway.example", verify="/etc/ca.pem")._session.verify == "/etc/ca.pem"


def test_a_netrc_entry_never_replaces_the_units_login(
	gateway: Gateway, seen: Seen, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
	netrc = tmp_path / "netrc"
	netrc.write_text("machine 127.0.0.1 login someone password else\n")
	monkeypatch.setenv("NETRC", str(netrc))
	gateway._session.trust_env = True
	gateway.compliance_csid("csr", "123345")
	gateway.report("token", "secret", PAYLOAD)
	assert "Authorization" not in seen[0][2]
	assert seen[1][2]["Authorization"] == "Basic " + base64.b64encode(b"token:secret").decode()


def test_a_proxy_for_the_outside_is_not_asked_for_this_machine(
	gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
	for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
		monkeypatch.setenv(name, "http://127.0.0.1:9")
	for name in ("no_proxy", "NO_PROXY"):
		monkeypatch.delenv(name, raising=False)
	assert gateway.report("token", "secret", PAYLOAD).http_status == 200
	assert Gateway("https://gateway.example")._session.trust_env is True


def test_no_secret_is_logged_or_shown(
	gateway: Gateway, server: ThreadingHTTPServer, caplog: pytest.LogCaptureFixture
) -> None:
	body = {"requestID": 1, "binarySecurityToken": "T0K3N", "secret": 'Gu4rd"x'}
	server.answer = (200, {}, json.dumps(body).encode())  # type: ignore[attr-defined]
	with caplog.at_level(logging.INFO, logger=module.__name__):
		reply = gateway.renew("T0K3N", "Gu4rd", "csr", "987654")
	assert "PATCH /production/csids: 200 in" in caplog.text
	shown = caplog.text + repr(reply) + repr(gateway) + repr(vars(gateway)) + reply.masked_body()
	for secret in ("T0K3N", "Gu4rd", '\\"x', "987654", base64.b64encode(b"T0K3N:Gu4rd").decode()):
		assert secret not in shown
	assert json.loads(reply.masked_body()) == {"requestID": 1, "binarySecurityToken": "***", "secret": "***"}


@pytest.mark.parametrize("call", ["compliance_csid", "renew", "report"])
def test_no_frame_of_a_failed_call_shows_a_secret(
	gateway: Gateway, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
	"""Whatever interrupts a call, a job's time limit too, a traceback with local variables shows no secret.

	Frappe's log hides variables named as in HIDDEN; everything else is shown as its repr.
	"""

	class OutOfTime(BaseException):
		pass

	def interrupted(*args: object, **values: object) -> object:
		headers = {**values["headers"], **request_headers(values["auth"])}  # type: ignore[dict-item,arg-type]
		assert headers
		raise OutOfTime

	monkeypatch.setattr(gateway._session, "request", interrupted)
	arguments = {
		"compliance_csid": ("csr", "987654"),
		"renew": ("T0K3N", "Gu4rd", "csr", "987654"),
		"report": ("T0K3N", "Gu4rd", PAYLOAD),
	}[call]
	with pytest.raises(OutOfTime) as caught:
		getattr(gateway, call)(*arguments)
	shown = "".join(
		f"{name}={value!r}\n"
		for entry in caught.traceback[1:]
		for name, value in entry.frame.f_locals.items()
		if name not in HIDDEN
	)
	assert "self=" in shown
	for secret in ("T0K3N", "Gu4rd", "987654", base64.b64encode(b"T0K3N:Gu4rd").decode()):
		assert secret not in shown


def request_headers(auth: Callable[[requests.PreparedRequest], requests.PreparedRequest]) -> dict[str, str]:
	prepared = requests.Request("POST", "http://127.0.0.1/").prepare()
	return dict(auth(prepared).headers)
