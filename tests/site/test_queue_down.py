"""The job queue cannot be reached: what was to be committed is committed, and the user gets no error."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from types import ModuleType

import factories as make
import pytest
from crm_billing_helpers import a_rule, submitted_quotation
from frappe.utils import background_jobs

from saudi_crm_billing.job_queue import begin, enqueue_after_commit

NOWHERE = "redis://127.0.0.1:1"
JOB = "saudi_crm_billing.e_invoicing.tasks.refresh_mirrors"


@pytest.fixture
def no_queue(site: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
	"""As in a process that starts, or lives on, while the queue's Redis is away."""
	monkeypatch.setitem(site.local.conf, "redis_queue", NOWHERE)
	monkeypatch.setattr(background_jobs, "_redis_queue_conn", None)
	monkeypatch.setattr(background_jobs.get_redis_conn.retry, "sleep", lambda seconds: None)


@pytest.fixture(autouse=True)
def a_new_request(site: ModuleType) -> Iterator[None]:
	site.local.scb_queue_away = False
	yield
	site.local.scb_queue_away = False


def test_a_yes_is_recorded_while_the_queue_is_away(
	site: ModuleType, request: pytest.FixtureRequest, run_after_commit: Callable[[], None]
) -> None:
	from saudi_crm_billing.crm_billing import api

	a_rule()
	quotation = submitted_quotation()
	request.getfixturevalue("no_queue")  # only now: a new user makes core queue a job
	site.clear_messages()
	assert api.mark_accepted(quotation.name) is True
	run_after_commit()
	run = site.get_doc("SCB Billing Run", {"quotation": quotation.name})
	assert run.status == "Queued"
	assert site.get_message_log() == []
	log = site.get_last_doc("Error Log", {"method": "A job could not be queued"})
	assert "crm_billing.tasks.process" in log.error


def test_what_else_waits_for_the_commit_still_runs(
	site: ModuleType, no_queue: None, run_after_commit: Callable[[], None]
) -> None:
	ran: list[str] = []
	enqueue_after_commit(JOB, document="first")
	site.db.after_commit.add(lambda: ran.append("the next"))
	run_after_commit()
	assert ran == ["the next"]


def test_a_queue_that_is_away_is_asked_once_and_not_for_every_document(
	site: ModuleType, no_queue: None, run_after_commit: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
	asked: list[str] = []
	enqueue = site.enqueue
	monkeypatch.setattr(site, "enqueue", lambda *a, **k: (asked.append(k["document"]), enqueue(*a, **k)))
	for document in ("first", "second", "third"):
		enqueue_after_commit(JOB, document=document)
	run_after_commit()
	assert asked == ["first"]


def test_an_overfull_queue_refuses_nothing(
	site: ModuleType, run_after_commit: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
	def overfull(queue: object) -> None:
		site.throw("Too many queued background jobs", exc=site.QueueOverloaded)

	monkeypatch.setattr(background_jobs, "_check_queue_size", overfull)
	site.clear_messages()
	enqueue_after_commit(JOB, document="first")
	run_after_commit()
	assert site.get_message_log() == []


def test_a_rollback_forgets_the_job(site: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
	asked: list[str] = []
	monkeypatch.setattr(site, "enqueue", lambda *a, **k: asked.append(k["document"]))
	enqueue_after_commit(JOB, document="of a submit that failed")
	site.db.rollback()
	site.db.after_commit.run()
	assert asked == []
	enqueue_after_commit(JOB, document="of a submit that held")
	site.db.after_commit.run()
	assert asked == ["of a submit that held"]


def test_reminders_wait_for_the_next_hour_without_an_error(
	site: ModuleType, no_queue: None, run_after_commit: Callable[[], None]
) -> None:
	from saudi_crm_billing.collection import tasks

	tasks._job("remind_batch", "name", company=make.COMPANY, customers=[], as_of="2026-11-22")
	run_after_commit()
	assert site.db.exists("Error Log", {"method": "A job could not be queued"})


def test_of_jobs_that_do_all_there_is_one_waits_at_a_time(
	site: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
	asked: list[str] = []
	monkeypatch.setattr(site, "enqueue", lambda *a, **k: asked.append(k["document"]))

	def committed(document: str, one_waits: str = "") -> None:
		enqueue_after_commit(JOB, one_waits=one_waits, document=document)
		site.db.after_commit.run()

	begin("all")
	committed("first", "all")
	committed("second", "all")
	committed("of another name", "others")
	committed("of no name")
	assert asked == ["first", "of another name", "of no name"]
	begin("all")
	committed("third", "all")
	assert asked[3:] == ["third"]
	begin("all")
	begin("others")
