"""What an accountant does once to set a company up: unit, taxes, reminders; in the Desk, against the sandbox."""

from __future__ import annotations

from collections.abc import Callable

from conftest import ACCOUNTANT, ACCOUNTANT_EN, Desk, LogIn
from desk_pages import wait_for_still_dialog
from playwright.sync_api import Locator, Page, expect

COMPANY = "Jeddah Services Co"
VAT = "310987654300003"
Shoot = Callable[[Page, str], None]


def open_form(page: Page, desk: Desk, route: str) -> None:
	page.goto(f"{desk.url}/app/{route}")
	page.wait_for_selector(".form-page .form-section:visible")
	page.wait_for_load_state("networkidle")


def control(page: Page, field: str) -> Locator:
	return page.locator(f'.form-page [data-fieldname="{field}"] input:visible').first


def choose(page: Page, field: str, value: str) -> None:
	"""Pick from a link field as a user does, so that the form's own scripts run."""
	control(page, field).click()
	control(page, field).fill(value)
	page.locator(".awesomplete [role=option]:visible", has_text=value).first.click()
	control(page, field).press("Tab")


def write(page: Page, field: str, value: str) -> None:
	control(page, field).fill(value)
	control(page, field).press("Tab")


def dialog(page: Page) -> Locator:
	return page.locator(".modal.show .modal-content").last


def message(page: Page) -> Locator:
	"""The message in front, not the wizard behind it, which may say the same and stand later in the page."""
	return page.locator(".modal.show:has(.msgprint)")


def close_message(page: Page) -> None:
	wait_for_still_dialog(page)
	message(page).locator(".btn-modal-close:visible").click()
	expect(message(page)).to_have_count(0)


def enter_password(page: Page, password: str) -> None:
	wait_for_still_dialog(page)
	dialog(page).locator('[data-fieldname="otp"] input').fill(password)
	dialog(page).locator("button.btn-primary:visible").click()


def step(page: Page, name: str) -> Locator:
	return page.locator(f'.modal.show .scb-step[data-step="{name}"]')


def pill(page: Page, text: str) -> Locator:
	return page.locator(".page-head .indicator-pill:visible", has_text=text)


def test_a_unit_is_onboarded_when_nothing_is_missing_any_more(
	desk: Desk, log_in: LogIn, shoot: Shoot
) -> None:
	desk.call("second_company")
	page = log_in(ACCOUNTANT_EN)
	open_form(page, desk, "zatca-unit/new")
	choose(page, "company", COMPANY)
	expect(control(page, "vat_number")).to_have_value(VAT)
	expect(control(page, "organisation")).to_have_value("شركة جدة للخدمات")
	expect(control(page, "short_address")).to_have_value("Palestine Street, Al Hamra, Jeddah")
	write(page, "title", "Jeddah Till 1")
	write(page, "organisation_unit", "Jeddah Branch")
	write(page, "base_url", desk.call("gateway_address"))
	shoot(page, "unit-new-en")
	page.keyboard.press("Control+s")
	expect(pill(page, "Draft")).to_be_visible()

	page.locator(".page-head button:visible", has_text="Onboard").click()
	missing = dialog(page).locator(".scb-lacks")
	expect(missing.locator("tr")).to_have_count(2)
	expect(missing).to_contain_text("Registration Number is empty")
	expect(missing).to_contain_text("Building Number is empty")
	expect(missing.locator("a", has_text="Open Address")).to_have_attribute(
		"href", "/app/address/Jeddah%20Services%20Co-Office"
	)
	expect(page.locator(".form-message:visible")).to_have_count(1)
	shoot(page, "unit-not-ready-en")
	desk.call("mend_second_company")
	dialog(page).locator("button", has_text="Check Again").click()

	expect(dialog(page)).to_contain_text("One-Time Password (OTP)")
	shoot(page, "unit-onboard-en")
	enter_password(page, "654321")
	expect(message(page)).to_contain_text("Make a new one in the Fatoora portal")
	shoot(page, "unit-wrong-password-en")
	expect(pill(page, "Draft")).to_be_visible()
	close_message(page)
	expect(step(page, "certificate")).to_have_attribute("data-state", "failed")
	enter_password(page, "123345")
	expect(pill(page, "Active")).to_be_visible()
	expect(page.locator(".form-message:visible")).to_contain_text("This unit issues and sends by itself")
	expect(page.locator(".page-head button:visible", has_text="Onboard")).to_have_count(0)
	expect(control(page, "vat_number")).to_have_count(0)
	shoot(page, "unit-active-en")


def test_onboarding_reads_well_in_arabic(desk: Desk, log_in: LogIn, shoot: Shoot) -> None:
	unit = desk.call("draft_unit", "فرع جدة")
	desk.call("mend_second_company", "")
	page = log_in(ACCOUNTANT)
	open_form(page, desk, f"zatca-unit/{unit}")
	page.locator(".page-head button:visible", has_text="تهيئة").click()
	expect(dialog(page).locator(".scb-lacks")).to_contain_text("رقم السجل فارغ")
	shoot(page, "unit-not-ready-ar")
	desk.call("mend_second_company")
	dialog(page).locator("button", has_text="إعادة الفحص").click()
	expect(dialog(page)).to_contain_text("رمز التحقق لمرة واحدة")
	shoot(page, "unit-onboard-ar")
	page.locator(".modal.show .btn-modal-close:visible").last.click()
	open_form(page, desk, "zatca-unit/Riyadh%20Branch")
	expect(pill(page, "نشطة")).to_be_visible()
	shoot(page, "unit-active-ar")


def test_a_tax_setup_is_proposed_shown_and_saved(desk: Desk, log_in: LogIn, shoot: Shoot) -> None:
	desk.call("second_company")
	page = log_in(ACCOUNTANT_EN)
	open_form(page, desk, "customer-tax-setup/new")
	choose(page, "company", COMPANY)
	page.locator(".page-head button:visible", has_text="Propose").click()
	expect(page.locator(".desk-alert").last).to_contain_text("Check the proposal, then save.")
	expect(control(page, "vat_account")).to_have_value("VAT 15% - JSC")
	expect(control(page, "default_class")).to_have_value("Taxable 15%")
	shoot(page, "tax-setup-proposed-en")
	page.keyboard.press("Control+s")
	page.wait_for_url("**/customer-tax-setup/Jeddah*")
	expect(pill(page, "Enabled")).to_be_visible()
	shoot(page, "tax-setup-saved-en")
	assert desk.call("tax_setup", COMPANY) == "1|VAT 15% - JSC|Taxable 15%"


def test_a_new_reminder_policy_shows_its_first_steps(desk: Desk, log_in: LogIn, shoot: Shoot) -> None:
	desk.call("second_company")
	page = log_in(ACCOUNTANT_EN)
	open_form(page, desk, "instalment-reminder-policy/new")
	rows = page.locator('[data-fieldname="stages"] .grid-body .grid-row')
	expect(rows).to_have_count(6)
	expect(rows.first).to_contain_text("An instalment falls due soon.")
	shoot(page, "reminder-policy-new-en")
	choose(page, "company", COMPANY)
	page.keyboard.press("Control+s")
	page.wait_for_url("**/instalment-reminder-policy/Jeddah*")
	expect(rows).to_have_count(6)
