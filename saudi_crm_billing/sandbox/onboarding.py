"""The certificate calls: compliance CSID, production CSID, renewal."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from cryptography import x509

from saudi_crm_billing.e_invoicing.engine import keys
from saudi_crm_billing.e_invoicing.engine.csr import CsrSubject
from saudi_crm_billing.sandbox.ca import (
	VALID_FOR,
	CertificateAuthority,
	CsrRefused,
	certificate_text,
	read_csr,
	read_subject,
	token_of,
)
from saudi_crm_billing.sandbox.messages import Json, Refused, Request, Response, json_response
from saudi_crm_billing.sandbox.state import CsidKind, IssuedCsid, SandboxState, new_secret

VALID_OTP = "123345"
EXPIRED_OTP = "000000"


@dataclass(frozen=True)
class Onboarding:
	"""Who issues certificates, and where they are remembered."""

	authority: CertificateAuthority
	state: SandboxState

	def compliance(self, request: Request, environment: str, now: datetime) -> Response:
		"""POST /compliance: a CSR and a one-time password for a compliance certificate."""
		csr, subject = _read(request)
		return json_response(200, _as_json(self._issue(CsidKind.COMPLIANCE, environment, csr, subject, now)))

	def production(self, request: Request, caller: IssuedCsid, now: datetime) -> Response:
		"""POST /production/csids: the compliance certificate, its documents accepted, for a production one."""
		wanted = (request.json_object() or {}).get("compliance_request_id")
		if wanted in (None, ""):
			raise Refused("Missing-ComplianceRequestId", "compliance_request_id is a required field")
		if str(wanted) != caller.request_id:
			raise Refused("Invalid-ComplianceRequestId", "The provided compliance_request_id is invalid")
		missing = self.state.missing_steps(caller)
		if missing:
			text = f"Compliance steps for this CSID are not yet complete: {', '.join(missing)}"
			raise Refused("Missing-ComplianceSteps", text)
		asked = keys.load_certificate(caller.certificate)
		issued = self._issue(
			CsidKind.PRODUCTION, caller.environment, asked, caller.subject, now, caller.previous
		)
		return json_response(200, _as_json(issued))

	def renew(self, request: Request, caller: IssuedCsid, now: datetime, not_compliant: bool) -> Response:
		"""PATCH /production/csids: 200 with the new certificate, or 428 with one that must pass compliance first.

		428 where the document types change, or where the fault `not-compliant` asks for it.
		"""
		csr, subject = _read(request)
		if subject.vat_number != caller.subject.vat_number:
			raise CsrRefused("the VAT number is not the certificate's")
		if not_compliant or subject.invoice_type != caller.subject.invoice_type:
			issued = self._issue(CsidKind.COMPLIANCE, caller.environment, csr, subject, now, caller)
			return json_response(428, {"value": {**_as_json(issued), "dispositionMessage": "NOT_COMPLIANT"}})
		issued = self._issue(CsidKind.PRODUCTION, caller.environment, csr, subject, now, caller)
		return json_response(200, _as_json(issued))

	def _issue(
		self,
		kind: CsidKind,
		environment: str,
		request: x509.CertificateSigningRequest | x509.Certificate,
		subject: CsrSubject,
		now: datetime,
		previous: IssuedCsid | None = None,
	) -> IssuedCsid:
		certificate = self.authority.issue(request, now)
		issued = IssuedCsid(
			kind=kind,
			environment=environment,
			request_id=self.state.next_request_id(),
			token=token_of(certificate),
			secret=new_secret(),
			certificate=certificate_text(certificate),
			subject=subject,
			valid_until=now + VALID_FOR,
			previous=previous,
		)
		self.state.add_csid(issued)
		return issued


def _read(request: Request) -> tuple[x509.CertificateSigningRequest, CsrSubject]:
	"""The request for a certificate in a call, its one-time password checked first."""
	_check_otp(request.header("OTP"))
	wanted = (request.json_object() or {}).get("csr")
	if not wanted:
		raise Refused("Missing-CSR", "CSR is required field")
	csr = read_csr(wanted)
	return csr, read_subject(csr)


def _check_otp(otp: str) -> None:
	if not otp:
		raise Refused("Missing-OTP", "OTP is required field")
	if otp == EXPIRED_OTP:
		raise Refused("Invalid-OTP", "The provided OTP is expired")
	if otp != VALID_OTP:
		raise Refused("Invalid-OTP", "The provided OTP is invalid")


def _as_json(issued: IssuedCsid) -> Json:
	return {
		"requestID": int(issued.request_id),
		"tokenType": "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-x509-token-profile-1.0#X509v3",
		"dispositionMessage": "ISSUED",
		"binarySecurityToken": issued.token,
		"secret": issued.secret,
	}
