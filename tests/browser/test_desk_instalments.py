"""The panels, lists and prints of instalments as people see them: in each language, and on a phone."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import quote

import pytest
from conftest import ACCOUNTANT, Desk, LogIn
from desk_pages import READERS, expect_nothing_beside_the_page, open_form
from playwright.sync_api import Page, expect

Shoot = Callable[[Page, str], None]
CUSTOMER = "Najd Furniture"
LATE = {"en": "Late 12 days", "ar": "أيام التأخر: 12"}
LATE_SHORT = {"en": "▲ Late 12 d", "ar": "▲ متأخر 12 ي"}
PAID = {"en": "Settled by a payment: ", "ar": "سُدد بدفعة: "}
GROUP = {"en": "Instalments", "ar": "الأقساط"}
LATE_FILTER = {"en": "Late", "ar": "متأخر"}
WEEK_FILTER = {"en": "Due This Week", "ar": "يستحق هذا الأسبوع"}


@pytest.mark.parametrize(("user", "language"), READERS)
@pytest.mark.parametrize(("size", "width", "height"), [("desk", 1400, 1100), ("phone", 390, 844)])
def test_an_invoices_panel_says_what_is_late_and_what_happened(
	desk: Desk, log_in: LogIn, shoot: Shoot, user: str, language: str, size: str, width: int, height: int
) -> None:
	invoice = desk.call("late_plan", CUSTOMER)
	page = log_in(user, width, height)
	open_form(page, desk, "sales-invoice", invoice)
	page.evaluate("cur_frm.scroll_to_field('scb_plan_preview', false)")
	panel = page.locator('[data-fieldname="scb_plan_preview"] .scb-panel')
	expect(panel.locator(".scb-facts")).to_contain_text(LATE[language])
	expect(panel.locator("tbody tr")).to_have_count(6)
	expect(panel.locator("tbody tr.scb-row-late .scb-late")).to_contain_text(f"▲ {LATE[language]}")
	expect(panel.locator(".scb-event-paid").first).to_contain_text(PAID[language])
	expect(panel.locator(".scb-bar")).to_have_attribute("aria-label", re.compile(r"\d+ %"))
	expect_nothing_beside_the_page(page)
	panel.scroll_into_view_if_needed()
	shoot(page, f"instalments-panel-{language}-{size}")


@pytest.mark.parametrize(("user", "language"), READERS)
def test_a_customers_panel_sums_all_plans(
	desk: Desk, log_in: LogIn, shoot: Shoot, user: str, language: str
) -> None:
	invoice = desk.call("late_plan", CUSTOMER)
	page = log_in(user)
	open_form(page, desk, "customer", CUSTOMER)
	expect(page.locator(".scb-customer-line")).to_contain_text(LATE[language])
	page.locator(
		'[data-fieldname="dashboard_tab"] a, a[data-fieldname="dashboard_tab"], #customer-dashboard_tab-tab'
	).first.click()
	panel = page.locator(".form-dashboard .scb-panel")
	expect(panel.locator(".scb-facts").first).to_contain_text(LATE[language])
	expect(panel.locator("tbody")).to_contain_text(invoice)
	shoot(page, f"instalments-customer-{language}")


@pytest.mark.parametrize(("user", "language"), READERS)
def test_the_lists_show_and_filter_what_is_late(
	desk: Desk, log_in: LogIn, shoot: Shoot, user: str, language: str
) -> None:
	invoice = desk.call("late_plan", CUSTOMER)
	paid = desk.call("paid_plan", CUSTOMER)
	page = log_in(user)
	page.goto(f"{desk.url}/app/instalment-plan")
	rows = page.locator(".frappe-list .list-row-container")
	expect(rows.filter(has_text=paid.removeprefix("PLAN-")).first).to_be_visible()
	page.get_by_role("button", name=LATE_FILTER[language], exact=True).click()
	expect(rows.filter(has_text=paid.removeprefix("PLAN-"))).to_have_count(0)
	expect(rows.filter(has_text=invoice)).to_have_count(1)
	expect(rows.filter(has_text=invoice).locator(".indicator-pill").first).to_contain_text(
		LATE_SHORT[language]
	)
	shoot(page, f"instalments-list-{language}")
	page.get_by_role("button", name=WEEK_FILTER[language], exact=True).click()
	expect(rows.filter(has_text=invoice)).to_have_count(0)


@pytest.mark.parametrize(("user", "language"), READERS)
def test_the_invoice_list_says_how_instalments_stand(
	desk: Desk, log_in: LogIn, shoot: Shoot, user: str, language: str
) -> None:
	invoice = desk.call("late_plan", CUSTOMER)
	page = log_in(user)
	page.goto(
		f"{desk.url}/app/sales-invoice/view/list?name={invoice}"
	)  # in place of what the list was filtered by
	row = page.locator(".frappe-list .list-row-container").filter(has_text=invoice)
	mark = row.locator(".scb-list-standing")
	expect(mark).to_have_text({"en": "▲ 12 d", "ar": "▲ 12 ي"}[language])
	expect(mark).to_have_attribute("title", LATE_SHORT[language])
	shoot(page, f"instalments-invoice-list-{language}")


@pytest.mark.parametrize(("user", "language"), READERS)
def test_a_paid_plan_gives_its_clearance_letter(
	desk: Desk, log_in: LogIn, shoot: Shoot, user: str, language: str
) -> None:
	plan = desk.call("paid_plan", CUSTOMER)
	page = log_in(user)
	open_form(page, desk, "instalment-plan", plan)
	expect(page.locator(".form-dashboard .scb-panel tbody tr")).to_have_count(6)
	shoot(page, f"instalments-plan-{language}")
	page.locator(
		".inner-group-button button:visible, [data-label] button:visible", has_text=GROUP[language]
	).first.click()
	label = {"en": "Clearance Letter", "ar": "المخالصة"}[language]
	page.locator(".dropdown-menu:visible .dropdown-item", has_text=label).click()
	with page.expect_download() as download:
		page.locator(".modal:visible .btn-primary").click()
	assert download.value.suggested_filename.startswith("clearance-PLAN-")


def test_the_print_menu_has_the_schedule(desk: Desk, log_in: LogIn, shoot: Shoot) -> None:
	invoice, wanted = desk.call("late_plan", CUSTOMER), "Sales Invoice Instalment Schedule"
	page = log_in(ACCOUNTANT, 1000, 1200)
	open_form(page, desk, "sales-invoice", invoice)
	assert wanted in page.evaluate("frappe.meta.get_print_formats('Sales Invoice')")
	asked = f"doctype=Sales%20Invoice&name={quote(invoice)}&format={quote(wanted)}&_lang=ar"
	page.goto(f"{desk.url}/printview?{asked}")
	expect(page.locator(".sti-title-ar")).to_have_text("جدول الأقساط")
	assert page.locator(".sti-lines tbody tr").count() == 7
	shoot(page, "instalments-print-view-ar")


@pytest.mark.parametrize(("user", "language"), READERS)
def test_the_workspace_leads_to_plans_and_reports(
	desk: Desk, log_in: LogIn, shoot: Shoot, user: str, language: str
) -> None:
	desk.call("late_plan", CUSTOMER)
	page = log_in(user)
	page.goto(f"{desk.url}/app/instalments")
	cards = page.locator(".widget.number-widget-box")
	expect(cards).to_have_count(3)
	expect(cards.first.locator(".number")).to_have_text(re.compile(r"[1-9]"))
	shoot(page, f"instalments-workspace-{language}")
	cards.first.click()
	page.wait_for_url("**/app/instalment-plan**")
	expect(page.locator(".frappe-list .list-row-container").first).to_be_visible()
