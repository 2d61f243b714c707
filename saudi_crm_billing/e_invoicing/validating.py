"""Checks a Sales Invoice against what would be issued for it: findings on the draft, refusal at submit.

The only writer of `scb_zatca_findings` and of `scb_zatca_unit`.
"""

from __future__ import annotations

import json
from dataclasses import asdict

from frappe.model.document import Document

from saudi_crm_billing.e_invoicing import drafts, issue, issuers, units, warning_policy

REFUND = "Refund of goods or services"


def validate(doc: Document) -> None:
	"""Keep the findings on the draft; nothing at all for a company without an active unit."""
	issuers.show_on(doc, issuers.unit_of(doc, anew=True))
	if not (unit := units.issuing_unit_of(doc)):
		return
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
	found = doc.flags.scb_e_invoice_remarks
	found = drafts.remarks(doc, unit) if found is None else found
	drafts.refuse_errors(doc, found)
	warning_policy.enforce(doc, found)
	issue.rehearse(unit)
