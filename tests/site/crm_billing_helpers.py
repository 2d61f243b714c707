"""What the tests of deal-to-invoice automation share."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import factories as make
import frappe
import pytest
from frappe.model.document import Document


def billing_clerk() -> str:
	return make.a_user("billing-clerk@example.com", "Sales User", "Accounts User")


def an_opportunity() -> Document:
	return make.insert(
		"Opportunity",
		opportunity_from="Customer",
		party_name=make.a_customer(),
		company=make.COMPANY,
		currency="SAR",
		conversion_rate=1,
	)


def a_rule(**values: Any) -> Document:
	defaults = {
		"title": "Bill accepted quotations",
		"company": make.COMPANY,
		"trigger": "Quotation accepted",
		"make": "Sales Order and Sales Invoice",
		"submit_documents": 1,
		"enabled": 1,
		"run_as": billing_clerk(),
	}
	return make.insert("SCB Billing Rule", **{**defaults, **values})


def submitted_quotation(**values: Any) -> Document:
	quotation = make.a_quotation(**values)
	quotation.insert()
	quotation.submit()
	return quotation


def accepted_run(quotation: Document) -> Document | None:
	"""Accept as the Desk does; the run that this registers, or None."""
	from saudi_crm_billing.crm_billing import api

	assert api.mark_accepted(quotation.name) is True
	name = frappe.db.get_value("SCB Billing Run", {"quotation": quotation.name})
	return frappe.get_doc("SCB Billing Run", name) if name else None


def process(run: Document) -> Document:
	from saudi_crm_billing.crm_billing import tasks

	tasks.process(run.name)
	return frappe.get_doc("SCB Billing Run", run.name)


def invoices_of(quotation: Document) -> list[str]:
	"""All Sales Invoices that bill the quotation through its orders, whoever made them."""
	orders = frappe.get_all("Sales Order Item", {"prevdoc_docname": quotation.name}, pluck="parent")
	return sorted(
		set(frappe.get_all("Sales Invoice Item", {"sales_order": ("in", orders or [""])}, pluck="parent"))
	)


def act_on_savepoints(site: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
	"""`commit` runs the before-commit work and sets a savepoint; a full `rollback` goes back to the last one."""
	database, roll_back = site.local.db, site.local.db.rollback

	def commit() -> None:
		database.before_commit.run()
		database.savepoint("border")

	def rollback(*, save_point: str | None = None) -> None:
		if save_point:
			roll_back(save_point=save_point)
			return
		database.before_commit.reset()
		database.before_rollback.run()
		roll_back(save_point="border")

	monkeypatch.setattr(database, "commit", commit)
	monkeypatch.setattr(database, "rollback", rollback)
	commit()
