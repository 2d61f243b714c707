"""The only place that touches `before_commit`: what a submit must also write, done once, in one order.

A document event *enlists* work under a phase and a key. Right before the transaction commits, every piece runs
once, by phase, then by key, so that every process takes its row locks in the same order: invoices with a plan
by name first, each with its plan's header after it, then the orders and quotations that will show an invoice's state, then
e-invoicing units by name: who holds a unit's counter waits for nobody. What is shown is written last, under locks held
already. If a piece raises, the commit does not happen.

Whatever can refuse refuses before the commit, in a document event: that is where core expects it. What fails here all
the same (another's lock, a deadlock, a unit that was replaced meanwhile) undoes the request and tells the user why, as
commit_errors.py says; in a job and a command it is raised as it is, for the caller to try again. What core itself has to
do before the commit is done here too, last, so that its errors are told as well. The COMMIT is not: a single server's
cannot meet a deadlock.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import IntEnum

import frappe
from frappe.database.database import Database

from saudi_crm_billing.commit_errors import as_raised


class Phase(IntEnum):
	"""The order of locks; never take a lock of a lower phase while holding one of a higher."""

	PLANS = 10
	SHOWN = 15
	E_INVOICES = 20
	MIRRORS = 30


Held = dict[tuple[str, str], Mapping[str, str]]
"""By doctype and name of the document that is being written: plan by invoice of those locked for it."""


class UnitOfWork:
	"""The work enlisted, and the plans held, since the last commit or rollback of one database connection."""

	def __init__(self, database: Database) -> None:
		self.database = database
		self.work: dict[tuple[int, str], Callable[[], None]] = {}
		self.held: Held = {}
		self.is_running = False

	def enlist(self, phase: Phase, key: str, work: Callable[[], None]) -> None:
		self._begin()
		self.work.setdefault((int(phase), key), work)

	def held_plans(self) -> Held:
		self._begin()
		return self.held

	def _begin(self) -> None:
		"""What was enlisted and held before a commit or a rollback is forgotten."""
		if not self._is_awaited():
			self.work, self.held = {}, {}
			self.database.before_commit.add(self.run)

	def _is_awaited(self) -> bool:
		"""Whether the commit of this transaction will run it: what was enlisted before a rollback is not.

		Core tells nobody of the rollback of a commit that another's callback refused, so the list itself is asked.
		"""
		return self.is_running or self.run in self.database.before_commit._functions

	def run(self) -> None:
		"""Run everything, also what the running work enlists; a failure leaves nothing behind to run twice."""
		said_before = len(frappe.local.message_log)
		self.is_running = True
		try:
			while self.work:
				self.work.pop(min(self.work))()
			self.database.before_commit.run()
		except Exception as error:
			if (raised := as_raised(error, said_before)) is error:
				raise
			raise raised from error
		finally:
			self.work, self.held, self.is_running = {}, {}, False


def enlist(phase: Phase, key: str, work: Callable[[], None]) -> None:
	"""Have `work` run once before this transaction commits; the first piece under a phase and key wins.

	A rollback forgets it. A savepoint's rollback does not: `work` must bear documents that no longer exist.
	"""
	_current().enlist(phase, key, work)


def held_plans() -> Held:
	"""What this transaction has locked for the documents that it writes; whoever locks for one adds it.

	A savepoint's rollback may give locks back and is not seen here: a document that is written again locks again.
	"""
	return _current().held_plans()


def _current() -> UnitOfWork:
	current: UnitOfWork | None = getattr(frappe.local, "scb_unit_of_work", None)
	if current is None or current.database is not frappe.local.db:
		current = frappe.local.scb_unit_of_work = UnitOfWork(frappe.local.db)
	return current
