"""The command `check`: the business rules on a file, as a table for people or JSON for programs."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import TextIO

from saudi_crm_billing.common.dates import RIYADH
from saudi_crm_billing.e_invoicing.engine.rules import ERROR, Finding, check
from saudi_crm_billing.e_invoicing.engine.xml import MAX_BYTES, UnreadableInvoice

CLEAN, ERRORS, UNREADABLE = 0, 1, 2


def check_file(path: str | Path, as_json: bool, out: TextIO, now: datetime | None = None) -> int:
	"""Write the findings on a file to `out`; what keeps it from being read goes to stderr.

	Returns 0 when nothing was found or only warnings, 1 with errors, 2 for what is not a readable invoice.
	`now` is the moment of checking, by default this one.
	"""
	try:
		findings = check(_read(path), now or datetime.now(RIYADH))
	except OSError as error:
		_write(sys.stderr, f"{path}: {error.strerror or error}\n")
		return UNREADABLE
	except UnreadableInvoice as error:
		_write(sys.stderr, f"{path}: {error.message_en}\n{error.message_ar}\n")
		return UNREADABLE
	_write(out, _as_json(findings, _encoding(out)) if as_json else _as_table(findings))
	return ERRORS if any(finding.severity == ERROR for finding in findings) else CLEAN


def _read(path: str | Path) -> bytes:
	"""The file's bytes, one more than an invoice may have at most."""
	with open(path, "rb") as file:
		return file.read(MAX_BYTES + 1)


def _as_json(findings: Sequence[Finding], encoding: str) -> str:
	rows = [asdict(finding) for finding in findings]
	escaped = not encoding.lower().startswith("utf")
	return json.dumps({"findings": rows}, ensure_ascii=escaped, indent=2) + "\n"


def _as_table(findings: Sequence[Finding]) -> str:
	if not findings:
		return "No findings: all rules are kept.\n"
	widths = [max(len(getattr(finding, column)) for finding in findings) for column in ("severity", "id")]
	rows = [_row(finding, widths) for finding in findings]
	errors = sum(finding.severity == ERROR for finding in findings)
	return "".join(rows) + f"{_count(errors, 'error')}, {_count(len(findings) - errors, 'warning')}\n"


def _row(finding: Finding, widths: Sequence[int]) -> str:
	margin = " " * (sum(widths) + 4)
	head = f"{finding.severity:<{widths[0]}}  {finding.id:<{widths[1]}}  {finding.where}"
	return f"{head}\n{margin}{finding.message_en}\n{margin}{finding.message_ar}\n"


def _count(number: int, what: str) -> str:
	return f"{number} {what}{'' if number == 1 else 's'}"


def _encoding(stream: TextIO) -> str:
	return getattr(stream, "encoding", None) or "utf-8"


def _write(stream: TextIO, text: str) -> None:
	"""Write Arabic also where the terminal cannot show it."""
	encoding = _encoding(stream)
	stream.write(text.encode(encoding, "backslashreplace").decode(encoding))
