"""From what was agreed to dated, exact instalments."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from saudi_crm_billing.common.dates import DateOutOfRange, to_hijri
from saudi_crm_billing.common.money import HALALA, split
from saudi_crm_billing.instalments.engine.due_dates import due_dates
from saudi_crm_billing.instalments.engine.plan_errors import MESSAGES, PlanError
from saudi_crm_billing.instalments.engine.plan_terms import (
	LAST_DAY,
	Frequency,
	IrregularRow,
	PlanTerms,
	Salary,
	check_terms,
)

__all__ = [
	"LAST_DAY",
	"MESSAGES",
	"Frequency",
	"IrregularRow",
	"PlanError",
	"PlanTerms",
	"Salary",
	"ScheduledInstalment",
	"build_schedule",
	"portion_of",
]

PORTION = Decimal("1e-9")


@dataclass(frozen=True)
class ScheduledInstalment:
	"""One row: `number` 0 is the down payment; `portion` is its percentage of the total at nine digits.

	ERPNext recomputes amounts from percentages. At nine digits it finds the same halala for totals below
	900,000,000.
	"""

	number: int
	due_date: date
	due_date_hijri: str
	amount: Decimal
	portion: Decimal


def build_schedule(terms: PlanTerms) -> tuple[ScheduledInstalment, ...]:
	"""The rows of a plan, dates strictly rising, amounts adding up to the total. Raises PlanError."""
	check_terms(terms)
	try:
		dates = due_dates(terms)
		hijri = [to_hijri(due) for _number, due in dates]
	except DateOutOfRange as error:
		raise PlanError("date_out_of_range", date=error.what) from error
	amounts = _amounts(terms)
	portions = {amount: portion_of(amount, terms.total) for amount in set(amounts)}
	return tuple(
		ScheduledInstalment(number, due, shown, amount, portions[amount])
		for (number, due), shown, amount in zip(dates, hijri, amounts, strict=True)
	)


def portion_of(amount: Decimal, total: Decimal) -> Decimal:
	"""`amount` as a percentage of `total`, at the nine digits that ERPNext's column keeps."""
	return (100 * amount / total).quantize(PORTION, rounding=ROUND_HALF_UP)


def _amounts(terms: PlanTerms) -> tuple[Decimal, ...]:
	instalments = _shares(terms)
	_check_minimum(terms, instalments)
	return (terms.down_payment, *instalments) if terms.down_payment else instalments


def _shares(terms: PlanTerms) -> tuple[Decimal, ...]:
	if terms.rows:
		return split(terms.rest, [row.percent for row in terms.rows])
	if terms.balloon:
		return (*split(terms.rest - terms.balloon, [1] * (terms.count - 1)), terms.balloon)
	return split(terms.rest, [1] * terms.count)


def _check_minimum(terms: PlanTerms, instalments: tuple[Decimal, ...]) -> None:
	least = max(terms.minimum, HALALA)
	if terms.rest < least:
		raise PlanError("rest_below_minimum", rest=terms.rest, minimum=least)
	for number, amount in enumerate(instalments, start=1):
		if amount < least:
			most = int(terms.rest / least)
			raise PlanError(
				"below_minimum", number=number, amount=amount, minimum=least, rest=terms.rest, most=most
			)
