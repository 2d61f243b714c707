"""The sandbox's own pages under /sandbox: what was accepted, whether the chains hold, and the faults."""

from __future__ import annotations

from dataclasses import dataclass

from saudi_crm_billing.sandbox.faults import FaultError, Faults
from saudi_crm_billing.sandbox.messages import Json, Request, Response, json_response
from saudi_crm_billing.sandbox.state import IssuedCsid, SandboxState, Submission

PREFIX = "/sandbox/"


@dataclass(frozen=True)
class Auditor:
	"""Reads the state and arms faults; it never changes what was accepted."""

	state: SandboxState
	faults: Faults

	def answer(self, request: Request) -> Response:
		page = request.path.removeprefix(PREFIX)
		if page == "faults":
			return self._faults(request)
		if request.method != "GET":
			return json_response(405, {"error": "Method Not Allowed"})
		if page == "state":
			return json_response(200, self.report())
		if page == "documents":
			return json_response(200, [_document(s) for s in self.state.accepted()])
		return json_response(404, {"error": "Not Found"})

	def report(self) -> Json:
		"""Each certificate with its compliance steps and the state of its chain, and all submissions."""
		return {
			"certificates": [self._certificate(csid) for csid in self.state.csids()],
			"submissions": [_document(s) for s in self.state.submissions()],
		}

	def _faults(self, request: Request) -> Response:
		if request.method == "DELETE":
			self.faults.clear()
		elif request.method == "POST":
			try:
				self.faults.arm_from_json(request.json_object() or {})
			except FaultError as error:
				return json_response(400, {"error": str(error)})
		elif request.method != "GET":
			return json_response(405, {"error": "Method Not Allowed"})
		return json_response(200, [fault.as_json() for fault in self.faults.armed()])

	def _certificate(self, csid: IssuedCsid) -> Json:
		links = self.state.links(csid.request_id)
		return {
			"request_id": csid.request_id,
			"kind": csid.kind.value,
			"environment": csid.environment,
			"vat_number": csid.subject.vat_number,
			"unit": csid.subject.serial_number,
			"missing_steps": list(self.state.missing_steps(csid)),
			"chain": {
				"documents": len(links),
				"last_icv": max((link.icv for link in links), default=0),
				"breaks": [
					{
						"kind": found.kind.value,
						"icv": found.icv,
						"message_en": found.problem.message_en,
						"message_ar": found.problem.message_ar,
					}
					for found in self.state.breaks(csid.request_id)
				],
			},
		}


def _document(submission: Submission) -> Json:
	return {
		"call": submission.call.value,
		"environment": submission.environment,
		"certificate": submission.signer,
		"number": submission.number,
		"uuid": submission.uuid,
		"subtype": submission.subtype,
		"type_code": submission.type_code,
		"icv": submission.icv,
		"previous_hash": submission.previous_hash,
		"invoice_hash": submission.invoice_hash,
		"http_status": submission.http_status,
		"errors": list(submission.errors),
		"warnings": list(submission.warnings),
		"received_at": submission.received_at.isoformat(),
	}
