"""The audit's result as evidence that can be kept: JSON, CSV, or lines for a terminal. It reads and writes nothing."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from datetime import datetime

from saudi_crm_billing.e_invoicing.engine.audit import AuditFinding
from saudi_crm_billing.e_invoicing.issuing.audit import UnitAudit

HEADINGS = ("unit", "company", "icv", "document", "code", "finding", "finding_ar")


def as_json(results: Sequence[UnitAudit], site: str, moment: datetime) -> str:
	"""One object: where, when, whether all is whole, and each unit with its findings in both languages."""
	said = {
		"site": site,
		"audited_on": moment.isoformat(timespec="seconds"),
		"whole": all(result.whole for result in results),
		"units": [_unit(result) for result in results],
	}
	return json.dumps(said, ensure_ascii=False, indent=1)


def as_csv(results: Sequence[UnitAudit]) -> str:
	"""A line a finding, under headings; of whole chains the headings alone."""
	out = io.StringIO()
	lines = csv.writer(out)
	lines.writerow(HEADINGS)
	for result in results:
		for found in result.findings:
			problem = found.problem
			row = (result.unit, result.company, found.icv, found.document)
			lines.writerow((*row, problem.code, problem.message_en, problem.message_ar))
	return out.getvalue()


def as_lines(results: Sequence[UnitAudit]) -> str:
	"""A line a unit, and under it one for each finding."""
	return "\n".join(line for result in results for line in _lines(result))


def _unit(result: UnitAudit) -> dict[str, object]:
	return {
		"unit": result.unit,
		"company": result.company,
		"environment": result.environment,
		"documents": result.documents,
		"last_icv": result.last_icv,
		"last_hash": result.last_hash,
		"whole": result.whole,
		"count": result.count,
		"findings": [_finding(found) for found in result.findings],
	}


def _finding(found: AuditFinding) -> dict[str, object]:
	return {
		"document": found.document,
		"icv": found.icv,
		"code": found.problem.code,
		"message_en": found.problem.message_en,
		"message_ar": found.problem.message_ar,
	}


def _lines(result: UnitAudit) -> list[str]:
	verdict = "whole" if result.whole else f"{result.count} findings"
	head = f"{result.unit}: {result.documents} documents, last counter {result.last_icv}: {verdict}"
	shown = [
		f"  {found.document} [{found.problem.code}] {found.problem.message_en}" for found in result.findings
	]
	more = result.count - len(shown)
	return [head, *shown, *([f"  and {more} more"] if more else [])]
