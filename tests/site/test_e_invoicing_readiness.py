"""What a unit's form takes from its company, and what is said before a one-time password is spent."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import e_invoicing_helpers as zatca
import factories as make
import frappe
import pytest
from e_invoicing_fixtures import gateway, sandbox

from saudi_crm_billing.e_invoicing import api
from saudi_crm_billing.e_invoicing.sending.gateway import Gateway
from saudi_crm_billing.sandbox.server import Sandbox

__all__ = ["gateway", "sandbox"]


def change_company(**values: Any) -> None:
	frappe.db.set_value("Company", make.COMPANY, values)
	frappe.clear_document_cache("Company", make.COMPANY)


def address() -> str:
	return frappe.db.get_value("Address", {"address_title": make.COMPANY})


def change_address(**values: Any) -> None:
	frappe.db.set_value("Address", address(), values)
	frappe.clear_document_cache("Address", address())


def said(unit: str) -> list[str]:
	return [row["text"] for row in api.check_readiness(unit)]


def test_a_complete_company_lacks_nothing(site: ModuleType, sandbox: Sandbox) -> None:
	unit = zatca.a_unit(sandbox.base_url)
	assert said(unit.name) == []
	assert api.onboard_unit(unit.name, zatca.OTP) == {"status": "Active"}


@pytest.mark.parametrize(
	("values", "words"),
	[
		({"tax_id": ""}, "Tax ID is empty"),
		({"tax_id": "39999"}, "Tax ID 39999 has 5 characters: a VAT number has 15 digits"),
		({"tax_id": "299999999900003"}, "Tax ID 299999999900003 has 15 characters"),
		({"tax_id": "311111111100003"}, "is not the VAT number 399999999900003 of the unit"),
		({"scb_name_ar": ""}, "Company Name in Arabic is empty"),
		({"scb_cr_number": ""}, "Registration Number is empty"),
	],
)
def test_what_the_company_lacks_is_said_with_the_record(
	site: ModuleType, sandbox: Sandbox, values: dict[str, str], words: str
) -> None:
	unit = zatca.a_unit(sandbox.base_url)
	change_company(**values)
	(row,) = api.check_readiness(unit.name)
	assert (row["doctype"], row["name"]) == ("Company", make.COMPANY)
	assert words in row["text"]


def test_a_company_whose_own_name_is_arabic_needs_no_second_one(site: ModuleType, sandbox: Sandbox) -> None:
	unit = zatca.a_unit(sandbox.base_url)
	change_company(scb_name_ar="", company_name="شركة الرياض التجارية")
	assert said(unit.name) == []


def test_each_part_of_the_address_is_named(site: ModuleType, sandbox: Sandbox) -> None:
	unit = zatca.a_unit(sandbox.base_url)
	change_address(scb_building_number="12", scb_district="", pincode="1234")
	rows = api.check_readiness(unit.name)
	assert {(row["doctype"], row["name"]) for row in rows} == {("Address", address())}
	assert [row["text"].split(": ", 1)[1] for row in rows] == [
		"Building Number is 12; it has 4 digits.",
		"District is empty.",
		"Postal Code is 1234; it has 5 digits.",
	]


def test_a_company_without_an_address_is_told_so(site: ModuleType, sandbox: Sandbox) -> None:
	unit = zatca.a_unit(sandbox.base_url)
	change_address(disabled=1)
	assert said(unit.name) == [
		f"{make.COMPANY}: no address is found. Add one with street, building number, district, city and postal code."
	]


def test_the_password_is_not_spent_on_a_company_that_is_not_ready(
	site: ModuleType, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
	unit = zatca.a_unit(sandbox.base_url)
	change_company(scb_cr_number="")
	asked: list[str] = []
	monkeypatch.setattr(Gateway, "compliance_csid", lambda *_args: asked.append("asked"))
	with pytest.raises(frappe.ValidationError, match="the one-time password was not used") as refused:
		api.onboard_unit(unit.name, zatca.OTP)
	assert "Registration Number is empty" in str(refused.value)
	assert asked == []
	assert unit.reload().status == "Draft"


def test_a_unit_takes_name_number_and_address_from_its_company(site: ModuleType) -> None:
	zatca.a_saudi_company()
	assert api.propose_unit(make.COMPANY) == {
		"organisation": "شركة الرياض التجارية",
		"vat_number": zatca.SELLER_VAT,
		"short_address": "2322، طريق الملك فهد، العليا، الرياض",
	}


def test_a_unit_saved_without_them_has_them_too(site: ModuleType, sandbox: Sandbox) -> None:
	unit = zatca.a_unit(sandbox.base_url, short_address="", organisation="Riyadh Trading")
	assert unit.organisation == "Riyadh Trading"
	assert (unit.vat_number, unit.short_address) == (
		zatca.SELLER_VAT,
		"2322، طريق الملك فهد، العليا، الرياض",
	)


def test_an_address_too_long_for_the_certificate_is_shortened(site: ModuleType) -> None:
	zatca.a_saudi_company()
	change_address(address_line1="طريق الأمير محمد بن عبد العزيز آل سعود المتفرع من طريق الملك فهد")
	assert api.propose_unit(make.COMPANY)["short_address"] == "العليا، الرياض"


def test_only_managers_see_what_a_company_lacks(site: ModuleType, sandbox: Sandbox) -> None:
	unit = zatca.a_unit(sandbox.base_url)
	frappe.set_user(make.a_user("e-invoice-clerk@example.com", "Accounts User"))
	with pytest.raises(frappe.PermissionError):
		api.check_readiness(unit.name)
	with pytest.raises(frappe.PermissionError):
		api.propose_unit(make.COMPANY)
