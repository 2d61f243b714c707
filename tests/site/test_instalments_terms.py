"""The Payment Terms that the app makes are taken back when it is uninstalled; a user's own are not."""

from __future__ import annotations

from types import ModuleType

import factories as make
import pytest


def test_a_users_own_term_stays_when_the_app_goes(site: ModuleType) -> None:
	from saudi_crm_billing.instalments.install import unseed

	make.insert("Payment Term", payment_term_name="Instalment on Delivery", credit_days=10)
	make.insert("Payment Term", payment_term_name="Instalment 3 of 4", invoice_portion=25)
	unseed()
	assert site.db.exists("Payment Term", "Instalment on Delivery")
	assert site.db.exists("Payment Term", "Instalment 3 of 4")
	assert not site.db.exists("Payment Term", "Instalment 005")
	assert not site.db.exists("Payment Term", "Instalment 000 (down payment)")


@pytest.mark.parametrize("filled", [{"invoice_portion": 20}, {"credit_days": 30}, {"description": "Ours"}])
def test_a_term_that_a_user_filled_in_is_the_users_own(site: ModuleType, filled: dict[str, object]) -> None:
	from saudi_crm_billing.instalments.install import unseed

	site.db.set_value("Payment Term", "Instalment 007", filled)
	unseed()
	assert site.db.exists("Payment Term", "Instalment 007")
	assert not site.db.exists("Payment Term", "Instalment 008")
