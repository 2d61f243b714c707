"""Real processes with real commits: how a test starts them and hears of them, and how a worker script serves.

A worker script is `serve(globals())` under functions that take and return what JSON can carry.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
SITE = os.environ.get("SCB_COMMIT_SITE")
BENCH = Path(os.environ.get("FRAPPE_BENCH") or Path.home() / "frappe-bench")
TIMEOUT = 3600 if os.environ.get("SCB_FULL") else 600
"""Seconds."""


class Workers:
	"""Starts processes of one worker script."""

	def __init__(self, script: str) -> None:
		self.script = HERE / script

	def start(self, action: str, *arguments: str) -> subprocess.Popen[str]:
		folders = [str(HERE.parent.parent), str(HERE.parent), str(HERE.parent / "site")]
		return subprocess.Popen(
			[sys.executable, str(self.script), str(SITE), action, *arguments],
			cwd=BENCH / "sites",
			env={**os.environ, "PYTHONPATH": os.pathsep.join(folders)},
			stdin=subprocess.PIPE,
			stdout=subprocess.PIPE,
			text=True,
		)

	def started(self, action: str, *arguments: str) -> subprocess.Popen[str]:
		"""A worker that is connected and waits for the word."""
		process = self.start(action, *arguments, "--wait")
		wait_for(process, "ready")
		return process

	def ask(self, action: str, *arguments: str) -> dict[str, Any]:
		return answer(self.start(action, *arguments))

	def at_once(self, *commands: tuple[str, ...]) -> list[dict[str, Any]]:
		"""Start a process a command, let all connect, and give all of them the word in the same moment."""
		processes = [self.start(*command, "--wait") for command in commands]
		for process in processes:
			wait_for(process, "ready")
		for process in processes:
			tell(process)
		return [answer(process) for process in processes]


def answer(process: subprocess.Popen[str]) -> dict[str, Any]:
	"""What the worker says in its last line; its log, if any, is above it."""
	output, _ = process.communicate(timeout=TIMEOUT)
	assert process.returncode == 0, output
	return json.loads(output.strip().splitlines()[-1])


def wait_for(process: subprocess.Popen[str], word: str) -> None:
	assert process.stdout
	seen = []
	for line in process.stdout:
		seen.append(line)
		if line.strip() == word:
			return
	raise AssertionError("".join(seen))


def tell(process: subprocess.Popen[str]) -> None:
	assert process.stdin
	process.stdin.write("go\n")
	process.stdin.flush()


def serve(actions: Mapping[str, Any]) -> None:
	"""In the worker: connect to the site, do the action of the command line, commit, answer in JSON."""
	import frappe

	site, action, *arguments = (each for each in sys.argv[1:] if not each.startswith("--"))
	frappe.init(site=site, sites_path=".")
	frappe.connect()
	frappe.set_user("Administrator")
	if "--wait" in sys.argv:
		print("ready", flush=True)
		sys.stdin.readline()
	result = actions[action](*arguments)
	frappe.db.commit()
	frappe.destroy()
	print(json.dumps(result, default=str), flush=True)
