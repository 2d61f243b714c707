"""A second connection to the test's database, as another process has one: two transactions in one test, step by step."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import frappe
from frappe.database import get_db
from frappe.database.database import Database


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
