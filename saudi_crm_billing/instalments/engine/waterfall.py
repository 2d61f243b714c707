"""What each instalment has paid and still owes: the oldest is settled first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True)
class InstalmentBalance:
	"""`paid` by payments of all kinds, `credited` by credit notes; what is left is `outstanding`."""

	amount: Decimal
	paid: Decimal
	credited: Decimal
	outstanding: Decimal


def settle(amounts: Sequence[Decimal], payments: Decimal, credits: Decimal) -> tuple[InstalmentBalance, ...]:
	"""Pour payments, then payments and credit notes together, over the instalments in the order given.

	ERPNext's receivables report pours payments first, too: so `paid` is the share of payments alone, and
	`credited` is what credit notes settle beyond it. What exceeds the sum of the amounts is left over; a negative
	sum (a debit against the invoice) settles nothing.
	"""
	settled = _pour(amounts, payments + credits)
	paid = _pour(amounts, min(payments, payments + credits))
	return tuple(
		InstalmentBalance(amount, part, whole - part, amount - whole)
		for amount, part, whole in zip(amounts, paid, settled, strict=True)
	)


def _pour(amounts: Sequence[Decimal], money: Decimal) -> list[Decimal]:
	shares = []
	for amount in amounts:
		share = min(max(money, Decimal(0)), amount)
		shares.append(share)
		money -= share
	return shares
