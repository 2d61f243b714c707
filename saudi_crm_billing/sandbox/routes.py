"""Which request goes where: /e-invoicing/{environment}/… to the gateway's calls, /sandbox/… to the auditor."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from saudi_crm_billing.e_invoicing.engine.answers import Call
from saudi_crm_billing.sandbox.auditor import PREFIX, Auditor
from saudi_crm_billing.sandbox.ca import CertificateAuthority
from saudi_crm_billing.sandbox.fault_script import HEADER, read_header
from saudi_crm_billing.sandbox.faults import Fault, FaultError, Faults, Kind, spoil
from saudi_crm_billing.sandbox.messages import (
	Refused,
	Request,
	Response,
	json_response,
	unauthorized,
	unsupported_version,
)
from saudi_crm_billing.sandbox.onboarding import Onboarding
from saudi_crm_billing.sandbox.state import CsidKind, IssuedCsid, SandboxState
from saudi_crm_billing.sandbox.submission import DocumentDesk

ENVIRONMENTS = ("developer-portal", "simulation", "core")
BASE = "/e-invoicing/"
CALLS: dict[tuple[str, str], Call] = {
	("POST", "compliance"): Call.COMPLIANCE_CSID,
	("POST", "compliance/invoices"): Call.COMPLIANCE_CHECK,
	("POST", "production/csids"): Call.PRODUCTION_CSID,
	("PATCH", "production/csids"): Call.RENEWAL,
	("POST", "invoices/reporting/single"): Call.REPORT,
	("POST", "invoices/clearance/single"): Call.CLEAR,
}
CALLER_KIND = {
	Call.COMPLIANCE_CHECK: CsidKind.COMPLIANCE,
	Call.PRODUCTION_CSID: CsidKind.COMPLIANCE,
	Call.RENEWAL: CsidKind.PRODUCTION,
	Call.REPORT: CsidKind.PRODUCTION,
	Call.CLEAR: CsidKind.PRODUCTION,
}
MAX_CREDENTIALS = 20_000


@dataclass(frozen=True)
class Application:
	"""The gateway without its sockets: a request in, a response out. `clock` gives the time, with its zone."""

	clock: Callable[[], datetime]
	authority: CertificateAuthority
	state: SandboxState = field(default_factory=SandboxState)
	faults: Faults = field(default_factory=Faults)

	def answer(self, request: Request) -> Response:
		if request.path.startswith(PREFIX):
			return Auditor(self.state, self.faults).answer(request)
		environment, _, rest = request.path.removeprefix(BASE).partition("/")
		if not request.path.startswith(BASE) or environment not in ENVIRONMENTS:
			return json_response(404, {"status": 404, "error": "Not Found"})
		call = CALLS.get((request.method, rest))
		if call is None:
			known = any(path == rest for _, path in CALLS)
			return json_response(
				405 if known else 404, {"error": "Method Not Allowed" if known else "Not Found"}
			)
		return self._under_fault(request, environment, call)

	def _under_fault(self, request: Request, environment: str, call: Call) -> Response:
		def process() -> Response:
			try:
				return self._process(request, environment, call)
			except Refused as refused:
				return refused.response

		try:
			fault = _of_request(request) or self.faults.take(call)
		except FaultError as error:
			return json_response(400, {"code": "Sandbox-Error", "message": str(error)})
		return process() if fault is None else spoil(fault, process)

	def _process(self, request: Request, environment: str, call: Call) -> Response:
		if (turned_away := _check_version(request)) is not None:
			return turned_away
		now = self.clock()
		onboarding = Onboarding(self.authority, self.state)
		desk = DocumentDesk(self.authority, self.state, self.faults)
		if call is Call.COMPLIANCE_CSID:
			return onboarding.compliance(request, environment, now)
		caller = self._caller(request, environment, call)
		if caller is None:
			if call is Call.PRODUCTION_CSID:
				self._check_ccsid(request, environment)
			return unauthorized()
		if call is Call.RENEWAL:
			return onboarding.renew(request, caller, now, self.faults.take_mode(Kind.NOT_COMPLIANT))
		handlers: dict[Call, Callable[[Request, IssuedCsid, datetime], Response]] = {
			Call.COMPLIANCE_CHECK: desk.check,
			Call.PRODUCTION_CSID: onboarding.production,
			Call.REPORT: desk.report,
			Call.CLEAR: desk.clear,
		}
		return handlers[call](request, caller, now)

	def _check_ccsid(self, request: Request, environment: str) -> None:
		"""What the exchange of certificates says of a login that is no compliance certificate's."""
		login = request.header("Authorization")
		if not login:
			raise Refused("Missing-CurrentCCSID", "CurrentCCSID is required field")
		if self.state.find_csid(environment, CsidKind.PRODUCTION, *_credentials(login), None):
			raise Refused("Invalid-CurrentCCSID", "The provided CurrentCCSID is invalid")

	def _caller(self, request: Request, environment: str, call: Call) -> IssuedCsid | None:
		token, secret = _credentials(request.header("Authorization"))
		# A certificate that has ended may still be renewed (zatca.md 4).
		now = None if call is Call.RENEWAL else self.clock()
		return self.state.find_csid(environment, CALLER_KIND[call], token, secret, now)


def _of_request(request: Request) -> Fault | None:
	text = request.header(HEADER)
	return read_header(text) if text else None


def _check_version(request: Request) -> Response | None:
	return None if request.header("Accept-Version") == "V2" else unsupported_version()


def _credentials(header: str) -> tuple[str, str]:
	"""Token and secret of `Basic base64(token:secret)`; two empty texts for anything else."""
	scheme, _, value = header.partition(" ")
	if scheme.lower() != "basic" or len(value) > MAX_CREDENTIALS:
		return "", ""
	try:
		token, _, secret = base64.b64decode(value, validate=True).decode().partition(":")
	except (binascii.Error, ValueError):
		return "", ""
	return token, secret
