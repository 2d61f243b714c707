"""Winning of opportunities: the only writer of `scb_won_on` and `scb_won_by`.

ERPNext calls an opportunity "Converted" only after its quotation was ordered; winning is the decision before that.
"""

from __future__ import annotations

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import now_datetime

from saudi_crm_billing.crm_billing import automation, matching, sources
from saudi_crm_billing.crm_billing.engine.rules import Trigger

FIELDS = ("scb_won_on", "scb_won_by")
LOST = ("Lost", "Closed")


def mark_won(name: str, by: str) -> bool:
	"""Mark the opportunity as won and let the billing rules hear of it; False if it was won before.

	Refused while a billing rule would act on it and there is no submitted quotation to bill: its run could only fail.
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
	_refuse_unquoted(opportunity)
	opportunity.db_set(dict(zip(FIELDS, (now_datetime(), by), strict=True)), notify=True)
	opportunity.add_comment("Info", _("marked as won"))
	automation.fire(Trigger.OPPORTUNITY_WON, opportunity, happened_on=opportunity.scb_won_on)
	return True


def _refuse_unquoted(opportunity: Document) -> None:
	rule = matching.rule_for(Trigger.OPPORTUNITY_WON, opportunity)
	if rule is None or sources.latest_quotation(opportunity.name):
		return
	title = frappe.db.get_value(matching.RULE, rule.name, "title")
	frappe.throw(
		_(
			"Opportunity {0} has no submitted quotation, and billing rule {1} bills a won deal by its quotation. Make"
			" one (Create, then Quotation), submit it, and mark the opportunity as won then."
		).format(opportunity.name, title),
		title=_("No Quotation to Bill"),
	)


def forget_on_copy(opportunity: Document) -> None:
	"""A copy has not been won yet."""
	opportunity.update(dict.fromkeys(FIELDS))


def keep_as_stored(opportunity: Document) -> None:
	"""What a form or an import puts into these fields does not count: they are written by `mark_won` only."""
	before = opportunity.get_doc_before_save()
	if before:
		opportunity.update({field: before.get(field) for field in FIELDS})
