"""A second connection to the test's database, as another process has one: two transactions in one test, step by step."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from threading import Thread
from typing import Any

import frappe
from frappe.database import get_db
from frappe.database.database import Database
from frappe.model.document import Document

PATIENCE = 120
"""Seconds, on a machine that others use too."""


@contextmanager
def second_connection() -> Iterator[Database]:
	conf = frappe.conf
	database = get_db(
		socket=conf.db_socket,
		host=conf.db_host,
		port=conf.db_port,
		user=conf.db_name,
		password=conf.db_password,
	)
	database.connect()
	database.use(conf.db_name)
	database.begin()
	try:
		yield database
	finally:
		database.rollback()
		database.close()


@contextmanager
def speaking_through(database: Database) -> Iterator[None]:
	"""`frappe.db` is the other process's."""
	mine, frappe.local.db = frappe.local.db, database
	try:
		yield
	finally:
		frappe.local.db = mine


def assert_holds_none_while_waiting(document: Document, plan: str, acts: dict[str, str]) -> None:
	"""Each act, which leaves a status, first waits for the plan that another holds, and keeps the document free."""
	for act, status in acts.items():
		frappe.db.get_value("Instalment Plan", plan, "name", for_update=True)
		try:
			other = Meanwhile(lambda act=act: getattr(frappe.get_doc(document.doctype, document.name), act)())
			other.wait_until_it_waits()
			assert is_free(document.doctype, document.name)
		finally:
			frappe.db.commit()
		other.result()
		frappe.db.commit()
		assert frappe.db.get_value(document.doctype, document.name, "status") == status


class Meanwhile:
	"""Another process that does one thing and commits, with a connection, a session and a snapshot of its own."""

	def __init__(self, act: Callable[[], Any]) -> None:
		self._site, self._act = frappe.local.site, act
		self._connected: Future[int] = Future()
		self._result: Future[Any] = Future()
		self._thread = Thread(target=self._run, daemon=True)
		self._thread.start()

	def wait_until_it_waits(self) -> None:
		"""Until its statement has hung for half a second, which is a lock that another holds."""
		query = "select count(*) from information_schema.processlist where id = %s and command = 'Query' and time_ms > 500"
		connection = self._connected.result(PATIENCE)
		with second_connection() as onlooker:
			for _try in range(PATIENCE * 5):
				if onlooker.sql(query, connection)[0][0]:
					return
				self._thread.join(0.2)
				assert self._thread.is_alive(), f"it never waited: {self._result}"
		raise AssertionError("it never waited")

	def result(self) -> Any:
		"""What it returned; raises what it raised."""
		return self._result.result(PATIENCE)

	def _run(self) -> None:
		try:
			frappe.init(site=self._site, sites_path=".")
			frappe.connect()
			frappe.set_user("Administrator")
			self._connected.set_result(frappe.db.sql("select connection_id()")[0][0])
			result = self._act()
			frappe.db.commit()
			self._result.set_result(result)
		except BaseException as error:
			frappe.db.rollback()
			self._result.set_exception(error)
		finally:
			frappe.destroy()


def is_free(doctype: str, name: str) -> bool:
	"""Whether nobody holds the row."""
	with second_connection() as database:
		try:
			database.sql(f"select name from `tab{doctype}` where name = %s for update nowait", name)
		except frappe.QueryTimeoutError:
			return False
	return True
