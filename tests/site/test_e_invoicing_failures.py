"""What goes wrong on the way to ZATCA: nothing is lost, nothing is guessed, the user sees it."""

from __future__ import annotations

from datetime import timedelta

import e_invoicing_helpers as zatca
import frappe
import pytest
from e_invoicing_fixtures import gateway, sandbox, unit
from frappe.model.document import Document
from frappe.utils import now_datetime

from saudi_crm_billing.e_invoicing import api, tasks
from saudi_crm_billing.e_invoicing.engine.answers import Call
from saudi_crm_billing.e_invoicing.sending import outbox, outbox_rows
from saudi_crm_billing.sandbox.faults import Kind
from saudi_crm_billing.sandbox.server import Sandbox

__all__ = ["gateway", "sandbox", "unit"]


def point_at(unit: Document, base_url: str) -> None:
	frappe.db.set_value("ZATCA Unit", unit.name, "base_url", base_url)
	frappe.clear_document_cache("ZATCA Unit", unit.name)


def test_gateway_down_leaves_the_invoice_submitted_and_the_sweep_sends_it_later(
	unit: Document, sandbox: Sandbox
) -> None:
	point_at(unit, "http://127.0.0.1:9/e-invoicing/developer-portal")
	invoice = zatca.submitted(zatca.an_invoice(zatca.a_business()))
	document = zatca.sent(invoice)
	assert invoice.docstatus == 1
	assert (document.state, document.attempts, document.last_http_status) == ("Pending", 1, 0)
	assert "No answer came from the gateway" in document.last_message_en
	assert "لم يصل رد من البوابة" in document.last_message_ar
	assert document.next_attempt_on > now_datetime()

	point_at(unit, sandbox.base_url)
	tasks.sweep_e_invoices()
	assert zatca.document_of(invoice).state == "Pending", "the sweep waits for its time"
	zatca.due_now(document.name)
	tasks.sweep_e_invoices()
	assert zatca.document_of(invoice).state == "Cleared"
	assert frappe.db.get_value("Sales Invoice", invoice.name, "scb_zatca_status") == "Cleared"


def test_sweep_leaves_the_other_documents_of_a_silent_unit_for_later(unit: Document) -> None:
	point_at(unit, "http://127.0.0.1:9/e-invoicing/developer-portal")
	invoices = [zatca.submitted(zatca.an_invoice(zatca.a_person())) for _ in range(3)]
	tasks.sweep_e_invoices()
	assert sorted(zatca.document_of(invoice).attempts for invoice in invoices) == [0, 0, 1]


@pytest.mark.parametrize(
	"kind", [Kind.SERVER_ERROR, Kind.TOO_MANY_REQUESTS, Kind.MALFORMED, Kind.DROP, Kind.TRUNCATED]
)
def test_an_answer_of_unknown_meaning_is_sent_again_as_it_was(
	unit: Document, sandbox: Sandbox, kind: Kind
) -> None:
	invoice = zatca.submitted(zatca.an_invoice(zatca.a_person()))
	before = zatca.document_of(invoice)
	sandbox.faults.arm(kind, endpoint=Call.REPORT)
	document = zatca.sent(invoice)
	assert document.state == "Pending"
	assert document.next_attempt_on > now_datetime()

	zatca.due_now(document.name)
	document = zatca.sent(invoice)
	assert (document.state, document.attempts) == ("Reported", 2)
	assert (document.xml, document.icv) == (before.xml, before.icv)


@pytest.mark.parametrize(
	("buyer", "endpoint", "status", "state"),
	[(zatca.a_business, Call.CLEAR, 208, "Cleared"), (zatca.a_person, Call.REPORT, 409, "Reported")],
)
def test_a_duplicate_is_a_success(
	unit: Document, sandbox: Sandbox, buyer: object, endpoint: Call, status: int, state: str
) -> None:
	invoice = zatca.submitted(zatca.an_invoice(buyer()))
	sandbox.faults.arm(Kind.DUPLICATE, endpoint=endpoint)
	document = zatca.sent(invoice)
	assert (document.state, document.last_http_status) == (state, status), document.last_message_en
	assert bool(document.cleared_xml) == (endpoint is Call.CLEAR)


def test_lost_answer_then_duplicate_keeps_the_cleared_document(unit: Document, sandbox: Sandbox) -> None:
	invoice = zatca.submitted(zatca.an_invoice(zatca.a_business()))
	sandbox.faults.arm(Kind.DROP, endpoint=Call.CLEAR, accept=True)
	assert zatca.sent(invoice).state == "Pending"
	zatca.due_now(invoice.scb_zatca_document)
	document = zatca.sent(invoice)
	assert (document.state, document.last_http_status) == ("Cleared", 208)
	assert document.cleared_xml


def test_unauthorized_makes_documents_wait_and_the_unit_ask_for_help(
	unit: Document, sandbox: Sandbox
) -> None:
	invoice = zatca.submitted(zatca.an_invoice(zatca.a_business()))
	sandbox.faults.arm(Kind.UNAUTHORIZED, endpoint=Call.CLEAR)
	document = zatca.sent(invoice)
	assert document.state == invoice.scb_zatca_status == "Waiting for Configuration"
	unit.reload()
	assert unit.needs_attention and "did not accept the unit's certificate" in unit.attention

	other = zatca.submitted(zatca.an_invoice(zatca.a_business()))
	tasks.sweep_e_invoices()
	assert zatca.document_of(other).state == "Pending", "documents of the unit wait"

	assert api.check_unit(unit.name)["ok"] is True
	assert not unit.reload().needs_attention
	tasks.sweep_e_invoices()
	assert [zatca.document_of(row).state for row in (invoice, other)] == ["Cleared", "Cleared"]


def test_rejection_is_final_and_frees_the_invoice_for_an_amendment(unit: Document, sandbox: Sandbox) -> None:
	invoice = zatca.submitted(zatca.an_invoice(zatca.a_person()))
	sandbox.faults.arm(Kind.REJECT, endpoint=Call.REPORT)
	document = zatca.sent(invoice)
	assert (document.state, document.last_http_status) == ("Rejected", 400)
	zatca.due_now(document.name)
	assert outbox.send(document.name) is None, "never sent again"

	invoice.cancel()
	amended = frappe.copy_doc(invoice)
	amended.amended_from = invoice.name
	zatca.submitted(amended)
	new = zatca.document_of(amended)
	assert (new.icv, new.previous_hash) == (2, document.invoice_hash)
	assert zatca.sent(amended).state == "Reported"


def test_accepted_document_is_never_sent_again(unit: Document) -> None:
	invoice = zatca.submitted(zatca.an_invoice(zatca.a_person()))
	document = zatca.sent(invoice)
	zatca.due_now(document.name)
	assert outbox.send(document.name, at_once=True) is None
	assert frappe.db.count("ZATCA Attempt", {"document": document.name}) == 1


def test_a_claimed_document_is_leased_until_the_process_is_surely_dead(unit: Document) -> None:
	invoice = zatca.submitted(zatca.an_invoice(zatca.a_person()))
	name = invoice.scb_zatca_document
	assert outbox.claim(name) is not None
	assert outbox.claim(name) is None
	assert outbox.claim(name, at_once=True) is None, "not even by hand"
	document = zatca.document_of(invoice)
	assert document.state == "Sending"
	assert document.next_attempt_on > now_datetime() + outbox_rows.LEASE - timedelta(minutes=1)

	zatca.due_now(name)
	assert zatca.sent(invoice).state == "Reported", "a process that died loses its lease"


def test_one_broken_document_does_not_stop_the_sweep(unit: Document, monkeypatch: pytest.MonkeyPatch) -> None:
	first, second = (zatca.submitted(zatca.an_invoice(zatca.a_person())) for _ in range(2))
	send, rollback = outbox.send, []

	def broken(document: str) -> object:
		if document == first.scb_zatca_document:
			raise ValueError("broken")
		return send(document)

	monkeypatch.setattr(outbox, "send", broken)
	monkeypatch.setattr(frappe.local.db, "rollback", lambda: rollback.append(True))
	tasks.sweep_e_invoices()
	assert zatca.document_of(second).state == "Reported"
	assert rollback == [True]
	assert frappe.db.exists("Error Log", {"method": ("like", f"%{first.scb_zatca_document}%")})


def test_no_secret_reaches_the_log(unit: Document, sandbox: Sandbox) -> None:
	sandbox.faults.arm(Kind.UNAUTHORIZED, endpoint=Call.CLEAR)
	zatca.sent(zatca.submitted(zatca.an_invoice(zatca.a_business())))
	from saudi_crm_billing.e_invoicing.devices import vault

	written = str(frappe.get_all("ZATCA Attempt", fields=["*"])) + str(
		frappe.get_all("Error Log", fields=["*"])
	)
	for secret in (vault.production(unit.name).secret, vault.private_key(unit.name)):
		assert secret and secret not in written
