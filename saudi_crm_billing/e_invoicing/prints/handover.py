"""What of an e-invoice may be given to its buyer, and when. It reads and never writes.

A standard document is one only when ZATCA has cleared it, and then the buyer gets ZATCA's stamped XML; a simplified one
is given at once (E-Invoicing Resolution, annex 2). Where ZATCA does not answer for five minutes, a person may hand over
the uncleared one (uncleared.py).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import now_datetime

from saudi_crm_billing.bilingual import Said, said
from saudi_crm_billing.e_invoicing.documents import sources
from saudi_crm_billing.e_invoicing.engine.answers import Outcome
from saudi_crm_billing.e_invoicing.engine.backoff import may_hand_over
from saudi_crm_billing.e_invoicing.issuing import archive, issued
from saudi_crm_billing.e_invoicing.sending import attempts, states

STANDARD = "Standard"
# What the log of attempts says of those that brought no answer.
FAILED = (Outcome.TRY_LATER.value, attempts.STARTED)


def refuse_unready(source: Document) -> None:
	"""Raises with the way out unless `source` is submitted and its e-invoice, if it has one, may be given away."""
	if source.docstatus != 1:
		frappe.throw(_("{0} is not submitted. Submit it first, then send it.").format(source.name))
	state = source.get(sources.STATUS)
	if not state or state in states.ACCEPTED:
		return
	subtype = frappe.db.get_value(issued.DOCUMENT, source.get(sources.DOCUMENT), "subtype")
	if subtype == STANDARD or state == states.REJECTED:
		frappe.throw(
			_("{0} may not be given to the customer yet: ZATCA has not accepted its e-invoice ({1}).").format(
				source.name, _(state, context="ZATCA Document")
			)
			+ " "
			+ (_uncleared_step() if may_go_uncleared(source) else states.next_step(state)),
			title=_("E-invoice not accepted yet"),
		)


def _uncleared_step() -> str:
	return _(
		"ZATCA has not answered for five minutes: press E-Invoice > Hand Over Uncleared to give the customer a copy that"
		" says so. It is sent again by itself."
	)


def may_go_uncleared(source: Document | frappe._dict) -> bool:
	"""A standard document that is still tried: not one that ZATCA rejected, nor one that waits for its unit's credentials."""
	if source.docstatus != 1 or source.get(sources.STATUS) != states.PENDING:
		return False
	document = source.get(sources.DOCUMENT)
	row: Any = frappe.db.get_value(issued.DOCUMENT, document, ("subtype", "submitted_on"), as_dict=True)
	if not row or row.subtype != STANDARD:
		return False
	return may_hand_over(failed_attempts(document), row.submitted_on, now_datetime())


def failed_attempts(document: str) -> int:
	return int(frappe.db.count(attempts.ATTEMPT, {"document": document, "outcome": ("in", FAILED)}))


def lacks_its_stamp(source: Document) -> bool:
	"""Cleared, but by an answer without the stamped document, which alone the buyer may get."""
	if source.get(sources.STATUS) != states.CLEARED:
		return False
	return not frappe.db.get_value(issued.DOCUMENT, source.get(sources.DOCUMENT), "cleared_xml")


def without_stamp(name: str) -> Said:
	"""Why a cleared document cannot be given away by us, with the way out."""
	return said(
		lambda lang: _(
			"ZATCA cleared {0}, but its stamped XML is not here: download it from the Fatoora portal and give the customer that one.",
			lang=lang,
		).format(name)
	)


@dataclass(frozen=True)
class LegalXml:
	"""The bytes that are the invoice in law; `since` is when they took that form, by the site's clock."""

	name: str
	content: bytes
	since: datetime


def legal_xml(document: str | None) -> LegalXml | None:
	"""Of a ZATCA Document: ZATCA's cleared XML where there is one, else as issued; None where there is no document."""
	fields = ("xml", "cleared_xml", "issued_at", "submitted_on", "accepted_on", "reference_name", "unit")
	row: Any = frappe.db.get_value(issued.DOCUMENT, document, fields, as_dict=True) if document else None
	if not row:
		return None
	vat_number = frappe.db.get_value("ZATCA Unit", row.unit, "vat_number")
	return LegalXml(
		name=archive.file_name(vat_number, row.issued_at, row.reference_name),
		content=(row.cleared_xml or row.xml).encode(),
		since=(row.cleared_xml and row.accepted_on) or row.submitted_on,
	)
