"""A web server on the site for tests that commit, as `bench serve` starts it; over real HTTP.

Run as a script it is that server with a database session that waits two seconds for another's lock, and not fifty.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

HEADERS = {"Host": str(os.environ.get("SCB_COMMIT_SITE"))}
LOCK_WAIT_SECONDS = 2


@contextmanager
def serving(folder: Path) -> Iterator[str]:
	"""The server's address; its log is in `folder`."""
	from workers import BENCH, SITE

	port = free_port()
	project = Path(__file__).resolve().parents[2]
	process = subprocess.Popen(
		[
			sys.executable,
			__file__,
			"--site",
			str(SITE),
			"serve",
			"--port",
			str(port),
			"--noreload",
			"--nothreading",
		],
		cwd=BENCH / "sites",
		env={**os.environ, "PYTHONPATH": str(project)},
		stdout=(folder / "log").open("w"),
		stderr=subprocess.STDOUT,
	)
	address = f"http://127.0.0.1:{port}"
	try:
		wait_for(address)
		yield address
	finally:
		process.terminate()
		process.wait(30)


def free_port() -> int:
	with socket.socket() as probe:
		probe.bind(("127.0.0.1", 0))
		return int(probe.getsockname()[1])


def wait_for(address: str) -> None:
	import pytest
	import requests

	for _attempt in range(120):
		try:
			if requests.get(f"{address}/api/method/ping", headers=HEADERS, timeout=10).ok:
				return
		except requests.ConnectionError:
			time.sleep(0.5)
	pytest.fail(f"no server at {address}")


def be_impatient() -> None:
	from frappe.database.mariadb.database import MariaDBDatabase

	connect = MariaDBDatabase.create_connection

	def connected(self: Any) -> Any:
		connection = connect(self)
		with connection.cursor() as cursor:
			cursor.execute(f"set innodb_lock_wait_timeout = {LOCK_WAIT_SECONDS}")
		return connection

	MariaDBDatabase.create_connection = connected


if __name__ == "__main__":
	from frappe.utils import bench_helper

	be_impatient()
	sys.argv[1:1] = ["frappe"]
	bench_helper.main()
