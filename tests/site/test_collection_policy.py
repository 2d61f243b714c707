"""The policy: what a new one begins with, what it refuses, the dry run, and what the scheduler enqueues."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import collection_kit as kit
import factories
import pytest
from collection_kit import SUNDAY, days

from saudi_crm_billing.collection import api, policy, tasks

COMPANY = factories.COMPANY


def test_a_new_policy_begins_with_steps_and_texts_in_both_languages(site: ModuleType) -> None:
	document = kit.a_policy()
	assert [row.days_from_due for row in document.stages] == [-3, 0, 1, 7, 14, 30]
	assert "{{ table }}" in document.body_ar and "{{ table }}" in document.body_en
	assert document.message_language == "Arabic and English"
	assert (document.skip_friday, document.skip_saturday, document.repeat_every_days) == (1, 1, 30)


def test_given_steps_and_texts_are_kept(site: ModuleType) -> None:
	document = kit.a_policy(stages=[{"days_from_due": 5}], subject_en="Pay {{ total }}")
	assert [row.days_from_due for row in document.stages] == [5]
	assert document.subject_en == "Pay {{ total }}"


@pytest.mark.parametrize(
	("values", "message"),
	[
		({"stages": [{"days_from_due": 1}, {"days_from_due": 1}]}, "Two steps stand at 1 days"),
		({"stages": [{"days_from_due": -3}]}, "Steps can repeat only after the due date."),
		({"send_from_hour": 24}, "“Not before this hour” is 24; give an hour from 0 to 23."),
		({"body_en": "Dear {{ customer }}"}, "Text in English uses <strong>{{ customer }}</strong>"),
		({"subject_ar": "{{ total "}, "Jinja"),
		({"body_en": "{{ ''.__class__ }}"}, "Illegal template"),
	],
)
def test_a_policy_refuses_what_could_not_work(site: ModuleType, values: dict[str, Any], message: str) -> None:
	with pytest.raises(site.ValidationError) as refused:
		kit.a_policy(**values)
	assert message in str(refused.value) or message in str(site.get_message_log())


def test_the_note_of_a_repeated_step_is_that_of_the_last_stage(site: ModuleType) -> None:
	kit.a_policy()
	loaded = policy.load(COMPANY)
	assert loaded is not None
	english = policy.Language.ENGLISH
	assert loaded.note(60, english) == loaded.note(30, english) != loaded.note(14, english)
	assert loaded.note(-9, english) == ""


def test_the_dry_run_says_what_would_go_and_writes_nothing(site: ModuleType) -> None:
	kit.a_policy(enabled=0)
	kit.an_owing_invoice(kit.a_reachable_customer("Najd Furniture"), [days(-1), SUNDAY], 1642.86)
	kit.an_owing_invoice(kit.a_reachable_customer("Tihama Stores", email=""), [days(-1)])
	answer = api.preview(COMPANY, str(SUNDAY))
	assert answer["allowed"] is True
	assert answer["messages"][0] == {
		"customer": "Najd Furniture",
		"customer_name": "Najd Furniture",
		"recipient": "najd.furniture@customer.example",
		"problem": "",
		"instalments": 2,
		"total": "SAR 3,285.72",
	}
	assert "has no e-mail address" in answer["messages"][1]["problem"]
	assert site.db.count(kit.LOG) == 0
	assert api.preview(COMPANY, str(days(-1))) == {"date": "2026-11-21", "allowed": False, "messages": []}


def test_the_dry_run_and_the_run_need_the_right_to_the_policy(site: ModuleType) -> None:
	kit.a_policy()
	seller = factories.a_user("seller@riyadh-trading.example", "Sales User")
	collector = factories.a_user("collector@riyadh-trading.example", "SCB Collector")
	site.set_user(seller)
	with pytest.raises(site.PermissionError):
		api.preview(COMPANY)
	site.set_user(collector)
	assert api.preview(COMPANY, str(SUNDAY))["messages"] == []
	with pytest.raises(site.PermissionError):
		api.run_now(COMPANY)


def test_a_run_by_hand_needs_an_enabled_policy(site: ModuleType) -> None:
	kit.a_policy(enabled=0)
	with pytest.raises(site.ValidationError, match=r"is not enabled\. Tick “Enabled” and save first\."):
		api.run_now(COMPANY)


@pytest.fixture
def jobs(site: ModuleType, monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
	found: list[dict[str, Any]] = []

	def enqueue(method: str, **arguments: Any) -> None:
		found.append({"method": method.rsplit(".", 1)[1], **arguments})

	monkeypatch.setattr(site, "enqueue", enqueue)
	monkeypatch.setattr(tasks, "CUSTOMERS_A_JOB", 2)
	return found


def test_the_clock_splits_the_customers_into_jobs(site: ModuleType, jobs: list[dict[str, Any]]) -> None:
	with kit.mail_server() as server:
		kit.a_policy(kit.an_outgoing_account(server.port))
	for name in ("A Trading", "B Trading", "C Trading"):
		kit.an_owing_invoice(kit.a_reachable_customer(name), [SUNDAY])
	tasks.daily(SUNDAY)
	batches = [job["customers"] for job in jobs if job["method"] == "remind_batch"]
	assert batches == [["A Trading", "B Trading"], ["C Trading"]]
	assert [job["method"] for job in jobs].count("send_digests") == 1
	assert all(job["deduplicate"] and job["enqueue_after_commit"] for job in jobs)
	assert len({job["job_id"] for job in jobs}) == 3
	for job in jobs:
		arguments = {key: job[key] for key in ("company", "customers", "as_of") if key in job}
		getattr(tasks, job["method"])(**arguments)
	assert len(kit.log_rows(state="Queued")) == 3
	jobs.clear()
	tasks.daily(SUNDAY)
	assert [job["method"] for job in jobs] == ["send_digests"]


@pytest.mark.parametrize(("hour", "expected"), [(7, 0), (8, 1), (23, 1)])
def test_the_clock_waits_for_the_policys_hour(
	site: ModuleType, jobs: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch, hour: int, expected: int
) -> None:
	with kit.mail_server() as server:
		kit.a_policy(kit.an_outgoing_account(server.port), send_from_hour=8)
	noon = tasks.now_datetime().replace(hour=hour)
	monkeypatch.setattr(tasks, "now_datetime", lambda: noon)
	tasks.remind_hourly()
	assert len(jobs) == expected
