"""Brings an invoice to its customer by mail, and knows whether it arrived.

The only writer of `scb_sent_state`, `scb_sent_on`, `scb_sent_to` and `scb_sent_note` on Sales Invoice. The state
follows core's own Communication, so that a mail sent by core's Email button counts too.
"""

from __future__ import annotations

from html import escape

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import get_link_to_form, now_datetime, split_emails, strip_html, validate_email_address

from saudi_crm_billing.bilingual import NOTHING, Said, said
from saudi_crm_billing.collection import recipients
from saudi_crm_billing.collection.mail import OwnMessage
from saudi_crm_billing.crm_billing import invoice_mail
from saudi_crm_billing.crm_billing.settings import SETTINGS, settings_of
from saudi_crm_billing.e_invoicing import states

INVOICE = "Sales Invoice"
NOT_SENT, QUEUED, SENT, FAILED = STATES = ("Not Sent", "Queued", "Sent", "Failed")
FIELDS = ("scb_sent_state", "scb_sent_on", "scb_sent_to", "scb_sent_note", "scb_sent_note_ar")
# What core says of a message, by what it means for the invoice.
MEANING = {
	"Sending": QUEUED,
	"Scheduled": QUEUED,
	"Sent": SENT,
	"Read": SENT,
	"Error": FAILED,
	"Expired": FAILED,
}
SWEEP_LIMIT = 50


def send(invoice: str, sent_before: str = "") -> bool:
	"""Queue the invoice for its customer; False when it was sent or queued since `sent_before`.

	`sent_before` is the time of the last sending as the caller knows it ("" for none): of two presses, workers or
	tries of one request, one sends. Raises with the way out when the invoice may not or cannot go.
	"""
	document = frappe.get_doc(INVOICE, invoice)
	refuse_unready(document)
	if problem := obstacle(document):
		frappe.throw(problem.shown, title=_("Cannot send"))
	mail = invoice_mail.compose(document)
	# The lock comes last: making a PDF takes seconds, and a payment shall not wait for it.
	row = frappe.db.get_value(
		INVOICE, invoice, ("scb_sent_state", "scb_sent_on"), as_dict=True, for_update=True
	)
	if row.scb_sent_state == QUEUED or _text(row.scb_sent_on) != sent_before:
		return False
	_queue(document, mail, address_of(document))
	return True


def _text(moment: object) -> str:
	return str(moment or "").partition(".")[0]


def refuse_unready(invoice: Document) -> None:
	"""Only what is final may reach a buyer: a standard document is not before ZATCA has cleared it."""
	if invoice.docstatus != 1:
		frappe.throw(_("{0} is not submitted. Submit it first, then send it.").format(invoice.name))
	state = invoice.scb_zatca_status
	if not state or state in states.ACCEPTED:
		return
	subtype = frappe.db.get_value("ZATCA Document", invoice.scb_zatca_document, "subtype")
	if subtype == "Standard" or state == states.REJECTED:
		frappe.throw(
			_("{0} may not be given to the customer yet: ZATCA has not accepted its e-invoice ({1}).").format(
				invoice.name, _(state, context="ZATCA Document")
			)
			+ " "
			+ states.next_step(state),
			title=_("E-invoice not accepted yet"),
		)


def address_of(invoice: Document) -> str:
	"""The customer's address for invoices; "" when it has none that could be one."""
	email = recipients.of_customer(invoice.customer, invoice.name).email
	return email if email and validate_email_address(email) else ""


def obstacle(invoice: Document) -> Said:
	"""Why no message could go to the customer, with the way out; nothing when one could."""
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


def _queue(invoice: Document, mail: invoice_mail.InvoiceMail, recipient: str) -> None:
	"""Communication and Email Queue in this transaction; core sends after the commit."""
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
	outside = _outside([row.recipient for row in queue.recipients])
	if outside and _is_followed(queue.reference_name):
		_write(queue.reference_name, QUEUED, NOTHING, ", ".join(outside))


def follow(message: Document) -> None:
	"""Core wrote down what became of a message: the invoice's state follows its last one."""
	state = MEANING.get(message.delivery_status or "")
	if message.reference_doctype != INVOICE or message.sent_or_received != "Sent" or not state:
		return
	if not _outside(split_emails(message.recipients or "")) or not _is_last(message):
		return
	if frappe.db.get_value(INVOICE, message.reference_name, "scb_sent_state") not in (None, NOT_SENT, state):
		_write(message.reference_name, state, _undelivered() if state == FAILED else NOTHING)


def _is_followed(invoice: str) -> bool:
	"""Of a company that uses this slice or e-invoicing, and submitted: a draft by mail is not the invoice."""
	fields = ("docstatus", "company", "scb_zatca_document")
	row = frappe.db.get_value(INVOICE, invoice, fields, as_dict=True)
	return bool(row and row.docstatus == 1 and (row.scb_zatca_document or settings_of(row.company)))


def _outside(addresses: list[str]) -> list[str]:
	"""Those that are not of the company's own people: a notice to a colleague does not bring the invoice to anyone."""
	plain = [validate_email_address(address) or address for address in addresses]
	own = frappe.get_all("User", {"user_type": "System User", "email": ("in", [*plain, ""])}, pluck="email")
	return sorted({address for address in plain if address and address not in own})


def _is_last(message: Document) -> bool:
	queued = {
		"reference_doctype": INVOICE,
		"reference_name": message.reference_name,
		"communication": ("is", "set"),
	}
	last = frappe.get_all("Email Queue", queued, pluck="communication", order_by="creation desc", limit=1)
	return last == [message.name]


def _undelivered() -> Said:
	return said(
		lambda lang: _(
			"The mail server did not take it. Open the Email Queue, mend what its row says and retry there, or send again.",
			lang=lang,
		)
	)


def _write(invoice: str, state: str, note: Said, address: str | None = None) -> None:
	values = {"scb_sent_state": state, **note.columns("scb_sent_note")}
	if state in (QUEUED, SENT):
		values["scb_sent_on"] = now_datetime().replace(microsecond=0)
	if address:
		values["scb_sent_to"] = address[:140]
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
	for invoice in _waiting():
		try:
			_send_by_itself(invoice)
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
