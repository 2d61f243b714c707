"""The last writer of the figures that core shows of a submitted invoice with a plan: those of its Payment Schedule
rows, and its outstanding.

Core updates the rows for Payment Entries alone, and by differences; this writes absolute values after it.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import frappe

from saudi_crm_billing.common.money import converted, split, to_decimal, to_money, to_moneys
from saudi_crm_billing.instalments.engine.receivables import schedule_amounts
from saudi_crm_billing.instalments.engine.waterfall import InstalmentBalance
from saudi_crm_billing.instalments.submitted_schedule import (
	FIGURES,
	carried,
	payable_amounts,
	put_rows,
	schedule_of,
)


def heal_schedule(
	invoice: Any,
	rows: Sequence[Any],
	balances: Sequence[InstalmentBalance],
	credits: Decimal,
	agreed: Decimal,
) -> bool:
	"""`paid_amount` takes payments only, `outstanding` the full truth: then core's receivables report agrees.

	`agreed` is the plan's total.
	"""
	stored = schedule_of(invoice.name)
	before = {one.name: one.payment_amount for one in stored}
	if misshapen(stored, rows, balances, agreed):
		put_rows(invoice.name, rows, payable_amounts(rows, balances))
		stored = schedule_of(invoice.name)
	changes = schedule_changes(stored, rows, balances, credits, to_decimal(invoice.conversion_rate))
	frappe.db.bulk_update("Payment Schedule", changes, update_modified=False)
	after = {one.name: changes.get(one.name, one).get("payment_amount", one.payment_amount) for one in stored}
	if after != before:
		_set_status(invoice.name)  # core tells an overdue invoice by the amounts of its rows
	return bool(changes) or after != before


def misshapen(
	stored: Sequence[Any], rows: Sequence[Any], balances: Sequence[InstalmentBalance], agreed: Decimal
) -> dict[str, Decimal]:
	"""By term what rows of the schedule are to carry that are missing, too many, or together of another sum.

	Nothing where an instalment was edited: then its amount is no truth, and core's schedule keeps its own.
	"""
	if sum((row.amount for row in rows), Decimal(0)) != agreed:
		return {}
	payable = payable_amounts(rows, balances)
	wanted = {rows[place].payment_term: payable[place] for place in carried(payable)}
	amounts = to_moneys(one.payment_amount for one in stored)
	known = {one.payment_term: amount for one, amount in zip(stored, amounts, strict=True)}
	if sum(wanted.values()) != sum(known.values()):
		return {**dict.fromkeys(known, Decimal(0)), **wanted}
	return {term: wanted.get(term, Decimal(0)) for term in wanted.keys() ^ known.keys()}


def schedule_changes(
	stored: Sequence[Any],
	rows: Sequence[Any],
	balances: Sequence[InstalmentBalance],
	credits: Decimal,
	conversion_rate: Decimal,
) -> dict[str, dict[str, Any]]:
	"""Of each row of the schedule, by name, the values that are stored otherwise.

	Advances taken inside the invoice lowered the rows' amounts already and are not paid a second time.
	"""
	truth = {
		row.payment_term: (row.due_date, amount, balance)
		for row, amount, balance in zip(rows, payable_amounts(rows, balances), balances, strict=True)
	}
	known = [(one, *truth[one.payment_term]) for one in stored if one.payment_term in truth]
	payable = [amount for _one, _due, amount, _balance in known]
	paid = [amount - balance.outstanding - balance.credited for _one, _due, amount, balance in known]
	outstanding = [balance.outstanding for _one, _due, _amount, balance in known]
	amounts = to_moneys(one.payment_amount for one, *_truth in known)
	if known and sum(amounts) == sum(payable):  # else an instalment was edited: then its amount is no truth
		amounts = schedule_amounts(payable, paid, outstanding, credits)
	base_amounts = _base_amounts([one for one, *_truth in known], amounts, conversion_rate)
	changes = {}
	for (one, due, _amount, _balance), *figures in zip(
		known, amounts, base_amounts, paid, outstanding, strict=True
	):
		figures = zip(FIGURES, map(float, _figures(*figures, conversion_rate)), strict=True)
		changed = {name: value for name, value in figures if (one[name] or 0.0) != value}
		if one.due_date != due:
			changed["due_date"] = due
		if changed:
			changes[one.name] = changed
	return changes


def heal_invoice(invoice: Any, outstanding: Decimal, advance: Decimal) -> bool:
	"""What the invoice owes, and the advance by which its schedule is lowered: of those taken inside what still stands.

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


def _base_amounts(
	stored: Sequence[Any], amounts: Sequence[Decimal], conversion_rate: Decimal
) -> Sequence[Decimal]:
	"""In company currency: as stored, or their sum shared anew where an amount changes, as at saving."""
	if conversion_rate == 1:
		return amounts
	base = to_moneys(one.base_payment_amount for one in stored)
	if [one.payment_amount for one in stored] == [float(amount) for amount in amounts] or not any(amounts):
		return base
	return list(split(sum(base, Decimal(0)), amounts))


def _figures(
	amount: Decimal, base_amount: Decimal, paid: Decimal, outstanding: Decimal, conversion_rate: Decimal
) -> tuple[Decimal, ...]:
	"""What a row says, as FIGURES name it."""
	untouched = outstanding == amount
	base_outstanding = base_amount if untouched else converted(outstanding, conversion_rate)
	return amount, base_amount, paid, outstanding, converted(paid, conversion_rate), base_outstanding
