"""Winning of opportunities: the only writer of `scb_won_on` and `scb_won_by`.

ERPNext calls an opportunity "Converted" only after its quotation was ordered; winning is the decision before that.
"""

from __future__ import annotations

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import now_datetime

from saudi_crm_billing.bilingual import said
from saudi_crm_billing.crm_billing import acceptance, automation, matching, sources
from saudi_crm_billing.crm_billing.engine.rules import Rule, Trigger
from saudi_crm_billing.crm_billing.making import partly_ordered

FIELDS = ("scb_won_on", "scb_won_by")
LOST = ("Lost", "Closed")


def mark_won(name: str, by: str) -> bool:
	"""Mark the opportunity as won and let the billing rules hear of it; False if it was won before.

	Refused while a billing rule would act on it and no quotation can be billed: its run could only fail.
	"""
	opportunity = frappe.get_doc("Opportunity", name, for_update=True)
	if opportunity.scb_won_on:
		return False
	if opportunity.status in LOST:
		frappe.throw(
			_("Opportunity {0} is {1}. Reopen it before you mark it as won.").format(
				name, _(opportunity.status)
			)
		)
	_refuse_unbillable(opportunity)
	opportunity.db_set(dict(zip(FIELDS, (now_datetime(), by), strict=True)), notify=True)
	opportunity.add_comment("Info", said(lambda lang: _("marked as won", lang=lang)).html)
	automation.fire(Trigger.OPPORTUNITY_WON, opportunity, happened_on=opportunity.scb_won_on)
	return True


def _refuse_unbillable(opportunity: Document) -> None:
	rule = matching.rule_for(Trigger.OPPORTUNITY_WON, opportunity)
	if rule is None:
		return
	name = sources.quotation_to_bill(opportunity.name) or sources.newest_quotation(opportunity.name)
	reason = (
		why_unbillable(frappe.get_doc("Quotation", name), rule) if name else why_unquoted(opportunity, rule)
	)
	if reason:
		frappe.throw(reason, title=_("No Quotation to Bill"))


def why_unquoted(opportunity: Document, rule: Rule) -> str:
	title = frappe.db.get_value(matching.RULE, rule.name, "title")
	return _(
		"Opportunity {0} has no submitted quotation, and billing rule {1} bills a won deal by its quotation. Make"
		" one (Create, then Quotation), submit it, and mark the opportunity as won then."
	).format(opportunity.name, title)


def why_unbillable(quotation: Document, rule: Rule) -> str | None:
	"""Why `rule` could not bill this quotation, and what to do about it; None if it can."""
	if quotation.status == "Partially Ordered" and "Sales Order" in rule.make.doctypes:
		return partly_ordered(quotation.name, sources.order_of(quotation.name))
	billable = quotation.status in sources.ORDERED or quotation.scb_accepted_on
	return None if billable else acceptance.why_closed(quotation)


def forget_on_copy(opportunity: Document) -> None:
	"""A copy has not been won yet."""
	opportunity.update(dict.fromkeys(FIELDS))


def keep_as_stored(opportunity: Document) -> None:
	"""What a form or an import puts into these fields does not count: they are written by `mark_won` only."""
	before = opportunity.get_doc_before_save()
	if before:
		opportunity.update({field: before.get(field) for field in FIELDS})
