"""What fails right before a request's commit is answered as core answers any other error: with its message, in JSON.

Core commits a request after it has caught the request's errors (frappe/app.py, `sync_database`), so what is raised there
reaches the user as a bare "500". One kind of exception still gets through to an answer: werkzeug asks an `HTTPException`
for its response. So in a request the error is raised as both: as what it is, for code that catches it, and as an
`HTTPException` whose response is core's own for the error. It is made only when asked for: who catches the error
changes nothing. Jobs and commands get the error itself.
"""

from __future__ import annotations

from typing import Any

import frappe
from werkzeug.exceptions import HTTPException


class AtCommit(HTTPException):
	"""An error at the commit of a request; its subclasses are also of the error's own class, under its name."""

	error: Exception
	said_before: int

	def __str__(self) -> str:
		return str(self.error)

	def get_response(self, *arguments: Any, **others: Any) -> Any:
		"""Core's answer to the error, and nothing of the success that the request was about to tell."""
		# The web server's module: loaded there, and of no use in a job.
		from frappe.app import handle_exception, process_response

		frappe.local.response = frappe._dict(docs=[])
		frappe.local.message_log = frappe.local.message_log[self.said_before :]
		try:
			# Core's answer names the error that is being handled.
			raise self.error
		except Exception as error:
			response = handle_exception(error)
		process_response(response)
		return response or super().get_response(*arguments, **others)


def as_raised(error: Exception, said_before: int) -> Exception:
	"""`error` as it is to be raised here; of the messages to the user, the first `said_before` are not its own."""
	if not getattr(frappe.local, "request", None) or isinstance(error, HTTPException):
		return error
	kind = type(type(error).__name__, (AtCommit, type(error)), {})
	raised: AtCommit = kind.__new__(kind)
	raised.args, raised.error, raised.said_before = error.args, error, said_before
	raised.__dict__.update(error.__dict__)
	return raised
