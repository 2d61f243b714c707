"""Acceptance of quotations: the only writer of `scb_accepted_on`, `scb_accepted_by`, `scb_acceptance_channel`."""

from __future__ import annotations

from enum import Enum

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import getdate, now_datetime, nowdate

from saudi_crm_billing.bilingual import said
from saudi_crm_billing.crm_billing import automation
from saudi_crm_billing.crm_billing.engine.rules import Trigger
from saudi_crm_billing.instalments.offering.choice import choose

FIELDS = ("scb_accepted_on", "scb_accepted_by", "scb_acceptance_channel")


class Channel(Enum):
	"""How the customer's yes reached us."""

	DESK = "Desk"
	SIGNED_LINK = "Signed link"


class QuotationClosed(frappe.ValidationError):
	"""The quotation cannot be accepted as it is, or no longer."""


def accept(name: str, by: str, channel: Channel, plan: str = "") -> bool:
	"""Mark the quotation as accepted and let the billing rules hear of it; False if it was accepted before.

	`plan`: the template that the customer chose in place of the quotation's own; PlanNotOffered if he may not.

	The row is locked, so of two acceptances at once one waits and then finds the other's.
	Raises QuotationClosed for one that can no longer be accepted, looked at under that lock.
	"""
	quotation = frappe.get_doc("Quotation", name, for_update=True)
	if quotation.scb_accepted_on:
		return False
	if reason := why_closed(quotation):
		frappe.throw(reason, QuotationClosed, title=_("Cannot Be Accepted"))
	if plan:
		choose(quotation, plan)
	# Written past the form's cleaning, and lists show it as HTML: a stranger's name must not be markup.
	by = by.replace("<", "").replace(">", "")[:140]
	values = (now_datetime(), by, channel.value)
	quotation.db_set(dict(zip(FIELDS, values, strict=True)), notify=True)
	comment = said(
		lambda lang: _("accepted by {0} ({1})", lang=lang).format(
			frappe.utils.escape_html(by), _(channel.value, lang=lang)
		)
	)
	quotation.add_comment("Info", comment.html)
	automation.fire(Trigger.QUOTATION_ACCEPTED, quotation, happened_on=quotation.scb_accepted_on)
	return True


def why_closed(quotation: Document) -> str | None:
	"""Why this quotation can no longer be accepted, and what to do about it; None if it can be."""
	if quotation.docstatus == 0:
		return _("Quotation {0} is a draft. Submit it first.").format(quotation.name)
	if quotation.docstatus == 2:
		return _("Quotation {0} is cancelled. Use the quotation that replaces it.").format(quotation.name)
	if quotation.status == "Lost":
		return _("Quotation {0} is marked as lost. Make a new one.").format(quotation.name)
	if quotation.valid_till and getdate(quotation.valid_till) < getdate(nowdate()):
		return _("Quotation {0} was valid till {1}. Make a new one.").format(
			quotation.name, frappe.format(quotation.valid_till, "Date")
		)
	return None


def forget_on_copy(quotation: Document) -> None:
	"""A new quotation, also one that amends an accepted one, has not been accepted yet."""
	quotation.update(dict.fromkeys(FIELDS))


def keep_as_stored(quotation: Document) -> None:
	"""What a form or an import puts into these fields does not count: they are written by `accept` only."""
	before = quotation.get_doc_before_save()
	if before:
		quotation.update({field: before.get(field) for field in FIELDS})
