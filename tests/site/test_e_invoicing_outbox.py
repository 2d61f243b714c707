"""The outbox under load and trouble: whom a sweep spares, who goes first, what is written set by set."""

from __future__ import annotations

import base64
from datetime import timedelta
from typing import Any

import e_invoicing_helpers as zatca
import factories as make
import frappe
import pytest
from e_invoicing_fixtures import gateway, sandbox, unit
from frappe.model.document import Document
from frappe.utils import now_datetime
from frappe.utils.password import set_encrypted_password

from saudi_crm_billing.e_invoicing import api, messages, tasks
from saudi_crm_billing.e_invoicing.devices import vault
from saudi_crm_billing.e_invoicing.engine.answers import Call, classify
from saudi_crm_billing.e_invoicing.issuing import audit, records
from saudi_crm_billing.e_invoicing.prints import handover
from saudi_crm_billing.e_invoicing.sending import answering, mirror, outbox, outbox_rows, queueing, states
from saudi_crm_billing.e_invoicing.sending.gateway import Gateway, Reply
from saudi_crm_billing.sandbox.faults import Kind
from saudi_crm_billing.sandbox.server import Sandbox

__all__ = ["gateway", "sandbox", "unit"]

STAMP_MISSING = "ZATCA accepted it earlier but did not return the stamped document"


def simplified(count: int) -> list[Document]:
	return [zatca.submitted(zatca.an_invoice(zatca.a_person())) for _number in range(count)]


def attempts(invoices: list[Document]) -> list[int]:
	return [zatca.document_of(invoice).attempts for invoice in invoices]


@pytest.mark.parametrize(
	"kind", [Kind.UNAUTHORIZED, Kind.TOO_MANY_REQUESTS, Kind.SERVER_ERROR, Kind.MALFORMED]
)
def test_sweep_spares_a_gateway_that_said_neither_yes_nor_no(
	unit: Document, sandbox: Sandbox, kind: Kind
) -> None:
	invoices = simplified(3)
	sandbox.faults.arm(kind, endpoint=Call.REPORT, count=None)
	tasks.sweep_e_invoices()
	assert sorted(attempts(invoices)) == [0, 0, 1]


def test_sweep_goes_on_after_a_rejection(unit: Document, sandbox: Sandbox) -> None:
	invoices = simplified(3)
	sandbox.faults.arm(Kind.REJECT, endpoint=Call.REPORT)
	tasks.sweep_e_invoices()
	states = sorted(zatca.document_of(invoice).state for invoice in invoices)
	assert states == ["Rejected", "Reported", "Reported"]


@pytest.mark.parametrize(
	("retry_after", "at_least", "at_most"),
	[(1800, 1799, 1860), (5, 55, 120), (999_999, 3540, 3660), (None, 55, 120)],
)
def test_next_attempt_honours_the_gateways_wish_within_an_hour(
	unit: Document, retry_after: int | None, at_least: int, at_most: int
) -> None:
	document = simplified(1)[0].scb_zatca_document
	reply = Reply(429, "{}", retry_after=retry_after)
	before = now_datetime()
	answering.take(document, Call.REPORT, 1, classify(Call.REPORT, 429, "{}"), reply)
	waits = frappe.db.get_value("ZATCA Document", document, "next_attempt_on") - before
	assert timedelta(seconds=at_least) <= waits <= timedelta(seconds=at_most)


def test_a_unit_with_a_flood_of_documents_does_not_starve_another(unit: Document) -> None:
	row = frappe.get_doc("ZATCA Document", simplified(1)[0].scb_zatca_document).as_dict()
	other = frappe.copy_doc(unit)
	other.update({"title": "Jeddah Branch", "name": "Jeddah Branch", "serial_number": None})
	other.insert()
	past = now_datetime() - timedelta(days=1)
	for icv in range(2, 12):
		a_row_like(row, unit.name, icv, past)
	late = a_row_like(row, other.name, 1, now_datetime() - timedelta(minutes=1))
	due = [(row.name, row.unit) for row in outbox_rows.due(4)]
	assert len(due) == 4
	assert (late, other.name) in [tuple(found) for found in due[:2]]


def test_unanswered_clearances_do_not_keep_reports_from_going_out(
	unit: Document, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
	"""Though they are older and fill more than what is read at once."""
	monkeypatch.setattr(tasks, "BATCH", 2)
	sandbox.faults.arm(Kind.SERVER_ERROR, endpoint=Call.CLEAR, count=None)
	standard = [zatca.submitted(zatca.an_invoice(zatca.a_business())) for _number in range(4)]
	reported = simplified(1)
	tasks.sweep_e_invoices()
	assert (attempts(standard), attempts(reported)) == ([1, 0, 0, 0], [1])
	assert zatca.document_of(reported[0]).state == "Reported"


def a_row_like(row: dict[str, Any], unit: str, icv: int, due_on: object) -> str:
	values = {
		name: row[name] for name in ("company", "environment", "subtype", "xml", "invoice_hash", "uuid")
	}
	doc = records.add(
		"ZATCA Document",
		f"{unit}-{icv:06d}",
		**values,
		unit=unit,
		icv=icv,
		state="Pending",
		kind="Invoice",
		reference_doctype="Sales Invoice",
		reference_name=f"{unit}/{icv}",
		next_attempt_on=due_on,
	)
	return str(doc.name)


def test_a_document_that_breaks_is_named_in_the_users_language(
	unit: Document, monkeypatch: pytest.MonkeyPatch
) -> None:
	document = simplified(1)[0].scb_zatca_document

	def broken(name: str) -> object:
		raise ValueError("broken")

	monkeypatch.setattr(outbox, "send", broken)
	monkeypatch.setattr(frappe.local.db, "rollback", lambda: None)
	frappe.local.lang = "ar"
	tasks.sweep_e_invoices()
	assert frappe.db.exists("Error Log", {"method": f"تعذر إرسال الفاتورة الإلكترونية {document}"})


def test_a_foreign_text_is_stored_without_markup(unit: Document) -> None:
	document = simplified(1)[0].scb_zatca_document
	body = '{"errors": [{"code": "X", "message": "<img src=x onerror=alert(1)>"}]}'
	answering.take(document, Call.REPORT, 1, classify(Call.REPORT, 400, body), Reply(400, body))
	stored = frappe.db.get_value("ZATCA Document", document, ("last_message_en", "last_message_ar"))
	assert all("img src=x onerror" in text and "<" not in text for text in stored)


def test_a_document_whose_units_secrets_cannot_be_read_waits_and_says_why(
	unit: Document, sandbox: Sandbox
) -> None:
	invoice = simplified(1)[0]
	token = vault.production(unit.name)
	set_encrypted_password("ZATCA Unit", unit.name, "x", "production_secret")
	frappe.db.sql(
		"update `__Auth` set password = 'not ours' where doctype = 'ZATCA Unit' and fieldname = 'production_secret'"
	)
	frappe.clear_messages()
	assert outbox.send(invoice.scb_zatca_document, at_once=True) is None
	document = zatca.document_of(invoice)
	assert (document.state, document.attempts, invoice.reload().scb_zatca_status) == (
		states.WAITING,
		0,
		states.WAITING,
	)
	assert f"secrets of unit {unit.name} cannot be read" in document.last_message_en
	assert "encryption_key" in document.last_message_ar
	assert unit.reload().needs_attention == 1
	assert frappe.message_log == []
	vault.keep_production(unit.name, token)
	assert outbox.send(document.name, at_once=True).accepted
	assert unit.reload().needs_attention == 0


@pytest.mark.parametrize("status", [208, 409])
def test_a_duplicate_without_its_stamped_document_is_marked(
	unit: Document, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, status: int
) -> None:
	clear = Gateway.clear

	def bare(*args: object) -> Reply:
		reply = clear(*args)
		assert reply.http_status == 208, "the sandbox's fault"
		return Reply(status, '{"clearanceStatus": "CLEARED", "clearedInvoice": null}')

	monkeypatch.setattr(Gateway, "clear", bare)
	sandbox.faults.arm(Kind.DUPLICATE, endpoint=Call.CLEAR)
	invoice = zatca.submitted(zatca.an_invoice(zatca.a_business()))
	document = zatca.sent(invoice)
	assert (document.state, document.has_warnings, document.cleared_xml) == ("Cleared", 1, None)
	assert STAMP_MISSING in document.last_message_en
	assert "دون أن تعيد المستند المختوم" in document.last_message_ar
	document.onload()
	for step in (document.get_onload("next_step"), api.next_step(invoice.name)["next_step"]):
		assert "Fatoora portal" in step


def test_a_duplicate_with_its_stamped_document_is_not_marked(unit: Document, sandbox: Sandbox) -> None:
	sandbox.faults.arm(Kind.DUPLICATE, endpoint=Call.CLEAR)
	document = zatca.sent(zatca.submitted(zatca.an_invoice(zatca.a_business())))
	assert (document.state, document.has_warnings) == ("Cleared", 0)
	assert STAMP_MISSING not in document.last_message_en
	document.onload()
	assert "Fatoora portal" not in document.get_onload("next_step")


def test_release_writes_all_waiting_documents_at_once(
	unit: Document, monkeypatch: pytest.MonkeyPatch
) -> None:
	quotation = make.a_quotation(zatca.a_person(), taxes=[zatca.vat_row()])
	quotation.insert().submit()
	invoices = [
		zatca.submitted(zatca.an_invoice(zatca.a_person(), scb_quotation=quotation.name)),
		*simplified(4),
	]
	for invoice in invoices[:4]:
		frappe.db.set_value(
			"ZATCA Document", invoice.scb_zatca_document, "state", "Waiting for Configuration"
		)
		answering.show_state(invoice.scb_zatca_document, "Waiting for Configuration")
	frappe.db.commit()
	assert mirrored(quotation) == "Waiting for Configuration"
	jobs: list[str] = []
	monkeypatch.setattr(queueing, "enqueue_after_commit", lambda method, **_values: jobs.append(method))
	queries = counted(lambda: answering.release(unit.name), monkeypatch)
	assert queries <= 5
	assert [zatca.document_of(invoice.reload()).state for invoice in invoices] == ["Pending"] * 5
	assert [invoice.scb_zatca_status for invoice in invoices] == ["Pending"] * 5
	assert jobs == ["saudi_crm_billing.e_invoicing.tasks.refresh_mirrors"]
	tasks.refresh_mirrors()
	assert mirrored(quotation) == "Pending"


def test_release_of_a_unit_where_nothing_waits_starts_no_job(
	unit: Document, monkeypatch: pytest.MonkeyPatch
) -> None:
	simplified(1)
	jobs: list[str] = []
	monkeypatch.setattr(queueing, "enqueue_after_commit", lambda method, **_values: jobs.append(method))
	answering.release(unit.name)
	assert jobs == []


def counted(run: Any, monkeypatch: pytest.MonkeyPatch) -> int:
	sql, queries = frappe.local.db.sql, []
	with monkeypatch.context() as patch:
		patch.setattr(
			frappe.local.db, "sql", lambda *args, **more: (queries.append(args[0]), sql(*args, **more))[1]
		)
		run()
	return len(queries)


def test_daily_refresh_works_in_committed_batches_over_what_can_still_change(
	unit: Document, monkeypatch: pytest.MonkeyPatch
) -> None:
	quotations, invoices = [], []
	for _number in range(5):
		quotation = make.a_quotation(zatca.a_person(), taxes=[zatca.vat_row()])
		quotations.append(quotation.insert().submit())
		invoices.append(zatca.submitted(zatca.an_invoice(zatca.a_person(), scb_quotation=quotation.name)))
	for invoice in invoices:
		frappe.db.set_value("Sales Invoice", invoice.name, "status", "Overdue")
	old = {"outstanding_amount": 0, "modified": now_datetime() - timedelta(days=60)}
	frappe.db.set_value("Sales Invoice", invoices[0].name, old, update_modified=False)
	commits: list[bool] = []
	monkeypatch.setattr(frappe.local.db, "commit", lambda: commits.append(True))
	monkeypatch.setattr(mirror, "BATCH", 2)
	mirror.refresh_all()
	fields = [frappe.db.get_value("Quotation", row.name, "scb_payment_status") for row in quotations]
	assert fields == ["Unpaid", *["Overdue"] * 4]
	assert len(commits) == 2


def mirrored(doc: Document) -> str:
	return frappe.db.get_value(doc.doctype, doc.name, "scb_zatca_status")


def test_a_warning_is_told_in_arabic_by_the_rule_with_zatcas_words_behind(unit: Document) -> None:
	"""The gateway warns in English that an identification looks made up (BR-KSA-F-13)."""
	person = zatca.a_person(scb_buyer_id_scheme="NAT", scb_buyer_id="1000000008")
	document = zatca.document_of(zatca.submitted(zatca.an_invoice(person)))
	outbox.send(document.name)
	document.reload()
	assert document.has_warnings
	(said,) = [line for line in document.last_message_ar.splitlines() if "BR-KSA-F-13" in line]
	assert said.startswith("يبدو المعرّف «1000000008» غير حقيقي")
	assert "(BR-KSA-F-13: " in said
	(said,) = [line for line in document.last_message_en.splitlines() if "BR-KSA-F-13" in line]
	assert said.startswith("BR-KSA-F-13: ")


def test_an_answer_to_a_document_that_cannot_be_read_keeps_its_general_explanation() -> None:
	(message,) = classify(
		Call.REPORT,
		400,
		'{"validationResults": {"errorMessages": [{"code": "BR-KSA-F-13", "message": "made up", "category": "KSA"}]}}',
	).messages
	english, arabic = messages.answer_texts([message], "no xml")
	assert arabic == f"{message.explanation_ar} (BR-KSA-F-13: made up)" and message.explanation_ar
	assert english.startswith("BR-KSA-F-13: made up — ")


def test_a_unit_locked_out_is_asked_again_also_when_the_gateway_failed_in_between(
	unit: Document, sandbox: Sandbox
) -> None:
	invoices = simplified(2)
	for kind in (Kind.UNAUTHORIZED, Kind.SERVER_ERROR):
		sandbox.faults.arm(kind, endpoint=Call.REPORT)
		zatca.due_now(invoices[0].scb_zatca_document)
		outbox.send(invoices[0].scb_zatca_document)
	assert unit.reload().needs_attention == 1
	assert [zatca.document_of(invoice).state for invoice in invoices] == [states.PENDING] * 2
	zatca.due_now(invoices[0].scb_zatca_document)
	tasks.sweep_e_invoices()
	assert zatca.document_of(invoices[0]).state == states.REPORTED
	assert unit.reload().needs_attention == 0
	tasks.sweep_e_invoices()
	assert zatca.document_of(invoices[1]).state == states.REPORTED


def test_a_refused_call_silences_what_needs_that_call_only(unit: Document, sandbox: Sandbox) -> None:
	sandbox.faults.arm(Kind.UNAUTHORIZED, endpoint=Call.REPORT, count=None)
	first, second = simplified(2)
	business = zatca.submitted(zatca.an_invoice(zatca.a_business()))
	tasks.sweep_e_invoices()
	assert zatca.document_of(business).state == states.CLEARED
	assert attempts([first, second]) == [1, 0]
	unit.reload()
	assert (unit.needs_attention, unit.clearing_refused_since) == (1, None)
	since = unit.reporting_refused_since
	later = zatca.submitted(zatca.an_invoice(zatca.a_business()))
	zatca.due_now(first.scb_zatca_document)
	tasks.sweep_e_invoices()
	assert zatca.document_of(later).state == states.CLEARED
	assert attempts([first, second]) == [2, 0]
	assert unit.reload().reporting_refused_since == since, "it was refused all the time"
	sandbox.faults.clear()
	zatca.due_now(first.scb_zatca_document)
	tasks.sweep_e_invoices()
	assert [zatca.document_of(invoice).state for invoice in (first, second)] == [states.REPORTED] * 2
	unit.reload()
	assert (unit.needs_attention, unit.attention, unit.reporting_refused_since) == (0, None, None)


def refused_clearances(sandbox: Sandbox) -> list[Document]:
	"""Two standard invoices: the first was asked for and not let in, so the second waits for it."""
	sandbox.faults.arm(Kind.UNAUTHORIZED, endpoint=Call.CLEAR)
	invoices = [zatca.submitted(zatca.an_invoice(zatca.a_business())) for _number in range(2)]
	tasks.sweep_e_invoices()
	assert attempts(invoices) == [1, 0]
	return invoices


def test_who_is_told_to_report_instead_is_let_in(unit: Document, sandbox: Sandbox) -> None:
	"""Else what waits for the call would wait for ever: the one that asked has gone the other way."""
	first, second = refused_clearances(sandbox)
	sandbox.faults.arm(Kind.CLEARANCE_OFF, endpoint=Call.CLEAR)
	zatca.due_now(first.scb_zatca_document)
	tasks.sweep_e_invoices()
	assert zatca.document_of(first).state == states.REPORTED
	assert zatca.document_of(second).state == states.CLEARED
	assert unit.reload().clearing_refused_since is None


def test_where_the_one_that_asks_is_gone_another_asks(unit: Document, sandbox: Sandbox) -> None:
	first, second = refused_clearances(sandbox)
	frappe.db.set_value("ZATCA Document", first.scb_zatca_document, "state", states.REJECTED)
	third = zatca.submitted(zatca.an_invoice(zatca.a_business()))
	sandbox.faults.arm(Kind.UNAUTHORIZED, endpoint=Call.CLEAR)
	tasks.sweep_e_invoices()
	assert attempts([second, third]) == [1, 0], "one asks for all"
	zatca.due_now(second.scb_zatca_document)
	tasks.sweep_e_invoices()
	assert [zatca.document_of(invoice).state for invoice in (second, third)] == [states.CLEARED] * 2


def cleared_as(xml: str) -> dict[str, object]:
	body = base64.b64encode(xml.encode()).decode()
	return {"validationResults": {"status": "PASS"}, "clearanceStatus": "CLEARED", "clearedInvoice": body}


def test_a_stamped_document_that_is_not_ours_is_kept_but_never_the_legal_one(
	unit: Document, sandbox: Sandbox
) -> None:
	"""It has our UUID, and another amount."""
	invoice = zatca.submitted(zatca.an_invoice(zatca.a_business()))
	issued = zatca.document_of(invoice)
	other = issued.xml.replace(">1150.00<", ">9150.00<")
	assert other != issued.xml
	sandbox.faults.arm(Kind.ANSWER, endpoint=Call.CLEAR, status=200, body=cleared_as(other), accept=True)
	document = zatca.sent(invoice)
	assert (document.state, document.has_warnings, document.stamp_differs) == (states.CLEARED, 1, 1)
	assert (document.cleared_xml, document.returned_xml, document.qr) == (None, other, issued.qr)
	assert document.last_message_en.startswith(
		"ZATCA cleared it, but the stamped document that came back is not"
	)
	assert document.last_message_ar.startswith("اعتمدته الهيئة")
	assert handover.lacks_its_stamp(invoice)
	assert b"9150.00" not in handover.legal_xml(document.name).content
	(audited,) = audit.audit([unit.name])
	assert [found.problem.code for found in audited.findings] == ["audit-stamped-content"]
	make.a_user("stamp-manager@example.com", "Accounts Manager")
	tasks.watch_e_invoices()
	assert "Stamp of Another Document" in frappe.get_all(
		"ZATCA Alert", {"document": document.name}, pluck="stage"
	)


@pytest.mark.parametrize(
	("place", "written"),
	[("<cbc:UUID>", "\n    <cbc:UUID>"), ("<Invoice ", '<Invoice xmlns:xsi="urn:stamped" ')],
)
def test_a_stamped_document_that_is_only_written_otherwise_is_ours(
	unit: Document, sandbox: Sandbox, place: str, written: str
) -> None:
	invoice = zatca.submitted(zatca.an_invoice(zatca.a_business()))
	issued = zatca.document_of(invoice).xml
	same = issued.replace(place, written)
	assert same != issued
	sandbox.faults.arm(Kind.ANSWER, endpoint=Call.CLEAR, status=200, body=cleared_as(same), accept=True)
	document = zatca.sent(invoice)
	assert (document.stamp_differs, document.cleared_xml) == (0, same)


ON = {"message": "Clearance is activated. Please use the /invoices/clearance/single endpoint instead."}


def to_and_fro(sandbox: Sandbox) -> None:
	sandbox.faults.arm(Kind.CLEARANCE_OFF, endpoint=Call.CLEAR, count=None)
	sandbox.faults.arm(Kind.ANSWER, endpoint=Call.REPORT, count=None, status=303, body=ON)


def calls(document: str) -> list[str]:
	return frappe.get_all("ZATCA Attempt", {"document": document}, pluck="call", order_by="sent_on")


def test_a_document_that_is_sent_to_and_fro_waits_longer_and_longer(unit: Document, sandbox: Sandbox) -> None:
	to_and_fro(sandbox)
	invoice = zatca.submitted(zatca.an_invoice(zatca.a_business()))
	document = zatca.sent(invoice)
	assert calls(document.name) == ["clear", "report"], "one turn each way, at once"
	assert (document.state, document.report_by, document.turns) == (states.PENDING, None, 2)
	assert document.next_attempt_on <= now_datetime()
	waits = []
	for turn, call in enumerate(["clear", "report", "clear", "report"], 3):
		before = now_datetime()
		tasks.sweep_e_invoices()
		document.reload()
		assert (calls(document.name)[-1], document.turns, document.state) == (call, turn, states.PENDING)
		assert bool(document.report_by) is (call == "clear"), "the other call is next"
		waits.append(round((document.next_attempt_on - before).total_seconds() / 60))
		tasks.sweep_e_invoices()
		assert len(calls(document.name)) == turn, "nothing goes out before its time"
		zatca.due_now(document.name)
	assert waits == [2, 15, 15, 15]
	sandbox.faults.clear()
	tasks.sweep_e_invoices()
	assert document.reload().state == states.CLEARED


def test_a_simplified_document_is_never_cleared_whatever_the_gateway_says(
	unit: Document, sandbox: Sandbox
) -> None:
	to_and_fro(sandbox)
	document = zatca.document_of(simplified(1)[0])
	before = now_datetime()
	assert outbox.send(document.name, at_once=True).outcome.value == "clear-instead"
	due_at = document.report_by
	document.reload()
	assert (document.state, document.report_by) == (states.PENDING, due_at)
	assert set(calls(document.name)) == {"report"}
	assert document.next_attempt_on - before >= timedelta(minutes=1)


def test_the_job_of_a_submit_sends_all_that_is_due(unit: Document, sandbox: Sandbox) -> None:
	invoices = simplified(3)
	tasks.send_due()
	assert [zatca.document_of(invoice).state for invoice in invoices] == [states.REPORTED] * 3


def test_a_job_whose_time_is_up_leaves_the_rest_to_another(
	unit: Document, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
	asked: list[bool] = []
	invoices = simplified(2)
	monkeypatch.setattr(tasks, "JOB_SECONDS", -1)
	monkeypatch.setattr(queueing, "enqueue_sending", lambda: asked.append(True))
	tasks.send_due()
	assert asked and attempts(invoices) == [0, 0]
	asked.clear()
	monkeypatch.setattr(tasks, "JOB_SECONDS", 60)
	tasks.send_due()
	assert not asked and attempts(invoices) == [1, 1]
