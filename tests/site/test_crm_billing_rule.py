"""What a billing rule must satisfy to be saved, and who may enable it."""

from __future__ import annotations

import re
from types import ModuleType
from typing import Any

import factories as make
import pytest
from crm_billing_helpers import a_rule, billing_clerk


def test_a_sound_rule_is_saved(site: ModuleType) -> None:
	rule = a_rule(
		min_total=100,
		max_total=100,
		conditions=[
			{"fieldname": "order_type", "operator": "in", "value": "Sales, Maintenance"},
			{"fieldname": "owner", "operator": "is set"},
		],
	)
	assert rule.name.startswith("SCB-RULE-")


@pytest.mark.parametrize(
	("values", "message"),
	[
		({"trigger": "Sales Order submitted"}, "can make a Sales Invoice only"),
		({"min_total": 200, "max_total": 100}, "Minimum Total 200.00 is above Maximum Total 100.00"),
		(
			{"conditions": [{"fieldname": "no_such_field", "operator": "=", "value": "1"}]},
			"Condition 1: Quotation has no field",
		),
		(
			{"conditions": [{"fieldname": "order_type", "operator": "=", "value": " "}]},
			"Condition 1: give a value to compare order_type with",
		),
	],
)
def test_an_unsound_rule_is_refused(site: ModuleType, values: dict[str, Any], message: str) -> None:
	with pytest.raises(site.ValidationError, match=re.escape(message)):
		a_rule(**values)


def test_the_user_it_runs_as_needs_the_rights(site: ModuleType) -> None:
	seller = make.a_user("seller@example.com", "Sales User")
	with pytest.raises(site.ValidationError, match="Create Sales Invoice, Submit Sales Invoice"):
		a_rule(run_as=seller)
	assert a_rule(run_as=seller, make="Sales Order").name
	assert a_rule(run_as=seller, enabled=0).name


def test_a_disabled_user_is_refused(site: ModuleType) -> None:
	clerk = billing_clerk()
	site.db.set_value("User", clerk, "enabled", 0)
	with pytest.raises(site.ValidationError, match="is disabled"):
		a_rule()


def test_a_sales_manager_writes_rules_but_gains_no_right_by_them(site: ModuleType) -> None:
	clerk = billing_clerk()
	accountant = make.a_user("accounts-manager@example.com", "Accounts Manager", "Sales User")
	site.set_user(make.a_user("sales-manager@example.com", "Sales Manager"))
	values = {
		"doctype": "SCB Billing Rule",
		"title": "Mine",
		"company": make.COMPANY,
		"trigger": "Quotation accepted",
		"make": "Sales Order and Sales Invoice",
		"run_as": clerk,
	}
	with pytest.raises(site.PermissionError, match="but not enable it"):
		site.get_doc({**values, "enabled": 1}).insert()
	rule = site.get_doc({**values, "enabled": 0}).insert()
	site.set_user(accountant)
	rule = site.get_doc("SCB Billing Rule", rule.name)
	rule.enabled = 1
	rule.save()
	assert rule.enabled


def test_a_sales_user_cannot_write_rules(site: ModuleType) -> None:
	clerk = billing_clerk()
	site.set_user(make.a_user("seller@example.com", "Sales User"))
	rule = site.get_doc(
		{
			"doctype": "SCB Billing Rule",
			"title": "Mine",
			"company": make.COMPANY,
			"trigger": "Quotation accepted",
			"run_as": clerk,
			"enabled": 0,
		}
	)
	with pytest.raises(site.PermissionError):
		rule.insert()


@pytest.mark.parametrize("days", [0, 366])
def test_links_live_between_a_day_and_a_year(site: ModuleType, days: int) -> None:
	with pytest.raises(site.ValidationError, match="must be between 1 and 365"):
		make.insert("SCB Billing Settings", company=make.COMPANY, link_days=days)
