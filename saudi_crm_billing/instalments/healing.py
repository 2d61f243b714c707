"""The last writer of what core shows of a submitted invoice with a plan: its Payment Schedule rows and outstanding.

Core updates the rows for Payment Entries alone, and by differences; this writes absolute values after it.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import frappe

from saudi_crm_billing.common.money import to_decimal, to_money
from saudi_crm_billing.instalments.engine.waterfall import InstalmentBalance


def heal_schedule(invoice: Any, rows: Sequence[Any], balances: Sequence[InstalmentBalance]) -> None:
	"""`paid_amount` takes payments only, `outstanding` the full truth: then core's receivables report agrees.

	Advances taken inside the invoice lowered the rows' amounts already and are not paid a second time.
	"""
	truth = {row.payment_term: (row, balance) for row, balance in zip(rows, balances, strict=True)}
	changes = {}
	for stored in _locked_schedule(invoice.name):
		if stored.payment_term not in truth:
			continue
		row, balance = truth[stored.payment_term]
		paid = max(balance.paid - row.advance, Decimal(0))
		values = _schedule_values(stored, paid, balance.outstanding, to_decimal(invoice.conversion_rate))
		if any(to_money(stored[name] or 0) != value for name, value in values.items()):
			changes[stored.name] = {name: float(value) for name, value in values.items()}
	frappe.db.bulk_update("Payment Schedule", changes, update_modified=False)


def heal_outstanding(invoice: Any, outstanding: Decimal) -> None:
	"""Core sums the ledger from the transaction's snapshot, which misses payments that others committed meanwhile."""
	if to_money(invoice.outstanding_amount) == outstanding:
		return
	frappe.db.set_value("Sales Invoice", invoice.name, "outstanding_amount", float(outstanding))
	frappe.get_doc("Sales Invoice", invoice.name).set_status(update=True)


def _schedule_values(
	stored: Any, paid: Decimal, outstanding: Decimal, conversion_rate: Decimal
) -> dict[str, Decimal]:
	untouched = outstanding == to_money(stored.payment_amount)
	base_amount = to_money(stored.base_payment_amount)
	return {
		"paid_amount": paid,
		"outstanding": outstanding,
		"base_paid_amount": to_money(paid * conversion_rate),
		"base_outstanding": base_amount if untouched else to_money(outstanding * conversion_rate),
	}


def _locked_schedule(sales_invoice: str) -> list[Any]:
	row = frappe.qb.DocType("Payment Schedule")
	return (
		frappe.qb.from_(row)
		.select(
			row.name,
			row.payment_term,
			row.payment_amount,
			row.base_payment_amount,
			row.paid_amount,
			row.outstanding,
			row.base_paid_amount,
			row.base_outstanding,
		)
		.where((row.parent == sales_invoice) & (row.parenttype == "Sales Invoice"))
		.for_update()
	).run(as_dict=True)
