"""What the product's own auditor says of a unit's chain: as the report's function, and as the command of a monitor."""

from __future__ import annotations

import os
import subprocess
import sys

from workers import BENCH, HERE, SITE, TIMEOUT, Workers

WORKERS = Workers("chain_worker.py")


def assert_whole(unit: str, documents: int) -> None:
	"""The auditor walks `documents` documents, in a process that saw nothing of what made them, and finds nothing."""
	assert WORKERS.ask("audit", unit) == {"documents": documents, "last_icv": documents, "findings": []}


def command(unit: str) -> tuple[int, str]:
	"""Exit code and words of `bench --site SITE audit-e-invoices` for one unit."""
	bench = [sys.executable, "-m", "frappe.utils.bench_helper", "frappe"]
	done = subprocess.run(
		[*bench, "--site", str(SITE), "audit-e-invoices", "--unit", unit],
		cwd=BENCH / "sites",
		env={**os.environ, "PYTHONPATH": str(HERE.parent.parent)},
		capture_output=True,
		text=True,
		timeout=TIMEOUT,
		check=False,
	)
	return done.returncode, done.stdout + done.stderr


def assert_monitor_hears_whole(unit: str, documents: int) -> None:
	assert command(unit) == (0, f"{unit}: {documents} documents, last counter {documents}: whole\n")
