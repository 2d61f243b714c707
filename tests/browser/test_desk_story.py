"""What a sales user sees and does in the Desk, from the plan on a quotation to the cleared e-invoice."""

from __future__ import annotations

import re
from collections.abc import Callable

from conftest import ACCOUNTANT, SALES_AR, SALES_EN, Desk, LogIn
from playwright.sync_api import Page, expect

TEMPLATE = "6 months on the 27th"
CUSTOMER = "Najd Furniture"
Shoot = Callable[[Page, str], None]


def open_quotation(page: Page, desk: Desk, name: str) -> None:
	page.goto(f"{desk.url}/app/quotation/{name}")
	page.wait_for_selector(".form-page .form-section:visible")
	page.wait_for_load_state("networkidle")


def choose_plan(page: Page) -> None:
	"""Pick the template as a user does, so that the form's own scripts run."""
	show_plan(page)
	field = page.locator('[data-fieldname="scb_plan_template"] input:visible').first
	field.click()
	field.fill(TEMPLATE)
	page.locator(".awesomplete [role=option]:visible", has_text=TEMPLATE).first.click()
	field.press("Tab")


def show_plan(page: Page) -> None:
	"""Bring the tab with the plan to the front."""
	page.wait_for_function("window.cur_frm && cur_frm.fields_dict.scb_plan_template")
	page.evaluate("cur_frm.scroll_to_field('scb_plan_template', false)")


def expect_state(page: Page, state: str) -> None:
	"""The form comes to show it by itself: nobody reloads the page. The field is on the first tab."""
	page.evaluate("cur_frm.scroll_to_field('transaction_date', false)")
	shown = page.locator('[data-fieldname="scb_zatca_status"] .control-value:visible').first
	expect(shown).to_have_text(state, timeout=90_000)


def test_a_sales_user_sells_on_a_plan_and_sees_the_invoice_cleared(
	desk: Desk, log_in: LogIn, shoot: Shoot
) -> None:
	name = desk.call("draft_quotation", CUSTOMER, SALES_EN)
	page = log_in(SALES_EN)
	open_quotation(page, desk, name)
	choose_plan(page)
	preview = page.locator(".scb-plan:visible")
	expect(preview.locator("tbody tr")).to_have_count(6)
	expect(preview.locator("tfoot")).to_contain_text("11,500.00")
	preview.scroll_into_view_if_needed()
	shoot(page, "quotation-plan-preview-en")
	page.keyboard.press("Control+s")
	page.wait_for_selector(".indicator-pill:has-text('Draft')")
	page.locator("button.primary-action:visible", has_text="Submit").click()
	page.locator(".modal.show button.btn-primary:visible").first.click()
	page.wait_for_selector(".inner-group-button:has-text('Acceptance')")
	page.locator(".inner-group-button button", has_text="Acceptance").click()
	page.locator(".dropdown-item:visible", has_text="Mark Accepted").click()
	page.locator(".modal.show button.btn-primary:visible").first.click()
	page.wait_for_load_state("networkidle")
	expect_state(page, "Cleared")
	shoot(page, "quotation-cleared-en")
	assert desk.call("invoice_of", name).startswith("ACC-SINV")


def test_a_plan_that_cannot_be_made_is_refused_with_the_way_out(
	desk: Desk, log_in: LogIn, shoot: Shoot
) -> None:
	name = desk.call("draft_quotation", CUSTOMER, SALES_EN)
	page = log_in(SALES_EN)
	open_quotation(page, desk, name)
	choose_plan(page)
	down = page.locator('[data-fieldname="scb_down_payment"] input:visible').first
	down.fill("99999")
	down.press("Tab")
	preview = page.locator('[data-fieldname="scb_plan_preview"]:visible')
	expect(preview).to_contain_text("must be less than the total")
	page.keyboard.press("Control+s")
	expect(page.locator(".modal.show .msgprint")).to_contain_text("Lower it, or sell without a plan")
	shoot(page, "quotation-plan-refused-en")


def test_the_story_in_arabic_runs_from_right_to_left(desk: Desk, log_in: LogIn, shoot: Shoot) -> None:
	name = desk.call("submitted_quotation", CUSTOMER, SALES_AR)
	page = log_in(SALES_AR)
	page.goto(f"{desk.url}/app/saudi-crm-billing")
	page.wait_for_selector(".codex-editor .shortcut-widget-box")
	assert page.evaluate("document.documentElement.dir") == "rtl"
	expect(page.locator(".layout-main-section")).to_contain_text("خطة التقسيط")
	shoot(page, "workspace-ar")
	open_quotation(page, desk, name)
	show_plan(page)
	preview = page.locator(".scb-plan:visible")
	expect(preview.locator("tbody tr")).to_have_count(6)
	expect(preview.locator("thead")).to_contain_text("تاريخ الاستحقاق")
	preview.scroll_into_view_if_needed()
	shoot(page, "quotation-plan-ar")


def test_an_accountant_prints_the_tax_invoice_with_its_qr(desk: Desk, log_in: LogIn, shoot: Shoot) -> None:
	quotation = desk.call("submitted_quotation", CUSTOMER, SALES_EN)
	sales = log_in(SALES_EN)
	sales.goto(desk.call("acceptance_address", quotation))
	shoot(sales, "acceptance-page")
	sales.locator("form button[type=submit]:visible").click()
	sales.wait_for_load_state("networkidle")
	open_quotation(sales, desk, quotation)
	expect_state(sales, "Cleared")
	invoice = desk.call("invoice_of", quotation)
	page = log_in(ACCOUNTANT)
	page.goto(f"{desk.url}/app/sales-invoice/{invoice}")
	page.wait_for_selector(".form-page .form-section:visible")
	page.wait_for_load_state("networkidle")
	shoot(page, "sales-invoice-ar")
	page.goto(
		f"{desk.url}/printview?doctype=Sales%20Invoice&name={invoice}&format=Saudi%20Tax%20Invoice&no_letterhead=1"
	)
	page.wait_for_load_state("networkidle")
	body = page.locator("body")
	expect(body).to_contain_text("فاتورة ضريبية")
	expect(body).to_contain_text("310122393500003")
	source = page.locator("img[src^='data:image']").first.get_attribute("src") or ""
	assert re.match(r"data:image/(svg\+xml|png);base64,", source)
	shoot(page, "print-tax-invoice")


def test_the_acceptance_page_reads_well_on_a_phone(desk: Desk, guest: Page, shoot: Shoot) -> None:
	quotation = desk.call("submitted_quotation", CUSTOMER, SALES_EN)
	address = desk.call("acceptance_address", quotation)
	guest.goto(address)
	expect(guest.locator("body")).to_contain_text("11,500.00")
	assert guest.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
	shoot(guest, "acceptance-phone")
	guest.goto(address[:-4] + "0000")
	expect(guest.locator("body")).not_to_contain_text("11,500.00")
	shoot(guest, "acceptance-tampered-phone")
