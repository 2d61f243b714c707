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


def enqueue_after_commit(method: str | Callable[..., Any], **arguments: Any) -> None:
	"""As `frappe.enqueue`, once this transaction is committed; a rollback forgets it. Never raises."""
	frappe.db.after_commit.add(partial(_try, method, arguments))


def _try(method: str | Callable[..., Any], arguments: dict[str, Any]) -> None:
	"""Only the first of a request's jobs waits for a queue that is away: Frappe knocks for seconds each time."""
	if getattr(frappe.local, "scb_queue_away", False):
		return
	messages = len(frappe.local.message_log)
	try:
		frappe.enqueue(method, **arguments)
	except Exception:
		frappe.local.scb_queue_away = True
		del frappe.local.message_log[messages:]
		frappe.log_error(
			title=_("A job could not be queued"), message=f"{method} {arguments}\n{frappe.get_traceback()}"
		)
		frappe.db.commit()  # nosemgrep: after a commit; nobody else's work is open
