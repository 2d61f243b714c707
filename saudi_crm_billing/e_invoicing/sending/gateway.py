"""The only module that speaks to ZATCA's gateway: HTTP in, `Reply` out; it knows no document and draws no conclusion.

`Gateway` never raises for what a network can do: every call returns a `Reply`, which `engine.answers.classify` reads.
Secrets (one-time passwords, CSID secrets, tokens) never reach a log line, a repr or a traceback with local variables:
parameters have names that Frappe's Error Log hides (`password`, `secret`, `token`). No frappe here, no database; never
call it inside a database transaction.
"""

from __future__ import annotations

import base64
import ipaddress
import json
import logging
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NoReturn
from urllib.parse import urlsplit

import requests
from requests.auth import AuthBase

from saudi_crm_billing.e_invoicing.engine.csr import Environment
from saudi_crm_billing.e_invoicing.sending.hanging_up import HangUpAdapter

__all__ = [
	"MAX_ANSWER_BYTES",
	"Environment",
	"Gateway",
	"GatewayAddressError",
	"Reply",
	"base_url",
	"make_payload",
]

HOST = "https://gw-fatoora.zatca.gov.sa/e-invoicing"
API_VERSION = "V2"
MAX_ANSWER_BYTES = 32_000_000
"""Twice the base64 of the largest document that the gateway takes (10 MB)."""
_CHUNK = 65_536
_SECRET_VALUES = re.compile(r'("(?:secret|binarySecurityToken)"\s*:\s*")(?:[^"\\]|\\.)*', re.IGNORECASE)

_BASES = {
	Environment.SANDBOX: f"{HOST}/developer-portal",
	Environment.SIMULATION: f"{HOST}/simulation",
	Environment.PRODUCTION: f"{HOST}/core",
}

logger = logging.getLogger(__name__)


class GatewayAddressError(ValueError):
	"""A base URL that must not be used: not https (http only on this machine), or with parts it may not have."""


@dataclass(frozen=True)
class Reply:
	"""What came back. `http_status` is None where no answer came; `body` is empty where it was not received whole.

	`failure` names what went wrong on the way ("timeout", "connection", "too-large", …), `retry_after` is the gateway's
	wish in seconds. `body` may hold a secret: log `masked_body()` instead.
	"""

	http_status: int | None
	body: str = field(default="", repr=False)
	failure: str = ""
	retry_after: int | None = None
	seconds: float = 0.0

	def masked_body(self) -> str:
		"""The body as it may be logged: tokens and secrets as asterisks."""
		return _SECRET_VALUES.sub(r"\1***", self.body)


def base_url(environment: Environment) -> str:
	"""ZATCA's address of an environment."""
	return _BASES[environment]


def make_payload(invoice_hash: str, uuid: str, xml: bytes) -> dict[str, str]:
	"""The body of the three document calls; equal input gives equal bytes on the wire, whenever it is sent."""
	return {"invoiceHash": invoice_hash, "uuid": uuid, "invoice": base64.b64encode(xml).decode("ascii")}


class Gateway:
	"""The calls of one environment; one instance may serve many threads one after the other, not at once.

	`timeout` is (to connect, between two pieces of the answer) in seconds; `longest` bounds the call as a whole.
	`verify` is requests' own: True, or the path of a CA bundle.
	"""

	def __init__(
		self,
		base_url: str,
		timeout: tuple[float, float] = (5, 30),
		*,
		longest: float = 120,
		verify: bool | str = True,
		language: str = "en",
		session: requests.Session | None = None,
	) -> None:
		self.base_url = _checked(base_url)
		self.timeout = timeout
		self.longest = longest
		self.language = language
		self._session = session or requests.Session()
		self._session.verify = verify
		self._line = HangUpAdapter()
		for scheme in ("https://", "http://"):
			self._session.mount(scheme, self._line)
		if _is_loopback(urlsplit(self.base_url).hostname or ""):
			self._session.trust_env = False  # a proxy would not reach this machine's own port

	def __repr__(self) -> str:
		return f"Gateway({self.base_url!r})"

	def close(self) -> None:
		self._session.close()

	def compliance_csid(self, csr_pem: str, password: str) -> Reply:
		"""Ask for a compliance certificate with the portal's one-time password."""
		return self._send("POST", "/compliance", _csr_body(csr_pem), _WithPassword(_NoAuth(), password))

	def compliance_check(self, token: str, secret: str, payload: Mapping[str, str]) -> Reply:
		"""Send one sample document with the compliance certificate."""
		return self._send("POST", "/compliance/invoices", payload, _BasicAuth(token, secret))

	def production_csid(self, token: str, secret: str, compliance_request_id: str) -> Reply:
		"""Exchange the compliance certificate, its documents all accepted, for the production one."""
		body = {"compliance_request_id": compliance_request_id}
		return self._send("POST", "/production/csids", body, _BasicAuth(token, secret))

	def renew(self, token: str, secret: str, csr_pem: str, password: str) -> Reply:
		"""Replace a production certificate; `token` and `secret` are the old one's."""
		auth = _WithPassword(_BasicAuth(token, secret), password)
		return self._send("PATCH", "/production/csids", _csr_body(csr_pem), auth)

	def report(self, token: str, secret: str, payload: Mapping[str, str]) -> Reply:
		"""Report a simplified document (or a standard one, only after a 303 to its clearance)."""
		headers = {"Clearance-Status": "0"}
		return self._send("POST", "/invoices/reporting/single", payload, _BasicAuth(token, secret), headers)

	def clear(self, token: str, secret: str, payload: Mapping[str, str]) -> Reply:
		"""Ask for the clearance of a standard document."""
		headers = {"Clearance-Status": "1"}
		return self._send("POST", "/invoices/clearance/single", payload, _BasicAuth(token, secret), headers)

	def _send(
		self,
		method: str,
		path: str,
		body: Mapping[str, str],
		auth: AuthBase,
		headers: Mapping[str, str] | None = None,
	) -> Reply:
		started = time.monotonic()
		try:
			with self._line.at_most(self.longest):
				reply = self._exchange(method, path, body, auth, headers or {}, started)
		except (requests.RequestException, OSError, ValueError) as error:
			reply = Reply(None, "", _kind(error, started + self.longest), None, time.monotonic() - started)
		except BaseException as error:
			# Whoever logs it with local variables (a job's time limit, say) must not see the request's headers.
			error.__cause__ = error.__context__ = None
			raise error.with_traceback(None)
		logger.info(
			"%s %s: %s in %.2f s",
			method,
			path,
			reply.http_status or f"no answer ({reply.failure})",
			reply.seconds,
		)
		return reply

	def _exchange(
		self,
		method: str,
		path: str,
		body: Mapping[str, str],
		auth: AuthBase,
		headers: Mapping[str, str],
		started: float,
	) -> Reply:
		with self._session.request(
			method,
			self.base_url + path,
			data=json.dumps(dict(body), separators=(",", ":")).encode(),
			headers={**self._headers(), **headers},
			auth=auth,
			timeout=self.timeout,
			allow_redirects=False,
			stream=True,
		) as response:
			text, failure = _read(response, started + self.longest)
			retry_after = response.headers.get("Retry-After", "")
			return Reply(
				response.status_code,
				text,
				failure,
				int(retry_after) if re.fullmatch(r"\d{1,6}", retry_after, re.ASCII) else None,
				time.monotonic() - started,
			)

	def _headers(self) -> dict[str, str]:
		return {
			"Accept": "application/json",
			"Accept-Language": self.language,
			"Accept-Version": API_VERSION,
			"Content-Type": "application/json",
		}


def _read(response: requests.Response, deadline: float) -> tuple[str, str]:
	"""The body as text and what cut it short; a body that is not whole is never handed on."""
	received = bytearray()
	try:
		for chunk in response.iter_content(_CHUNK):
			received += chunk
			if len(received) > MAX_ANSWER_BYTES:
				return "", "too-large"
		# Hung up may look like the body's end.
		return ("", "timeout") if time.monotonic() > deadline else (received.decode("utf-8-sig"), "")
	except UnicodeDecodeError:
		return "", "not-utf-8"
	except (requests.RequestException, OSError) as error:
		return "", _kind(error, deadline)


class _NoAuth(AuthBase):
	"""No Authorization header, and none from a .netrc either."""

	def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
		return request


class _WithPassword(AuthBase):
	"""Another login, and the portal's one-time password beside it."""

	def __init__(self, login: AuthBase, password: str) -> None:
		self._login = login
		self._password = password

	def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
		request.headers["OTP"] = self._password
		return self._login(request)  # type: ignore[no-any-return]


class _BasicAuth(AuthBase):
	"""Basic base64(token:secret)."""

	def __init__(self, token: str, secret: str) -> None:
		self._header = "Basic " + base64.b64encode(f"{token}:{secret}".encode()).decode("ascii")

	def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
		request.headers["Authorization"] = self._header
		return request


def _csr_body(csr_pem: str) -> dict[str, str]:
	return {"csr": base64.b64encode(csr_pem.encode()).decode("ascii")}


def _kind(error: Exception, deadline: float) -> str:
	"""A word for the log; never the error's text, which may quote the request."""
	if isinstance(error, requests.Timeout) or time.monotonic() > deadline:
		return "timeout"
	if isinstance(error, requests.exceptions.SSLError):
		return "tls"
	if isinstance(error, requests.exceptions.ProxyError):
		return "proxy"
	return "connection" if isinstance(error, requests.ConnectionError | OSError) else "transport"


def _checked(address: str) -> str:
	"""The base URL without a trailing slash; https anywhere, http on this machine only."""
	try:
		parts = urlsplit(address)
		host, _port = parts.hostname or "", parts.port
	except ValueError:
		_refuse(address)
	if parts.username or parts.password or parts.query or parts.fragment or not host:
		_refuse(address)
	if parts.scheme != "https" and not (parts.scheme == "http" and _is_loopback(host)):
		_refuse(address)
	return address.rstrip("/")


def _refuse(address: str) -> NoReturn:
	raise GatewayAddressError(
		f"The gateway's address must be https://host/path, or http:// on this machine: {address.rpartition('@')[2]!r}"
	)


def _is_loopback(host: str) -> bool:
	try:
		return ipaddress.ip_address(host).is_loopback
	except ValueError:
		return host == "localhost"
