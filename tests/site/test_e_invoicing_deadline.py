"""No stall without an alert: who is told of documents that need a person, when, how often and in which language."""

from __future__ import annotations

import html
import json
from datetime import datetime, timedelta
from typing import Any

import e_invoicing_helpers as zatca
import factories as make
import frappe
import pytest
from babel.dates import format_datetime
from e_invoicing_fixtures import gateway, sandbox, unit
from frappe.desk.doctype.number_card.number_card import get_result
from frappe.model.document import Document
from frappe.utils import get_time, now_datetime

from saudi_crm_billing.e_invoicing import api, tasks
from saudi_crm_billing.e_invoicing.devices import lockouts
from saudi_crm_billing.e_invoicing.engine.answers import Call
from saudi_crm_billing.e_invoicing.sending import alerting, answering, outbox, watch
from saudi_crm_billing.patches import alerts_begin_anew
from saudi_crm_billing.sandbox.faults import Kind
from saudi_crm_billing.sandbox.server import Sandbox

__all__ = ["gateway", "sandbox", "unit"]

NEAR = "E-Invoices Near Their Deadline"
MANAGER, SECOND = "deadline-manager@example.com", "deadline-second@example.com"


@pytest.fixture
def manager(unit: Document) -> str:
	"""The only Accounts Manager, who reads English."""
	frappe.db.delete("Has Role", {"role": "Accounts Manager", "parent": ("!=", "Administrator")})
	frappe.clear_cache()
	return make.a_user(MANAGER, "Accounts Manager")


@pytest.fixture(autouse=True)
def mails(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
	sent: list[dict[str, Any]] = []
	monkeypatch.setattr(frappe, "sendmail", lambda **values: sent.append(values))
	return sent


def a_document(age: timedelta, customer: str | None = None, **values: Any) -> str:
	name = zatca.submitted(zatca.an_invoice(customer or zatca.a_person())).scb_zatca_document
	frappe.db.set_value("ZATCA Document", name, {**moments(age, customer), **values})
	return str(name)


def moments(age: timedelta, customer: str | None = None) -> dict[str, Any]:
	"""Of a document that was issued, and submitted, so long ago."""
	at = now_datetime() - age
	return {
		"submitted_on": at,
		"issued_at": at,
		"report_by": None if customer else at + timedelta(hours=24),
	}


def dated_back(age: timedelta, customer: str | None = None) -> Document:
	"""Submitted now, with the posting date and time of so long ago."""
	at = now_datetime() - age
	posted = {"set_posting_time": 1, "posting_date": at.date(), "posting_time": at.time()}
	return zatca.submitted(zatca.an_invoice(customer or zatca.a_person(), due_date=at.date(), **posted))


def alerts(document: str) -> list[str]:
	return frappe.get_all("ZATCA Alert", {"document": document}, pluck="stage", order_by="creation")


def notifications(user: str) -> list[str]:
	return frappe.get_all("Notification Log", {"for_user": user}, pluck="subject", order_by="creation")


def an_acceptance() -> None:
	"""Something of the unit has just reached ZATCA: it is not the unit that stalls."""
	zatca.sent(zatca.submitted(zatca.an_invoice(zatca.a_person())))


def test_a_simplified_document_is_told_of_at_18_hours_once(manager: str, mails: list[dict[str, Any]]) -> None:
	an_acceptance()
	document = a_document(timedelta(hours=18, minutes=1))
	tasks.watch_e_invoices()
	tasks.watch_e_invoices()
	assert alerts(document) == ["Near the Deadline"]
	(subject,) = notifications(manager)
	assert html.unescape(subject) == f"{make.COMPANY}: e-invoices close to ZATCA's 24 hours: 1"
	(mail,) = mails
	assert mail["recipients"] == [MANAGER]
	assert "to arrive by" in mail["message"]
	row = frappe.get_doc("ZATCA Alert", {"document": document})
	assert (row.told, row.mailed, row.company) == (MANAGER, 1, make.COMPANY)


def test_the_24_hours_run_from_the_moment_that_the_document_states(
	manager: str, mails: list[dict[str, Any]]
) -> None:
	an_acceptance()
	invoice = dated_back(timedelta(hours=20))
	document = zatca.document_of(invoice)
	stated = datetime.combine(invoice.posting_date, get_time(invoice.posting_time)).replace(microsecond=0)
	assert (document.issued_at, document.report_by) == (stated, stated + timedelta(hours=24))
	assert now_datetime() - document.submitted_on < timedelta(minutes=5)
	tasks.watch_e_invoices()
	assert alerts(document.name) == ["Near the Deadline"]
	until = document.report_by
	assert f"to arrive by {until.day} {until:%B %Y %H:%M}" in mails[0]["message"]


def test_issued_again_after_20_hours_it_is_told_of_at_once(manager: str, sandbox: Sandbox) -> None:
	an_acceptance()
	sandbox.faults.arm(Kind.REJECT, endpoint=Call.REPORT)
	first = zatca.sent(dated_back(timedelta(hours=20)))
	again = api.issue_again(first.name)["document"]
	tasks.watch_e_invoices()
	assert (first.state, alerts(str(again))) == ("Rejected", ["Near the Deadline"])
	assert frappe.db.get_value("ZATCA Document", again, "issued_at") == first.issued_at


def test_a_tax_invoice_that_was_dated_back_is_not_late_yet(manager: str) -> None:
	an_acceptance()
	document = zatca.document_of(dated_back(timedelta(hours=20), zatca.a_business()))
	tasks.watch_e_invoices()
	assert (alerts(document.name), document.report_by) == ([], None)


def test_a_tax_invoice_that_is_to_be_reported_has_the_24_hours_too(manager: str, sandbox: Sandbox) -> None:
	an_acceptance()
	sandbox.faults.arm(Kind.CLEARANCE_OFF, endpoint=Call.CLEAR)
	sandbox.faults.arm(Kind.SERVER_ERROR, endpoint=Call.REPORT)
	before = cards_count(NEAR)
	document = zatca.sent(dated_back(timedelta(hours=20), zatca.a_business()))
	tasks.watch_e_invoices()
	assert (document.subtype, document.state) == ("Standard", "Pending")
	assert alerts(document.name) == ["Near the Deadline"]
	assert cards_count(NEAR) == before + 1


def cards_count(card: str) -> int:
	"""What the workspace shows; its browser adds the moment, as the card says."""
	number_card = frappe.get_doc("Number Card", card)
	filters = json.loads(number_card.filters_json)
	if dynamic := json.loads(number_card.dynamic_filters_json):
		((doctype, field, operator, moment),) = dynamic
		assert ".add(6, 'hours')" in moment
		filters.append([doctype, field, operator, str(now_datetime() + timedelta(hours=6))])
	return int(get_result(number_card, filters))


def test_it_is_told_of_again_when_the_day_is_over(manager: str, mails: list[dict[str, Any]]) -> None:
	an_acceptance()
	document = a_document(timedelta(hours=19))
	tasks.watch_e_invoices()
	frappe.db.set_value("ZATCA Document", document, moments(timedelta(hours=25)))
	tasks.watch_e_invoices()
	assert alerts(document) == ["Near the Deadline", "Overdue"]
	assert "past ZATCA's 24 hours" in mails[-1]["subject"]


@pytest.mark.parametrize(
	("age", "values"),
	[
		(timedelta(hours=17), {}),
		(timedelta(hours=30), {"state": "Reported"}),
		(timedelta(minutes=50), {"report_by": None}),
	],
)
def test_nobody_is_told_of_what_is_in_time_or_accepted(
	manager: str, age: timedelta, values: dict[str, Any]
) -> None:
	an_acceptance()
	document = a_document(age, **values)
	tasks.watch_e_invoices()
	assert alerts(document) == []


def test_a_tax_invoice_that_is_not_cleared_within_an_hour_is_told_of(manager: str) -> None:
	an_acceptance()
	document = a_document(timedelta(minutes=61), zatca.a_business())
	tasks.watch_e_invoices()
	assert alerts(document) == ["Not Cleared"]


def test_a_rejection_is_told_of_at_once(manager: str, sandbox: Sandbox, mails: list[dict[str, Any]]) -> None:
	sandbox.faults.arm(Kind.REJECT, endpoint=Call.REPORT)
	document = zatca.sent(zatca.submitted(zatca.an_invoice(zatca.a_person())))
	tasks.watch_e_invoices()
	assert (document.state, alerts(document.name)) == ("Rejected", ["Rejected"])
	assert "rejected by ZATCA: 1" in mails[0]["subject"]


def test_documents_that_wait_for_their_unit_are_told_of_together(
	manager: str, sandbox: Sandbox, mails: list[dict[str, Any]]
) -> None:
	documents = [a_document(timedelta(minutes=1), state="Waiting for Configuration") for _number in range(3)]
	tasks.watch_e_invoices()
	assert [alerts(document) for document in documents] == [["Waiting for Configuration"]] * 3
	(mail,) = mails
	assert mail["subject"].endswith("their unit is not let in: 3")
	assert mail["message"].count("<li>") == 3


def test_a_unit_of_which_nothing_arrives_is_told_of_by_its_oldest_document(
	unit: Document, manager: str, mails: list[dict[str, Any]]
) -> None:
	frappe.db.delete("ZATCA Document", {"unit": unit.name})
	oldest = a_document(timedelta(minutes=45))
	other = a_document(timedelta(minutes=31))
	tasks.watch_e_invoices()
	tasks.watch_e_invoices()
	assert (alerts(oldest), alerts(other)) == (["Nothing Goes Out"], [])
	assert len(mails) == 1


def test_a_unit_that_is_at_work_is_not_stalled(manager: str) -> None:
	an_acceptance()
	document = a_document(timedelta(minutes=45))
	tasks.watch_e_invoices()
	assert alerts(document) == []


def test_a_second_lockout_of_the_same_document_is_told_of_again(
	unit: Document, manager: str, sandbox: Sandbox, mails: list[dict[str, Any]]
) -> None:
	sandbox.faults.arm(Kind.UNAUTHORIZED, endpoint=Call.REPORT, count=3)
	document = zatca.sent(zatca.submitted(zatca.an_invoice(zatca.a_person()))).name
	tasks.watch_e_invoices()
	outbox.send(document, at_once=True)
	tasks.watch_e_invoices()
	assert (alerts(document), len(mails)) == (["Waiting for Configuration"], 1), (
		"asked again, still locked out"
	)
	lockouts.end(unit.name)
	answering.release(unit.name)
	tasks.watch_e_invoices()
	assert len(mails) == 1
	outbox.send(document, at_once=True)
	tasks.watch_e_invoices()
	tasks.watch_e_invoices()
	assert alerts(document) == ["Waiting for Configuration"] * 2
	assert [mail["subject"].endswith("their unit is not let in: 1") for mail in mails] == [True] * 2
	told = frappe.get_all("ZATCA Alert", {"document": document}, ["told", "mailed"])
	assert [(row.told, row.mailed) for row in told] == [(manager, 1)] * 2


def test_alerts_of_before_stay_told_of(unit: Document, manager: str, mails: list[dict[str, Any]]) -> None:
	"""Their names have no beginning, and units that were locked out then do not know since when."""
	document = a_document(timedelta(minutes=1), state="Waiting for Configuration")
	tasks.watch_e_invoices()
	frappe.db.set_value("ZATCA Unit", unit.name, "needs_attention", 1)
	frappe.db.set_value("ZATCA Alert", {"document": document}, "told_on", "2999-01-01")
	alerts_begin_anew.execute()
	tasks.watch_e_invoices()
	assert (alerts(document), len(mails)) == (["Waiting for Configuration"], 1)


def test_a_unit_that_stalls_anew_is_told_of_again(
	unit: Document, manager: str, mails: list[dict[str, Any]]
) -> None:
	frappe.db.delete("ZATCA Document", {"unit": unit.name})
	document = a_document(timedelta(hours=5))
	tasks.watch_e_invoices()
	told_on = now_datetime() - timedelta(hours=3)
	frappe.db.set_value("ZATCA Alert", {"document": document}, "told_on", told_on)
	other = a_document(timedelta(hours=5), state="Reported", accepted_on=told_on - timedelta(hours=1))
	tasks.watch_e_invoices()
	assert len(mails) == 1, "nothing has arrived since"
	frappe.db.set_value("ZATCA Document", other, "accepted_on", told_on + timedelta(hours=1))
	tasks.watch_e_invoices()
	assert (alerts(document), len(mails)) == (["Nothing Goes Out"] * 2, 2)


def test_a_document_that_is_sent_to_and_fro_is_told_of(manager: str, mails: list[dict[str, Any]]) -> None:
	an_acceptance()
	document = a_document(timedelta(minutes=5), zatca.a_business(), turns=2)
	tasks.watch_e_invoices()
	assert alerts(document) == []
	frappe.db.set_value("ZATCA Document", document, "turns", 3)
	tasks.watch_e_invoices()
	assert alerts(document) == ["Sent to and Fro"]
	assert mails[0]["subject"].endswith("wants neither cleared nor reported: 1")


def test_an_arabic_reader_is_told_in_arabic(manager: str, mails: list[dict[str, Any]]) -> None:
	frappe.db.set_value("User", manager, "language", "ar")
	a_document(timedelta(minutes=1), state="Waiting for Configuration")
	tasks.watch_e_invoices()
	assert "بانتظار" in mails[0]["subject"] or "تنتظر" in mails[0]["subject"]
	assert 'dir="rtl"' in mails[0]["message"]
	assert "فحص الاتصال" in mails[0]["message"]


def test_the_date_in_a_mail_is_its_readers(manager: str, mails: list[dict[str, Any]]) -> None:
	frappe.db.set_value("User", manager, "language", "ar")
	an_acceptance()
	document = a_document(timedelta(hours=19))
	tasks.watch_e_invoices()
	until = frappe.db.get_value("ZATCA Document", document, "report_by")
	assert format_datetime(until, "d MMMM yyyy HH:mm", locale="ar") in mails[0]["message"]


def test_a_manager_who_may_not_see_the_company_is_not_told(manager: str) -> None:
	other = make.a_user(SECOND, "Accounts Manager")
	elsewhere = frappe.db.get_value("Company", {"name": ("!=", make.COMPANY)}) or "Elsewhere"
	permission = {"doctype": "User Permission", "user": other, "allow": "Company", "for_value": elsewhere}
	frappe.get_doc(permission).insert(ignore_links=True)
	assert [person.user for person in alerting.people_of(make.COMPANY)] == [manager]


def test_without_an_accounts_manager_the_system_managers_are_told(manager: str) -> None:
	frappe.db.delete("Has Role", {"role": "Accounts Manager"})
	frappe.clear_cache()
	make.a_user(SECOND, "System Manager")
	assert SECOND in [person.user for person in alerting.people_of(make.COMPANY)]


def test_without_a_mail_account_the_desk_still_tells(manager: str, monkeypatch: pytest.MonkeyPatch) -> None:
	def no_account(**_values: object) -> None:
		raise frappe.OutgoingEmailError("no account")

	monkeypatch.setattr(frappe, "sendmail", no_account)
	document = a_document(timedelta(minutes=1), state="Waiting for Configuration")
	tasks.watch_e_invoices()
	assert frappe.db.get_value("ZATCA Alert", {"document": document}, "mailed") == 0
	assert len(notifications(manager)) == 1


def test_an_alert_that_fails_is_logged_and_given_by_the_next_round(
	manager: str, monkeypatch: pytest.MonkeyPatch
) -> None:
	document = a_document(timedelta(minutes=1), state="Waiting for Configuration")
	told = alerting.tell
	undone: list[str] = []

	def broken(*_arguments: object) -> bool:
		raise ValueError("broken")

	def rollback() -> None:
		undone.append("rolled back")
		frappe.db.delete("ZATCA Alert", {"document": document})

	monkeypatch.setattr(frappe.local.db, "rollback", rollback)
	monkeypatch.setattr(alerting, "tell", broken)
	tasks.watch_e_invoices()
	assert undone
	assert frappe.db.exists("Error Log", {"method": ("like", "An alert of%could not be given")})
	monkeypatch.setattr(alerting, "tell", told)
	tasks.watch_e_invoices()
	assert alerts(document) == ["Waiting for Configuration"]


def test_an_alert_is_neither_edited_nor_deleted(manager: str) -> None:
	document = a_document(timedelta(minutes=1), state="Waiting for Configuration")
	watch.watch()
	row = frappe.get_doc("ZATCA Alert", {"document": document})
	for act in (row.save, row.delete):
		with pytest.raises(frappe.PermissionError):
			act()


@pytest.mark.parametrize(
	("card", "values", "count"),
	[
		("E-Invoices Not Accepted Yet", {"state": "Sending"}, 1),
		("E-Invoices Not Accepted Yet", {"state": "Cleared"}, 0),
		("E-Invoices Rejected", {"state": "Rejected"}, 1),
		("E-Invoices Rejected", {"state": "Rejected", "replaced_by": "another"}, 0),
		("E-Invoices with an Unknown Answer", {"answer_unknown": 1}, 1),
		("E-Invoices with an Unknown Answer", {"answer_unknown": 1, "state": "Reported"}, 0),
	],
)
def test_the_cards_of_the_workspace_count_what_they_say(
	unit: Document, card: str, values: dict[str, Any], count: int
) -> None:
	before = cards_count(card)
	a_document(timedelta(hours=1), **values)
	assert cards_count(card) - before == count


@pytest.mark.parametrize(
	("hours", "values", "count"),
	[(17, {}, 0), (19, {}, 1), (30, {}, 1), (19, {"report_by": None}, 0), (19, {"state": "Reported"}, 0)],
)
def test_the_card_of_the_deadline_counts_what_the_watch_tells_of(
	manager: str, hours: int, values: dict[str, Any], count: int
) -> None:
	an_acceptance()
	before = cards_count(NEAR)
	document = a_document(timedelta(hours=hours), **values)
	watch.watch()
	late = {"Near the Deadline", "Overdue"}
	assert cards_count(NEAR) - before == count == len(late.intersection(alerts(document)))


def test_the_workspace_has_the_cards(unit: Document) -> None:
	workspace = frappe.get_doc("Workspace", "E-Invoicing")
	assert [row.number_card_name for row in workspace.number_cards] == [
		"E-Invoices Not Accepted Yet",
		"E-Invoices Near Their Deadline",
		"E-Invoices with an Unknown Answer",
		"E-Invoices Rejected",
	]
	assert "E-Invoice Chain Audit" in [row.link_to for row in workspace.shortcuts]


def test_where_nobody_answers_yet_the_first_who_does_is_told(
	manager: str, monkeypatch: pytest.MonkeyPatch
) -> None:
	document = a_document(timedelta(minutes=1), state="Waiting for Configuration")
	with monkeypatch.context() as patch:
		patch.setattr(alerting, "people_of", lambda _company: [])
		tasks.watch_e_invoices()
	assert alerts(document) == []
	tasks.watch_e_invoices()
	assert len(alerts(document)) == 1
