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
