"""The wizard of onboarding and renewal in the Desk: it shows each step, stops with a reason, and goes on."""

from __future__ import annotations

from collections.abc import Callable

import requests
from conftest import ACCOUNTANT, ACCOUNTANT_EN, Desk, LogIn
from desk_pages import wait_for_still_dialog
from playwright.sync_api import Page, expect
from test_desk_setup import (
	close_message,
	control,
	dialog,
	enter_password,
	message,
	open_form,
	pill,
	step,
	write,
)

Shoot = Callable[[Page, str], None]
OTP = "123345"


def arm(desk: Desk, **fault: object) -> None:
	root = desk.call("gateway_address").split("/e-invoicing/")[0]
	assert requests.post(f"{root}/sandbox/faults", json=fault).status_code == 200


def close_wizard(page: Page) -> None:
	wait_for_still_dialog(page)
	page.locator(".modal.show .btn-modal-close:visible").click()


def press(page: Page, label: str) -> None:
	page.locator(".page-head button:visible", has_text=label).first.click()


def test_the_wizard_follows_an_onboarding_and_goes_on_where_it_stopped(
	desk: Desk, log_in: LogIn, shoot: Shoot
) -> None:
	unit = desk.call("a_unit_for_a_branch", "Dammam Branch")
	page = log_in(ACCOUNTANT_EN)
	open_form(page, desk, f"zatca-unit/{unit}")
	write(page, "serial_number", "no serial")
	expect(page.locator(".scb-field-error")).to_have_count(1)
	expect(page.locator('[data-fieldname="serial_number"] .scb-field-error')).to_be_visible()
	shoot(page, "unit-field-error-en")
	write(page, "serial_number", "1-SCB|2-15|3-0042")
	expect(page.locator(".scb-field-error")).to_have_count(0)
	page.keyboard.press("Control+s")
	expect(page.locator(".page-head .indicator-pill:visible", has_text="Not Saved")).to_have_count(0)

	arm(desk, kind="delay", endpoint="compliance-check", seconds=1.5, count=2)
	arm(desk, kind="reject", endpoint="compliance-check")
	press(page, "Onboard")
	expect(step(page, "request")).to_have_attribute("data-state", "waiting")
	enter_password(page, OTP)
	expect(step(page, "documents")).to_contain_text("(1/6)")
	expect(step(page, "documents")).to_have_attribute("data-state", "doing")
	shoot(page, "wizard-under-way-en")
	expect(message(page)).to_contain_text("At the debit note to a tax invoice (compliance document 3 of 6):")
	close_message(page)
	expect(step(page, "documents")).to_have_attribute("data-state", "failed")
	expect(step(page, "documents")).to_contain_text("SANDBOX_REJECTED")
	expect(dialog(page)).to_contain_text("Leave empty to go on")
	shoot(page, "wizard-stopped-en")
	close_wizard(page)

	expect(pill(page, "Compliance")).to_be_visible()
	press(page, "Onboard")
	expect(step(page, "documents")).to_contain_text("(2/6)")
	dialog(page).locator("button.btn-primary:visible").click()
	expect(pill(page, "Active")).to_be_visible()
	page.wait_for_selector(".modal.show", state="detached")
	shoot(page, "wizard-active-en")


def test_a_renewal_in_arabic(desk: Desk, log_in: LogIn, shoot: Shoot) -> None:
	unit = desk.call("an_ending_unit_for_a_branch", "فرع الخبر")
	page = log_in(ACCOUNTANT)
	open_form(page, desk, f"zatca-unit/{unit}")
	expect(page.locator(".form-message:visible")).to_contain_text("تنتهي الشهادة خلال")
	shoot(page, "unit-ending-ar")
	arm(desk, kind="not-compliant")
	arm(desk, kind="delay", endpoint="compliance-check", seconds=1.5, count=2)
	press(page, "تجديد")
	enter_password(page, OTP)
	expect(step(page, "documents")).to_have_attribute("data-state", "doing")
	shoot(page, "wizard-renewal-ar")
	page.wait_for_url("**/zatca-unit/*(2)")
	expect(pill(page, "نشطة")).to_be_visible()
	page.wait_for_load_state("networkidle")
	expect(control(page, "vat_number")).to_have_count(0)
	shoot(page, "unit-renewed-ar")
