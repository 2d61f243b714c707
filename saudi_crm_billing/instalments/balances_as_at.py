"""What instalments owed on a day, in its two meanings: as known then, from the events; as restated, from today's ledger.

A payment that was posted later with an earlier date, or cancelled since, makes the two differ. Reads only.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import frappe
from frappe.utils import create_batch
from pypika.terms import Criterion

from saudi_crm_billing.common.money import to_money
from saudi_crm_billing.instalments.balance_events import Cause, Known, balances_as_known
from saudi_crm_billing.instalments.ledger import outstanding_on

ZERO = Decimal(0)
BATCH = 2000
"""Plans that are asked for together."""


@dataclass(frozen=True)
class AsAt:
	"""A plan on a day; `known` or `restated` is None where that side had nothing of it."""

	plan: str
	sales_invoice: str
	customer: str
	currency: str
	known: Decimal | None
	restated: Decimal | None
	recorded_at: Any
	cause: Cause | None

	@property
	def difference(self) -> Decimal:
		return (self.restated or ZERO) - (self.known or ZERO)


def balances_as_at(company: str, day: date, condition: Criterion | None = None) -> list[AsAt]:
	"""Plans of which something was known, or is now, for the end of `day`, with anything owed; by customer and invoice."""
	plans = {row.name: row for row in _plans(company, condition)}
	found = []
	for batch in create_batch(list(plans), BATCH):
		known, restated = balances_as_known(batch, day), owed_restated([plans[name] for name in batch], day)
		found += [_as_at(plans[name], known.get(name), restated.get(name)) for name in batch]
	return [one for one in found if one.known or one.restated]


def owed_restated(plans: Sequence[Any], day: date) -> dict[str, Decimal]:
	"""What each of these plans (name, reference_name, total) owed at the day's end, as today's ledger has it; those whose
	invoice was not posted by then are left out.

	However payments and credit notes were poured over the instalments, together they owe what the invoice does: nothing
	below zero, and not more than was agreed.
	"""
	owed = outstanding_on([plan.reference_name for plan in plans], day)
	return {
		plan.name: min(max(owed[plan.reference_name], ZERO), to_money(plan.total))
		for plan in plans
		if plan.reference_name in owed
	}


def _plans(company: str, condition: Criterion | None) -> list[Any]:
	plan = frappe.qb.DocType("Instalment Plan")
	query = (
		frappe.qb.from_(plan)
		.select(plan.name, plan.reference_name, plan.customer, plan.currency, plan.total)
		.where(
			(plan.company == company) & (plan.reference_doctype == "Sales Invoice") & (plan.status != "Draft")
		)
		.orderby(plan.customer)
		.orderby(plan.reference_name)
	)
	return list((query.where(condition) if condition is not None else query).run(as_dict=True))


def _as_at(plan: Any, known: Known | None, restated: Decimal | None) -> AsAt:
	return AsAt(
		plan=plan.name,
		sales_invoice=plan.reference_name,
		customer=plan.customer,
		currency=plan.currency,
		known=known.owed if known else None,
		restated=restated,
		recorded_at=known.recorded_at if known else None,
		cause=known.cause if known else None,
	)
