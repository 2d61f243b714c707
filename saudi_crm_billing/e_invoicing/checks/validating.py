"""Checks a Sales Invoice against what would be issued for it: findings on the draft, refusal at submit.

The only writer of `scb_zatca_findings` and of `scb_zatca_unit`.
"""

from __future__ import annotations

import json
from dataclasses import asdict

import frappe
from frappe import _
from frappe.model.document import Document

from saudi_crm_billing.e_invoicing.checks import drafts, reused_names, warning_policy
from saudi_crm_billing.e_invoicing.devices import issuers, rivals, units
from saudi_crm_billing.e_invoicing.issuing import issue

REFUND = "Refund of goods or services"


def validate(doc: Document) -> None:
	"""Keep the findings on the draft; nothing at all for a company without an active unit."""
	issuers.show_on(doc, issuers.unit_of(doc, anew=True))
	if not (unit := units.issuing_unit_of(doc)):
		return
	reused_names.refuse_new(doc)
	propose_reason(doc)
	remarks = doc.flags.scb_e_invoice_remarks = drafts.remarks(doc, unit)
	rows = [asdict(remark) for remark in remarks]
	doc.scb_zatca_findings = json.dumps(rows, ensure_ascii=False) if rows else None


def propose_reason(doc: Document) -> None:
	"""A return is a refund unless somebody says otherwise."""
	if doc.get("is_return") and not doc.get("scb_zatca_note_reason"):
		doc.scb_zatca_note_reason = REFUND


def refuse_errors(doc: Document) -> None:
	"""Before submit: a unit that can issue and sign, and no finding of severity error."""
	if not (unit := units.issuing_unit_of(doc)):
		issuers.refuse_unready(doc)
		return
	_refuse_second_issuer(doc, unit)
	found = doc.flags.scb_e_invoice_remarks
	found = drafts.remarks(doc, unit) if found is None else found
	drafts.refuse_errors(doc, found)
	warning_policy.enforce(doc, found)
	issue.rehearse(unit)


def _refuse_second_issuer(doc: Document, unit: units.IssuingUnit) -> None:
	"""Another app that was switched on after our unit: it would issue the same invoice again, in a chain of its own."""
	if unit.environment != "Sandbox" and (issuer := rivals.other_issuer(doc.company)):
		frappe.throw(
			_(
				"The app {0} issues e-invoices for {1} too, so this invoice would be issued twice. Switch it off there, or"
				" retire the ZATCA Unit {2}."
			).format(issuer, doc.company, unit.name),
			title=_("E-Invoice Refused"),
		)
