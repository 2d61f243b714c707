"""What other slices may ask about a customer's taxes, through hooks; reads only."""

from __future__ import annotations

from datetime import date
from typing import Any

from saudi_crm_billing.customer_tax.basis import customer_tax
from saudi_crm_billing.customer_tax.engine.decision import decide
from saudi_crm_billing.customer_tax.settings import active_settings, load_class


def tax_class_fact(customer: str, company: str, on: date) -> dict[str, Any]:
	"""The class that holds for the customer on that date; in a company without a setup the one that is entered."""
	chosen, _category = customer_tax(customer)
	settings = active_settings(company)
	if not settings:
		return {"tax_class": chosen}
	decision = decide(load_class(chosen), None, load_class(settings.default_class), on)
	return {"tax_class": decision.class_name or None}
