"""Runs an opening import in the background: the only writer of its state and progress from Importing on.

Each plan is one transaction. A worker that is killed leaves whole plans behind, and the import goes on where it
stopped. If a plan is refused after all, what the import has made is cancelled again: the file is in the ledger wholly
or not at all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import now_datetime, strip_html

from saudi_crm_billing.bilingual import Said, said
from saudi_crm_billing.instalments.importing import files
from saudi_crm_billing.instalments.importing.checking import read
from saudi_crm_billing.instalments.importing.checks import Posting, key_of, made_already
from saudi_crm_billing.instalments.importing.fields import KEY
from saudi_crm_billing.instalments.importing.making import make

DOCTYPE = "Instalment Opening Import"
TOLD_EVERY = 20
"""Plans after which the open form hears of the progress."""
PASSING = (frappe.QueryDeadlockError, frappe.QueryTimeoutError)
"""What another try later overcomes."""


class FileChanged(frappe.ValidationError):
	"""The attached file is not the one that was checked."""


def run(name: str) -> None:
	"""The job: import what is not imported yet. Safe to run twice, also at once."""
	doc = frappe.get_doc(DOCTYPE, name)
	with _as_user(doc.started_by):
		if doc.status == "Importing":
			_try(doc, _import, _fail)
		if doc.status == "Undoing":
			_try(doc, _undo, _stay_half)


def _try(
	doc: Document, work: Callable[[Document], None], fail: Callable[[Document, Exception], None]
) -> None:
	try:
		work(doc)
	except PASSING:
		frappe.db.rollback()
		raise
	except Exception as error:
		frappe.db.rollback()
		frappe.log_error(title=_("Opening import failed"), reference_doctype=DOCTYPE, reference_name=doc.name)
		fail(doc, error)


def _undo(doc: Document) -> None:
	"""Cancel what the import has made, an invoice a transaction; the numbers are free again."""
	name = doc.name
	for invoice in made_already(doc).values():
		frappe.get_doc("Sales Invoice", invoice).cancel()
		_step(name, made=-1)
		frappe.db.commit()  # nosemgrep: a batch of a job
	state = "Failed" if frappe.db.get_value(DOCTYPE, name, "failure") else "Draft"
	_write(name, status=state, imported_count=0)
	_tell(name, 0, 0)
	frappe.db.commit()  # nosemgrep: a batch of a job


def _import(doc: Document) -> None:
	content = files.content_of(doc)
	if files.hash_of(content) != doc.file_hash:
		frappe.throw(_("The attached file was changed after it was checked. Check it again."), FileChanged)
	_rows, found, findings = read(doc, content)
	if findings:
		frappe.throw(
			_("The file is no longer right: {0} errors. Check it again.").format(len(findings)), FileChanged
		)
	made = set(made_already(doc))
	for posting in found:
		if posting.plan.invoice not in made and not _import_one(doc, posting):
			return
	_write(doc.name, status="Imported", imported_count=len(found))
	_tell(doc.name, len(found), len(found))
	frappe.db.commit()  # nosemgrep: a batch of a job


def _import_one(doc: Document, posting: Posting) -> bool:
	"""One plan, one transaction; whether to go on. The import's own row is locked: two jobs take turns."""
	state = frappe.db.get_value(DOCTYPE, doc.name, "status", for_update=True)
	if state != "Importing":
		frappe.db.rollback()
		return False
	if _made_meanwhile(doc, posting):
		frappe.db.rollback()
		return True
	try:
		make(doc, posting)
		done = _step(doc.name, made=1)
		frappe.db.commit()  # nosemgrep: a batch of a job
	except PASSING:
		raise
	except Exception as error:
		raise PlanRefused(posting, error) from error
	if done % TOLD_EVERY == 0:
		_tell(doc.name, done, doc.plan_count)
	return True


class PlanRefused(Exception):
	"""Core or another app refused a plan that was found right."""

	def __init__(self, posting: Posting, error: Exception) -> None:
		self.posting = posting
		super().__init__(_sentence(error))


def _made_meanwhile(doc: Document, posting: Posting) -> bool:
	"""By another job of this import: a locking read, for the snapshot may be older than that job's commit."""
	key = key_of(doc.company, posting.plan.invoice)
	made_by = frappe.db.get_value("Sales Invoice", {KEY: key}, "scb_opening_import", for_update=True)
	return bool(made_by == doc.name)


def _fail(doc: Document, error: Exception) -> None:
	_write(doc.name, status="Undoing", **_why(error).columns("failure"))
	frappe.db.commit()  # nosemgrep: from here on the job, else the clock, undoes
	doc.status = "Undoing"


def _stay_half(doc: Document, error: Exception) -> None:
	"""An invoice that core does not let go: a person must look."""
	text = _sentence(error)
	why = said(lambda lang: _("The import could not be undone wholly: {0}.", lang=lang).format(text))
	_write(doc.name, status="Failed", **why.columns("failure"))
	frappe.db.commit()  # nosemgrep: the end of a job


def _why(error: Exception) -> Said:
	if isinstance(error, PlanRefused):
		plan = error.posting.plan
		return said(
			lambda lang: _(
				"Invoice {0} (row {1}) was refused: {2}. Nothing of the file stays imported.", lang=lang
			).format(plan.invoice, plan.row, error)
		)
	return said(
		lambda lang: _("{0}. Nothing of the file stays imported.", lang=lang).format(_sentence(error))
	)


def _sentence(error: Exception) -> str:
	"""Its text, or its kind where it says nothing; without the full stop."""
	return (strip_html(str(error)) or type(error).__name__).rstrip(". ")


def _step(name: str, made: int) -> int:
	"""Count one more or less; how many there are."""
	count = (frappe.db.get_value(DOCTYPE, name, "imported_count", for_update=True) or 0) + made
	_write(name, imported_count=max(count, 0))
	return int(count)


def _write(name: str, **values: Any) -> None:
	frappe.db.set_value(DOCTYPE, name, {**values, "progress_at": now_datetime()})


def _tell(name: str, done: int, of: int) -> None:
	frappe.publish_realtime(
		"scb_opening_import", {"name": name, "done": done, "of": of}, doctype=DOCTYPE, docname=name
	)


@contextmanager
def _as_user(user: str | None) -> Iterator[None]:
	"""Also where the clock takes it up again: with the rights of who started it, in their language."""
	before = frappe.session.user
	set_user: Callable[[str], None] = frappe.set_user
	set_user(user or before)
	try:
		yield
	finally:
		set_user(before)
