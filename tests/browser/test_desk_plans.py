"""Plans side by side: the seller's dialog in both languages, and the customer's choice on a phone."""

from __future__ import annotations

import re
from collections.abc import Callable

from conftest import SALES_AR, SALES_EN, Desk, LogIn
from playwright.sync_api import Page, expect
from test_desk_story import CUSTOMER, open_quotation

LONG, HIJRI = "١٢ شهرًا بدفعة مقدمة | 12 months", "٢٤ شهرًا هجريًا | 24 Hijri months"
Shoot = Callable[[Page, str], None]


def open_dialog(page: Page, group: str, button: str) -> None:
	page.locator(".inner-group-button button:visible", has_text=group).click()
	page.locator(".dropdown-item:visible", has_text=button).click()
	expect(page.locator(".scb-compare:visible")).to_be_visible()


def test_a_seller_compares_plans_and_takes_one(desk: Desk, log_in: LogIn, shoot: Shoot) -> None:
	desk.call("plans_to_compare")
	name = desk.call("draft_quotation", CUSTOMER, SALES_EN)
	page = log_in(SALES_EN)
	open_quotation(page, desk, name)
	open_dialog(page, "Instalments", "Compare Plans")
	table = page.locator(".scb-compare:visible")
	expect(table).to_contain_text("862.50")
	expect(table).to_contain_text(re.compile(r"2\d days earlier"))
	expect(table).to_contain_text("less than the minimum instalment of 90,000.00")
	shoot(page, "plans-compare-en")
	index = table.locator("thead th").all_inner_texts().index(HIJRI) - 1
	table.locator(f'button[data-plan="{index}"]').click()
	page.wait_for_function(f"cur_frm.doc.scb_plan_template === {HIJRI!r}")
	page.keyboard.press("Control+s")
	page.wait_for_function("!cur_frm.is_dirty() && cur_frm.doc.items.length === 2")
	page.evaluate("cur_frm.scroll_to_field('scb_plan_template', false)")
	expect(page.locator(".scb-plan:visible tbody tr")).to_have_count(24)
	shoot(page, "plans-taken-en")


def test_the_dialog_reads_from_right_to_left(desk: Desk, log_in: LogIn, shoot: Shoot) -> None:
	desk.call("plans_to_compare")
	name = desk.call("draft_quotation", CUSTOMER, SALES_AR)
	page = log_in(SALES_AR)
	open_quotation(page, desk, name)
	open_dialog(page, "الأقساط", "مقارنة الخطط")
	expect(page.locator(".scb-compare:visible")).to_contain_text("السعر النقدي")
	shoot(page, "plans-compare-ar")
	page.locator(".scb-compare:visible summary").first.click()
	shoot(page, "plans-compare-rows-ar")


def test_a_customer_chooses_a_plan_on_a_phone(desk: Desk, log_in: LogIn, shoot: Shoot) -> None:
	quotation = desk.call("quotation_to_choose", CUSTOMER, SALES_AR)
	page = log_in(SALES_AR, width=390, height=844)
	page.goto(desk.call("acceptance_address", quotation))
	expect(page.locator("legend")).to_contain_text("اختر طريقة السداد")
	assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
	page.locator(f'input[value="{HIJRI}"]').check()
	page.locator(f'.card:has(input[value="{HIJRI}"]) summary').click()
	page.locator("fieldset").scroll_into_view_if_needed()
	shoot(page, "plans-choice-phone")
	page.evaluate("window.scrollBy(0, 700)")
	shoot(page, "plans-choice-phone-2")
	page.fill("#signed_by", "نورة")
	page.locator("form button").click()
	expect(page.locator(".state.good")).to_be_visible()
	expect(page.locator("article")).to_contain_text("الخطة المختارة")
	page.locator("h2").last.scroll_into_view_if_needed()
	shoot(page, "plans-chosen-phone")
