"""Jobs after the commit, where the queue may be away: the only caller of `frappe.enqueue` of this app.

What is queued here is found again by a clock (a sweep, the next hour's run, the day's refresh), so a queue that cannot
be reached must not refuse the document, nor turn a commit that held into an error for the user.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import frappe
from frappe import _

# Seconds after which a job that is said to wait is no longer believed in: its queue may have been emptied.
WAITS = 60


def enqueue_after_commit(method: str | Callable[..., Any], *, one_waits: str = "", **arguments: Any) -> None:
	"""As `frappe.enqueue`, once this transaction is committed; a rollback forgets it. Never raises.

	Jobs that do all there is to do give themselves a name, `one_waits`: while one of the name waits for a worker no
	other is queued. The job calls `begin` first of all, so that what is committed from then on queues the next.
	"""
	frappe.db.after_commit.add(partial(_try, method, one_waits, arguments))


def begin(name: str) -> None:
	"""The job that waited under `name` has begun; it reads what there is to do after this."""
	frappe.cache.delete(_key(name))


def _try(method: str | Callable[..., Any], name: str, arguments: dict[str, Any]) -> None:
	"""Only the first of a request's jobs waits for a queue that is away: Frappe knocks for seconds each time."""
	if getattr(frappe.local, "scb_queue_away", False):
		return
	messages = len(frappe.local.message_log)
	try:
		if not name or frappe.cache.set(_key(name), 1, nx=True, ex=WAITS):
			frappe.enqueue(method, **arguments)
	except Exception:
		frappe.local.scb_queue_away = True
		del frappe.local.message_log[messages:]
		frappe.log_error(
			title=_("A job could not be queued"), message=f"{method} {arguments}\n{frappe.get_traceback()}"
		)
		frappe.db.commit()  # nosemgrep: after a commit; nobody else's work is open


def _key(name: str) -> bytes:
	return bytes(frappe.cache.make_key(f"scb_job_waits:{name}"))
