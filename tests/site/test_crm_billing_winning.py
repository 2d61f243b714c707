"""Which quotation a won deal bills, and when a deal cannot be won because its quotation can no longer be billed."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import factories as make
import pytest
from crm_billing_helpers import a_rule, an_opportunity, process, submitted_quotation
from frappe.utils import add_days, nowdate

RUN = "SCB Billing Run"


@pytest.mark.parametrize(
	("change", "message"),
	[
		({"valid_till": "2026-01-31"}, "was valid till"),
		({"valid_till": "2026-01-31", "status": "Expired"}, "was valid till"),
		({"status": "Lost"}, "is marked as lost"),
		({"status": "Partially Ordered"}, "is partly ordered"),
	],
)
def test_a_deal_whose_quotation_can_no_longer_be_billed_is_not_won(
	site: ModuleType, change: dict[str, Any], message: str
) -> None:
	from saudi_crm_billing.crm_billing import api

	a_rule(trigger="Opportunity won")
	opportunity = an_opportunity()
	quotation = submitted_quotation(opportunity=opportunity.name)
	quotation.db_set(change)
	with pytest.raises(site.ValidationError, match=f"{quotation.name} {message}"):
		api.mark_won(opportunity.name)
	assert opportunity.reload().scb_won_on is None
	assert not site.db.exists(RUN, {"opportunity": opportunity.name})

	quotation.db_set({"valid_till": add_days(nowdate(), 1), "status": "Open"})
	assert api.mark_won(opportunity.name) is True


def test_an_expired_quotation_gives_way_to_one_that_is_valid(site: ModuleType, borders: None) -> None:
	from saudi_crm_billing.crm_billing import api

	a_rule(trigger="Opportunity won")
	opportunity = an_opportunity()
	valid = submitted_quotation(opportunity=opportunity.name)
	submitted_quotation(opportunity=opportunity.name).db_set("valid_till", add_days(nowdate(), -1))
	assert api.mark_won(opportunity.name) is True
	run = process(site.get_doc(RUN, {"opportunity": opportunity.name}))
	assert (run.status, run.quotation) == ("Done", valid.name)


def test_a_won_deal_bills_the_quotation_that_was_accepted(site: ModuleType, borders: None) -> None:
	from saudi_crm_billing.crm_billing import api

	a_rule(trigger="Opportunity won")
	opportunity = an_opportunity()
	accepted = submitted_quotation(opportunity=opportunity.name)
	submitted_quotation(opportunity=opportunity.name, items=[make.line(rate=900)])
	api.mark_accepted(accepted.name)
	api.mark_won(opportunity.name)
	run = process(site.get_doc(RUN, {"opportunity": opportunity.name}))
	assert (run.status, run.quotation) == ("Done", accepted.name)


def test_a_won_deal_that_is_ordered_is_not_billed_a_second_time(site: ModuleType, borders: None) -> None:
	from erpnext.selling.doctype.quotation.quotation import make_sales_order

	from saudi_crm_billing.crm_billing import api

	a_rule(trigger="Opportunity won")
	opportunity = an_opportunity()
	ordered = submitted_quotation(opportunity=opportunity.name)
	order = make_sales_order(ordered.name)
	order.delivery_date = nowdate()
	order.insert().submit()
	ordered.db_set("valid_till", add_days(nowdate(), -1))
	submitted_quotation(opportunity=opportunity.name, items=[make.line(rate=900)])
	assert api.mark_won(opportunity.name) is True
	run = process(site.get_doc(RUN, {"opportunity": opportunity.name}))
	assert (run.status, run.sales_order) == ("Done", order.name)
	assert site.db.get_value("Sales Invoice", run.sales_invoice, "net_total") == 1000
