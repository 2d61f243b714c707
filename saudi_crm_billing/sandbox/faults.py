"""Faults on demand: what is armed, for which call, how often, and what it makes of an answer."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from enum import Enum
from typing import TYPE_CHECKING, TypedDict

from saudi_crm_billing.e_invoicing.engine.answers import Call
from saudi_crm_billing.sandbox.messages import (
	Delivery,
	Json,
	Remark,
	Response,
	json_response,
	system_failure,
	unauthorized,
	validation,
)

if TYPE_CHECKING:
	from typing_extensions import Unpack

MAX_SECONDS = 600


class Kind(Enum):
	"""What goes wrong."""

	TIMEOUT = "timeout"
	"""No answer for `seconds`, then the connection closes."""
	SERVER_ERROR = "server-error"
	"""`status`, 500 unless said otherwise."""
	TOO_MANY_REQUESTS = "too-many-requests"
	UNAUTHORIZED = "unauthorized"
	CLEARANCE_OFF = "clearance-off"
	"""303 to clearance calls; while it is armed, standard documents may be reported."""
	DUPLICATE = "duplicate"
	"""The first sending is taken silently and answered as a second one: 409, or 208 with the cleared document."""
	MALFORMED = "malformed"
	"""200 with a page that is not JSON."""
	TRUNCATED = "truncated"
	"""The true answer, cut in the middle."""
	DROP = "drop"
	"""The connection closes without an answer."""
	REJECT = "reject"
	"""400 with an error message."""
	NOT_COMPLIANT = "not-compliant"
	"""428 to a renewal."""
	TOO_LARGE = "too-large"
	"""413."""
	DELAY = "delay"
	"""The true answer, after `seconds`."""
	ANSWER = "answer"
	"""`status` with `body`, JSON or a text."""
	PASS = "pass"
	"""The true answer: a call let through in a sequence of others."""


MODES = frozenset({Kind.CLEARANCE_OFF, Kind.NOT_COMPLIANT})
"""Not spoilt answers but true ones in another situation: the call itself asks for them."""


class FaultError(ValueError):
	"""A fault that cannot be armed; the text says what is wrong."""


@dataclass(frozen=True)
class Fault:
	"""One armed fault. `endpoint` None means every call, `count` None means until cleared.

	With `accept` the call takes effect first and only its answer is spoilt; `after` calls are let through before.
	"""

	kind: Kind
	endpoint: Call | None = None
	count: int | None = 1
	accept: bool = False
	seconds: float = 30
	status: int = 500
	after: int = 0
	body: object = None

	def as_json(self) -> Json:
		endpoint = self.endpoint.value if self.endpoint else None
		return {**asdict(self), "kind": self.kind.value, "endpoint": endpoint}


class FaultValues(TypedDict, total=False):
	"""What `arm` takes beside kind and endpoint: the other fields of `Fault`."""

	count: int | None
	accept: bool
	seconds: float
	status: int
	after: int
	body: object


class Faults:
	"""The armed faults, oldest first; safe to use from many threads."""

	def __init__(self) -> None:
		self._lock = threading.Lock()
		self._armed: list[Fault] = []

	def arm(self, kind: Kind | str, endpoint: Call | str | None = None, **more: Unpack[FaultValues]) -> Fault:
		"""Arm a fault, `more` being the other fields of `Fault`; `FaultError` for values that make no sense."""
		return self.add(make_fault(kind, endpoint, **more))

	def add(self, *faults: Fault) -> Fault:
		"""Arm faults that were made already, in this order; the last of them."""
		with self._lock:
			self._armed.extend(faults)
		return faults[-1]

	def arm_from_json(self, wish: Json) -> Fault:
		"""The same from a JSON object with the fields of `Fault`."""
		return self.add(fault_from_json(wish))

	def take(self, call: Call) -> Fault | None:
		"""The oldest fault for this call, used up by one; modes are not among them."""
		with self._lock:
			for at, fault in enumerate(self._armed):
				if fault.endpoint not in (None, call) or not _concerns(fault.kind, call):
					continue
				if fault.after:
					self._armed[at] = replace(fault, after=fault.after - 1)
					continue
				self._use(at, fault)
				return fault
		return None

	def take_mode(self, kind: Kind) -> bool:
		"""Whether the oldest fault of a kind in `MODES` is armed; used up by one."""
		with self._lock:
			for at, fault in enumerate(self._armed):
				if fault.kind is kind:
					self._use(at, fault)
					return True
		return False

	def is_armed(self, kind: Kind) -> bool:
		with self._lock:
			return any(fault.kind is kind for fault in self._armed)

	def clear(self) -> None:
		with self._lock:
			self._armed.clear()

	def armed(self) -> tuple[Fault, ...]:
		with self._lock:
			return tuple(self._armed)

	def _use(self, at: int, fault: Fault) -> None:
		if fault.count == 1:
			del self._armed[at]
		elif fault.count is not None:
			self._armed[at] = replace(fault, count=fault.count - 1)


def spoil(fault: Fault, process: Callable[[], Response]) -> Response:
	"""The answer under a fault; `process` does what the call asks and gives the true answer."""
	if fault.kind is Kind.DUPLICATE:
		process()
		return process()
	if fault.kind is Kind.TRUNCATED:
		return replace(process(), delivery=Delivery.TRUNCATED)
	if fault.kind in (Kind.DELAY, Kind.PASS):
		return replace(process(), delay=fault.seconds if fault.kind is Kind.DELAY else 0)
	if fault.accept:
		process()
	return _spoilt(fault)


def _spoilt(fault: Fault) -> Response:
	if fault.kind is Kind.TIMEOUT:
		return Response(504, delivery=Delivery.DROPPED, delay=fault.seconds)
	if fault.kind is Kind.DROP:
		return Response(504, delivery=Delivery.DROPPED)
	if fault.kind is Kind.SERVER_ERROR:
		return system_failure(fault.status)
	if fault.kind is Kind.ANSWER:
		return _wished(fault)
	return _FIXED[fault.kind]()


def _too_many() -> Response:
	body = {"status": 429, "error": "Too Many Requests", "message": "API rate limit exceeded"}
	return replace(json_response(429, body), headers={"Retry-After": "1"})


def _wished(fault: Fault) -> Response:
	if isinstance(fault.body, str):
		return Response(fault.status, fault.body.encode(), "text/plain; charset=utf-8")
	return json_response(fault.status, {} if fault.body is None else fault.body)


def _too_large() -> Response:
	return json_response(413, {"status": 413, "error": "Payload Too Large"})


def _malformed() -> Response:
	return Response(200, b"<html><body>Scheduled maintenance</body></html>", "text/html")


def _reject() -> Response:
	error = Remark("ERROR", "SANDBOX_REJECTED", "SANDBOX", "Rejected on demand")
	body = {
		"validationResults": validation([error]),
		"reportingStatus": "NOT_REPORTED",
		"clearanceStatus": "NOT_CLEARED",
	}
	return json_response(400, body)


_FIXED: dict[Kind, Callable[[], Response]] = {
	Kind.TOO_MANY_REQUESTS: _too_many,
	Kind.UNAUTHORIZED: unauthorized,
	Kind.MALFORMED: _malformed,
	Kind.TOO_LARGE: _too_large,
	Kind.REJECT: _reject,
}


def make_fault(kind: Kind | str, endpoint: Call | str | None = None, **more: Unpack[FaultValues]) -> Fault:
	"""A fault that is not armed; `FaultError` for values that make no sense."""
	fault = Fault(_kind(kind), _endpoint(endpoint), **more)
	_check(fault)
	return fault


def fault_from_json(wish: Json) -> Fault:
	"""The same from a JSON object with the fields of `Fault`."""
	unknown = set(wish) - set(Fault.__dataclass_fields__)
	if unknown or "kind" not in wish:
		raise FaultError(f"a fault has a kind and may have {', '.join(list(Fault.__dataclass_fields__)[1:])}")
	return make_fault(**wish)


def _concerns(kind: Kind, call: Call) -> bool:
	if kind is Kind.DUPLICATE:
		return call in (Call.REPORT, Call.CLEAR)
	return kind not in MODES


def _kind(kind: Kind | str) -> Kind:
	try:
		return Kind(kind)
	except ValueError:
		raise FaultError(f"no such fault: {kind!r}; there are {', '.join(k.value for k in Kind)}")


def _endpoint(endpoint: Call | str | None) -> Call | None:
	try:
		return None if endpoint is None else Call(endpoint)
	except ValueError:
		raise FaultError(f"no such endpoint: {endpoint!r}; there are {', '.join(c.value for c in Call)}")


def _check(fault: Fault) -> None:
	if fault.count is not None and (type(fault.count) is not int or fault.count < 1):
		raise FaultError(f"count is a whole number from 1, or null for always, not {fault.count!r}")
	if type(fault.seconds) not in (int, float) or not 0 <= fault.seconds <= MAX_SECONDS:
		raise FaultError(f"seconds are from 0 to {MAX_SECONDS}, not {fault.seconds!r}")
	lowest = 200 if fault.kind is Kind.ANSWER else 500
	if type(fault.status) is not int or not lowest <= fault.status <= 599:
		raise FaultError(f"status is from {lowest} to 599, not {fault.status!r}")
	if type(fault.after) is not int or fault.after < 0:
		raise FaultError(f"after is a whole number from 0, not {fault.after!r}")
	if type(fault.accept) is not bool:
		raise FaultError(f"accept is true or false, not {fault.accept!r}")
