"""A script of faults: in a file for the whole run, or in a header for the one request that carries it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from saudi_crm_billing.sandbox.faults import Fault, FaultError, fault_from_json
from saudi_crm_billing.sandbox.messages import Json

HEADER = "X-Sandbox-Fault"
MAX_SCRIPT = 1_000_000


def read_script(path: Path) -> tuple[Fault, ...]:
	"""The faults of a JSON file, in the order to be armed; `FaultError` says what in it makes no sense.

	A list of faults, or an object: the name of a call → what its first, second, … answer is. A fault is an object with
	the fields of `Fault`, or just the name of its kind.
	"""
	try:
		script = json.loads(path.read_text(encoding="utf-8")[:MAX_SCRIPT])
	except (OSError, ValueError) as error:
		raise FaultError(f"{path} cannot be read as JSON: {error}")
	return tuple(_faults(script))


def read_header(text: str) -> Fault:
	"""The fault of one request: the name of a kind, or a JSON object as in a script."""
	if not text.startswith("{"):
		return _fault(text)
	try:
		wish = json.loads(text)
	except ValueError as error:
		raise FaultError(f"{HEADER} is no JSON: {error}")
	return _fault(wish)


def _faults(script: object) -> Iterator[Fault]:
	if isinstance(script, list):
		yield from (_fault(wish) for wish in script)
	elif isinstance(script, dict):
		for endpoint, sequence in script.items():
			if not isinstance(sequence, list):
				raise FaultError(f"{endpoint} has a list of faults, one for each call, not {sequence!r}")
			yield from (_fault(wish, endpoint) for wish in sequence)
	else:
		raise FaultError("a script is a list of faults, or an object with a list for each call")


def _fault(wish: object, endpoint: str | None = None) -> Fault:
	named: Json = {"kind": wish} if isinstance(wish, str) else wish if isinstance(wish, dict) else {}
	return fault_from_json({**named, "endpoint": endpoint} if endpoint else named)
