"""The margin of a sale on credit: a flat percentage a year of what the down payment leaves, part of each instalment."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

from saudi_crm_billing.common.money import HALALA, split
from saudi_crm_billing.instalments.engine.plan_terms import PlanTerms

DAYS_OF_YEAR = 365


def months_of(terms: PlanTerms) -> Fraction:
	"""The months that the instalments take: their number times the step, so 24 monthly ones take 24."""
	if terms.rows:
		return Fraction(terms.rows[-1].months + 1)
	steps = terms.count * terms.every
	if terms.frequency.months:
		return Fraction(steps * terms.frequency.months)
	return Fraction(12 * steps * terms.frequency.days, DAYS_OF_YEAR)


def margin_of(financed: Decimal, percent_a_year: Decimal, months: Fraction) -> Decimal:
	"""Rounded once, half up, to the halala."""
	exact = Fraction(financed) * Fraction(percent_a_year) / 100 * months / 12
	return int(exact * 100 + Fraction(1, 2)) * HALALA


def spread(margin: Decimal, amounts: Sequence[Decimal]) -> tuple[Decimal, ...]:
	"""Each instalment's part of the margin, by its amount; a down payment bears none."""
	return split(margin, amounts)
