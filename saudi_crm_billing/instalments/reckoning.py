"""From a plan's rows, its ledger and the payments directed to its instalments to the truth of each. Reads and writes
nothing: `balances` writes it, `drift` compares with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from saudi_crm_billing.common.money import to_money
from saudi_crm_billing.instalments.engine.directions import Direction, by_place, honour
from saudi_crm_billing.instalments.engine.waterfall import CreditRule, InstalmentBalance, settle
from saudi_crm_billing.instalments.ledger import LedgerState

ZERO = Decimal(0)


@dataclass(frozen=True)
class Truth:
	"""A balance a row, what each direction still moves, and what of each row's `paid` a write-off settled."""

	balances: tuple[InstalmentBalance, ...]
	honoured: tuple[Decimal, ...]
	written_off: tuple[Decimal, ...]
	not_scheduled: Decimal

	@property
	def outstanding(self) -> Decimal:
		return self.total_of("outstanding")

	def total_of(self, name: str) -> Decimal:
		return sum((getattr(balance, name) for balance in self.balances), ZERO)


def reckon(
	rule: str | None,
	rows: Sequence[Any],
	ledger: LedgerState,
	directions: Sequence[Any] = (),
	without: Decimal = ZERO,
) -> Truth:
	"""`rows` with number and amount in their order, `directions` oldest first; `without` leaves so much of the
	payments out."""
	amounts = [row.amount for row in rows]
	payments = sum(amounts, ZERO) - ledger.outstanding - ledger.credits - without
	places = {row.number: place for place, row in enumerate(rows)}
	asked = [
		Direction(places.get(one.number, -1), (one.voucher_type, one.voucher_no), to_money(one.amount))
		for one in directions
	]
	money = max(min(payments, payments + ledger.credits), ZERO)
	given = honour(asked, amounts, ledger.payments(), money)
	balances = settle(
		amounts,
		payments,
		ledger.credits,
		rule=CreditRule(rule or CreditRule.OLDEST.value),
		notes=ledger.notes(),
		directed=by_place(asked, given),
	)
	owed = sum((balance.outstanding for balance in balances), ZERO)
	gone = [(one, part) for one, row, part in zip(asked, directions, given, strict=True) if row.write_off]
	written_off = by_place([one for one, _part in gone], [part for _one, part in gone])
	by_row = tuple(written_off.get(place, ZERO) for place in range(len(rows)))
	return Truth(balances, given, by_row, ledger.outstanding - owed)
