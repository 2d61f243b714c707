"""The document calls: compliance check, reporting, clearance."""

from __future__ import annotations

import base64
from dataclasses import dataclass, replace
from datetime import datetime

from saudi_crm_billing.e_invoicing.engine.answers import Call
from saudi_crm_billing.sandbox.ca import CertificateAuthority
from saudi_crm_billing.sandbox.documents import BodyError, Facts, Payload, read_payload
from saudi_crm_billing.sandbox.faults import Faults, Kind
from saudi_crm_billing.sandbox.inspection import Inspection, inspect
from saudi_crm_billing.sandbox.messages import (
	Json,
	Refused,
	Remark,
	Request,
	Response,
	clearance_is_off,
	clearance_is_on,
	json_response,
	validation,
)
from saudi_crm_billing.sandbox.stamping import stamp
from saudi_crm_billing.sandbox.state import IssuedCsid, SandboxState, Submission

NOT_DONE: dict[Call, Json] = {
	Call.COMPLIANCE_CHECK: {"reportingStatus": "NOT_REPORTED", "clearanceStatus": "NOT_CLEARED"},
	Call.REPORT: {"reportingStatus": "NOT_REPORTED"},
	Call.CLEAR: {"clearanceStatus": "NOT_CLEARED", "clearedInvoice": None},
}
ONLY_STANDARD = "Only standard documents are cleared"


@dataclass(frozen=True)
class DocumentDesk:
	"""Takes documents in, says what is wrong with them, remembers them."""

	authority: CertificateAuthority
	state: SandboxState
	faults: Faults

	def check(self, request: Request, caller: IssuedCsid, now: datetime) -> Response:
		"""POST /compliance/invoices: nothing is kept but the step that the document passes."""
		payload = _payload(request)
		found = inspect(payload, caller, now, _arabic(request))
		if found.facts is None or found.errors:
			return _no(Call.COMPLIANCE_CHECK, found)
		self.state.pass_step(caller, found.facts.subtype, found.facts.type_code)
		done = {"reportingStatus": "REPORTED", "clearanceStatus": None}
		if found.facts.subtype == "01":
			done = {"reportingStatus": None, "clearanceStatus": "CLEARED"}
		body = {"validationResults": validation((), found.warnings), **done}
		return json_response(_yes_status(found), {**body, "qrSellertStatus": None, "qrBuyertStatus": None})

	def report(self, request: Request, caller: IssuedCsid, now: datetime) -> Response:
		"""POST /invoices/reporting/single."""
		_require_clearance_status(request)
		payload = _payload(request)
		found = inspect(payload, caller, now, _arabic(request))
		if (
			found.facts is not None
			and found.facts.subtype == "01"
			and not self._may_report_standard(found.facts)
		):
			return clearance_is_on()
		earlier = self._earlier(caller, found.facts) or self._settle(
			Call.REPORT, caller, payload, found, now, None
		)
		if earlier is not None:
			return _reported_earlier()
		if found.errors:
			return _no(Call.REPORT, found)
		body = {"validationResults": validation((), found.warnings), "reportingStatus": "REPORTED"}
		return json_response(_yes_status(found), body)

	def clear(self, request: Request, caller: IssuedCsid, now: datetime) -> Response:
		"""POST /invoices/clearance/single; what is turned away with 303 may be reported, then and later."""
		_require_clearance_status(request)
		payload = _payload(request)
		if self.faults.take_mode(Kind.CLEARANCE_OFF):
			self.state.redirect_to_reporting(payload.invoice_hash)
			return clearance_is_off()
		found = inspect(payload, caller, now, _arabic(request))
		if found.facts is not None and found.facts.subtype != "01":
			wrong = Remark("ERROR", "invalid-invoice-type", "INVOICE_ERRORS", ONLY_STANDARD)
			found = replace(found, errors=(*found.errors, wrong))
		if (earlier := self._earlier(caller, found.facts)) is not None:
			return _cleared(208, earlier.cleared_xml, ())
		cleared = None if found.errors else stamp(payload.xml, self.authority, now)
		earlier = self._settle(Call.CLEAR, caller, payload, found, now, cleared)
		if earlier is not None:
			return _cleared(208, earlier.cleared_xml, ())
		if found.errors:
			return _no(Call.CLEAR, found)
		return _cleared(_yes_status(found), cleared, found.warnings)

	def _may_report_standard(self, facts: Facts) -> bool:
		return self.faults.is_armed(Kind.CLEARANCE_OFF) or self.state.was_redirected(facts.invoice_hash)

	def _earlier(self, caller: IssuedCsid, facts: Facts | None) -> Submission | None:
		return self.state.find_accepted(caller.environment, facts.invoice_hash) if facts else None

	def _settle(
		self,
		call: Call,
		caller: IssuedCsid,
		payload: Payload,
		found: Inspection,
		now: datetime,
		cleared: bytes | None,
	) -> Submission | None:
		"""Remember the document; returns the earlier one if another thread was first."""
		facts = found.facts
		if facts is None:
			return None
		signer = next((c for c in caller.lineage() if c.certificate == facts.certificate), caller)
		return self.state.settle(
			Submission(
				call=call,
				environment=caller.environment,
				signer=signer.request_id,
				number=facts.number,
				uuid=facts.uuid,
				subtype=facts.subtype,
				type_code=facts.type_code,
				icv=facts.icv,
				previous_hash=facts.previous_hash,
				invoice_hash=facts.invoice_hash,
				http_status=400 if found.errors else _yes_status(found),
				received_at=now,
				errors=tuple(remark.code for remark in found.errors),
				warnings=tuple(remark.code for remark in found.warnings),
				xml=payload.xml,
				cleared_xml=cleared,
			)
		)


def _payload(request: Request) -> Payload:
	try:
		return read_payload(request.json_object())
	except BodyError as error:
		raise Refused("Invalid-Request", f"The request is invalid: {error}")


def _require_clearance_status(request: Request) -> None:
	if request.header("Clearance-Status") not in ("0", "1"):
		raise Refused("Invalid-Clearance-Status", "The header Clearance-Status is required and is 0 or 1")


def _arabic(request: Request) -> bool:
	return request.header("Accept-Language").lower().startswith("ar")


def _yes_status(found: Inspection) -> int:
	return 202 if found.warnings else 200


def _no(call: Call, found: Inspection) -> Response:
	results = validation(found.errors, found.warnings, valid_xsd=found.facts is not None)
	return json_response(400, {"validationResults": results, **NOT_DONE[call]})


def _reported_earlier() -> Response:
	text = "Invoice was already Reported successfully earlier."
	duplicate = Remark("ERROR", "Invoice-Errors", "Duplicate-Invoice", text)
	return json_response(409, {"validationResults": validation([duplicate]), **NOT_DONE[Call.REPORT]})


def _cleared(status: int, xml: bytes | None, warnings: tuple[Remark, ...]) -> Response:
	body: Json = {"validationResults": validation((), warnings), "clearanceStatus": "CLEARED"}
	return json_response(status, {**body, "clearedInvoice": base64.b64encode(xml or b"").decode() or None})
