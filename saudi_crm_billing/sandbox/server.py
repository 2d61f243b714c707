"""The sandbox as a process: sockets on this machine only, one thread a connection, sizes and times bounded."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any

from saudi_crm_billing.common.dates import RIYADH
from saudi_crm_billing.sandbox.ca import CertificateAuthority
from saudi_crm_billing.sandbox.faults import Faults
from saudi_crm_billing.sandbox.messages import Delivery, Request, Response, json_response
from saudi_crm_billing.sandbox.routes import BASE, Application
from saudi_crm_billing.sandbox.state import SandboxState

HOST = "127.0.0.1"
MAX_BODY = 14_000_000
"""A document of 10 MB in base64."""
MAX_DISCARDED = 4 * MAX_BODY
SOCKET_TIMEOUT = 30


def riyadh_now() -> datetime:
	return datetime.now(RIYADH)


class Sandbox:
	"""A running gateway, for `with`: port 0 takes any free port, `clock` gives its time (Riyadh's by default)."""

	def __init__(self, port: int = 0, clock: Callable[[], datetime] = riyadh_now) -> None:
		self._application = Application(clock, CertificateAuthority(clock()))
		self._server = _Server((HOST, port), self._application)
		self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)

	def __enter__(self) -> Sandbox:
		self._thread.start()
		return self

	def __exit__(
		self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
	) -> None:
		self.close()

	def close(self) -> None:
		"""Stop listening; answers that a fault holds back are let go."""
		self._server.stopping.set()
		if self._thread.is_alive():
			self._server.shutdown()
			self._thread.join()
		self._server.server_close()

	@property
	def port(self) -> int:
		return int(self._server.server_address[1])

	@property
	def root_url(self) -> str:
		return f"http://{HOST}:{self.port}"

	@property
	def base_url(self) -> str:
		"""What a client is given in the place of ZATCA's address; the developer portal's environment."""
		return self.environment_url("developer-portal")

	def environment_url(self, environment: str) -> str:
		"""The same for `simulation` or `core`; each has certificates and documents of its own."""
		return f"{self.root_url}{BASE}{environment}"

	@property
	def state(self) -> SandboxState:
		return self._application.state

	@property
	def faults(self) -> Faults:
		return self._application.faults


class _Server(ThreadingHTTPServer):
	daemon_threads = True
	block_on_close = False
	request_queue_size = 128

	def __init__(self, address: tuple[str, int], application: Application) -> None:
		self.application = application
		self.stopping = threading.Event()
		super().__init__(address, _Handler)

	def handle_error(self, request: Any, client_address: Any) -> None:
		"""A client that went away is nothing to report; the gateway's own errors are answered with 500."""


class _Handler(BaseHTTPRequestHandler):
	protocol_version = "HTTP/1.1"
	server_version = "Sandbox"
	sys_version = ""
	timeout = SOCKET_TIMEOUT
	wbufsize = -1  # head and body leave together, not 40 ms apart
	server: _Server

	def do_GET(self) -> None:
		request = self._read()
		if request is not None:
			self._deliver(self._answer(request))

	do_POST = do_PATCH = do_DELETE = do_PUT = do_GET

	def _answer(self, request: Request) -> Response:
		try:
			return self.server.application.answer(request)
		except Exception as error:  # a bug in the sandbox is shown, not a connection that dies
			super().log_message("%s %s: %r", request.method, request.path, error)
			return json_response(500, {"code": "Sandbox-Error", "message": repr(error)})

	def _read(self) -> Request | None:
		"""The request, or None where it was already answered."""
		length = self.headers.get("Content-Length", "0")
		if self.headers.get("Transfer-Encoding") or not (
			length.isascii() and length.isdigit() and len(length) < 16
		):
			self._refuse(411, "Length Required")
			return None
		if int(length) > MAX_BODY:
			self._discard(int(length))
			self._refuse(413, "Payload Too Large")
			return None
		body = self.rfile.read(int(length))
		if len(body) < int(length):
			self.close_connection = True
			return None
		headers = {name.lower(): value for name, value in self.headers.items()}
		return Request(self.command, self.path.partition("?")[0], headers, body)

	def _discard(self, length: int) -> None:
		"""Read what will not be used, within reason: a client still writing would miss the answer."""
		left = min(length, MAX_DISCARDED)
		while left > 0 and (chunk := self.rfile.read(min(left, 65_536))):
			left -= len(chunk)

	def _refuse(self, status: int, reason: str) -> None:
		"""Answer a request whose body was not taken, so that the connection cannot go on."""
		self.close_connection = True
		self._deliver(json_response(status, {"status": status, "error": reason}))

	def _deliver(self, response: Response) -> None:
		if response.delay:
			self.server.stopping.wait(response.delay)
		if response.delivery is Delivery.DROPPED:
			self.close_connection = True
			return
		self.send_response(response.status)
		self.send_header("Content-Type", response.content_type)
		self.send_header("Content-Length", str(len(response.body)))
		for name, value in response.headers.items():
			self.send_header(name, value)
		if self.close_connection:
			self.send_header("Connection", "close")
		self.end_headers()
		if response.delivery is Delivery.TRUNCATED:
			self.close_connection = True
			self.wfile.write(response.body[: len(response.body) // 2])
		else:
			self.wfile.write(response.body)

	def log_message(self, format: str, *args: object) -> None:
		"""Requests are not logged: their headers and bodies hold secrets, and /sandbox/state tells the rest."""
