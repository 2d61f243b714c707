"""Which SQL statements the app asks for, itself or by what it calls."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType, ModuleType
from typing import Any

import pytest

import saudi_crm_billing

APP = str(Path(saudi_crm_billing.__file__).parent)


@contextmanager
def statements_of_the_app(frappe: ModuleType, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
	"""How those begin that this app asks for, itself or by what it calls; without figures."""
	found: list[str] = []
	run = frappe.db.sql

	def counting(query: str, *arguments: Any, **options: Any) -> Any:
		if called_by_the_app():
			found.append(re.sub(r"[\d.]+", "0", " ".join(str(query).split()).lower())[:80])
		return run(query, *arguments, **options)

	with monkeypatch.context() as patch:
		patch.setattr(frappe.local.db, "sql", counting)
		yield found


def called_by_the_app() -> bool:
	frame: FrameType | None = sys._getframe(2)
	while frame and not frame.f_code.co_filename.startswith(APP):
		frame = frame.f_back
	return frame is not None
