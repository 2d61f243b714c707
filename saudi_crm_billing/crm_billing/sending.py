"""Brings an invoice, a note or an advance to its customer by mail, and knows whether it arrived.

The only writer of the `scb_sent_…` fields on what can be sent (sendable.py). The state follows the last of core's
Communications that went to the customer, so that a mail sent by core's Email button counts too.
"""

from __future__ import annotations

from datetime import timedelta
from time import monotonic

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import now_datetime, strip_html, validate_email_address
from rq.timeouts import JobTimeoutException

from saudi_crm_billing.bilingual import NOTHING, Said, said
from saudi_crm_billing.collection import recipients
from saudi_crm_billing.collection.mail import OwnMessage
from saudi_crm_billing.crm_billing import invoice_mail, sendable
from saudi_crm_billing.crm_billing.sendable import INVOICE, SENDABLES, address_of, obstacle
from saudi_crm_billing.crm_billing.settings import SETTINGS
from saudi_crm_billing.e_invoicing.sending import states

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


def send(name: str, sent_before: str = "", doctype: str = INVOICE) -> bool:
	"""Queue the document for its customer; False when it was sent or queued since `sent_before`.

	`sent_before` is the time of the last sending as the caller knows it ("" for none): of two presses, workers or
	tries of one request, one sends. Raises with the way out when it may not or cannot go.
	"""
	document = frappe.get_doc(doctype, name)
	sendable.refuse_unready(document)
	if problem := obstacle(document):
		frappe.throw(problem.shown, title=_("Cannot send"))
	mail = invoice_mail.compose(document)
	# The lock comes last: making a PDF takes seconds, and a payment shall not wait for it.
	row = frappe.db.get_value(doctype, name, ("docstatus", *FIELDS), as_dict=True, for_update=True)
	document.docstatus = row.docstatus
	sendable.refuse_unready(document)
	on_its_way = row.scb_sent_state == QUEUED and _became_of(row.scb_sent_message) == QUEUED
	if on_its_way or _text(row.scb_sent_on) != sent_before:
		return False
	address = address_of(document)
	_write((doctype, name), QUEUED, NOTHING, address, _queue(document, mail, address))
	return True


def _text(moment: object) -> str:
	return str(moment or "").partition(".")[0]


def _queue(document: Document, mail: invoice_mail.InvoiceMail, recipient: str) -> str:
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
			"reference_doctype": document.doctype,
			"reference_name": document.name,
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
		attachments=[invoice_mail.attach(message.name, each) for each in mail.attachments],
		reference_doctype=document.doctype,
		reference_name=document.name,
		communication=message.name,
		expose_recipients="header",
		add_unsubscribe_link=0,
	).process()
	if not queued:
		frappe.throw(recipients.refused(recipient).shown, title=_("Cannot send"))
	return str(message.name)


def note_queued(queue: Document) -> None:
	"""A message about a submitted document was queued, by whatever way: if it goes to the customer, the document says so."""
	doctype, name = queue.reference_doctype, queue.reference_name
	if doctype not in SENDABLES or not queue.communication:
		return
	fields = ("name", "docstatus", "company", SENDABLES[doctype].customer, sendable.DOCUMENT)
	row = frappe.db.get_value(doctype, name, fields, as_dict=True)
	if not row or not sendable.is_followed(row.update(doctype=doctype)):
		return
	if reached := _of_the_customer([each.recipient for each in queue.recipients], row):
		_write((doctype, name), QUEUED, NOTHING, ", ".join(reached), queue.communication)


def follow(message: Document) -> None:
	"""Core wrote down what became of a message: if it is the customer's last one, the document's state follows."""
	state = MEANING.get(message.delivery_status or "")
	if message.reference_doctype not in SENDABLES or not state:
		return
	about, fields = (
		(message.reference_doctype, message.reference_name),
		("scb_sent_state", "scb_sent_message"),
	)
	row = frappe.db.get_value(*about, fields, as_dict=True)
	if row and row.scb_sent_message == message.name and row.scb_sent_state != state:
		_write(about, state, _undelivered() if state == FAILED else NOTHING)


def catch_up() -> None:
	"""Every few minutes: what has been queued for long takes the state of its row in the Email Queue."""
	queued = {"scb_sent_state": QUEUED, "scb_sent_on": ("<", now_datetime() - PATIENCE), "docstatus": 1}
	for doctype in SENDABLES:
		for row in frappe.get_all(doctype, queued, ["name", "scb_sent_message"]):
			if (state := _became_of(row.scb_sent_message)) != QUEUED:
				_write((doctype, row.name), state, _undelivered() if state == FAILED else NOTHING)
	frappe.db.commit()  # nosemgrep: complete in itself; the PDFs that follow take long


def _became_of(message: str | None) -> str:
	"""The state of a message by its rows in the Email Queue; failed where they were taken away before they were sent."""
	statuses = frappe.get_all("Email Queue", {"communication": message or ""}, pluck="status")
	if any(status in ON_ITS_WAY for status in statuses):
		return QUEUED
	return SENT if statuses and set(statuses) == {"Sent"} else FAILED


def _of_the_customer(addresses: list[str], about: frappe._dict) -> list[str]:
	"""Those that bring it to the customer: a notice to one of the company's own people does not."""
	plain = [validate_email_address(address) or address for address in addresses]
	colleagues = frappe.get_all(
		"User", {"user_type": "System User", "email": ("in", [*plain, ""])}, pluck="email"
	)
	outside = {address for address in plain if address and address not in colleagues}
	return sorted(outside or {address_of(about)} & set(plain) - {""})


def _undelivered() -> Said:
	return said(
		lambda lang: _(
			"The mail server did not take it. Open the Email Queue, mend what its row says and retry there, or send again.",
			lang=lang,
		)
	)


def _write(
	about: tuple[str, str], state: str, note: Said, address: str | None = None, message: str | None = None
) -> None:
	doctype, name = about
	values = {"scb_sent_state": state, **note.columns("scb_sent_note")}
	if state in (QUEUED, SENT):
		values["scb_sent_on"] = now_datetime().replace(microsecond=0)
	if address:
		values["scb_sent_to"] = address[:140]
	if message:
		values["scb_sent_message"] = message
	frappe.db.set_value(doctype, name, values, update_modified=False)
	frappe.publish_realtime("scb_sent", {"name": name}, doctype=doctype, docname=name, after_commit=True)


def keep_as_stored(doc: Document) -> None:
	"""What a form or an import says of the sending does not count."""
	before = doc.get_doc_before_save()
	doc.update({field: before.get(field) if before else None for field in FIELDS})
	if not doc.get("scb_sent_state"):
		doc.scb_sent_state = NOT_SENT


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
				(INVOICE, invoice),
				FAILED,
				said(lambda lang: _("Something broke: see the Error Log, then send again.", lang=lang)),
			)
		frappe.db.commit()  # nosemgrep: a scheduled batch


def _send_by_itself(invoice: str) -> None:
	"""What stands in the way is said on the invoice; a person sends it when that is mended."""
	problem = obstacle(frappe.get_doc(INVOICE, invoice))
	if not problem:
		try:
			send(invoice)
		except invoice_mail.NoPdf as error:
			frappe.clear_last_message()
			problem = error.said
	if problem:
		_write((INVOICE, invoice), FAILED, Said(strip_html(problem.en), strip_html(problem.ar)))


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
