"""`saudi-crm-billing sandbox`: the gateway in the foreground, until Ctrl-C or SIGTERM."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import TextIO

from saudi_crm_billing.sandbox.fault_script import read_script
from saudi_crm_billing.sandbox.faults import FaultError
from saudi_crm_billing.sandbox.onboarding import VALID_OTP
from saudi_crm_billing.sandbox.server import Sandbox


def serve(port: int, out: TextIO, faults: Path | None = None) -> int:
	"""Run until told to stop. 0 after a stop, 2 where the port cannot be had or the script `faults` makes no sense."""
	try:
		script = read_script(faults) if faults else ()
	except FaultError as error:
		_say(out, f"The faults cannot be armed: {error}.")
		return 2
	try:
		sandbox = Sandbox(port)
	except (OSError, OverflowError) as error:
		_say(out, f"Port {port} cannot be used: {error}. Choose another with --port.")
		return 2
	if script:
		sandbox.faults.add(*script)
	with sandbox, _stop_signals() as stop:
		_say(
			out,
			f"Gateway: {sandbox.base_url}",
			f"One-time password: {VALID_OTP}",
			f"State: {sandbox.root_url}/sandbox/state  faults: {sandbox.root_url}/sandbox/faults",
			"Everything is forgotten when it stops (Ctrl-C).",
		)
		stop.wait()
	_say(out, "Stopped.")
	return 0


def _say(out: TextIO, *lines: str) -> None:
	out.write("\n".join(lines) + "\n")
	out.flush()


@contextmanager
def _stop_signals() -> Iterator[threading.Event]:
	"""An event that Ctrl-C and SIGTERM set; the handlers of before come back at the end."""
	stop = threading.Event()

	def on_signal(number: int, frame: FrameType | None) -> None:
		stop.set()

	before = {number: signal.signal(number, on_signal) for number in (signal.SIGINT, signal.SIGTERM)}
	try:
		yield stop
	finally:
		for number, handler in before.items():
			signal.signal(number, handler)
