"""Who may have a plan: dates, limits of the sale, and conditions of which one must fit."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from saudi_crm_billing.instalments.engine.eligibility import Buyer, Condition, Offer, Reason, why_not

ON = date(2027, 3, 1)
RETAIL = Buyer(groups=("Retail", "All Customer Groups"), tax_class="Taxable 15%", score=Decimal(600))


@pytest.mark.parametrize(
	("offer", "reason"),
	[
		(Offer(), None),
		(Offer(valid_from=ON, valid_to=ON), None),
		(Offer(valid_from=date(2027, 3, 2)), Reason.NOT_YET),
		(Offer(valid_to=date(2027, 2, 28)), Reason.NO_LONGER),
		(Offer(minimum=Decimal(1000), maximum=Decimal(1000)), None),
		(Offer(minimum=Decimal("1000.01")), Reason.SALE_TOO_SMALL),
		(Offer(maximum=Decimal("999.99")), Reason.SALE_TOO_LARGE),
		(Offer(conditions=(Condition("Retail"),)), None),
		(Offer(conditions=(Condition("All Customer Groups"),)), None),
		(Offer(conditions=(Condition("Government"),)), Reason.OTHER_BUYERS),
		(Offer(conditions=(Condition("Government"), Condition("Retail"))), None),
		(Offer(conditions=(Condition("Retail", "Export"),)), Reason.OTHER_BUYERS),
		(Offer(conditions=(Condition("Retail", "Taxable 15%", Decimal(600)),)), None),
		(Offer(conditions=(Condition(minimum_score=Decimal(601)),)), Reason.OTHER_BUYERS),
		(Offer(conditions=(Condition(),)), None),
	],
)
def test_the_first_reason_against_a_plan(offer: Offer, reason: Reason | None) -> None:
	assert why_not(offer, RETAIL, Decimal(1000), ON) is reason


def test_a_score_that_nobody_knows_meets_no_minimum() -> None:
	offer = Offer(conditions=(Condition(minimum_score=Decimal(1)),))
	assert why_not(offer, Buyer(), Decimal(1), ON) is Reason.OTHER_BUYERS
	assert why_not(offer, Buyer(score=Decimal(1)), Decimal(1), ON) is None
