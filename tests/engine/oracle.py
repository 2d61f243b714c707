"""The independent validator (a test dependency): what nobody here wrote says about a document."""

from __future__ import annotations

from typing import Any

import pytest

fatoora = pytest.importorskip("fatoora", reason="fatoority is not installed")

EVALUATED_AT = "2026-11-20T12:00:00Z"
STAGES = ("xsd", "cen", "ksa", "signature", "qr", "previous_invoice_hash")


def report(xml: bytes, previous_hash: str, at: str = EVALUATED_AT) -> dict[str, Any]:
	"""The validator's report on a document, as if validated at `at`."""
	result: dict[str, Any] = fatoora.validate_zatca_invoice_from_str(
		fatoora.Config(), xml.decode(), previous_invoice_hash=previous_hash, evaluated_at=at
	)
	return result


def findings(xml: bytes, previous_hash: str) -> list[str]:
	"""`severity code` of everything found, warnings too."""
	return [
		f"{found['severity']} {found['code']}"
		for stage in report(xml, previous_hash)["stages"]
		for found in stage["findings"]
	]


def assert_clean(xml: bytes, previous_hash: str) -> None:
	"""All stages ran that apply, nothing was found, not even a warning.

	The validator checks the signature and QR of simplified documents only (those of standard ones are
	ZATCA's after clearance) and calls these two stages not applicable else.
	"""
	result = report(xml, previous_hash)
	states = {stage["stage"]: stage["status"] for stage in result["stages"]}
	assert tuple(states) == STAGES
	simplified = b'name="02' in xml
	expected = {
		stage: "completed" if simplified or stage not in ("signature", "qr") else "not_applicable"
		for stage in STAGES
	}
	assert findings(xml, previous_hash) == []
	assert states == expected
	assert result["is_valid"] and result["is_complete"] and not result["has_errors"]
