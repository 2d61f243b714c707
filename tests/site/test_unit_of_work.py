"""What is enlisted is done with its transaction or never; an error at the commit is itself for who catches it, core's own
answer for who asked over HTTP.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from types import ModuleType

import pytest
from frappe.utils import CallbackManager
from werkzeug.exceptions import HTTPException
from werkzeug.test import EnvironBuilder
from werkzeug.wrappers import Request

from saudi_crm_billing.unit_of_work import Phase, enlist


@pytest.fixture
def request_of_the_desk(site: ModuleType) -> None:
	headers = {"X-Requested-With": "XMLHttpRequest", "Accept": "application/json"}
	request = Request(EnvironBuilder("/api/method/save", method="POST", headers=headers).get_environ())
	request.after_response = CallbackManager()
	site.local.request = request
	site.local.is_ajax = True


def refuse(site: ModuleType) -> Callable[[], None]:
	return lambda: site.throw("The counter is held", site.DuplicateEntryError)


@pytest.mark.usefixtures("request_of_the_desk")
def test_in_a_request_it_is_both_the_error_and_cores_answer_to_it(site: ModuleType) -> None:
	enlist(Phase.E_INVOICES, "a", refuse(site))
	site.msgprint("Submitted")
	site.local.response.docs = ["saved"]
	with pytest.raises(site.DuplicateEntryError, match="The counter is held") as caught:
		site.db.commit()
	assert isinstance(caught.value, HTTPException)
	assert [row["message"] for row in site.message_log] == ["Submitted", "The counter is held"], (
		"only caught yet"
	)
	answer = caught.value.get_response({})
	said = answer.get_json()
	assert (answer.status_code, said["exc_type"]) == (409, "DuplicateEntryError")
	(message,) = [json.loads(each) for each in json.loads(said["_server_messages"])]
	assert message["message"] == "The counter is held"
	assert "saved" not in answer.get_data(as_text=True)


@pytest.mark.usefixtures("request_of_the_desk")
def test_so_is_what_fails_in_cores_own_work_before_the_commit(site: ModuleType) -> None:
	done = list[str]()
	enlist(Phase.E_INVOICES, "a", lambda: done.append("ours"))
	site.db.before_commit.add(refuse(site))
	with pytest.raises(HTTPException) as caught:
		site.db.commit()
	assert (done, caught.value.get_response({}).status_code) == (["ours"], 409)


def test_outside_a_request_it_is_the_error_alone(site: ModuleType) -> None:
	enlist(Phase.E_INVOICES, "a", refuse(site))
	with pytest.raises(site.DuplicateEntryError, match="The counter is held") as caught:
		site.db.commit()
	assert type(caught.value) is site.DuplicateEntryError


def test_work_of_a_transaction_that_another_refused_neither_runs_later_nor_keeps_new_work_from_it(
	site: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
	"""Core forgets who wants to hear of a rollback before it asks who has work before the commit."""
	done = list[str]()
	monkeypatch.setattr(site.local.db, "commit", lambda: type(site.local.db).commit(site.local.db))
	site.db.before_commit.add(refuse(site))
	enlist(Phase.E_INVOICES, "a", lambda: done.append("refused"))
	with pytest.raises(site.DuplicateEntryError):
		site.db.commit()
	site.db.rollback()
	enlist(Phase.E_INVOICES, "a", lambda: done.append("again"))
	site.db.commit()
	assert done == ["again"]
