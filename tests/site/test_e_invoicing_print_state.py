"""The print says what ZATCA said of the document; what is not cleared in time may be handed over, and says so."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO
from typing import Any

import advance_helpers as adv
import e_invoicing_helpers as zatca
import factories as make
import frappe
import pikepdf
import pytest
from e_invoicing_fixtures import gateway, sandbox, unit
from frappe.model.document import Document
from pypdf import PdfReader

from saudi_crm_billing.e_invoicing import api
from saudi_crm_billing.e_invoicing.engine.answers import Call
from saudi_crm_billing.e_invoicing.engine.backoff import HAND_OVER_AFTER
from saudi_crm_billing.e_invoicing.prints.printing import scb_tax_invoice
from saudi_crm_billing.sandbox.faults import Kind
from saudi_crm_billing.sandbox.server import Sandbox

__all__ = ["gateway", "sandbox", "unit"]

REJECTED = (
	"مستند رفضته هيئة الزكاة والضريبة والجمارك — ليس فاتورة ضريبية",
	"Rejected by ZATCA: not a tax invoice",
)
UNCLEARED = ("لم تعتمد هيئة الزكاة والضريبة والجمارك هذا المستند بعد", "Not yet cleared by ZATCA")
QR = "data:image/png"


def printed(source: Document, print_format: str = "Saudi Tax Invoice") -> str:
	return str(frappe.get_print(source.doctype, source.name, print_format=print_format))


def answered(sandbox: Sandbox, kind: Kind | None, buyer: str, call: Call) -> Document:
	"""A submitted invoice, and what the gateway said to it."""
	if kind:
		sandbox.faults.arm(kind, endpoint=call, count=None)
	invoice = zatca.submitted(zatca.an_invoice(buyer, [make.line(rate=1000)]))
	zatca.sent(invoice)
	return invoice


def unanswered(sandbox: Sandbox, age: timedelta = HAND_OVER_AFTER) -> Document:
	"""A tax invoice that the gateway did not answer for, issued so long ago."""
	invoice = answered(sandbox, Kind.SERVER_ERROR, zatca.a_business(), Call.CLEAR)
	issued_long_ago(invoice, age)
	return invoice


def issued_long_ago(invoice: Document, age: timedelta) -> None:
	moment = frappe.utils.now_datetime() - age
	frappe.db.set_value("ZATCA Document", invoice.scb_zatca_document, "submitted_on", moment)


def comments(invoice: Document) -> list[str]:
	about = {"reference_doctype": invoice.doctype, "reference_name": invoice.name, "comment_type": "Info"}
	return frappe.get_all("Comment", about, pluck="content")


@pytest.mark.parametrize(("buyer", "call"), [(zatca.a_business, Call.CLEAR), (zatca.a_person, Call.REPORT)])
def test_a_rejected_document_prints_as_no_invoice_and_without_a_code(
	unit: Document, sandbox: Sandbox, buyer: Any, call: Call
) -> None:
	html = printed(answered(sandbox, Kind.REJECT, buyer(), call))
	assert all(text in html for text in REJECTED) and QR not in html
	assert UNCLEARED[1] not in html


def test_a_tax_invoice_says_until_its_clearance_that_it_is_not_cleared(unit: Document) -> None:
	invoice = zatca.submitted(zatca.an_invoice(zatca.a_business()))
	html = printed(invoice)
	assert all(text in html for text in UNCLEARED) and REJECTED[1] not in html
	zatca.sent(invoice)
	html = printed(invoice)
	assert QR in html and not any(text in html for text in (*UNCLEARED, *REJECTED))


def test_a_simplified_invoice_is_one_at_once(unit: Document) -> None:
	html = printed(zatca.submitted(zatca.an_invoice(zatca.a_person())))
	assert QR in html and UNCLEARED[1] not in html


def test_an_advance_says_it_too(unit: Document) -> None:
	adv.invoices_advances()
	entry = adv.received(zatca.a_business(), 2300)
	assert UNCLEARED[0] in printed(entry, "Saudi Advance Invoice")


def test_a_second_document_counts_instead_of_the_rejected_one(unit: Document, sandbox: Sandbox) -> None:
	invoice = answered(sandbox, Kind.REJECT, zatca.a_business(), Call.CLEAR)
	sandbox.faults.clear()
	api.issue_again(invoice.scb_zatca_document)
	frappe.db.commit()
	zatca.sent(invoice.reload())
	view = scb_tax_invoice(invoice)
	assert view and view.qr_image and not (view.is_rejected or view.is_uncleared)


def test_what_zatca_does_not_answer_for_is_handed_over_with_its_banner_and_noted(
	unit: Document, sandbox: Sandbox
) -> None:
	invoice = unanswered(sandbox)
	frappe.set_user(make.a_user("hands-over@example.com", "Accounts User"))
	assert api.next_step(invoice.name)["may_hand_over"] == 1
	api.hand_over_uncleared(invoice.scb_zatca_document)
	content = frappe.response.filecontent
	text = PdfReader(BytesIO(content)).pages[0].extract_text()
	assert UNCLEARED[1] in text and "1,150.00" in text
	document = zatca.document_of(invoice)
	with pikepdf.open(BytesIO(content)) as copy:
		(embedded,) = copy.attachments.values()
		assert embedded.get_file().read_bytes() == document.xml.encode()
	(comment,) = comments(invoice)
	assert (
		"before ZATCA cleared it. Attempts without an answer: 1." in comment and "قبل أن تعتمدها" in comment
	)
	assert document.name in comment
	assert (document.state, bool(document.next_attempt_on)) == ("Pending", True), "it is still tried"


def test_the_refusal_of_the_ordinary_copy_says_how_it_is_handed_over(
	unit: Document, sandbox: Sandbox
) -> None:
	invoice = unanswered(sandbox)
	with pytest.raises(frappe.ValidationError, match="press E-Invoice > Hand Over Uncleared"):
		api.download_pdf(invoice.scb_zatca_document)


def refused(invoice: Document) -> None:
	assert api.next_step(invoice.name)["may_hand_over"] == 0
	with pytest.raises(frappe.ValidationError, match="may not be given to the customer yet") as refusal:
		api.hand_over_uncleared(invoice.scb_zatca_document)
	assert "Hand Over Uncleared" not in str(refusal.value)
	assert comments(invoice) == []


def test_nothing_is_handed_over_before_its_time(unit: Document, sandbox: Sandbox) -> None:
	refused(unanswered(sandbox, HAND_OVER_AFTER - timedelta(minutes=1)))


def test_nothing_is_handed_over_that_was_never_tried(unit: Document) -> None:
	invoice = zatca.submitted(zatca.an_invoice(zatca.a_business()))
	issued_long_ago(invoice, timedelta(hours=2))
	refused(invoice)


@pytest.mark.parametrize("kind", [Kind.REJECT, Kind.UNAUTHORIZED])
def test_neither_a_rejected_document_nor_one_that_waits_for_its_unit_is_handed_over(
	unit: Document, sandbox: Sandbox, kind: Kind
) -> None:
	invoice = answered(sandbox, kind, zatca.a_business(), Call.CLEAR)
	issued_long_ago(invoice, timedelta(hours=2))
	refused(invoice)


def test_what_is_cleared_meanwhile_is_the_ordinary_copy(unit: Document, sandbox: Sandbox) -> None:
	invoice = unanswered(sandbox)
	sandbox.faults.clear()
	zatca.due_now(invoice.scb_zatca_document)
	assert zatca.sent(invoice).state == "Cleared"
	api.hand_over_uncleared(invoice.scb_zatca_document)
	assert UNCLEARED[1] not in PdfReader(BytesIO(frappe.response.filecontent)).pages[0].extract_text()
	assert comments(invoice) == []


def test_who_may_only_read_the_invoice_hands_nothing_over(unit: Document, sandbox: Sandbox) -> None:
	invoice = unanswered(sandbox)
	frappe.set_user(make.a_user("reads-only@example.com", "Auditor"))
	with pytest.raises(frappe.PermissionError):
		api.hand_over_uncleared(invoice.scb_zatca_document)


def test_contract_order_and_payment_means_are_printed(unit: Document) -> None:
	order = adv.an_order(zatca.a_business(), 1000)
	from erpnext.selling.doctype.sales_order.sales_order import make_sales_invoice

	invoice = make_sales_invoice(order.name)
	invoice.update({"scb_government": "Yes", "scb_contract_reference": "MOW-2026/17"})
	html = printed(zatca.submitted(invoice))
	for text in ("رقم العقد", "MOW-2026/17", "رقم أمر البيع", order.name, "طريقة الدفع", "آجل On credit"):
		assert text in html, text


def test_a_reference_that_is_not_there_is_not_printed(unit: Document) -> None:
	html = printed(zatca.submitted(zatca.an_invoice(zatca.a_person())))
	assert "Contract number" not in html and "Order number" not in html


def test_an_amount_in_dollars_stands_in_words_of_dollars(unit: Document) -> None:
	lines = [make.line(rate=1000)]
	invoice = zatca.submitted(zatca.an_invoice(zatca.a_business(), lines, **zatca.in_dollars()))
	assert "فقط ألف ومئة وخمسون دولاراً أمريكياً لا غير" in printed(invoice)
