"""Which templates a sale may have, and why not the others. Writes nothing."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import fmt_money, formatdate, getdate
from frappe.utils.nestedset import get_ancestors_of

from saudi_crm_billing.common.money import to_decimal, to_money
from saudi_crm_billing.instalments.agreement import document_date, has_plan
from saudi_crm_billing.instalments.engine.eligibility import Buyer, Condition, Offer, Reason, why_not
from saudi_crm_billing.instalments.errors import refuse
from saudi_crm_billing.instalments.origins import origin_of
from saudi_crm_billing.instalments.templates import TEMPLATE

FACTS_HOOK = "scb_plan_eligibility_facts"
"""Functions of (customer, company, date) that return a dict with `tax_class` or `score`, from other slices or apps."""


def check_eligible(doc: Document) -> None:
	"""After core's totals: refuse a template that this sale may not have. What a source agreed on stands."""
	if not has_plan(doc):
		return
	template = frappe.get_cached_doc(TEMPLATE, doc.scb_plan_template)
	customer, on = customer_of(doc), document_date(doc)
	total = doc.flags.get("scb_cash_total") or to_decimal(doc.get("rounded_total") or doc.grand_total or 0)
	buyer = buyer_of(customer, doc.company, on) if template.customers else Buyer()
	reason = why_not(offer_of(template), buyer, total, on)
	if reason and not origin_of(doc):
		refuse(explain(reason, template, total, on, customer))


def readable_templates() -> list[str]:
	"""The enabled templates that the user may read."""
	return frappe.get_list(TEMPLATE, {"enabled": 1}, pluck="name", order_by="instalment_count, name")


def eligible(
	names: Iterable[str], customer: str | None, company: str, on: date, total: Decimal | None
) -> list[str]:
	"""Those of the templates that the sale may have; no total: of any size."""
	buyer = buyer_of(customer, company, on)
	offers = {name: offer_of(frappe.get_cached_doc(TEMPLATE, name)) for name in names}
	return [name for name in offers if not _against(offers[name], buyer, total, on)]


def _against(offer: Offer, buyer: Buyer, total: Decimal | None, on: date) -> Reason | None:
	return why_not(offer, buyer, offer.minimum if total is None else total, on)


def offer_of(template: Document) -> Offer:
	return Offer(
		valid_from=getdate(template.valid_from) if template.valid_from else None,
		valid_to=getdate(template.valid_to) if template.valid_to else None,
		minimum=to_money(template.minimum_sale or 0),
		maximum=to_money(template.maximum_sale) if template.maximum_sale else None,
		conditions=tuple(_condition(row) for row in template.customers),
	)


def _condition(row: Document) -> Condition:
	score = to_decimal(row.minimum_score) if row.minimum_score else None
	return Condition(row.customer_group or None, row.tax_class or None, score)


def customer_of(doc: Document) -> str | None:
	"""None for a quotation to a lead: nothing is known of it."""
	if doc.doctype != "Quotation":
		return doc.get("customer")
	return doc.get("party_name") if doc.get("quotation_to") == "Customer" else None


def buyer_of(customer: str | None, company: str, on: date) -> Buyer:
	if not customer:
		return Buyer()
	facts: dict[str, object] = {}
	for provider in frappe.get_hooks(FACTS_HOOK):
		facts.update(frappe.get_attr(provider)(customer, company, on))
	score = facts.get("score")
	return Buyer(
		groups=_groups(frappe.get_cached_value("Customer", customer, "customer_group")),
		tax_class=facts.get("tax_class") or None,
		score=None if score is None else to_decimal(score),
	)


def _groups(group: str | None) -> tuple[str, ...]:
	return (group, *get_ancestors_of("Customer Group", group)) if group else ()


def explain(reason: Reason, template: Document, total: Decimal, on: date, customer: str | None) -> str:
	"""The reason in the user's language, with what would help."""
	texts = {
		Reason.NOT_YET: _(
			"The plan {template} is offered from {valid_from}; the document is of {on}. Choose another plan."
		),
		Reason.NO_LONGER: _(
			"The plan {template} was offered until {valid_to}; the document is of {on}. Choose another plan."
		),
		Reason.SALE_TOO_SMALL: _(
			"The plan {template} is for sales from {minimum}; this one is {total}. Choose another plan."
		),
		Reason.SALE_TOO_LARGE: _(
			"The plan {template} is for sales up to {maximum}; this one is {total}. Choose another plan."
		),
		Reason.OTHER_BUYERS: _(
			"The plan {template} is not for {customer}, but for {conditions}. Choose another plan, or let whoever "
			"keeps the templates add the customer's group or class."
		),
	}
	return texts[reason].format(
		template=template.name,
		valid_from=formatdate(template.valid_from),
		valid_to=formatdate(template.valid_to),
		on=formatdate(on),
		minimum=fmt_money(template.minimum_sale, precision=2),
		maximum=fmt_money(template.maximum_sale, precision=2),
		total=fmt_money(total, precision=2),
		customer=customer or _("a party that is no customer yet"),
		conditions="; ".join(_described(row) for row in template.customers),
	)


def _described(row: Document) -> str:
	parts = []
	if row.customer_group:
		parts.append(_("customers of group {0}").format(_(row.customer_group)))
	if row.tax_class:
		parts.append(_("tax class {0}").format(_(row.tax_class)))
	if row.minimum_score:
		parts.append(_("a score of at least {0}").format(f"{row.minimum_score:g}"))
	return ", ".join(parts) or _("all customers")
