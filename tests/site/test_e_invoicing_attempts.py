"""The log of attempts: begun before the call, finished by the answer, never lost, without secrets, kept for good.

And what others' locks do to sending: it is tried again, and reported in the end.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator
from types import ModuleType

import e_invoicing_helpers as zatca
import factories as make
import frappe
import pytest
from e_invoicing_fixtures import gateway, sandbox, unit
from frappe.model.document import Document
from second_connection import second_connection

from saudi_crm_billing.e_invoicing import tasks
from saudi_crm_billing.e_invoicing.devices import units, vault
from saudi_crm_billing.e_invoicing.engine.answers import Call
from saudi_crm_billing.e_invoicing.sending import answering, contention, outbox
from saudi_crm_billing.e_invoicing.sending.gateway import Gateway, Reply
from saudi_crm_billing.sandbox.faults import Kind
from saudi_crm_billing.sandbox.server import Sandbox

__all__ = ["gateway", "sandbox", "unit"]


def outcomes(document: str) -> list[str]:
	return frappe.get_all("ZATCA Attempt", {"document": document}, pluck="outcome", order_by="creation")


def a_reported() -> Document:
	return zatca.sent(zatca.submitted(zatca.an_invoice(zatca.a_person())))


def test_an_attempt_is_finished_by_its_answer(unit: Document) -> None:
	document = a_reported()
	row = frappe.get_doc("ZATCA Attempt", {"document": document.name})
	assert (row.outcome, row.call, row.http_status) == ("accepted", "report", 200)
	assert row.sent_on and row.unit == unit.name


def test_secrets_that_an_answer_echoes_are_masked(unit: Document, monkeypatch: pytest.MonkeyPatch) -> None:
	kept = vault.production(unit.name)
	header = base64.b64encode(f"{kept.token}:{kept.secret}".encode()).decode()
	body = f'{{"message": "bad header Basic {header}, secret {kept.secret}"}}'
	monkeypatch.setattr(Gateway, "report", lambda *_arguments: Reply(400, body))
	monkeypatch.setattr(Gateway, "clear", lambda *_arguments: Reply(400, body))
	document = a_reported()
	written = str(frappe.get_all("ZATCA Attempt", {"document": document.name}, ["*"])) + str(
		document.as_dict()
	)
	assert "bad header Basic •••, secret •••" in written
	for secret in (header, kept.secret, kept.token):
		assert secret not in written


def test_an_attempt_is_neither_edited_nor_deleted(unit: Document) -> None:
	row = frappe.get_doc("ZATCA Attempt", {"document": a_reported().name})
	for act in (row.save, row.delete, lambda: frappe.delete_doc("ZATCA Attempt", row.name, force=True)):
		with pytest.raises(frappe.PermissionError):
			act()
	assert frappe.db.exists("ZATCA Attempt", row.name)


@pytest.mark.parametrize("doctype", ["ZATCA Attempt", "ZATCA Document", "ZATCA Alert"])
def test_no_setting_clears_the_log(site: ModuleType, doctype: str) -> None:
	settings = frappe.get_doc("Log Settings")
	settings.register_doctype(doctype, 30)
	settings.append("logs_to_clear", {"ref_doctype": doctype, "days": 30})
	settings.remove_unsupported_doctypes()
	assert doctype not in [row.ref_doctype for row in settings.logs_to_clear]


def test_deleting_a_companys_transactions_leaves_its_e_invoices(site: ModuleType) -> None:
	from erpnext.setup.doctype.transaction_deletion_record import transaction_deletion_record

	ignored = transaction_deletion_record.get_doctypes_to_be_ignored()
	assert {"ZATCA Document", "ZATCA Attempt", "ZATCA Unit Counter", "ZATCA Unit"} <= set(ignored)


def test_a_process_that_died_leaves_the_answer_unknown(unit: Document) -> None:
	invoice = zatca.submitted(zatca.an_invoice(zatca.a_person()))
	assert outbox.claim(invoice.scb_zatca_document) is not None
	assert outcomes(invoice.scb_zatca_document) == ["started"]
	zatca.due_now(invoice.scb_zatca_document)
	outbox.claim(invoice.scb_zatca_document)
	assert zatca.document_of(invoice).answer_unknown == 1
	zatca.due_now(invoice.scb_zatca_document)
	document = zatca.sent(invoice)
	assert (document.state, document.answer_unknown) == ("Reported", 0)
	assert outcomes(document.name) == ["started", "started", "accepted"]


@pytest.mark.parametrize(
	("reply", "unknown"),
	[
		(Reply(None, ""), 1),
		(Reply(504, ""), 1),
		(Reply(200, "<html>"), 1),
		(Reply(401, ""), 0),
		(Reply(429, ""), 0),
	],
)
def test_an_answer_that_tells_nothing_is_shown_as_unknown(
	unit: Document, monkeypatch: pytest.MonkeyPatch, reply: Reply, unknown: int
) -> None:
	monkeypatch.setattr(Gateway, "report", lambda *_arguments: reply)
	assert a_reported().answer_unknown == unknown


# With real commits


@pytest.fixture
def committed_unit(committing_site: ModuleType, monkeypatch: pytest.MonkeyPatch) -> Iterator[Document]:
	from saudi_crm_billing.e_invoicing.sending import queueing

	monkeypatch.setattr(queueing, "enqueue_sending", lambda *_arguments: None)
	monkeypatch.setattr(contention, "PAUSE_SECONDS", 0.01)
	with Sandbox() as sandbox:
		for name in frappe.get_all(units.UNIT, {"company": make.COMPANY, "status": "Active"}, pluck="name"):
			units.write(name, status=units.RETIRED)
		unit = zatca.an_active_unit(sandbox.base_url, title=f"Attempts {frappe.generate_hash(length=6)}")
		frappe.db.commit()
		yield unit
		frappe.db.rollback()
		units.write(unit.name, status=units.RETIRED)
		frappe.db.commit()


def a_committed_document() -> str:
	invoice = zatca.an_invoice(zatca.a_person())
	invoice.insert()
	invoice.submit()
	frappe.db.commit()
	return str(frappe.db.get_value("Sales Invoice", invoice.name, "scb_zatca_document"))


def seen_elsewhere(document: str) -> list[str]:
	with second_connection() as other:
		rows = other.sql("select outcome from `tabZATCA Attempt` where document = %s", document)
	return [outcome for (outcome,) in rows]


@pytest.mark.commits
def test_an_attempt_stands_before_the_call_is_made(
	committed_unit: Document, monkeypatch: pytest.MonkeyPatch
) -> None:
	document, report = a_committed_document(), Gateway.report
	seen: list[list[str]] = []

	def looked_at(*arguments: object) -> Reply:
		seen.append(seen_elsewhere(document))
		return report(*arguments)

	monkeypatch.setattr(Gateway, "report", looked_at)
	outbox.send(document)
	assert seen == [["started"]]
	assert seen_elsewhere(document) == ["accepted"]


@pytest.mark.commits
def test_an_attempt_outlives_the_rollback_of_what_its_answer_causes(
	committed_unit: Document, monkeypatch: pytest.MonkeyPatch
) -> None:
	document, take = a_committed_document(), answering.take

	def broken(*arguments: object) -> None:
		take(*arguments)
		raise ValueError("broken after everything was written")

	monkeypatch.setattr(answering, "take", broken)
	tasks.sweep_e_invoices()
	frappe.db.rollback()
	assert seen_elsewhere(document) == ["accepted"]
	assert frappe.db.get_value("ZATCA Document", document, "state") == "Sending"
	monkeypatch.setattr(answering, "take", take)
	frappe.db.set_value("ZATCA Document", document, "next_attempt_on", frappe.utils.now_datetime())
	frappe.db.commit()
	outbox.send(document)
	assert frappe.db.get_value("ZATCA Document", document, "state") == "Reported"
	assert sorted(seen_elsewhere(document)) == ["accepted", "already-accepted"]


@pytest.mark.commits
def test_a_lock_wait_while_the_answer_is_written_is_tried_again(
	committed_unit: Document, monkeypatch: pytest.MonkeyPatch
) -> None:
	document, report = a_committed_document(), Gateway.report
	frappe.db.sql("set session innodb_lock_wait_timeout = 1")
	with second_connection() as other:

		def held(*arguments: object) -> Reply:
			other.sql("select name from `tabZATCA Document` where name = %s for update", document)
			return report(*arguments)

		waits: list[float] = []

		def let_go(seconds: float) -> None:
			waits.append(seconds)
			other.rollback()

		monkeypatch.setattr(Gateway, "report", held)
		monkeypatch.setattr(contention.time, "sleep", let_go)
		answer = outbox.send(document)
	frappe.db.sql("set session innodb_lock_wait_timeout = 50")
	assert answer is not None and answer.accepted
	assert len(waits) == 1
	assert frappe.db.get_value("ZATCA Document", document, "state") == "Reported"


@pytest.mark.commits
def test_a_lock_that_is_never_let_go_is_reported_by_the_sweep_and_nothing_is_lost(
	committed_unit: Document, monkeypatch: pytest.MonkeyPatch
) -> None:
	document, report = a_committed_document(), Gateway.report
	frappe.db.sql("set session innodb_lock_wait_timeout = 1")
	monkeypatch.setattr(contention, "TRIES", 2)
	with second_connection() as other:

		def held(*arguments: object) -> Reply:
			other.sql("select name from `tabZATCA Document` where name = %s for update", document)
			return report(*arguments)

		monkeypatch.setattr(Gateway, "report", held)
		tasks.sweep_e_invoices()
	frappe.db.sql("set session innodb_lock_wait_timeout = 50")
	assert frappe.db.exists("Error Log", {"method": ("like", f"%{document}%")})
	assert seen_elsewhere(document) == ["accepted"]
	assert frappe.db.get_value("ZATCA Document", document, "state") == "Sending", (
		"it goes out again, the same bytes"
	)


@pytest.mark.commits
def test_a_counter_that_another_holds_refuses_the_submit_whole(
	committed_unit: Document, monkeypatch: pytest.MonkeyPatch
) -> None:
	invoice = zatca.an_invoice(zatca.a_person())
	invoice.insert()
	frappe.db.commit()
	frappe.db.sql("set session innodb_lock_wait_timeout = 1")
	with second_connection() as other:
		other.sql("select name from `tabZATCA Unit Counter` where unit = %s for update", committed_unit.name)
		with pytest.raises(frappe.QueryTimeoutError):
			submit(invoice)
		frappe.db.rollback()
	frappe.db.sql("set session innodb_lock_wait_timeout = 50")
	assert frappe.db.get_value("Sales Invoice", invoice.name, "docstatus") == 0
	assert frappe.db.count("ZATCA Document", {"reference_name": invoice.name}) == 0
	submit(frappe.get_doc("Sales Invoice", invoice.name))
	assert frappe.db.count("ZATCA Document", {"reference_name": invoice.name}) == 1


def submit(invoice: Document) -> None:
	invoice.submit()
	frappe.db.commit()


@pytest.mark.commits
def test_a_deadlock_is_tried_again_a_few_times_and_then_raised(committing_site: ModuleType) -> None:
	turns: list[int] = []

	def work(troubles: int) -> Callable[[], int]:
		def one() -> int:
			turns.append(1)
			if len(turns) <= troubles:
				raise frappe.QueryDeadlockError("deadlock")
			return len(turns)

		return one

	assert contention.committed(work(troubles=2)) == 3
	turns.clear()
	with pytest.raises(frappe.QueryDeadlockError):
		contention.committed(work(troubles=99))
	assert len(turns) == contention.TRIES


def test_what_is_unknown_stays_so_until_an_answer_settles_it(unit: Document, sandbox: Sandbox) -> None:
	invoice = zatca.submitted(zatca.an_invoice(zatca.a_person()))
	known = []
	for kind in (Kind.SERVER_ERROR, Kind.TOO_MANY_REQUESTS, None):
		if kind:
			sandbox.faults.arm(kind, endpoint=Call.REPORT)
		zatca.due_now(invoice.scb_zatca_document)
		zatca.sent(invoice)
		known.append(zatca.document_of(invoice).answer_unknown)
	assert known == [1, 1, 0]
