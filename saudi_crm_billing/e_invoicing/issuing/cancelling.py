"""What may not be undone: an invoice with an issued e-document is corrected by a note, never cancelled or deleted."""

from __future__ import annotations

import frappe
from frappe import _
from frappe.model.document import Document

from saudi_crm_billing.e_invoicing.issuing.issued import current_of, document_of
from saudi_crm_billing.e_invoicing.sending import states


def refuse_cancel(doc: Document) -> None:
	"""Only a rejected document frees its invoice: ZATCA does not have it, and the amended invoice gets a new one.

	Which one it has is read from the invoice itself, whose row this cancel has locked: another may have been issued a
	moment ago, which this transaction's first read does not show. What is rejected stays so, so its state is sure.
	"""
	if not (name := current_of(doc)):
		return
	# One that this transaction does not see was issued after it began; to lock it now would be against the order of locks.
	state = frappe.db.get_value("ZATCA Document", name, "state") or states.PENDING
	if state == states.REJECTED:
		return
	if state in states.ACCEPTED:
		frappe.throw(
			_(
				"{0} cannot be cancelled: its e-invoice {1} is {2} by ZATCA. Make a credit note instead: Create >"
				" Return / Credit Note."
			).format(doc.name, name, _(state, context="ZATCA Document")),
			title=_("E-Invoice Issued"),
		)
	frappe.throw(
		_(
			"{0} cannot be cancelled: its e-invoice {1} is issued and waits to be sent ({2}). Make a credit note"
			" instead: Create > Return / Credit Note."
		).format(doc.name, name, _(state, context="ZATCA Document")),
		title=_("E-Invoice Issued"),
	)


def refuse_deletion(doc: Document) -> None:
	if name := document_of(doc.doctype, doc.name):
		frappe.throw(
			_("{0} cannot be deleted: its e-invoice {1} is kept for six years.").format(doc.name, name),
			title=_("E-Invoice Issued"),
		)
