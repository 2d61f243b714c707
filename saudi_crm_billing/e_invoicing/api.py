"""What the Desk may ask of e-invoicing: permission first, then one call."""

from __future__ import annotations

from dataclasses import asdict

import frappe
from frappe import _
from frappe.model.document import Document

from saudi_crm_billing.e_invoicing import messages
from saudi_crm_billing.e_invoicing.devices import (
	connection,
	lockouts,
	onboarding,
	proposal,
	readiness,
	succession,
	units,
)
from saudi_crm_billing.e_invoicing.documents import debit_notes, sources
from saudi_crm_billing.e_invoicing.issuing import issued, reissue
from saudi_crm_billing.e_invoicing.prints import handover, pdf, uncleared
from saudi_crm_billing.e_invoicing.sending import answering, outbox, states

DOCUMENT = "ZATCA Document"
# What is to be known of a document beyond its state.
MARKS = ("has_warnings", "answer_unknown")


@frappe.whitelist(methods=["POST"])
def onboard_unit(unit: str, password: str | None = None) -> dict[str, str]:
	"""Onboard a unit with the portal's one-time password; who may write the unit may do it.

	Frappe's Error Log hides a variable and a form's field of the name `password`, not one of the name `otp`.
	"""
	frappe.has_permission(units.UNIT, "write", doc=unit, throw=True)
	onboarding.onboard(unit, password)
	return {"status": units.ACTIVE}


@frappe.whitelist()
def check_readiness(unit: str) -> list[dict[str, str]]:
	"""What is to be mended before the unit is onboarded: rows of `doctype`, `name` and `text`; none where it is ready."""
	frappe.has_permission(units.UNIT, "write", doc=unit, throw=True)
	return [asdict(lack) for lack in readiness.lacks(frappe.get_doc(units.UNIT, unit))]


@frappe.whitelist()
def propose_unit(company: str) -> dict[str, str]:
	"""What a new unit's form may take from its company."""
	frappe.has_permission(units.UNIT, "create", throw=True)
	frappe.has_permission("Company", "read", doc=company, throw=True)
	return proposal.of_company(company)


@frappe.whitelist(methods=["POST"])
def check_unit(unit: str) -> dict[str, str | bool]:
	"""Ask the gateway whether it lets the unit in; if so, what waited goes out."""
	frappe.has_permission(units.UNIT, "write", doc=unit, throw=True)
	answer = connection.check(unit)
	if answer.let_in:
		lockouts.end(unit)
		answering.release(unit)
	english, arabic = messages.answer_texts(answer.messages)
	return {"ok": answer.let_in, "message": arabic if messages.in_arabic() else english}


@frappe.whitelist(methods=["POST"])
def retire_unit(unit: str) -> None:
	"""The unit issues no more; what it issued is still sent and kept."""
	frappe.has_permission(units.UNIT, "write", doc=unit, throw=True)
	succession.retire(unit)


@frappe.whitelist(methods=["POST"])
def send_now(document: str) -> dict[str, str | int]:
	"""Send an issued document before its time; who may submit its invoice may do it."""
	_may(document, "submit")
	outbox.send(document, at_once=True)
	return _said(document)


@frappe.whitelist(methods=["POST"])
def issue_again(document: str) -> dict[str, str | int]:
	"""A new e-invoice in the place of a rejected one, with the masters as they are now; who may submit its source may."""
	_may(document, "submit")
	name = reissue.issue_again(document)
	return {"document": name, **_said(name)}


@frappe.whitelist()
def download_xml(document: str) -> None:
	"""The legal document: ZATCA's cleared XML where there is one, else the XML as issued."""
	_may(document, "read")
	found = handover.legal_xml(document)
	frappe.response.filename = found.name
	frappe.response.filecontent = found.content
	frappe.response.type = "download"


@frappe.whitelist()
def download_pdf(document: str) -> None:
	"""The buyer's copy of a document's source: PDF/A-3 with the legal XML in it; refused while the buyer may not have it."""
	_may(document, "read")
	source = frappe.get_doc(*frappe.db.get_value(DOCUMENT, document, ("reference_doctype", "reference_name")))
	frappe.response.filename = pdf.file_name(source)
	frappe.response.filecontent = pdf.for_buyer(source)
	frappe.response.type = "download"


@frappe.whitelist(methods=["POST"])
def hand_over_uncleared(document: str) -> None:
	"""The copy of a standard document that ZATCA has not answered for in time; who may submit its source may do it."""
	_may(document, "submit")
	source = frappe.get_doc(*frappe.db.get_value(DOCUMENT, document, ("reference_doctype", "reference_name")))
	frappe.response.filename = pdf.file_name(source)
	frappe.response.filecontent = uncleared.hand_over(source)
	frappe.response.type = "download"


@frappe.whitelist()
def next_step(invoice: str, doctype: str = "Sales Invoice") -> dict[str, str | int]:
	"""The state of a source's document and what it asks of the user, in the user's language."""
	sources.refuse_other(doctype)
	frappe.has_permission(doctype, "read", doc=invoice, throw=True)
	fields = ("docstatus", sources.STATUS, sources.DOCUMENT)
	source = frappe.db.get_value(doctype, invoice, fields, as_dict=True)
	if not (source and source[sources.DOCUMENT]):
		return {}
	return {
		**_said(source[sources.DOCUMENT]),
		"may_hand_over": int(handover.may_go_uncleared(source)),
	}


@frappe.whitelist()
def make_debit_note(source_name: str) -> Document:
	"""The debit note of a Sales Invoice as a draft on the form, not saved; who may read the invoice and make one."""
	frappe.has_permission("Sales Invoice", "read", doc=source_name, throw=True)
	frappe.has_permission("Sales Invoice", "create", throw=True)
	return debit_notes.prepare(source_name)


def _said(document: str) -> dict[str, str | int]:
	row = frappe.db.get_value(
		DOCUMENT,
		document,
		("state", "last_message_en", "last_message_ar", "cleared_xml", "replaced_by", *MARKS),
		as_dict=True,
	)
	said = row.last_message_ar if messages.in_arabic() else row.last_message_en
	step = states.next_step(
		row.state,
		stamped=bool(row.cleared_xml),
		replaced_by=row.replaced_by,
		unknown=bool(row.answer_unknown),
	)
	return {
		"state": row.state,
		"message": said or "",
		"next_step": step,
		**{mark: int(row[mark] or 0) for mark in MARKS},
	}


def _may(document: str, action: str) -> None:
	"""Who may do `action` with the source of a document; a document that is not there is not told from one hidden."""
	source = issued.source_of(document)
	if not source or not frappe.has_permission(source[0], action, doc=source[1]):
		frappe.throw(_("Not permitted"), frappe.PermissionError)
