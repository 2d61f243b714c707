"""Answers of the gateway in the shapes that it has been seen to write, for the tests that read them."""

from __future__ import annotations

import base64
import json
from typing import Any

from saudi_crm_billing.e_invoicing.engine.answers import (
	Answer,
	Call,
	classify,
)
from saudi_crm_billing.e_invoicing.engine.xml import NS

DOCUMENTS = [Call.COMPLIANCE_CHECK, Call.REPORT, Call.CLEAR]
CERTIFICATES = [Call.COMPLIANCE_CSID, Call.PRODUCTION_CSID, Call.RENEWAL]
UUID = "3cf5ee18-ee25-44ea-a444-2c37ba7f28be"


def stamped(uuid: str = UUID) -> bytes:
	"""What a clearance brings, as small as it can be."""
	return f"<Invoice xmlns='{NS['ubl']}' xmlns:c='{NS['cbc']}'><c:UUID>{uuid}</c:UUID></Invoice>".encode()


XML = stamped()
TOKEN = base64.b64encode(base64.b64encode(b"\x30\x82certificate")).decode()
DUPLICATE = {
	"type": "ERROR",
	"code": "Invoice-Errors",
	"category": "Duplicate-Invoice",
	"message": "Invoice Hash Previously Submitted",
	"status": "ERROR",
}


def answer(call: Call, status: int | None, body: object) -> Answer:
	return classify(call, status, body if isinstance(body, str) else json.dumps(body))


def results(errors: object = (), warnings: object = (), info: object = (), **others: Any) -> dict[str, Any]:
	return {
		"validationResults": {"infoMessages": info, "warningMessages": warnings, "errorMessages": errors},
		**others,
	}


def reported(**others: Any) -> dict[str, Any]:
	return results(reportingStatus="REPORTED", **others)


def cleared(**others: Any) -> dict[str, Any]:
	return results(
		**{"clearanceStatus": "CLEARED", "clearedInvoice": base64.b64encode(XML).decode(), **others},
	)


def issued(**others: Any) -> dict[str, Any]:
	return {
		"requestID": 1234567890123,
		"dispositionMessage": "ISSUED",
		"binarySecurityToken": TOKEN,
		"secret": "s3cret",
		**others,
	}


WARNING = {"code": "BR-KSA-98", "category": "KSA", "message": "late"}
ERROR = {"code": "BR-KSA-40", "category": "KSA", "message": "wrong VAT number"}
OFF = {"message": "Clearance is deactiviated. Please use the /invoices/reporting/single endpoint instead."}
ON = {"message": "Clearance is activated. Please use the /invoices/clearance/single endpoint instead."}

# The answers that each row of the table stands for: call, HTTP status, body.
Sample = tuple[Call, int | None, object]
SAMPLES: dict[str, list[Sample]] = {
	"200": [(Call.REPORT, 200, reported()), (Call.CLEAR, 200, cleared())],
	"202": [(Call.REPORT, 202, reported(warnings=[WARNING]))],
	"208": [(Call.REPORT, 208, reported()), (Call.CLEAR, 208, cleared())],
	"303 to clearance": [(Call.CLEAR, 303, OFF)],
	"303 to reporting": [(Call.REPORT, 303, ON)],
	"400 with errors": [(Call.REPORT, 400, results(errors=[ERROR], reportingStatus="NOT_REPORTED"))],
	"400 for a duplicate alone": [
		(Call.REPORT, 400, results(errors=[DUPLICATE], reportingStatus="NOT_REPORTED"))
	],
	"401": [(Call.REPORT, 401, {}), (Call.CLEAR, 401, "")],
	"403": [(Call.REPORT, 403, {})],
	"404": [(Call.REPORT, 404, ""), (Call.CLEAR, 404, "<html>Not Found</html>")],
	"405": [(Call.CLEAR, 405, {})],
	"406": [(Call.CLEAR, 406, {})],
	"407": [(Call.REPORT, 407, "<html>Proxy</html>")],
	"409": [(Call.REPORT, 409, results(errors=[DUPLICATE], reportingStatus="NOT_REPORTED"))],
	"413": [(Call.CLEAR, 413, "")],
	"428": [(Call.REPORT, 428, {"value": {"dispositionMessage": "NOT_COMPLIANT"}})],
	"429": [(Call.REPORT, 429, {})],
	"5xx": [(Call.REPORT, status, "") for status in (500, 502, 503, 504)],
	"timeout": [(Call.REPORT, None, "")],
	"connection reset": [(Call.CLEAR, None, "")],
	"unreadable body": [(Call.REPORT, 200, "<html>busy</html>"), (Call.CLEAR, 400, "{")],
}
