"""Amounts of schedule rows from which ERPNext's Accounts Receivable by payment terms shows the plan's truth.

The report takes a row's own paid amount off it, and then pours the invoice's credit notes over the rows: those with
the largest paid amount first, then by due date. Where the plan's truth is another one (a rule for credit notes, a
payment directed to an instalment), amounts are moved between the rows so that the report finds it.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

ZERO = Decimal(0)


def schedule_amounts(
	payable: Sequence[Decimal], paid: Sequence[Decimal], outstanding: Sequence[Decimal], credits: Decimal
) -> list[Decimal]:
	"""An amount a row, together those of `payable`: the planned ones wherever the report is right with them.

	Else each row is lowered to what it was paid and still owes; the rest stands in the row where the report puts the
	credit notes first. Rows are in the order of their due dates.
	"""
	order = sorted(range(len(payable)), key=lambda place: (-paid[place], place))
	if not credits or _owed_by_the_report(payable, paid, credits, order) == list(outstanding):
		return list(payable)
	amounts = [part + left for part, left in zip(paid, outstanding, strict=True)]
	amounts[order[0]] += sum(payable, ZERO) - sum(amounts, ZERO)
	return amounts


def _owed_by_the_report(
	payable: Sequence[Decimal], paid: Sequence[Decimal], credits: Decimal, order: Sequence[int]
) -> list[Decimal]:
	owed = [amount - part for amount, part in zip(payable, paid, strict=True)]
	for place in order:
		share = min(max(credits, ZERO), owed[place])
		owed[place] -= share
		credits -= share
	return owed
