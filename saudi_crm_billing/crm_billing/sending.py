"""Brings an invoice to its customer by mail, and knows whether it arrived.

The only writer of the `scb_sent_…` fields on Sales Invoice. The state follows the last of core's Communications that
went to the customer, so that a mail sent by core's Email button counts too.
"""

from __future__ import annotations

from datetime import timedelta
from html import escape
from time import monotonic

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import get_link_to_form, now_datetime, strip_html, validate_email_address
from rq.timeouts import JobTimeoutException

from saudi_crm_billing.bilingual import NOTHING, Said, said
from saudi_crm_billing.collection import recipients
from saudi_crm_billing.collection.mail import OwnMessage
from saudi_crm_billing.crm_billing import invoice_mail
from saudi_crm_billing.crm_billing.settings import SETTINGS, settings_of
from saudi_crm_billing.e_invoicing.prints import handover
from saudi_crm_billing.e_invoicing.sending import states

INVOICE = "Sales Invoice"
NOT_SENT, QUEUED, SENT, FAILED = STATES = ("Not Sent", "Queued", "Sent", "Failed")
FIELDS = (
	"scb_sent_state",
	"scb_sent_on",
	"scb_sent_to",
	"scb_sent_note",
	"scb_sent_note_ar",
	"scb_sent_message",
)
# What core says of a message, by what it means for the invoice.
MEANING = {
	"Sending": QUEUED,
	"Scheduled": QUEUED,
	"Sent": SENT,
	"Read": SENT,
	"Error": FAILED,
	"Expired": FAILED,
}
ON_ITS_WAY = ("Not Sent", "Sending", "Partially Sent")
"""An Email Queue row that core still works on."""
SWEEP_LIMIT, SWEEP_SECONDS = 50, 200
PATIENCE = timedelta(minutes=10)
"""After which a message that is still queued is asked about: not everything that ends one is told as an event."""


def send(invoice: str, sent_before: str = "") -> bool:
	"""Queue the invoice for its customer; False when it was sent or queued since `sent_before`.

	`sent_before` is the time of the last sending as the caller knows it ("" for none): of two presses, workers or
	tries of one request, one sends. Raises with the way out when the invoice may not or cannot go.
	"""
	document = frappe.get_doc(INVOICE, invoice)
	handover.refuse_unready(document)
	if problem := obstacle(document):
		frappe.throw(problem.shown, title=_("Cannot send"))
	mail = invoice_mail.compose(document)
	# The lock comes last: making a PDF takes seconds, and a payment shall not wait for it.
	row = frappe.db.get_value(INVOICE, invoice, ("docstatus", *FIELDS), as_dict=True, for_update=True)
	document.docstatus = row.docstatus
	handover.refuse_unready(document)
	on_its_way = row.scb_sent_state == QUEUED and _became_of(row.scb_sent_message) == QUEUED
	if on_its_way or _text(row.scb_sent_on) != sent_before:
		return False
	address = address_of(document)
	_write(invoice, QUEUED, NOTHING, address, _queue(document, mail, address))
	return True


def _text(moment: object) -> str:
	return str(moment or "").partition(".")[0]


def address_of(invoice: Document | frappe._dict) -> str:
	"""The customer's address for invoices; "" when it has none that could be one."""
	email = recipients.of_customer(invoice.customer, invoice.name).email
	return email if email and validate_email_address(email) else ""


def obstacle(invoice: Document) -> Said:
	"""Why no message could go to the customer, with the way out; nothing when one could."""
	if handover.lacks_its_stamp(invoice):
		return handover.without_stamp(invoice.name)
	if not address_of(invoice):
		place = (
			("Contact", invoice.contact_person) if invoice.contact_person else ("Customer", invoice.customer)
		)
		return said(
			lambda lang: _(
				"Customer {0} has no valid e-mail address. Add one to {1} or to its billing contact, then send again.",
				lang=lang,
			).format(frappe.bold(escape(invoice.customer)), get_link_to_form(*place))
		)
	if not invoice_mail.account_address():
		return said(
			lambda lang: _(
				"There is no outgoing Email Account. Make one with “Enable Outgoing” and make it the default, then send again.",
				lang=lang,
			)
		)
	return NOTHING


def _queue(invoice: Document, mail: invoice_mail.InvoiceMail, recipient: str) -> str:
	"""Communication, whose name is returned, and Email Queue in this transaction; core sends after the commit."""
	message = frappe.new_doc("Communication")
	message.update(
		{
			"communication_type": "Communication",
			"communication_medium": "Email",
			"sent_or_received": "Sent",
			"subject": " ".join(mail.subject.split())[:140],
			"content": mail.html,
			"sender": mail.sender,
			"recipients": recipient,
			"reference_doctype": INVOICE,
			"reference_name": invoice.name,
			"has_attachment": 1,
		}
	)
	message.flags.skip_add_signature = True
	# As core's Email button: the right to mail the invoice was asked for, not one to make Communications.
	message.insert(ignore_permissions=True)
	queued = OwnMessage(
		recipients=[recipient],
		sender=mail.sender,
		subject=message.subject,
		message=mail.html,
		attachments=[_attach(message.name, each) for each in mail.attachments],
		reference_doctype=INVOICE,
		reference_name=invoice.name,
		communication=message.name,
		expose_recipients="header",
		add_unsubscribe_link=0,
	).process()
	if not queued:
		frappe.throw(recipients.refused(recipient).shown, title=_("Cannot send"))
	return str(message.name)


def _attach(message: str, attachment: invoice_mail.Attachment) -> dict[str, str]:
	file = frappe.new_doc("File")
	file.update(
		{
			"file_name": attachment.name,
			"content": attachment.content,
			"is_private": 1,
			"attached_to_doctype": "Communication",
			"attached_to_name": message,
			"folder": "Home/Attachments",
		}
	)
	file.save(ignore_permissions=True)  # as the message that carries it
	kept = {"fid": str(file.name)}
	# Core writes letters beyond ASCII of an application/xml as \uXXXX, which breaks the document's hash.
	return {**kept, "content_type": "text/xml"} if attachment.name.endswith(".xml") else kept


def note_queued(queue: Document) -> None:
	"""A message about a submitted invoice was queued, by whatever way: if it goes to the customer, the invoice says so."""
	if queue.reference_doctype != INVOICE or not queue.communication:
		return
	fields = ("name", "docstatus", "company", "customer", "scb_zatca_document")
	invoice = frappe.db.get_value(INVOICE, queue.reference_name, fields, as_dict=True)
	if not invoice or not _is_followed(invoice):
		return
	if reached := _of_the_customer([row.recipient for row in queue.recipients], invoice):
		_write(invoice.name, QUEUED, NOTHING, ", ".join(reached), queue.communication)


def follow(message: Document) -> None:
	"""Core wrote down what became of a message: if it is the customer's last one, the invoice's state follows."""
	state = MEANING.get(message.delivery_status or "")
	if message.reference_doctype != INVOICE or not state:
		return
	fields = ("scb_sent_state", "scb_sent_message")
	invoice = frappe.db.get_value(INVOICE, message.reference_name, fields, as_dict=True)
	if invoice and invoice.scb_sent_message == message.name and invoice.scb_sent_state != state:
		_write(message.reference_name, state, _undelivered() if state == FAILED else NOTHING)


def catch_up() -> None:
	"""Every few minutes: what has been queued for long takes the state of its row in the Email Queue."""
	queued = {"scb_sent_state": QUEUED, "scb_sent_on": ("<", now_datetime() - PATIENCE), "docstatus": 1}
	for invoice in frappe.get_all(INVOICE, queued, ["name", "scb_sent_message"]):
		if (state := _became_of(invoice.scb_sent_message)) != QUEUED:
			_write(invoice.name, state, _undelivered() if state == FAILED else NOTHING)
	frappe.db.commit()  # nosemgrep: complete in itself; the PDFs that follow take long


def _became_of(message: str | None) -> str:
	"""The state of a message by its rows in the Email Queue; failed where they were taken away before they were sent."""
	statuses = frappe.get_all("Email Queue", {"communication": message or ""}, pluck="status")
	if any(status in ON_ITS_WAY for status in statuses):
		return QUEUED
	return SENT if statuses and set(statuses) == {"Sent"} else FAILED


def _is_followed(invoice: frappe._dict) -> bool:
	"""Of a company that uses this slice or e-invoicing, and submitted: a draft by mail is not the invoice."""
	return invoice.docstatus == 1 and bool(invoice.scb_zatca_document or settings_of(invoice.company))


def _of_the_customer(addresses: list[str], invoice: frappe._dict) -> list[str]:
	"""Those that bring it to the customer: a notice to one of the company's own people does not."""
	plain = [validate_email_address(address) or address for address in addresses]
	colleagues = frappe.get_all(
		"User", {"user_type": "System User", "email": ("in", [*plain, ""])}, pluck="email"
	)
	outside = {address for address in plain if address and address not in colleagues}
	return sorted(outside or {address_of(invoice)} & set(plain) - {""})


def _undelivered() -> Said:
	return said(
		lambda lang: _(
			"The mail server did not take it. Open the Email Queue, mend what its row says and retry there, or send again.",
			lang=lang,
		)
	)


def _write(
	invoice: str, state: str, note: Said, address: str | None = None, message: str | None = None
) -> None:
	values = {"scb_sent_state": state, **note.columns("scb_sent_note")}
	if state in (QUEUED, SENT):
		values["scb_sent_on"] = now_datetime().replace(microsecond=0)
	if address:
		values["scb_sent_to"] = address[:140]
	if message:
		values["scb_sent_message"] = message
	frappe.db.set_value(INVOICE, invoice, values, update_modified=False)
	frappe.publish_realtime(
		"scb_sent", {"name": invoice}, doctype=INVOICE, docname=invoice, after_commit=True
	)


def keep_as_stored(invoice: Document) -> None:
	"""What a form or an import says of the sending does not count."""
	before = invoice.get_doc_before_save()
	invoice.update({field: before.get(field) if before else None for field in FIELDS})
	if not invoice.scb_sent_state:
		invoice.scb_sent_state = NOT_SENT


def send_waiting() -> None:
	"""Every few minutes: what is accepted and was never sent, in companies that want it; a transaction each."""
	started = monotonic()
	for invoice in _waiting():
		if monotonic() - started > SWEEP_SECONDS:
			return
		try:
			_send_by_itself(invoice)
		except JobTimeoutException:
			raise
		except Exception:
			# One invoice must not stop the others, nor be tried every few minutes.
			frappe.db.rollback()
			frappe.log_error(title=_("{0} could not be sent to its customer").format(invoice))
			_write(
				invoice,
				FAILED,
				said(lambda lang: _("Something broke: see the Error Log, then send again.", lang=lang)),
			)
		frappe.db.commit()  # nosemgrep: a scheduled batch


def _send_by_itself(invoice: str) -> None:
	"""What stands in the way is said on the invoice; a person sends it when that is mended."""
	if problem := obstacle(frappe.get_doc(INVOICE, invoice)):
		_write(invoice, FAILED, Said(strip_html(problem.en), strip_html(problem.ar)))
	else:
		send(invoice)


def _waiting() -> list[str]:
	table, settings = frappe.qb.DocType(INVOICE), frappe.qb.DocType(SETTINGS)
	return (
		frappe.qb.from_(table)
		.join(settings)
		.on(settings.company == table.company)
		.select(table.name)
		.where((settings.send_invoices == 1) & (table.posting_date >= settings.send_invoices_from))
		.where((table.docstatus == 1) & (table.scb_sent_state == NOT_SENT))
		.where(table.scb_zatca_status.isin(states.ACCEPTED))
		.orderby(table.name)
		.limit(SWEEP_LIMIT)
	).run(pluck=True)
