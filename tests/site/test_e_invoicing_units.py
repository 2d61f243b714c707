"""Units per company, branch and POS profile: who issues, whose chain, and who never steps in for another."""

from __future__ import annotations

import json
from types import ModuleType
from typing import Any

import e_invoicing_helpers as zatca
import factories as make
import frappe
import pytest
from e_invoicing_fixtures import gateway, sandbox, unit
from frappe.model.document import Document

from saudi_crm_billing.e_invoicing.devices import issuers, onboarding, succession, units
from saudi_crm_billing.sandbox.server import Sandbox

__all__ = ["gateway", "sandbox", "unit"]

JEDDAH = "Jeddah"


@pytest.fixture
def branch(site: ModuleType) -> str:
	if not frappe.db.exists("Branch", JEDDAH):
		make.insert("Branch", branch=JEDDAH)
	return JEDDAH


@pytest.fixture
def branch_unit(unit: Document, sandbox: Sandbox, branch: str) -> Document:
	return zatca.an_active_unit(sandbox.base_url, title="Jeddah Branch", branch=branch)


def a_till(name: str = "Till 1") -> str:
	warehouse = make.insert("Warehouse", warehouse_name=f"{name} Store", company=make.COMPANY).name
	return make.insert(
		"POS Profile",
		name=name,
		company=make.COMPANY,
		warehouse=warehouse,
		currency="SAR",
		selling_price_list="Standard Selling",
		write_off_account=make.account("Write Off"),
		write_off_cost_center=frappe.db.get_value("Company", make.COMPANY, "cost_center"),
		payments=[{"mode_of_payment": "Cash", "default": 1}],
	).name


def issued(customer: str, **values: Any) -> Document:
	return zatca.document_of(zatca.submitted(zatca.an_invoice(customer, **values)))


def at_till(till: str) -> dict[str, Any]:
	cash = {"mode_of_payment": "Cash", "amount": 1150, "account": make.account("Cash")}
	return {"is_pos": 1, "pos_profile": till, "payments": [cash]}


def test_the_branch_s_unit_issues_for_the_branch(unit: Document, branch_unit: Document) -> None:
	invoice = zatca.an_invoice(zatca.a_person(), scb_branch=JEDDAH).insert()
	assert invoice.scb_zatca_unit == branch_unit.name
	zatca.submitted(frappe.copy_doc(invoice))
	of_branch = issued(zatca.a_person(), scb_branch=JEDDAH)
	of_company = issued(zatca.a_person())
	assert (of_branch.unit, of_company.unit) == (branch_unit.name, unit.name)


def test_the_chains_of_two_units_know_nothing_of_each_other(
	unit: Document, branch_unit: Document, sandbox: Sandbox
) -> None:
	documents = [
		issued(zatca.a_person(), scb_branch=branch) for branch in (None, JEDDAH, None, JEDDAH, JEDDAH)
	]
	assert [(row.unit, row.icv) for row in documents] == [
		(unit.name, 1),
		(branch_unit.name, 1),
		(unit.name, 2),
		(branch_unit.name, 2),
		(branch_unit.name, 3),
	]
	assert documents[2].previous_hash == documents[0].invoice_hash
	assert documents[3].previous_hash == documents[1].invoice_hash
	assert documents[0].previous_hash == documents[1].previous_hash


def test_the_till_s_unit_comes_before_the_branch_s(
	unit: Document, branch_unit: Document, sandbox: Sandbox
) -> None:
	till = a_till()
	till_unit = zatca.an_active_unit(sandbox.base_url, title=till, pos_profile=till, invoice_types="0100")
	sold = zatca.an_invoice(zatca.a_person(), scb_branch=JEDDAH, **at_till(till)).insert()
	assert sold.scb_zatca_unit == till_unit.name
	# The profile of an invoice that is no sale at a till does not count; a tax invoice the till may not issue.
	assert (
		issuers.issuing_unit_of(unsold := zatca.an_invoice(zatca.a_person(), pos_profile=till)).name
		== unit.name
	)
	assert not unsold.is_pos
	business = zatca.an_invoice(zatca.a_business(), scb_branch=JEDDAH, **at_till(till)).insert()
	assert business.scb_zatca_unit == branch_unit.name


def test_the_site_s_own_branch_dimension_counts(
	unit: Document, branch_unit: Document, monkeypatch: pytest.MonkeyPatch
) -> None:
	invoice = zatca.an_invoice(zatca.a_person(), scb_branch=None)
	invoice.branch = JEDDAH
	has_field = type(invoice.meta).has_field
	monkeypatch.setattr(
		type(invoice.meta), "has_field", lambda meta, name: name == "branch" or has_field(meta, name)
	)
	assert issuers.issuing_unit_of(invoice).name == branch_unit.name
	invoice.scb_branch, invoice.branch = JEDDAH, None
	assert issuers.issuing_unit_of(invoice, anew=True).name == unit.name


def test_an_inactive_unit_of_a_branch_is_not_passed_over(unit: Document, branch_unit: Document) -> None:
	units.write(branch_unit.name, status="Expired")
	invoice = zatca.an_invoice(zatca.a_person(), scb_branch=JEDDAH).insert()
	with pytest.raises(frappe.ValidationError) as refused:
		invoice.submit()
	said = str(refused.value)
	assert f"{JEDDAH}</strong> are issued by the ZATCA Unit" in said
	assert "/app/zatca-unit/" in said
	assert "status Expired" in said
	assert issued(zatca.a_person()).unit == unit.name


def test_a_retired_unit_of_a_branch_leaves_it_to_the_company(unit: Document, branch_unit: Document) -> None:
	succession.retire(branch_unit.name)
	assert issued(zatca.a_person(), scb_branch=JEDDAH).unit == unit.name


def test_two_units_of_a_company_share_it_by_kind(site: ModuleType, sandbox: Sandbox) -> None:
	standard = zatca.an_active_unit(sandbox.base_url, title="Tax Invoices", invoice_types="1000")
	simplified = zatca.an_active_unit(sandbox.base_url, title="Simplified", invoice_types="0100")
	assert issued(zatca.a_business()).unit == standard.name
	assert issued(zatca.a_person()).unit == simplified.name


def test_a_second_unit_for_the_same_branch_is_refused(branch_unit: Document, sandbox: Sandbox) -> None:
	with pytest.raises(
		frappe.ValidationError, match="Jeddah Branch already issues these documents for Jeddah"
	):
		zatca.an_active_unit(sandbox.base_url, title="Jeddah 2", branch=JEDDAH)


def test_a_unit_keeps_its_branch(branch_unit: Document) -> None:
	branch_unit.branch = None
	with pytest.raises(frappe.ValidationError, match="Branch cannot change any more"):
		branch_unit.save()


def test_a_till_of_another_company_is_refused(site: ModuleType, sandbox: Sandbox) -> None:
	till = a_till()
	frappe.db.set_value("POS Profile", till, "company", "Another")
	with pytest.raises(frappe.ValidationError, match=f"POS Profile {till} belongs to Another"):
		zatca.a_unit(sandbox.base_url, pos_profile=till)


def test_finding_the_unit_is_one_statement(unit: Document, branch_unit: Document) -> None:
	invoice = zatca.an_invoice(zatca.a_person(), scb_branch=JEDDAH)
	invoice.meta  # noqa: B018  read before counting
	statements: list[str] = []
	run = frappe.db.sql

	def counting(query: Any, *args: Any, **options: Any) -> Any:
		statements.append(str(query))
		return run(query, *args, **options)

	with pytest.MonkeyPatch.context() as patch:
		patch.setattr(frappe.local.db, "sql", counting)
		issuers.unit_of(invoice, anew=True)
		issuers.issuing_unit_of(invoice)
	assert len(statements) == 1, statements


def test_a_request_does_not_choose_the_unit(unit: Document, branch_unit: Document) -> None:
	invoice = zatca.an_invoice(zatca.a_person(), scb_zatca_unit=branch_unit.name).insert()
	assert invoice.scb_zatca_unit == unit.name


def test_only_a_site_with_branch_units_asks_for_a_branch(
	unit: Document, branch: str, sandbox: Sandbox
) -> None:
	from saudi_crm_billing.e_invoicing import boot

	info = frappe._dict()
	boot.extend(info)
	assert info.scb_zatca_branches is False
	onboarding.onboard(zatca.a_unit(sandbox.base_url, title="Jeddah Branch", branch=branch).name, zatca.OTP)
	boot.extend(info)
	assert info.scb_zatca_branches is True


def test_who_keeps_the_accounts_may_choose_a_branch(site: ModuleType, branch: str) -> None:
	from frappe.client import validate_link
	from frappe.desk.search import search_link

	from saudi_crm_billing.e_invoicing import given_rights

	clerk = make.a_user("clerk.branches@example.com", "Accounts User")
	frappe.db.delete(
		"Custom DocPerm", {"parent": "Branch", "role": ("in", ("Accounts Manager", "Accounts User"))}
	)
	frappe.clear_cache(doctype="Branch")
	frappe.set_user(clerk)
	assert not frappe.has_permission("Branch", "select")
	frappe.set_user("Administrator")
	given_rights.grant(given_rights.BRANCHES)
	given_rights.grant(given_rights.BRANCHES)
	frappe.clear_cache(doctype="Branch")
	frappe.set_user(clerk)
	assert [row["value"] for row in search_link("Branch", JEDDAH)] == [branch]
	assert validate_link("Branch", branch, json.dumps(["name"])).name == branch
	assert not frappe.has_permission("Branch", "write")
	frappe.set_user("Administrator")
	given_rights.take_back(given_rights.BRANCHES)
	assert not frappe.get_all("Custom DocPerm", {"parent": "Branch"})
