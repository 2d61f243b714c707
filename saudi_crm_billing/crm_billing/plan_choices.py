"""The plans of a quotation as the acceptance page shows them: its own, and those that the customer may choose. Reads only."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import groupby
from typing import Any

from frappe import _
from frappe.model.document import Document
from frappe.utils import fmt_money, formatdate, getdate

from saudi_crm_billing.common.dates import hijri_or_blank
from saudi_crm_billing.instalments.offering.choice import offered
from saudi_crm_billing.instalments.offering.simulation import shown
from saudi_crm_billing.instalments.terms import DOWN_PAYMENT_TERM

Card = dict[str, Any]


def choices(quotation: Document) -> list[Card]:
	"""The quotation's own terms first; none where the customer has nothing to choose."""
	others = [card(shown(plan)) for plan in offered(quotation)]
	return [own_card(quotation), *others] if others else []


def card(plan: Mapping[str, Any]) -> Card:
	"""Texts only, as `shown` of a simulation says them."""
	return {
		"value": plan["template"],
		"title_ar": _(plan["template"], lang="ar"),
		"title_en": _(plan["template"], lang="en"),
		"down_payment": money(plan["down_payment"]) if plan["down_payment"] else "",
		"runs": [(run["count"], money(run["amount"])) for run in plan["runs"]],
		"total": money(plan["total"]),
		"margin": money(plan["margin"]) if plan["margin"] else "",
		"first": day(plan["first"]["due_date"]),
		"last": day(plan["last"]["due_date"]),
		"earlier_days": plan["earlier_days"],
		"rows": [
			{
				"number": str(row["number"] or ""),
				"amount": money(row["amount"]),
				**day(row["due_date"]),
			}
			for row in plan["rows"]
		],
	}


def own_card(quotation: Document) -> Card:
	"""What the quotation itself says; no value, so that choosing it changes nothing."""
	rows = rows_of(quotation)
	numbered = [row for row in rows if row["number"]]
	template = quotation.get("scb_plan_template") or "As quoted"
	return {
		"value": "",
		"title_ar": _(template, lang="ar"),
		"title_en": _(template, lang="en"),
		"down_payment": next((row["amount"] for row in rows if not row["number"]), ""),
		"runs": [(len(list(same)), amount) for amount, same in groupby(row["amount"] for row in numbered)],
		"total": money(quotation.rounded_total or quotation.grand_total),
		"margin": money(quotation.scb_margin) if quotation.get("scb_margin") else "",
		"first": numbered[0],
		"last": numbered[-1],
		"earlier_days": 0,
		"rows": rows,
	}


def rows_of(quotation: Document) -> list[dict[str, str]]:
	"""The payment schedule; a down payment has no number, the instalments count from 1."""
	down_payments = sum(row.payment_term == DOWN_PAYMENT_TERM for row in quotation.payment_schedule)
	return [
		{
			"number": "" if row.payment_term == DOWN_PAYMENT_TERM else str(row.idx - down_payments),
			"amount": money(row.payment_amount),
			**day(row.due_date),
		}
		for row in quotation.payment_schedule
	]


def day(due: Any) -> dict[str, str]:
	return {"due_date": formatdate(due, "yyyy-mm-dd"), "hijri": hijri_or_blank(getdate(due))}


def money(amount: float) -> str:
	return fmt_money(amount, precision=2, currency=None)
