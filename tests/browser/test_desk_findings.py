"""A draft says in the Desk what ZATCA would say, beside the fields, with links to what mends it; in both languages."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from conftest import ACCOUNTANT, ACCOUNTANT_EN, Desk, LogIn
from playwright.sync_api import Page, expect

Shoot = Callable[[Page, str], None]
CUSTOMER = "Gulf Factory"
WRONG, RIGHT = "31111111110003", "311111111100003"
SHORT = {"en": "has 14 characters", "ar": "عدد خاناته 14"}


def open_draft(page: Page, desk: Desk, name: str) -> None:
	page.goto(f"{desk.url}/app/sales-invoice/{name}")
	page.wait_for_selector(".form-page .form-section:visible")
	page.wait_for_function(f"window.cur_frm && cur_frm.doc.name === '{name}'")
	page.wait_for_load_state("networkidle")


@pytest.mark.parametrize(
	("user", "language", "check", "row"),
	[
		(ACCOUNTANT_EN, "en", "Check E-Invoice", "Row 1"),
		(ACCOUNTANT, "ar", "فحص الفاتورة الإلكترونية", "السطر 1"),
	],
)
def test_findings_stand_beside_fields_and_lead_to_records(
	desk: Desk, log_in: LogIn, shoot: Shoot, user: str, language: str, check: str, row: str
) -> None:
	draft = desk.call("faulty_draft", CUSTOMER, WRONG)
	page = log_in(user)
	open_draft(page, desk, draft)
	customer = page.locator('.form-page [data-fieldname="customer"] .scb-finding').first
	expect(customer).to_contain_text(WRONG)
	expect(page.locator('[data-fieldname="items"] .grid-description .scb-finding').first).to_contain_text(row)
	shoot(page, f"draft-findings-fields-{language}")
	page.evaluate("cur_frm.scroll_to_field('scb_zatca_findings_view', false)")
	box = page.locator(".scb-findings:visible").first
	expect(box.locator("tr", has_text="BR-KSA-67").locator("a").first).to_have_attribute(
		"href", r"/app/address/Gulf%20Factory-Billing#pincode"
	)
	expect(box).to_have_css("direction", "rtl" if language == "ar" else "ltr")
	shoot(page, f"draft-findings-{language}")

	# What is typed and not saved counts, and nothing is saved.
	page.evaluate("cur_frm.doc.items[0].item_name = 'Oak desk'; cur_frm.dirty()")
	page.locator("button:visible", has_text=check).first.click()
	expect(box.locator("tr", has_text="BR-KSA-F-C-01")).to_have_count(0)
	expect(box.locator("tr", has_text="SCB-VAT-NUMBER")).to_be_visible()
	assert desk.call("item_name_of", draft) == "12345"


def test_a_link_opens_the_field_and_the_way_back_checks_again(
	desk: Desk, log_in: LogIn, shoot: Shoot
) -> None:
	draft = desk.call("faulty_draft", CUSTOMER, WRONG)
	page = log_in(ACCOUNTANT_EN)
	open_draft(page, desk, draft)
	finding = page.locator(".scb-findings:visible tr", has_text="BR-KSA-67")
	finding.locator("a", has_text="Gulf Factory-Billing").click()
	page.wait_for_function("cur_frm && cur_frm.doctype === 'Address'")
	code = page.locator('.form-page [data-fieldname="pincode"] input:visible').first
	expect(code).to_be_focused()
	code.fill("12345")
	code.press("Tab")
	page.keyboard.press("Control+s")
	page.wait_for_function("cur_frm.doc.pincode === '12345' && !cur_frm.is_dirty()")
	page.go_back()
	page.wait_for_function("cur_frm && cur_frm.doctype === 'Sales Invoice'")
	expect(page.locator(".scb-findings:visible tr", has_text="BR-KSA-67")).to_have_count(0)
	expect(page.locator(".scb-findings:visible tr", has_text="SCB-VAT-NUMBER")).to_be_visible()
	shoot(page, "draft-findings-mended-en")


def test_a_person_accepts_the_warnings_at_submit(desk: Desk, log_in: LogIn, shoot: Shoot) -> None:
	desk.call("warnings_are", "Ask")
	try:
		draft = desk.call("faulty_draft", CUSTOMER, RIGHT)
		page = log_in(ACCOUNTANT)
		open_draft(page, desk, draft)
		page.locator(".page-head .primary-action:visible").click()
		page.locator(".modal.show .btn-primary:visible").last.click()
		question = page.locator(".modal.show:visible", has_text="BR-KSA-67").last
		expect(question).to_contain_text("ستقبل الهيئة")
		shoot(page, "warnings-accept-ar")
		question.locator(".btn-primary:visible").click()
		page.wait_for_function("cur_frm.doc.docstatus === 1")
		assert desk.call("accepted_by", draft) == ACCOUNTANT
	finally:
		desk.call("warnings_are", "Allow")
