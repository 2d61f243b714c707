"""Who may have a plan: conditions of a template beside the facts of a sale."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import Enum


class Reason(Enum):
	"""Why a sale may not have the plan."""

	NOT_YET = "not yet"
	NO_LONGER = "no longer"
	SALE_TOO_SMALL = "sale too small"
	SALE_TOO_LARGE = "sale too large"
	OTHER_BUYERS = "other buyers"


@dataclass(frozen=True)
class Condition:
	"""Met by a buyer who meets all that it names; None asks for nothing."""

	group: str | None = None
	tax_class: str | None = None
	minimum_score: Decimal | None = None


@dataclass(frozen=True)
class Offer:
	"""One of the conditions must be met where there are any; the limits include themselves."""

	valid_from: date | None = None
	valid_to: date | None = None
	minimum: Decimal = Decimal(0)
	maximum: Decimal | None = None
	conditions: tuple[Condition, ...] = ()


@dataclass(frozen=True)
class Buyer:
	"""What is known of a buyer: `groups` are the own customer group and those above it."""

	groups: Collection[str] = ()
	tax_class: str | None = None
	score: Decimal | None = None


def why_not(offer: Offer, buyer: Buyer, total: Decimal, on: date) -> Reason | None:
	"""The first reason against the plan for a sale of `total` on that date; None where the buyer may have it."""
	if offer.valid_from and on < offer.valid_from:
		return Reason.NOT_YET
	if offer.valid_to and on > offer.valid_to:
		return Reason.NO_LONGER
	if total < offer.minimum:
		return Reason.SALE_TOO_SMALL
	if offer.maximum is not None and total > offer.maximum:
		return Reason.SALE_TOO_LARGE
	if offer.conditions and not any(_meets(buyer, condition) for condition in offer.conditions):
		return Reason.OTHER_BUYERS
	return None


def _meets(buyer: Buyer, condition: Condition) -> bool:
	"""A score that nobody knows meets no minimum."""
	if condition.group and condition.group not in buyer.groups:
		return False
	if condition.tax_class and condition.tax_class != buyer.tax_class:
		return False
	least = condition.minimum_score
	return least is None or (buyer.score is not None and buyer.score >= least)
