"""What instalments owed on a day, in its two meanings: as known then, from the events; as restated, from today's ledger.

A payment that was posted later with an earlier date, or cancelled since, makes the two differ. Reads only.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import frappe
from frappe.utils import create_batch
from pypika.terms import Criterion

from saudi_crm_billing.instalments.balance_events import Cause, Known, balances_as_known
from saudi_crm_billing.instalments.plan_states import BATCH, balances_restated

ZERO = Decimal(0)


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
		known, restated = balances_as_known(batch, day), balances_restated(batch, day)
		found += [_as_at(plans[name], known.get(name), restated.get(name)) for name in batch]
	return [one for one in found if one.known or one.restated]


def _plans(company: str, condition: Criterion | None) -> list[Any]:
	plan = frappe.qb.DocType("Instalment Plan")
	query = (
		frappe.qb.from_(plan)
		.select(plan.name, plan.reference_name, plan.customer, plan.currency)
		.where(
			(plan.company == company) & (plan.reference_doctype == "Sales Invoice") & (plan.status != "Draft")
		)
		.orderby(plan.customer)
		.orderby(plan.reference_name)
	)
	return list((query.where(condition) if condition is not None else query).run(as_dict=True))


def _as_at(plan: Any, known: Known | None, restated: dict[int, Decimal] | None) -> AsAt:
	return AsAt(
		plan=plan.name,
		sales_invoice=plan.reference_name,
		customer=plan.customer,
		currency=plan.currency,
		known=known.owed if known else None,
		restated=sum(restated.values(), ZERO) if restated is not None else None,
		recorded_at=known.recorded_at if known else None,
		cause=known.cause if known else None,
	)
