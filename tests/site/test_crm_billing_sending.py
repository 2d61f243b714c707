"""An invoice goes to its customer by mail, once, and says whether it arrived; over real SMTP."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from email.message import EmailMessage
from io import BytesIO
from pathlib import Path
from typing import Any

import collection_kit as kit
import e_invoicing_helpers as zatca
import factories as make
import frappe
import pikepdf
import pytest
from collection_fixtures import default_server as server
from e_invoicing_fixtures import gateway, sandbox, unit
from frappe.model.document import Document
from frappe.utils import getdate, now_datetime
from pypdf import PdfReader
from rq.timeouts import JobTimeoutException

from saudi_crm_billing.crm_billing import api, invoice_mail, sending, tasks
from saudi_crm_billing.e_invoicing.engine.hashing import invoice_hash

__all__ = ["gateway", "sandbox", "server", "unit"]

BUYER = "accounts@najd.example"
STATE = ("scb_sent_state", "scb_sent_to", "scb_sent_note")


@pytest.fixture(autouse=True)
def quick_pdf(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
	"""The PDF program takes seconds a page: one test runs it."""
	if request.function is not test_a_cleared_invoice_arrives_with_print_and_cleared_xml:
		monkeypatch.setattr(invoice_mail, "get_pdf", lambda invoice: b"%PDF-quick")


@pytest.fixture
def invoice(unit: Document, server: kit.MailServer) -> Document:
	"""A cleared tax invoice of 1,150.00 to a business that reads Arabic."""
	return cleared(an_invoice())


def an_invoice(language: str | None = "ar", email: str = BUYER) -> Document:
	customer = zatca.a_business()
	frappe.db.set_value("Customer", customer, {"email_id": email, "language": language})
	return zatca.submitted(zatca.an_invoice(customer, [make.line(rate=1000)]))


def cleared(invoice: Document) -> Document:
	assert zatca.sent(invoice).state == "Cleared"
	return invoice


def state_of(invoice: Document) -> tuple[Any, ...]:
	return frappe.db.get_value("Sales Invoice", invoice.name, STATE)


def attachments(message: EmailMessage) -> dict[str, bytes]:
	return {str(part.get_filename()): part.get_payload(decode=True) for part in message.iter_attachments()}


def queued(invoice: Document) -> list[str]:
	return frappe.get_all("Email Queue", {"reference_name": invoice.name}, pluck="status")


def test_a_cleared_invoice_arrives_with_print_and_cleared_xml(
	invoice: Document, server: kit.MailServer
) -> None:
	assert state_of(invoice) == ("Not Sent", None, None)
	assert api.send_invoice(invoice.name) is True
	assert state_of(invoice)[:2] == ("Queued", BUYER)
	kit.deliver()
	assert state_of(invoice)[:2] == ("Sent", BUYER)
	(message,) = server.to(BUYER)
	assert message["Subject"] == f"الفاتورة {invoice.name} من شركة الرياض التجارية: 1,150.00 ريال"
	text = kit.text_of(message)
	assert "مصنع نجد للأثاث" in text and "Dear" not in text and "Sent via" not in text
	files = attachments(message)
	assert len({Path(name).stem for name in files}) == 1 and invoice.name in next(iter(files))
	(pdf,) = (content for name, content in files.items() if name.endswith(".pdf"))
	(page,) = PdfReader(BytesIO(pdf)).pages
	assert (round(page.mediabox.width), round(page.mediabox.height)) == (595, 842), "A4"
	assert "1,150.00" in page.extract_text() and zatca.SELLER_VAT in page.extract_text()
	(xml,) = (content for name, content in files.items() if name.endswith(".xml"))
	document = zatca.document_of(invoice)
	assert (
		xml.replace(b"\r\n", b"\n").decode() == document.cleared_xml
	)  # a mail's line ends; XML reads both alike
	assert invoice_hash(xml) == document.invoice_hash
	with pikepdf.open(BytesIO(pdf)) as copy:
		(embedded,) = copy.attachments.values()
		assert embedded.get_file().read_bytes() == document.cleared_xml.encode()


def test_it_stands_on_the_timeline_with_its_files(invoice: Document, server: kit.MailServer) -> None:
	api.send_invoice(invoice.name)
	kit.deliver()
	about = {
		"reference_doctype": "Sales Invoice",
		"reference_name": invoice.name,
		"communication_medium": "Email",
	}
	(message,) = frappe.get_all("Communication", about, ["name", "recipients", "delivery_status"])
	assert (message.recipients, message.delivery_status) == (BUYER, "Sent")
	assert frappe.db.count("File", {"attached_to_name": message.name, "is_private": 1}) == 2


@pytest.mark.parametrize(
	("language", "subject"),
	[
		("en", "Invoice {0} from Riyadh Trading Co: SAR 1,150.00"),
		(None, "الفاتورة {0} من شركة الرياض التجارية"),
	],
)
def test_the_customers_language_is_spoken(
	unit: Document, server: kit.MailServer, language: str | None, subject: str
) -> None:
	invoice = cleared(an_invoice(language))
	api.send_invoice(invoice.name)
	kit.deliver()
	(message,) = server.to(BUYER)
	assert str(message["Subject"]).startswith(subject.format(invoice.name))
	assert ("Dear" in kit.text_of(message)) and (
		("السلام عليكم" in kit.text_of(message)) is (language is None)
	)


def test_a_second_press_sends_nothing_and_a_wanted_repeat_does(
	invoice: Document, server: kit.MailServer
) -> None:
	assert api.send_invoice(invoice.name) is True
	assert api.send_invoice(invoice.name) is False
	kit.deliver()
	assert api.send_invoice(invoice.name) is False
	assert len(server.to(BUYER)) == 1
	seen = str(frappe.db.get_value("Sales Invoice", invoice.name, "scb_sent_on"))
	assert api.send_invoice(invoice.name, seen) is True
	kit.deliver()
	assert len(server.to(BUYER)) == 2


def test_a_standard_invoice_waits_for_zatcas_clearance(unit: Document, server: kit.MailServer) -> None:
	invoice = an_invoice()
	with pytest.raises(frappe.ValidationError, match="ZATCA has not accepted its e-invoice") as refusal:
		api.send_invoice(invoice.name)
	assert "sends this document by itself" in str(refusal.value)
	frappe.local.lang = "ar"
	with pytest.raises(frappe.ValidationError, match="لا يجوز تسليم"):
		api.send_invoice(invoice.name)
	assert state_of(invoice)[0] == "Not Sent" and queued(invoice) == []


def test_a_customer_without_address_is_named_with_the_way_out(unit: Document, server: kit.MailServer) -> None:
	invoice = cleared(an_invoice(email=""))
	with pytest.raises(frappe.ValidationError, match="has no valid e-mail address") as refusal:
		api.send_invoice(invoice.name)
	assert f'href="{frappe.utils.get_url()}/app/customer/' in str(refusal.value)
	assert queued(invoice) == []


def test_a_draft_and_a_stranger_are_refused(invoice: Document, server: kit.MailServer) -> None:
	draft = zatca.an_invoice(zatca.a_business()).insert()
	with pytest.raises(frappe.ValidationError, match="is not submitted"):
		api.send_invoice(draft.name)
	frappe.set_user(make.a_user("seller-without-invoices@example.com", "Sales User"))
	with pytest.raises(frappe.PermissionError):
		api.send_invoice(invoice.name)
	assert queued(invoice) == []


def test_a_refusing_mail_server_is_seen_on_the_invoice(invoice: Document, server: kit.MailServer) -> None:
	api.send_invoice(invoice.name)
	server.broken = True
	for _attempt in range(4):
		kit.deliver()
	assert queued(invoice) == ["Error"]
	state, address, note = state_of(invoice)
	assert (state, address) == ("Failed", BUYER) and "Email Queue" in note


def test_cores_own_email_counts_and_a_note_to_a_colleague_does_not(
	invoice: Document, server: kit.MailServer
) -> None:
	from frappe.core.doctype.communication.email import make as make_communication

	colleague = make.a_user("colleague@example.com", "Accounts User")
	about = {"doctype": "Sales Invoice", "name": invoice.name, "subject": "See", "content": "here"}
	make_communication(**about, recipients=colleague, send_email=True)
	kit.deliver()
	assert state_of(invoice)[0] == "Not Sent"
	make_communication(**about, recipients="owner@najd.example", send_email=True)
	assert state_of(invoice)[:2] == ("Queued", "owner@najd.example")
	kit.deliver()
	assert state_of(invoice)[0] == "Sent"


def test_a_customer_who_is_a_user_of_the_site_gets_one_mail(
	unit: Document, server: kit.MailServer, wanted: Callable[[int], None]
) -> None:
	invoice = cleared(an_invoice(email=make.a_user("branch@najd.example", "Accounts User")))
	wanted(1)
	for _run in range(2):
		tasks.send_accepted_invoices()
		kit.deliver()
	assert len(server.to("branch@najd.example")) == 1
	assert state_of(invoice)[:2] == ("Sent", "branch@najd.example")


def test_a_later_note_to_a_colleague_does_not_hide_what_became_of_the_mail(
	invoice: Document, server: kit.MailServer
) -> None:
	from frappe.core.doctype.communication.email import make as make_communication

	api.send_invoice(invoice.name)
	colleague = make.a_user("colleague@example.com", "Accounts User")
	about = {"doctype": "Sales Invoice", "name": invoice.name, "subject": "See", "content": "here"}
	make_communication(**about, recipients=colleague, send_email=True)
	kit.deliver()
	assert state_of(invoice)[:2] == ("Sent", BUYER)


def test_a_mail_taken_out_of_the_queue_is_seen_and_can_be_sent_again(
	invoice: Document, server: kit.MailServer
) -> None:
	api.send_invoice(invoice.name)
	tasks.send_accepted_invoices()
	assert state_of(invoice)[0] == "Queued", "too early to ask"
	frappe.db.delete("Email Queue", {"reference_name": invoice.name})
	queued_on = now_datetime().replace(microsecond=0) - timedelta(minutes=11)
	frappe.db.set_value("Sales Invoice", invoice.name, "scb_sent_on", queued_on)
	tasks.send_accepted_invoices()
	assert state_of(invoice)[0] == "Failed" and "send again" in state_of(invoice)[2]
	assert api.send_invoice(invoice.name, str(queued_on)) is True
	kit.deliver()
	assert len(server.to(BUYER)) == 1 and state_of(invoice)[0] == "Sent"


def test_a_cleared_invoice_without_its_stamped_xml_is_not_given_to_the_customer(
	invoice: Document, server: kit.MailServer, wanted: Callable[[int], None]
) -> None:
	frappe.db.set_value("ZATCA Document", invoice.scb_zatca_document, "cleared_xml", None)
	with pytest.raises(frappe.ValidationError, match="its stamped XML is not here: download it"):
		api.send_invoice(invoice.name)
	wanted(1)
	tasks.send_accepted_invoices()
	assert state_of(invoice)[0] == "Failed" and "Fatoora portal" in state_of(invoice)[2]
	assert queued(invoice) == []


def no_pdf(*arguments: Any, **options: Any) -> bytes:
	raise OSError("cannot load library 'pango-1.0-0'")


def test_without_pdf_nothing_goes_and_the_refusal_says_why(
	invoice: Document, server: kit.MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
	frappe.db.delete("Error Log")  # its rows outlive a rollback
	monkeypatch.setattr(invoice_mail, "get_pdf", no_pdf)
	with pytest.raises(
		frappe.ValidationError, match="so nothing was sent: cannot load library 'pango"
	) as refusal:
		api.send_invoice(invoice.name)
	assert "install Pango on the server" in str(refusal.value)
	assert any("install Pango" in message["message"] for message in frappe.get_message_log()), "it is shown"
	assert queued(invoice) == [] and state_of(invoice)[0] == "Not Sent"
	(logged,) = frappe.get_all("Error Log", {"reference_name": invoice.name}, ["method", "error"])
	assert logged.method == f"No PDF of {invoice.name} could be made" and "pango-1.0-0" in logged.error


def test_what_has_no_pdf_does_not_go_by_itself_and_says_why(
	invoice: Document, server: kit.MailServer, wanted: Callable[[int], None], monkeypatch: pytest.MonkeyPatch
) -> None:
	monkeypatch.setattr(invoice_mail, "get_pdf", no_pdf)
	wanted(1)
	tasks.send_accepted_invoices()
	state, _, note = state_of(invoice)
	assert state == "Failed" and "cannot load library 'pango-1.0-0'. If a library" in note
	assert "فثبّت Pango" in frappe.db.get_value("Sales Invoice", invoice.name, "scb_sent_note_ar")
	assert queued(invoice) == []


@pytest.fixture
def wanted() -> Callable[[int], None]:
	def want(on: int) -> None:
		if frappe.db.exists("SCB Billing Settings", make.COMPANY):
			settings = frappe.get_doc("SCB Billing Settings", make.COMPANY)
		else:
			settings = frappe.new_doc("SCB Billing Settings", company=make.COMPANY, require_source=0)
		settings.send_invoices = on
		settings.save()

	return want


def test_accepted_invoices_go_by_themselves_where_that_is_wanted(
	invoice: Document, server: kit.MailServer, wanted: Callable[[int], None]
) -> None:
	waiting = an_invoice()
	wanted(0)
	tasks.send_accepted_invoices()
	assert queued(invoice) == []
	wanted(1)
	assert frappe.db.get_value("SCB Billing Settings", make.COMPANY, "send_invoices_from")
	for _run in range(2):
		tasks.send_accepted_invoices()
		kit.deliver()
	assert len(server.to(BUYER)) == 1 and state_of(invoice)[0] == "Sent"
	assert state_of(waiting)[0] == "Not Sent", "not accepted by ZATCA yet"


def test_switching_it_on_again_begins_anew(
	invoice: Document, server: kit.MailServer, wanted: Callable[[int], None]
) -> None:
	long_ago = getdate("2026-01-01")
	wanted(1)
	settings = frappe.get_doc("SCB Billing Settings", make.COMPANY)
	settings.send_invoices_from = long_ago
	settings.save()
	assert settings.reload().send_invoices_from == long_ago, "a day that a user chose stays"
	wanted(0)
	wanted(1)
	assert settings.reload().send_invoices_from == getdate()


def test_an_invoice_cancelled_while_its_pdf_is_made_is_not_sent(
	server: kit.MailServer, unit: Document, monkeypatch: pytest.MonkeyPatch
) -> None:
	invoice = cleared(an_invoice())

	def slow_pdf(of: Document) -> bytes:
		frappe.db.set_value("Sales Invoice", invoice.name, "docstatus", 2)
		return b"%PDF-slow"

	monkeypatch.setattr(invoice_mail, "get_pdf", slow_pdf)
	with pytest.raises(frappe.ValidationError, match="is not submitted"):
		sending.send(invoice.name)
	assert queued(invoice) == []


def test_a_job_that_runs_out_of_time_calls_no_invoice_failed(
	invoice: Document,
	server: kit.MailServer,
	wanted: Callable[[int], None],
	monkeypatch: pytest.MonkeyPatch,
) -> None:
	def out_of_time(of: Document) -> bytes:
		raise JobTimeoutException

	monkeypatch.setattr(invoice_mail, "get_pdf", out_of_time)
	wanted(1)
	with pytest.raises(JobTimeoutException):
		tasks.send_accepted_invoices()
	assert state_of(invoice)[0] == "Not Sent" and queued(invoice) == []


def test_what_cannot_go_by_itself_says_why_and_is_not_tried_forever(
	unit: Document, server: kit.MailServer, wanted: Callable[[int], None]
) -> None:
	invoice = cleared(an_invoice(email=""))
	wanted(1)
	tasks.send_accepted_invoices()
	state, _, note = state_of(invoice)
	assert state == "Failed" and "has no valid e-mail address" in note and "<" not in note
	assert "ليس له عنوان بريد" in frappe.db.get_value("Sales Invoice", invoice.name, "scb_sent_note_ar")
	assert invoice.name not in sending._waiting()
	frappe.db.set_value("Customer", invoice.customer, "email_id", BUYER)
	assert api.send_invoice(invoice.name) is True


def test_a_form_cannot_call_an_invoice_sent(invoice: Document) -> None:
	invoice.reload()
	invoice.update({"scb_sent_state": "Sent", "scb_sent_to": "x@example.com"})
	invoice.save()
	assert state_of(invoice)[:2] == ("Not Sent", None)
	copy = frappe.copy_doc(invoice)
	assert copy.scb_sent_state in (None, "Not Sent")
