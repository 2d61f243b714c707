"""Checks a Sales Invoice against what would be issued for it: findings on the draft, refusal at submit.

The only writer of `scb_zatca_findings`.
"""

from __future__ import annotations

import json
from dataclasses import asdict

import frappe
from frappe import _
from frappe.model.document import Document

from saudi_crm_billing.e_invoicing import drafts, issue, units

REFUND = "Refund of goods or services"


def validate(doc: Document) -> None:
	"""Keep the findings on the draft; nothing at all for a company without an active unit."""
	if not (unit := units.issuing_unit_of(doc, anew=True)):
		return
	if doc.is_return and not doc.get("scb_zatca_note_reason"):
		doc.scb_zatca_note_reason = REFUND
	remarks = doc.flags.scb_e_invoice_remarks = drafts.remarks(doc, unit)
	rows = [asdict(remark) for remark in remarks]
	doc.scb_zatca_findings = json.dumps(rows, ensure_ascii=False) if rows else None


def refuse_errors(doc: Document) -> None:
	"""Before submit: a unit that can issue and sign, and no finding of severity error."""
	if not (unit := units.issuing_unit_of(doc)):
		_refuse_unready(doc)
		return
	found = doc.flags.scb_e_invoice_remarks
	drafts.refuse_errors(doc, drafts.remarks(doc, unit) if found is None else found)
	issue.rehearse(unit)


def _refuse_unready(doc: Document) -> None:
	"""Where the company has a unit that should issue but cannot."""
	unready = None if doc.is_opening == "Yes" else units.unready_unit(doc.company)
	if not unready:
		return
	name, status = unready
	frappe.throw(
		_(
			"{0} has the ZATCA Unit {1}, but it is not onboarded (status {2}). Open the unit and press Onboard, or"
			" retire it if this company does not issue e-invoices here."
		).format(doc.company, name, _(status, context="ZATCA Unit")),
		title=_("E-Invoice Refused"),
	)
