"""Reads what is still owed by due date, for the forecast of cash."""

from __future__ import annotations

import frappe
from frappe.query_builder.functions import Sum
from pypika.terms import Case

from saudi_crm_billing.common.money import to_money
from saudi_crm_billing.instalments.engine.forecast import Debt
from saudi_crm_billing.instalments.reporting.access import Scope


def by_due_date(scope: Scope, slower: str | None) -> list[Debt]:
	"""In company currency, the debts of the customer who pays `slower` apart from the others'."""
	row = frappe.qb.DocType("Instalment")
	apart = Case().when(row.customer == (slower or ""), 1).else_(0)
	found = (
		frappe.qb.from_(row)
		.select(row.due_date, apart, Sum(row.base_outstanding))
		.where(scope.of(row.company, row.customer) & (row.outstanding > 0))
		.groupby(row.due_date, apart)
	).run()
	return [Debt(due, to_money(amount), bool(flag)) for due, flag, amount in found]
