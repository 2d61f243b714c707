"""One issuer a company: beside another app's active e-invoicing ours does not become active, and issues nothing.

The other apps are not here: what they leave on a site stands in for them, a settings record and a switch of Company.
"""

from __future__ import annotations

from collections.abc import Callable

import e_invoicing_helpers as zatca
import factories as make
import frappe
import pytest
from e_invoicing_fixtures import gateway, sandbox, unit
from frappe.model.document import Document

from saudi_crm_billing.e_invoicing.devices import onboarding, rivals
from saudi_crm_billing.sandbox.server import Sandbox

__all__ = ["gateway", "sandbox", "unit"]

Switch = Callable[[], None]
SWITCH = "enable_perpetual_inventory"


@pytest.fixture(params=["ksa_compliance", "zatca_erpgulf"])
def switch_on(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Switch:
	"""The other app becomes active for the company; before that it is installed, and off."""
	monkeypatch.setattr(
		rivals, "SETTINGS", (("ksa_compliance", "Fiscal Year Company", "company", "no_switch"),)
	)
	monkeypatch.setattr(rivals, "SWITCHES", (("zatca_erpgulf", SWITCH),))

	def settings() -> None:
		row = frappe.get_doc({"doctype": "Fiscal Year Company", "company": make.COMPANY, "name": "rival"})
		row.db_insert()

	def switch() -> None:
		frappe.db.set_value("Company", make.COMPANY, SWITCH, 1)

	return settings if request.param == "ksa_compliance" else switch


@pytest.fixture
def rival_off(site: object) -> None:
	frappe.db.delete("Fiscal Year Company", {"company": make.COMPANY})
	frappe.db.set_value("Company", make.COMPANY, SWITCH, 0)


def test_a_unit_is_not_made_beside_another_issuer(
	sandbox: Sandbox, rival_off: None, switch_on: Switch
) -> None:
	switch_on()
	with pytest.raises(frappe.ValidationError, match="already issues e-invoices for Riyadh Trading Co"):
		zatca.a_unit(sandbox.base_url, environment="Simulation")


def test_a_unit_made_before_is_not_onboarded(sandbox: Sandbox, rival_off: None, switch_on: Switch) -> None:
	made = zatca.a_unit(sandbox.base_url, environment="Simulation")
	switch_on()
	with pytest.raises(frappe.ValidationError, match="already issues e-invoices"):
		onboarding.onboard(made.name, zatca.OTP)
	assert frappe.db.get_value("ZATCA Unit", made.name, "status") != "Active"


def test_an_active_unit_issues_nothing_beside_it(unit: Document, rival_off: None, switch_on: Switch) -> None:
	frappe.db.set_value("ZATCA Unit", unit.name, "environment", "Simulation")
	switch_on()
	invoice = zatca.an_invoice(zatca.a_person()).insert()
	with pytest.raises(frappe.ValidationError, match="would be issued twice"):
		invoice.submit()
	assert not frappe.db.exists("ZATCA Document", {"reference_name": invoice.name})


def test_an_app_that_is_off_does_not_matter(unit: Document, rival_off: None, switch_on: Switch) -> None:
	frappe.db.set_value("ZATCA Unit", unit.name, "environment", "Simulation")
	assert zatca.submitted(zatca.an_invoice(zatca.a_person())).scb_zatca_document


def test_a_sandbox_may_be_tried_beside_it(unit: Document, rival_off: None, switch_on: Switch) -> None:
	switch_on()
	assert zatca.submitted(zatca.an_invoice(zatca.a_person())).scb_zatca_document


@pytest.mark.parametrize(("docstatus", "issuer"), [(1, "ksa_compliance"), (0, None)])
def test_settings_with_a_switch_count_while_it_is_on(
	rival_off: None, monkeypatch: pytest.MonkeyPatch, docstatus: int, issuer: str | None
) -> None:
	"""A column that every table has stands for the other app's switch."""
	settings = (("ksa_compliance", "Fiscal Year Company", "company", "docstatus"),)
	monkeypatch.setattr(rivals, "SETTINGS", settings)
	row = frappe.get_doc({"doctype": "Fiscal Year Company", "company": make.COMPANY, "name": "rival"})
	row.docstatus = docstatus
	row.db_insert()
	assert rivals.other_issuer(make.COMPANY) == issuer
