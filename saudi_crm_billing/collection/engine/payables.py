"""What the company itself owes its suppliers past the due date."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from saudi_crm_billing.collection.engine.steps import is_overdue


@dataclass(frozen=True)
class Bill:
	"""A supplier's bill: what the ledger says is owed, and the amounts by due date, in one `currency`."""

	name: str
	supplier: str
	outstanding: Decimal
	currency: str
	schedule: tuple[tuple[date, Decimal], ...]


@dataclass(frozen=True)
class OverdueRow:
	"""The unpaid part of one due amount of a bill, in the shape that messages list (see messages.Owed)."""

	sales_invoice: str
	customer: str
	number: int
	due_date: date
	outstanding: Decimal
	currency: str
	plan: str = ""


def overdue_bill_rows(bills: Iterable[Bill], today: date) -> tuple[OverdueRow, ...]:
	"""Oldest first. What was paid settles a bill's due amounts in their order, whoever allocated it how."""
	rows = [row for bill in bills for row in _unpaid_rows(bill) if is_overdue(row.due_date, today)]
	return tuple(sorted(rows, key=lambda row: (row.due_date, row.sales_invoice, row.number)))


def _unpaid_rows(bill: Bill) -> list[OverdueRow]:
	"""From the last due amount back: what is owed is owed on the latest ones first."""
	left = bill.outstanding
	rows = []
	for number, (due_date, amount) in reversed(list(enumerate(sorted(bill.schedule), start=1))):
		owed = min(left, amount)
		if owed > 0:
			rows.append(OverdueRow(bill.name, bill.supplier, number, due_date, owed, bill.currency))
		left -= owed
	return rows
