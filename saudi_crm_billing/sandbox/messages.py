"""What the gateway says, as it says it: requests, responses, and the JSON shapes of zatca.md section 4."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

Json = dict[str, Any]
JSON_TYPE = "application/json"


class Delivery(Enum):
	"""How a response leaves the server; everything but WHOLE is a fault."""

	WHOLE = "whole"
	TRUNCATED = "truncated"
	DROPPED = "dropped"


@dataclass(frozen=True)
class Request:
	"""One HTTP request; header names in lower case."""

	method: str
	path: str
	headers: Mapping[str, str] = field(default_factory=dict, repr=False)
	body: bytes = field(default=b"", repr=False)

	def header(self, name: str) -> str:
		return self.headers.get(name.lower(), "").strip()

	def json_object(self) -> Json | None:
		"""The body as a JSON object, or None."""
		try:
			value = json.loads(self.body)
		except (ValueError, RecursionError):
			return None
		return value if isinstance(value, dict) else None


@dataclass(frozen=True)
class Response:
	"""One HTTP response; `delay` in seconds before it leaves."""

	status: int
	body: bytes = b""
	content_type: str = JSON_TYPE
	headers: Mapping[str, str] = field(default_factory=dict)
	delivery: Delivery = Delivery.WHOLE
	delay: float = 0


@dataclass(frozen=True)
class Remark:
	"""One validation message of the gateway."""

	type: str
	code: str
	category: str
	message: str

	def as_json(self) -> Json:
		status = "PASS" if self.type == "INFO" else self.type
		return {**vars(self), "status": status}


VALID_XSD = Remark(
	"INFO",
	"XSD_ZATCA_VALID",
	"XSD validation",
	"Complied with UBL 2.1 standards in line with ZATCA specifications",
)


def json_response(status: int, body: object) -> Response:
	return Response(status, json.dumps(body, ensure_ascii=False).encode())


class Refused(Exception):
	"""A call answered with 400 in the shape of the certificate calls."""

	def __init__(self, code: str, message: str) -> None:
		super().__init__(f"{code}: {message}")
		self.response = json_response(400, {"errors": [{"code": code, "message": message}]})


def unauthorized() -> Response:
	now = int(time.time() * 1000)
	return json_response(401, {"timestamp": now, "status": 401, "error": "Unauthorized", "message": ""})


def unsupported_version() -> Response:
	text = b"This Version is not supported or not provided in the header."
	return Response(406, text, "text/plain")


def system_failure(status: int) -> Response:
	body = {"code": "Invalid-Request", "message": "System failed to process your request"}
	return json_response(status, body)


def clearance_is_off() -> Response:
	text = "Clearance is deactiviated. Please use the /invoices/reporting/single endpoint instead."
	return json_response(303, {"message": text})


def clearance_is_on() -> Response:
	text = "Clearance is activated. Please use the /invoices/clearance/single endpoint instead."
	return json_response(303, {"message": text})


def validation(
	errors: Sequence[Remark] = (), warnings: Sequence[Remark] = (), valid_xsd: bool = True
) -> Json:
	"""`validationResults` with the status that follows from what is in it."""
	status = "ERROR" if errors else "WARNING" if warnings else "PASS"
	return {
		"infoMessages": [VALID_XSD.as_json()] if valid_xsd else [],
		"warningMessages": [remark.as_json() for remark in warnings],
		"errorMessages": [remark.as_json() for remark in errors],
		"status": status,
	}
