"""What fails right before the commit of a submit, over real HTTP: the Desk gets a message, the books nothing."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pymysql
import pytest
import requests
from web_server import HEADERS, serving
from workers import BENCH, SITE, Workers

pytestmark = pytest.mark.commits

if not SITE:
	pytest.skip("no bench: SCB_COMMIT_SITE is not set", allow_module_level=True)

ask = Workers("commit_errors_worker.py").ask
SAVE = "/api/method/frappe.desk.form.save.savedocs"
NOTHING = {"docstatus": 0, "state": "", "ledger": 0, "documents": 0, "last_icv": 0}
# InnoDB undoes the transaction that has written less.
MORE_ROWS_THAN_A_SUBMIT = 3000


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
	with serving(tmp_path_factory.mktemp("server")) as address:
		yield address


@pytest.fixture(scope="module")
def headers() -> dict[str, str]:
	return {**HEADERS, **ask("key"), "X-Requested-With": "XMLHttpRequest", "Accept": "application/json"}


@pytest.fixture
def unit() -> Iterator[str]:
	from saudi_crm_billing.sandbox.server import Sandbox

	with Sandbox() as sandbox:
		yield ask("prepare", sandbox.base_url)["unit"]
		ask("retire")


@contextmanager
def another() -> Iterator[Any]:
	"""A transaction of another process."""
	conf = json.loads((BENCH / "sites" / str(SITE) / "site_config.json").read_text())
	connection = pymysql.connect(
		host=conf.get("db_host") or "localhost",
		user=conf["db_name"],
		password=conf["db_password"],
		database=conf["db_name"],
	)
	try:
		with connection.cursor() as cursor:
			cursor.execute("set innodb_lock_wait_timeout = 30")
			yield cursor
	finally:
		connection.rollback()
		connection.close()


def hold(cursor: Any, doctype: str, name: str) -> None:
	cursor.execute(f"select name from `tab{doctype}` where name = %s for update", (name,))


def submit(server: str, headers: dict[str, str], draft: dict[str, Any]) -> requests.Response:
	"""As the Desk's Submit button."""
	data = {"doc": json.dumps(draft), "action": "Submit"}
	return requests.post(server + SAVE, data=data, headers=headers, timeout=120)


def assert_succeeds(server: str, headers: dict[str, str], draft: dict[str, Any], unit: str) -> None:
	answer = submit(server, headers, draft)
	assert answer.status_code == 200, answer.text
	after = ask("stored", draft["name"], unit)
	assert after["ledger"] > 0
	assert after == {
		"docstatus": 1,
		"state": "Pending",
		"ledger": after["ledger"],
		"documents": 1,
		"last_icv": 1,
	}


def test_a_lock_that_is_waited_for_too_long_is_told_and_the_retry_succeeds(
	server: str, headers: dict[str, str], unit: str
) -> None:
	draft = ask("draft")
	with another() as cursor:
		hold(cursor, "ZATCA Unit Counter", unit)
		answer = submit(server, headers, draft)
	assert answer.headers["Content-Type"].startswith("application/json"), answer.text
	said = answer.json()
	# The Desk shows its own words for this type: that the server was too busy, and to try again.
	assert (answer.status_code, said["exc_type"]) == (500, "QueryTimeoutError")
	assert "docs" not in said or said["docs"] == []
	assert "_server_messages" not in said, "nothing is told of a success"
	assert ask("stored", draft["name"], unit) == NOTHING
	assert_succeeds(server, headers, draft, unit)


def test_a_deadlock_is_told_and_the_retry_succeeds(server: str, headers: dict[str, str], unit: str) -> None:
	draft, answers = ask("draft"), list[requests.Response]()
	request = threading.Thread(target=lambda: answers.append(submit(server, headers, draft)))
	with another() as cursor:
		make_heavy(cursor)
		hold(cursor, "ZATCA Unit Counter", unit)
		request.start()
		wait_until_locked(draft["name"])
		hold(cursor, "Sales Invoice", draft["name"])
		request.join(60)
	(answer,) = answers
	assert (answer.status_code, answer.json()["exc_type"]) == (500, "QueryDeadlockError")
	assert ask("stored", draft["name"], unit) == NOTHING
	assert_succeeds(server, headers, draft, unit)


def make_heavy(cursor: Any) -> None:
	"""Rows that are never committed, so that the other transaction is the one to be undone."""
	rows = [(f"heavy-{number}",) for number in range(MORE_ROWS_THAN_A_SUBMIT)]
	cursor.executemany("insert into `tabToDo` (name) values (%s)", rows)


def wait_until_locked(invoice: str) -> None:
	with another() as cursor:
		for _attempt in range(600):
			try:
				cursor.execute(
					"select name from `tabSales Invoice` where name = %s for update nowait", (invoice,)
				)
			except pymysql.err.OperationalError:
				return
			cursor.connection.rollback()
			time.sleep(0.05)
	pytest.fail("the request never took the invoice's lock")


def test_a_refusal_at_the_commit_is_shown_in_its_own_words(
	server: str, headers: dict[str, str], unit: str
) -> None:
	draft = ask("draft")
	with another() as cursor:
		cursor.execute("update `tabZATCA Unit Counter` set closed = 1 where name = %s", (unit,))
		cursor.connection.commit()
		answer = submit(server, headers, draft)
		said = answer.json()
		assert (answer.status_code, said["exc_type"]) == (417, "ValidationError")
		(message,) = [json.loads(each) for each in json.loads(said["_server_messages"])]
		assert (
			f"The ZATCA Unit {unit} was retired or replaced a moment ago: submit again" in message["message"]
		)
		assert ask("stored", draft["name"], unit) == NOTHING
		cursor.execute("update `tabZATCA Unit Counter` set closed = 0 where name = %s", (unit,))
		cursor.connection.commit()
	assert_succeeds(server, headers, draft, unit)


def test_a_job_gets_the_error_itself(unit: str) -> None:
	draft = ask("draft")
	with another() as cursor:
		hold(cursor, "ZATCA Unit Counter", unit)
		assert ask("job", draft["name"]) == {"raised": "frappe.exceptions.QueryTimeoutError"}
	assert ask("stored", draft["name"], unit) == NOTHING
