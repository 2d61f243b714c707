"""Reads billing rules and sales documents into the rule engine. Reads only; writes nothing."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import frappe
from frappe.model.document import Document

from saudi_crm_billing.crm_billing.engine.rules import (
	Condition,
	Deal,
	Make,
	Operator,
	Rule,
	Trigger,
	first_match,
)
from saudi_crm_billing.crm_billing.sources import customer_group_of, quotation_to_bill

RULE = "SCB Billing Rule"


def rule_for(trigger: Trigger, document: Document) -> Rule | None:
	"""The rule that `document` meets at `trigger`. Without enabled rules it costs one query."""
	names = frappe.get_all(
		RULE, {"enabled": 1, "company": document.company, "trigger": trigger.value}, pluck="name"
	)
	if not names:
		return None
	rules = [as_rule(frappe.get_cached_doc(RULE, name)) for name in names]
	return first_match(rules, as_deal(trigger, document))


def as_rule(document: Document) -> Rule:
	return Rule(
		name=document.name,
		company=document.company,
		trigger=Trigger(document.trigger),
		make=Make(document.make),
		priority=int(document.priority or 0),
		min_total=limit(document.min_total),
		max_total=limit(document.max_total),
		customer_groups=groups_below(document.customer_group),
		conditions=tuple(
			Condition(row.fieldname, Operator(row.operator), row.value or "") for row in document.conditions
		),
	)


def as_deal(trigger: Trigger, document: Document) -> Deal:
	return Deal(
		company=document.company,
		trigger=trigger,
		total=total_of(document),
		customer_group=customer_group_of(document),
		fields=document.get_valid_dict(convert_dates_to_str=True),
	)


def total_of(document: Document) -> Decimal:
	"""What would be billed, in company currency: for an opportunity its quotation's total, if it has one."""
	if document.doctype == "Opportunity":
		quotation = quotation_to_bill(document.name)
		if not quotation:
			return money(document.base_opportunity_amount)
		return money(frappe.db.get_value("Quotation", quotation, "base_grand_total"))
	return money(document.base_grand_total)


def groups_below(group: str | None) -> frozenset[str]:
	"""The customer group with all groups under it; empty for none."""
	if not group:
		return frozenset()
	borders = frappe.get_cached_value("Customer Group", group, ["lft", "rgt"], as_dict=True)
	inside = {"lft": (">=", borders.lft), "rgt": ("<=", borders.rgt)}
	return frozenset(frappe.get_all("Customer Group", inside, pluck="name"))


def limit(value: float | None) -> Decimal | None:
	"""A limit of zero is no limit."""
	return money(value) or None


def money(value: Any) -> Decimal:
	return Decimal(str(value or 0))
