"""The only writer of which Payment Schedule rows a submitted invoice has, and of their dates and planned amounts.

Core lets nobody change a schedule after submit. Rows that advances settle wholly are not in it, as in the draft's; where
such an advance is undone or directed elsewhere, the row comes back.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import frappe

from saudi_crm_billing.common.money import split, to_decimal, to_money
from saudi_crm_billing.instalments.engine.schedule import portion_of
from saudi_crm_billing.instalments.engine.waterfall import InstalmentBalance
from saudi_crm_billing.instalments.schedule_rows import describe
from saudi_crm_billing.instalments.terms import term_name
from saudi_crm_billing.prepared import Prepared, given

ZERO = Decimal(0)
FIGURES = (
	"payment_amount",
	"base_payment_amount",
	"paid_amount",
	"outstanding",
	"base_paid_amount",
	"base_outstanding",
)
FIELDS = ("name", "payment_term", "due_date", *FIGURES)


def standing_advance(advance: Decimal, paid: Decimal) -> Decimal:
	"""What an instalment still has of the advance taken inside the invoice: never more than payments settle of it."""
	return min(advance, paid)


def payable_amounts(rows: Sequence[Any], balances: Sequence[InstalmentBalance]) -> list[Decimal]:
	"""What the schedule is to carry of each instalment."""
	return [
		row.amount - standing_advance(row.advance, balance.paid)
		for row, balance in zip(rows, balances, strict=True)
	]


def carried(payable: Sequence[Decimal]) -> list[int]:
	"""Places of the rows that the schedule has; the last one stays even where nothing is payable, for core needs one."""
	return [place for place, amount in enumerate(payable) if amount] or [len(payable) - 1]


def schedule_of(sales_invoice: str, lock: bool = True) -> list[Any]:
	"""With `lock` as it is now, not as the transaction's snapshot has it."""
	query = _LOCKED if lock else _SHOWN
	return [frappe._dict(zip(FIELDS, cells, strict=True)) for cells in query.run({"invoice": sales_invoice})]


def _schedule() -> Any:
	row = frappe.qb.DocType("Payment Schedule")
	return (
		frappe.qb.from_(row)
		.select(*(row[name] for name in FIELDS))
		.where((row.parent == given("invoice")) & (row.parenttype == "Sales Invoice"))
		.orderby(row.idx)
	)


_SHOWN, _LOCKED = Prepared(_schedule), Prepared(lambda: _schedule().for_update())


def put_rows(sales_invoice: str, rows: Sequence[Any], payable: Sequence[Decimal]) -> None:
	"""The schedule has these instalments, by date, with these amounts. The caller holds the invoice."""
	stored = schedule_of(sales_invoice)
	places = carried(payable)
	base = base_amounts(sales_invoice, stored, payable)
	invoice = {"parent": sales_invoice, "parenttype": "Sales Invoice", "parentfield": "payment_schedule"}
	language = frappe.db.get_value("Sales Invoice", sales_invoice, "language")
	known = {one.payment_term: one.name for one in stored}
	changes = {}
	for index, place in enumerate(places, start=1):
		values = _values(rows[place], payable[place], sum(payable, ZERO), language)
		values |= {"idx": index, "base_payment_amount": float(base[place])}
		if name := known.pop(values["payment_term"], None):
			changes[name] = values
		else:
			_insert({**invoice, **values})
	frappe.db.bulk_update("Payment Schedule", changes, update_modified=True)
	frappe.db.delete("Payment Schedule", {"name": ("in", [*known.values(), ""])})


def base_amounts(sales_invoice: str, stored: Sequence[Any], payable: Sequence[Decimal]) -> Sequence[Decimal]:
	"""In company currency, shared by what is payable, as in the draft: what was moved between rows since does not count."""
	total = sum(payable, ZERO)
	if not total:
		return [ZERO for _amount in payable]
	if total == sum((to_money(one.payment_amount) for one in stored), ZERO):
		return split(sum((to_money(one.base_payment_amount or 0) for one in stored), ZERO), payable)
	rate = frappe.db.get_value("Sales Invoice", sales_invoice, "conversion_rate")
	return split(to_money(total * to_decimal(rate)), payable)


def _values(row: Any, amount: Decimal, total: Decimal, language: str | None) -> dict[str, Any]:
	return {
		"payment_term": term_name(row.number),
		"description": describe(row.number, row.due_date_hijri, language),
		"due_date": row.due_date,
		"invoice_portion": float(portion_of(amount, total)) if total else 0.0,
		"payment_amount": float(amount),
	}


def _insert(values: dict[str, Any]) -> None:
	row = frappe.new_doc("Payment Schedule")
	row.update(values)
	row.name = frappe.generate_hash(length=10)
	row.set_user_and_timestamp()
	row.db_insert()
