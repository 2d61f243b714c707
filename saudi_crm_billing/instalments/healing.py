"""The last writer of what core shows of a submitted invoice with a plan: its Payment Schedule rows and outstanding.

Core updates the rows for Payment Entries alone, and by differences; this writes absolute values after it.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import frappe

from saudi_crm_billing.common.money import split, to_decimal, to_money
from saudi_crm_billing.instalments.engine.receivables import schedule_amounts
from saudi_crm_billing.instalments.engine.waterfall import InstalmentBalance


def heal_schedule(
	invoice: Any, rows: Sequence[Any], balances: Sequence[InstalmentBalance], credits: Decimal
) -> bool:
	"""`paid_amount` takes payments only, `outstanding` the full truth: then core's receivables report agrees."""
	stored = _locked_schedule(invoice.name)
	changes = schedule_changes(stored, rows, balances, credits, to_decimal(invoice.conversion_rate))
	frappe.db.bulk_update("Payment Schedule", changes, update_modified=False)
	before = {one.name: one.payment_amount for one in stored}
	if any(before[name] != values["payment_amount"] for name, values in changes.items()):
		_set_status(invoice.name)  # core tells an overdue invoice by the amounts of its rows
	return bool(changes)


def schedule_changes(
	stored: Sequence[Any],
	rows: Sequence[Any],
	balances: Sequence[InstalmentBalance],
	credits: Decimal,
	conversion_rate: Decimal,
) -> dict[str, dict[str, float]]:
	"""Values by name of the schedule rows that are stored otherwise.

	Advances taken inside the invoice lowered the rows' amounts already and are not paid a second time.
	"""
	truth = {row.payment_term: (row, balance) for row, balance in zip(rows, balances, strict=True)}
	known = [(one, *truth[one.payment_term]) for one in stored if one.payment_term in truth]
	payable = [row.amount - row.advance for _one, row, _balance in known]
	paid = [max(balance.paid - row.advance, Decimal(0)) for _one, row, balance in known]
	outstanding = [balance.outstanding for _one, _row, balance in known]
	amounts = [to_money(one.payment_amount) for one, _row, _balance in known]
	if known and sum(amounts) == sum(payable):  # else an instalment was edited: then its amount is no truth
		amounts = schedule_amounts(payable, paid, outstanding, credits)
	base_amounts = _base_amounts([one for one, _row, _balance in known], amounts)
	changes = {}
	for (one, _row, _balance), *figures in zip(known, amounts, base_amounts, paid, outstanding, strict=True):
		values = {name: float(value) for name, value in _schedule_values(*figures, conversion_rate).items()}
		if any((one[name] or 0.0) != value for name, value in values.items()):
			changes[one.name] = values
	return changes


def heal_invoice(invoice: Any, outstanding: Decimal, advance: Decimal) -> bool:
	"""What the invoice owes, and the advance by which its schedule was lowered.

	Core sums the ledger from the transaction's snapshot, which misses payments that others committed meanwhile; and it
	forgets all advances where the reconciliation of one payment is undone.
	"""
	changed = False
	taken_inside = invoice.is_opening != "Yes"  # what an opening plan was paid before is not in this ledger
	if taken_inside and to_money(invoice.total_advance or 0) != advance:
		frappe.db.set_value("Sales Invoice", invoice.name, "total_advance", float(advance))
		changed = True
	if to_money(invoice.outstanding_amount) != outstanding:
		frappe.db.set_value("Sales Invoice", invoice.name, "outstanding_amount", float(outstanding))
		_set_status(invoice.name)
		changed = True
	return changed


def _set_status(sales_invoice: str) -> None:
	frappe.get_doc("Sales Invoice", sales_invoice).set_status(update=True)


def _base_amounts(stored: Sequence[Any], amounts: Sequence[Decimal]) -> list[Decimal]:
	"""In company currency: as stored, or their sum shared anew where an amount changes, as at saving."""
	base = [to_money(one.base_payment_amount or 0) for one in stored]
	if [one.payment_amount for one in stored] == [float(amount) for amount in amounts] or not any(amounts):
		return base
	return list(split(sum(base, Decimal(0)), amounts))


def _schedule_values(
	amount: Decimal, base_amount: Decimal, paid: Decimal, outstanding: Decimal, conversion_rate: Decimal
) -> dict[str, Decimal]:
	untouched = outstanding == amount
	return {
		"payment_amount": amount,
		"base_payment_amount": base_amount,
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
		.orderby(row.idx)
		.for_update()
	).run(as_dict=True)
