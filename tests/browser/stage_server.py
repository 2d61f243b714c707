"""Calls the functions of the `stage….py` beside it on the site, one after the other; runs inside the bench.

A process that stays: to start Frappe for each call takes longer than most calls. A line of JSON comes in for each,
`[function, *arguments]`, and one goes out: `{"value": …}` or `{"error": …}`.
"""

from __future__ import annotations

import importlib
import json
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import frappe

FOLDER = Path(__file__).parent


def functions() -> dict[str, Callable[..., Any]]:
	names = [path.stem for path in sorted(FOLDER.glob("stage*.py")) if path.stem != Path(__file__).stem]
	modules = [importlib.import_module(name) for name in names]
	return {
		name: value
		for module in modules
		for name, value in vars(module).items()
		if getattr(value, "__module__", "") == module.__name__ and callable(value)
	}


def answer(site: str, function: Callable[..., Any], arguments: list[str]) -> dict[str, str]:
	frappe.init(site=site, sites_path=".")
	frappe.connect()
	frappe.set_user("Administrator")
	try:
		value = str(function(*arguments))
		frappe.db.commit()
		return {"value": value}
	except Exception:
		return {"error": traceback.format_exc()}
	finally:
		frappe.destroy()


def main(site: str) -> None:
	answers, sys.stdout = sys.stdout, sys.stderr
	frappe.init(site=site, sites_path=".")
	known = functions()
	for line in sys.stdin:
		name, *arguments = json.loads(line)
		print(json.dumps(answer(site, known[name], arguments)), file=answers, flush=True)


if __name__ == "__main__":
	main(sys.argv[1])
