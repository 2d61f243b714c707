"""Checks a Sales Invoice against what would be issued for it: findings on the draft, refusal at submit.

The only writer of `scb_zatca_findings`.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

import frappe
from frappe import _
from frappe.model.document import Document

from saudi_crm_billing.e_invoicing import buyers, issue, mapping, messages, taxes, units
from saudi_crm_billing.e_invoicing.buyers import OwnRemark
from saudi_crm_billing.e_invoicing.clock import riyadh_now
from saudi_crm_billing.e_invoicing.engine import rules, ubl
from saudi_crm_billing.e_invoicing.engine.errors import EngineError
from saudi_crm_billing.e_invoicing.engine.hashing import FIRST_PREVIOUS_HASH

DRAFT_UUID = "00000000-0000-4000-8000-000000000000"
REFUND = "Refund of goods or services"
# QR code and stamp are put in at issue.
ON_SIGNED_ONLY = frozenset({"BR-KSA-27", "BR-KSA-60"})
# The VAT number's form, which our own remark names with the party and the count of digits.
SAME_AS_OURS = frozenset({"BR-KSA-40", "BR-KSA-44"})


@dataclass(frozen=True)
class Remark:
	"""One thing to mend, as the draft keeps it; `severity` is error or warning."""

	id: str
	severity: str
	where: str
	message_en: str
	message_ar: str

	@property
	def text(self) -> str:
		return self.message_ar if messages.in_arabic() else self.message_en


def validate(doc: Document) -> None:
	"""Keep the findings on the draft; nothing at all for a company without an active unit."""
	if doc.is_opening == "Yes" or not (unit := units.issuing_unit(doc.company)):
		return
	if doc.is_return and not doc.get("scb_zatca_note_reason"):
		doc.scb_zatca_note_reason = REFUND
	remarks = check(doc, unit)
	doc.flags.scb_e_invoice_remarks = remarks
	rows = [asdict(remark) for remark in remarks]
	doc.scb_zatca_findings = json.dumps(rows, ensure_ascii=False) if rows else None


def refuse_errors(doc: Document) -> None:
	"""Before submit: a unit that can issue and sign, and no finding of severity error."""
	unit = units.issuing_unit(doc.company)
	if doc.is_opening == "Yes" or not (unit or units.unready_unit(doc.company)):
		return
	if not unit:
		_refuse_unready(doc.company)
	if unit.expired:
		_refuse_expired(unit)
	remarks = doc.flags.scb_e_invoice_remarks
	errors = [r for r in (check(doc, unit) if remarks is None else remarks) if r.severity == "error"]
	if errors:
		frappe.throw(
			_("The e-invoice of {0} cannot be issued. Mend this first:").format(doc.name)
			+ messages.as_list(f"{remark.text} [{remark.id}]" for remark in errors),
			title=_("E-Invoice Refused"),
		)
	issue.rehearse(doc, unit)


def check(doc: Document, unit: units.IssuingUnit) -> tuple[Remark, ...]:
	"""All findings on what would be issued now; empty where it would be accepted without remark."""
	try:
		draft = mapping.to_invoice(doc, icv=1, previous_hash=FIRST_PREVIOUS_HASH, uuid=DRAFT_UUID)
		own = tuple(_own_remark(row) for row in buyers.remarks(doc, draft, unit))
		draft, _totals = taxes.close_rounding(doc, draft)
		found = rules.check(ubl.build(draft), riyadh_now())
	except taxes.CannotIssue as error:
		return (_own_remark(OwnRemark("SCB-TOTALS", error.template, error.params)),)
	except EngineError as error:
		return (Remark("SCB-DOCUMENT", "error", "", error.message_en, error.message_ar),)
	return _remarks(found, own)


def _counts(finding: rules.Finding, said: set[str]) -> bool:
	"""Whether a finding on the unsigned draft holds for the signed document, and is not said already in our words."""
	return finding.id not in ON_SIGNED_ONLY and not (finding.id in SAME_AS_OURS and "SCB-VAT-NUMBER" in said)


def _remarks(found: tuple[rules.Finding, ...], own: tuple[Remark, ...]) -> tuple[Remark, ...]:
	said = {remark.id for remark in own}
	return own + tuple(
		Remark(f.id, f.severity, f.where, f.message_en, f.message_ar) for f in found if _counts(f, said)
	)


def _own_remark(row: OwnRemark) -> Remark:
	english, arabic = messages.both(row.template, **row.params)
	return Remark(row.id, "error", row.where, english, arabic)


def _refuse_unready(company: str) -> None:
	name, status = units.unready_unit(company)
	frappe.throw(
		_(
			"{0} has the ZATCA Unit {1}, but it is not onboarded (status {2}). Open the unit and press Onboard, or"
			" retire it if this company does not issue e-invoices here."
		).format(company, name, _(status, context="ZATCA Unit")),
		title=_("E-Invoice Refused"),
	)


def _refuse_expired(unit: units.IssuingUnit) -> None:
	frappe.throw(
		_(
			"The certificate of the ZATCA Unit {0} expired on {1}. Retire it, make a new unit and onboard it."
		).format(unit.name, frappe.format(unit.certificate_expiry, "Datetime")),
		title=_("E-Invoice Refused"),
	)
