"""What would be issued for a source (sources.py), and everything that is to be said against it. It writes nothing.

What was judged stays with the document in memory: an invoice that is saved, submitted and committed without a change
is judged once. It is mapped anew each time, so that a change by whomever is seen.
"""

from __future__ import annotations

from collections.abc import Iterable

import frappe
from frappe import _
from frappe.model.document import Document

from saudi_crm_billing.e_invoicing import messages
from saudi_crm_billing.e_invoicing.checks import buyers, reused_names
from saudi_crm_billing.e_invoicing.checks.own_remarks import OwnRemark
from saudi_crm_billing.e_invoicing.clock import riyadh_now
from saudi_crm_billing.e_invoicing.devices import units
from saudi_crm_billing.e_invoicing.documents import buyer_kind, references, sources, taxes
from saudi_crm_billing.e_invoicing.engine import draft
from saudi_crm_billing.e_invoicing.engine.draft import Judged
from saudi_crm_billing.e_invoicing.engine.errors import EngineError
from saudi_crm_billing.e_invoicing.engine.model import Invoice
from saudi_crm_billing.e_invoicing.engine.rules import ERROR, Finding
from saudi_crm_billing.e_invoicing.engine.totals import Totals

# Rules that say less than a remark of our own: the VAT number's form, which ours names with the party and the count of
# digits, and the invoice that a note corrects.
SAME_AS_OURS = {"SCB-VAT-NUMBER": {"BR-KSA-40", "BR-KSA-44"}, "SCB-REFERENCE": {"BR-KSA-56"}}


def make(doc: Document) -> tuple[Invoice, Totals]:
	"""The document without a place in a chain; `EngineError` or `CannotIssue` where there can be none."""
	source = sources.of(doc)
	return source.close(doc, source.read(doc))


def remarks(doc: Document, unit: units.IssuingUnit) -> tuple[Finding, ...]:
	"""All that is to be said of what would be issued now; empty where it would be accepted without remark."""
	try:
		source = sources.of(doc)
		mapped = source.read(doc)
		said = (
			*reused_names.remarks(doc),
			*buyers.remarks(doc, mapped, unit),
			*references.remarks(doc),
			*buyer_kind.remarks(doc),
		)
		own = tuple(_own_remark(row) for row in said)
		findings = judged(doc, *source.close(doc, mapped)).findings
	except taxes.CannotIssue as error:
		return (_own_remark(OwnRemark("SCB-TOTALS", error.template, error.params)),)
	except EngineError as error:
		return (Finding("SCB-DOCUMENT", ERROR, "", error.message_en, error.message_ar),)
	return _together(findings, own)


def tell_kind(doc: Document) -> None:
	"""When a draft of a company that issues is opened: why it will be standard or simplified."""
	has_buyer = doc.get("customer") or doc.get("scb_is_advance")
	if doc.docstatus == 0 and has_buyer and units.issuing_unit_of(doc):
		doc.set_onload(buyer_kind.FIELD, buyer_kind.reason(doc))


def judged(doc: Document, invoice: Invoice, totals: Totals) -> Judged:
	"""What the rules say of `invoice`, kept with `doc` for as long as it stays the same."""
	kept: Judged | None = doc.flags.scb_e_invoice_judged
	now = riyadh_now()
	if kept is None or not kept.covers(invoice, now):
		kept = doc.flags.scb_e_invoice_judged = draft.judge(invoice, totals, now)
	return kept


def refuse_errors(doc: Document, found: Iterable[Finding]) -> None:
	errors = [row for row in found if row.severity == ERROR]
	if errors:
		frappe.throw(
			_("The e-invoice of {0} cannot be issued. Mend this first:").format(doc.name)
			+ messages.as_list(f"{messages.say(row)} [{row.id}]" for row in errors),
			title=_("E-Invoice Refused"),
		)


def _together(findings: tuple[Finding, ...], own: tuple[Finding, ...]) -> tuple[Finding, ...]:
	"""Ours, then the rules'; not what we have said already in words of our own."""
	said = {rule for row in own for rule in SAME_AS_OURS.get(row.id, ())}
	return own + tuple(finding for finding in findings if finding.id not in said)


def _own_remark(row: OwnRemark) -> Finding:
	english, arabic = messages.both(row.template, **row.params)
	return Finding(row.id, row.severity, row.where, english, arabic)
