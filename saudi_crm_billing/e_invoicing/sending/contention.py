"""Work that others may stand in the way of: done again after a deadlock or a lock wait, and reported in the end."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

import frappe

TROUBLES = (frappe.QueryDeadlockError, frappe.QueryTimeoutError)
TRIES = 4
PAUSE_SECONDS = 0.2

Result = TypeVar("Result")


def committed(work: Callable[[], Result]) -> Result:
	"""Do `work` in a transaction of its own and commit it; the last of four troubles is raised.

	Nothing of the caller's may be uncommitted: a trouble rolls everything back.
	"""
	for turn in range(1, TRIES + 1):
		try:
			result = work()
			frappe.db.commit()  # nosemgrep: a unit of work that is complete in itself
			return result
		except TROUBLES:
			frappe.db.rollback()
			if turn == TRIES:
				raise
			time.sleep(turn * PAUSE_SECONDS)
	raise AssertionError("unreachable")
