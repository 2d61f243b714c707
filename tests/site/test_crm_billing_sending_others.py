"""Advances, their credit notes and sales at the till go to their customer as invoices do: by mail, with PDF/A-3b and XML."""

from __future__ import annotations

import json
from io import BytesIO
from pathlib import Path
from typing import Any

import advance_helpers as adv
import collection_kit as kit
import e_invoicing_helpers as zatca
import factories as make
import frappe
import pikepdf
import pos_helpers as pos
import pytest
from collection_fixtures import default_server as server
from e_invoicing_fixtures import gateway, sandbox, unit
from frappe.model.document import Document

from saudi_crm_billing.crm_billing import api, invoice_mail, sendable

__all__ = ["gateway", "sandbox", "server", "unit"]

BUYER = "accounts@najd.example"
NOTE = "ZATCA Advance Credit Note"


@pytest.fixture
def quick_pdf(monkeypatch: pytest.MonkeyPatch) -> None:
	monkeypatch.setattr(invoice_mail, "get_pdf", lambda invoice: b"%PDF-quick")


def reached(customer: str, email: str = BUYER, language: str = "ar") -> str:
	frappe.db.set_value("Customer", customer, {"email_id": email, "language": language})
	return customer


def an_advance() -> Document:
	adv.invoices_advances()
	return adv.received(reached(zatca.a_business()), 2300)


def a_credit_note() -> Document:
	"""Of an advance that was allocated after its invoice was issued."""
	entry = an_advance()
	assert zatca.sent(entry).state == "Cleared"
	invoice = zatca.submitted(zatca.an_invoice(entry.party, [make.line(rate=1000)]))
	adv.reconciled(entry, invoice, 1150)
	from saudi_crm_billing.e_invoicing.advances.credits import draft_of

	return zatca.submitted(draft_of(entry.name))


def a_sale() -> Document:
	return pos.sold(pos.a_sale(reached(zatca.a_person(), language="en"), [make.line(rate=100)]))


def state_of(source: Document) -> tuple[Any, ...]:
	return frappe.db.get_value(source.doctype, source.name, ("scb_sent_state", "scb_sent_to"))


@pytest.mark.parametrize(
	("make_source", "subject"),
	[
		(an_advance, "فاتورة الدفعة المقدمة {0} من شركة الرياض التجارية: 2,300.00 ريال"),
		(a_credit_note, "الإشعار الدائن {0} من شركة الرياض التجارية: 1,150.00 ريال"),
		(a_sale, "Invoice {0} from Riyadh Trading Co: SAR 115.00"),
	],
)
def test_it_arrives_as_pdf_with_its_xml_once(
	unit: Document, server: kit.MailServer, make_source: Any, subject: str
) -> None:
	source = make_source()
	assert zatca.sent(source).state in ("Cleared", "Reported")
	assert api.send_invoice(source.name, doctype=source.doctype) is True
	assert state_of(source) == ("Queued", BUYER)
	assert api.send_invoice(source.name, doctype=source.doctype) is False
	kit.deliver()
	assert state_of(source) == ("Sent", BUYER)
	(message,) = server.to(BUYER)
	assert message["Subject"] == subject.format(source.name)
	files = {str(part.get_filename()): part.get_payload(decode=True) for part in message.iter_attachments()}
	assert sorted(Path(name).suffix for name in files) == [".pdf", ".xml"]
	(content,) = (content for name, content in files.items() if name.endswith(".pdf"))
	document = zatca.document_of(source)
	with pikepdf.open(BytesIO(content)) as copy:
		(embedded,) = copy.attachments.values()
		assert embedded.get_file().read_bytes() == (document.cleared_xml or document.xml).encode()


@pytest.mark.usefixtures("quick_pdf")
def test_an_advance_waits_for_its_clearance(unit: Document, server: kit.MailServer) -> None:
	entry = an_advance()
	with pytest.raises(frappe.ValidationError, match="ZATCA has not accepted its e-invoice"):
		api.send_invoice(entry.name, doctype="Payment Entry")
	assert state_of(entry) == ("Not Sent", None)


@pytest.mark.usefixtures("quick_pdf")
def test_a_payment_without_e_invoice_is_no_document_for_the_customer(
	unit: Document, server: kit.MailServer
) -> None:
	entry = zatca.submitted(adv.a_receipt(reached(zatca.a_business()), 100))
	with pytest.raises(frappe.ValidationError, match=f"{entry.name} has no e-invoice"):
		api.send_invoice(entry.name, doctype="Payment Entry")


@pytest.mark.usefixtures("quick_pdf")
def test_a_form_cannot_call_an_advance_sent(unit: Document, server: kit.MailServer) -> None:
	entry = an_advance()
	entry.update({"scb_sent_state": "Sent", "scb_sent_to": "x@example.com"})
	entry.save()
	assert state_of(entry) == ("Not Sent", None)


@pytest.mark.usefixtures("quick_pdf")
def test_cores_own_email_of_an_advance_counts(unit: Document, server: kit.MailServer) -> None:
	from frappe.core.doctype.communication.email import make as make_communication

	entry = an_advance()
	about = {"doctype": entry.doctype, "name": entry.name, "subject": "See", "content": "here"}
	make_communication(**about, recipients=BUYER, send_email=True)
	assert state_of(entry) == ("Queued", BUYER)


def test_only_such_documents_are_sent_and_only_by_whoever_may_mail_them(unit: Document) -> None:
	with pytest.raises(frappe.PermissionError, match="is not sent to customers"):
		api.send_invoice("any", doctype="Quotation")
	entry = an_advance()
	frappe.set_user(make.a_user("mails-nothing@example.com", "Sales User"))
	with pytest.raises(frappe.PermissionError):
		api.send_invoice(entry.name, doctype="Payment Entry")


def mailed_by_core(source: Document, print_format: str, **options: Any) -> None:
	"""As core's Email dialog does with Attach Document Print ticked."""
	from frappe.core.doctype.communication.email import make as make_communication

	about = {"doctype": source.doctype, "name": source.name, "subject": "See", "content": "here"}
	make_communication(**about, recipients=BUYER, send_email=True, print_format=print_format, **options)


def attached(source: Document) -> list[dict[str, Any]]:
	(rows,) = frappe.get_all("Email Queue", {"reference_name": source.name}, pluck="attachments")
	return list(json.loads(rows))


def test_cores_email_dialog_attaches_our_copy(unit: Document, server: kit.MailServer) -> None:
	entry = an_advance()
	zatca.sent(entry)
	mailed_by_core(entry, "Saudi Advance Invoice")
	kit.deliver()
	(message,) = server.to(BUYER)
	(part,) = message.iter_attachments()
	with pikepdf.open(BytesIO(part.get_payload(decode=True))) as copy:
		(embedded,) = copy.attachments.values()
		assert embedded.get_file().read_bytes() == zatca.document_of(entry).cleared_xml.encode()
	assert str(part.get_filename()).startswith(zatca.SELLER_VAT)


@pytest.mark.usefixtures("quick_pdf")
def test_core_attaches_its_own_print_of_what_may_not_go_and_in_other_formats(
	unit: Document, server: kit.MailServer
) -> None:
	uncleared = zatca.submitted(zatca.an_invoice(reached(zatca.a_business())))
	mailed_by_core(uncleared, "Saudi Tax Invoice")
	(row,) = attached(uncleared)
	assert (row["print_format_attachment"], row["print_format"]) == (1, "Saudi Tax Invoice")
	assert "may not be given" not in str(frappe.get_message_log())
	cleared = zatca.submitted(zatca.an_invoice(reached(zatca.a_business())))
	zatca.sent(cleared)
	mailed_by_core(cleared, "Standard")
	assert "fid" not in attached(cleared)[0]


@pytest.mark.usefixtures("quick_pdf")
def test_cores_email_dialog_attaches_our_copy_where_the_recipient_is_only_typed(
	unit: Document, server: kit.MailServer
) -> None:
	"""The customer has no address, and no account is the default: the sender chose both in the dialog."""
	invoice = zatca.submitted(zatca.an_invoice(reached(zatca.a_business(), email="")))
	zatca.sent(invoice)
	frappe.db.set_value("Email Account", "SCB Collection", "default_outgoing", 0)
	frappe.local.outgoing_email_account = {}
	assert not sendable.account_address()
	address = frappe.db.get_value("Email Account", "SCB Collection", "email_id")
	mailed_by_core(invoice, "Saudi Tax Invoice", sender=address)
	(row,) = attached(invoice)
	assert frappe.get_doc("File", row["fid"]).get_content() == "%PDF-quick"


@pytest.mark.usefixtures("quick_pdf")
def test_core_attaches_its_own_print_of_what_lacks_its_stamp(unit: Document, server: kit.MailServer) -> None:
	invoice = zatca.submitted(zatca.an_invoice(reached(zatca.a_business())))
	frappe.db.set_value("ZATCA Document", zatca.sent(invoice).name, "cleared_xml", None)
	mailed_by_core(invoice, "Saudi Tax Invoice")
	assert [row["print_format"] for row in attached(invoice)] == ["Saudi Tax Invoice"]
