"""The policy: what a new one begins with, what it refuses, the dry run, and what the scheduler enqueues."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import collection_kit as kit
import factories
import pytest
from collection_kit import SUNDAY, days
from crm_billing_helpers import act_on_savepoints

from saudi_crm_billing.collection import api, policy, recipients, tasks, texts

COMPANY = factories.COMPANY


def test_a_new_policy_begins_with_steps_and_texts_in_both_languages(site: ModuleType) -> None:
	document = kit.a_policy()
	assert [row.days_from_due for row in document.stages] == [-3, 0, 1, 7, 14, 30]
	assert "{{ table }}" in document.body_ar and "{{ table }}" in document.body_en
	assert document.message_language == "Arabic and English"
	assert (document.skip_friday, document.skip_saturday, document.repeat_every_days) == (1, 1, 30)


def test_the_form_may_show_the_first_steps_and_texts_before_saving(site: ModuleType) -> None:
	shown = api.first_values()
	assert [row["days_from_due"] for row in shown["stages"]] == [-3, 0, 1, 7, 14, 30]
	assert shown["subject_en"] == kit.a_policy().subject_en


def test_who_may_not_make_a_policy_is_not_shown_its_first_texts(site: ModuleType) -> None:
	site.set_user(factories.a_user("policy-sales@example.com", "Sales User"))
	with pytest.raises(site.PermissionError):
		api.first_values()


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
		({"body_en": '{{ frappe.db.sql("select name from __Auth") }}'}, "<strong>{{ frappe }}</strong>"),
		(
			{"subject_en": '{{ frappe.get_all("User") }}'},
			"Subject in English uses <strong>{{ frappe }}</strong>",
		),
		({"body_en": "{% if count > 1 %}{{ debt }}{% endif %}"}, "uses <strong>{{ debt }}</strong>"),
		({"body_en": "{% for row in range(9) %}.{% endfor %}"}, "uses <strong>{{ range }}</strong>"),
		({"body_en": "{{ total.riyals }}"}, "Text in English cannot be filled in: "),
		({"body_en": "{% if count > 1 %}{{ 1 / 0 }}{% endif %}"}, "cannot be filled in: division by zero."),
		(
			{"body_en": "{% include 'templates/emails/welcome.html' %}"},
			"Text in English cannot be filled in: ",
		),
		({"body_en": "{{ ''.__class__ }}"}, "cannot be filled in: access to attribute &apos;__class__&apos;"),
		({"subject_ar": "{{ total "}, "Subject in Arabic has a mistake in line 1: "),
		({"body_ar": "<p>\n{% if total %}"}, "Text in Arabic has a mistake in line 2: "),
	],
)
def test_a_policy_refuses_what_could_not_work(site: ModuleType, values: dict[str, Any], message: str) -> None:
	with pytest.raises(site.ValidationError) as refused:
		kit.a_policy(**values)
	assert message in str(refused.value) or message in str(site.get_message_log())


def test_a_refused_text_is_told_in_arabic(site: ModuleType) -> None:
	site.local.lang = "ar"
	with pytest.raises(site.ValidationError, match="السطر 1"):
		kit.a_policy(subject_ar="{{ total ")
	with pytest.raises(site.ValidationError, match="تعذرت تعبئة"):
		kit.a_policy(body_ar="{{ total.riyals }}")


def test_a_text_that_looks_like_a_path_is_a_text(site: ModuleType) -> None:
	path = "templates/includes/navbar/navbar.html"
	assert kit.a_policy(subject_en=path, body_en=path).body_en == path
	assert texts.render_subject(path, texts.SAMPLE) == texts.render_body(path, texts.SAMPLE) == path


@pytest.mark.parametrize("attack", ['{{ frappe.db.sql("select 1") }}', '{{ frappe.get_all("User") }}'])
def test_a_text_reaches_nothing_of_the_site(site: ModuleType, attack: str) -> None:
	"""Also one that came past the policy's own check."""
	for render in (texts.render_subject, texts.render_body):
		with pytest.raises(texts.UnusableText, match="'frappe' is undefined"):
			render(attack, texts.SAMPLE)


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


def test_the_dry_run_asks_no_more_for_more_customers(
	site: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
	kit.a_policy()
	kit.an_owing_invoice(kit.a_reachable_customer("Customer 0"), [SUNDAY])
	api.preview(COMPANY, str(SUNDAY))  # fills the caches
	queries: list[object] = []
	sql = site.local.db.sql
	monkeypatch.setattr(
		site.local.db,
		"sql",
		lambda query, *rest, **named: queries.append(query) or sql(query, *rest, **named),
	)
	assert len(api.preview(COMPANY, str(SUNDAY))["messages"]) == 1
	for_one = len(queries)
	for index in (1, 2, 3):
		kit.an_owing_invoice(kit.a_reachable_customer(f"Customer {index}"), [SUNDAY])
	queries.clear()
	assert len(api.preview(COMPANY, str(SUNDAY))["messages"]) == 4
	assert len(queries) == for_one


def test_the_address_is_the_billing_contacts_then_the_customers_then_the_invoices_then_any_contacts(
	site: ModuleType,
) -> None:
	def a_contact(name: str, **values: Any) -> None:
		contact = factories.insert(
			"Contact", first_name=name, links=[{"link_doctype": "Customer", "link_name": customer}]
		)
		site.db.set_value("Contact", contact.name, {"email_id": f"{name}@customer.example", **values})

	def address() -> str:
		return recipients.of_customer(customer, invoice).email

	customer = kit.a_reachable_customer("Najd Furniture", email="")
	invoice = kit.an_owing_invoice(customer, [SUNDAY])
	assert address() == ""
	a_contact("b-any")
	assert address() == "b-any@customer.example"
	a_contact("c-primary", is_primary_contact=1)
	assert address() == "c-primary@customer.example"
	site.db.set_value("Sales Invoice", invoice, "contact_email", "invoice@customer.example")
	assert address() == "invoice@customer.example"
	site.db.set_value("Customer", customer, "email_id", "own@customer.example")
	assert address() == "own@customer.example"
	a_contact("z-billing", is_billing_contact=1)
	assert address() == "z-billing@customer.example"


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

	monkeypatch.setattr(tasks, "enqueue_after_commit", enqueue)
	monkeypatch.setattr(tasks, "CUSTOMERS_A_JOB", 2)
	return found


def test_a_policy_that_fails_stops_no_other_companys_day(
	site: ModuleType, jobs: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
	with kit.mail_server() as server:
		kit.a_policy(kit.an_outgoing_account(server.port))
	kit.an_owing_invoice(kit.a_reachable_customer("A Trading"), [SUNDAY])
	read = tasks.load

	def load(company: str) -> Any:
		if company == "Broken Co":
			raise ZeroDivisionError
		return read(company)

	monkeypatch.setattr(tasks, "enabled_companies", lambda: ["Broken Co", COMPANY])
	monkeypatch.setattr(tasks, "load", load)
	act_on_savepoints(site, monkeypatch)
	tasks.daily(SUNDAY)
	assert [job["customers"] for job in jobs if job["method"] == "remind_batch"] == [["A Trading"]]
	log = site.get_last_doc("Error Log")
	assert (log.reference_doctype, log.reference_name) == (kit.POLICY, "Broken Co")


def test_the_clock_splits_the_customers_into_jobs(site: ModuleType, jobs: list[dict[str, Any]]) -> None:
	with kit.mail_server() as server:
		kit.a_policy(kit.an_outgoing_account(server.port))
	for name in ("A Trading", "B Trading", "C Trading"):
		kit.an_owing_invoice(kit.a_reachable_customer(name), [SUNDAY])
	tasks.daily(SUNDAY)
	batches = [job["customers"] for job in jobs if job["method"] == "remind_batch"]
	assert batches == [["A Trading", "B Trading"], ["C Trading"]]
	assert [job["method"] for job in jobs].count("send_digests") == 1
	assert all(job["deduplicate"] for job in jobs)
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


def test_a_policy_without_an_account_of_its_own_sends_from_the_default_one(site: ModuleType) -> None:
	with kit.mail_server() as server:
		kit.a_policy()
		account = kit.an_outgoing_account(server.port)
		site.db.set_value("Email Account", {"name": ("!=", account)}, "default_outgoing", 0)
		site.db.set_value("Email Account", account, "default_outgoing", 1)
		loaded = policy.load(COMPANY)
	assert loaded and loaded.address == "collection@riyadh-trading.example"
