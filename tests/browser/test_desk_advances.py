"""Advances, their credit notes, sales at a till and what ZATCA has not answered, as an accountant sees them in each language."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from conftest import ACCOUNTANT, ACCOUNTANT_EN, Desk, LogIn
from desk_pages import READERS, expect_nothing_beside_the_page, open_form
from playwright.sync_api import Page, expect

Shoot = Callable[[Page, str], None]
CUSTOMER = "Najd Furniture"
WHY = {
	"en": "Received before the supply: its VAT is due now",
	"ar": "استُلم قبل التوريد، فضريبته مستحقة الآن",
}
UNKNOWN = {"en": "Unknown: no answer yet", "ar": "غير معروف: لا رد بعد"}
HAND_OVER = {"en": "Hand Over Uncleared", "ar": "تسليم قبل الاعتماد"}
SEND = {"en": "Send to Customer", "ar": "إرسال إلى العميل"}


@pytest.mark.parametrize(
	("user", "language", "check", "nothing"),
	[
		(ACCOUNTANT_EN, "en", "Check E-Invoice", "nothing to mend. Nothing was saved."),
		(ACCOUNTANT, "ar", "فحص الفاتورة الإلكترونية", "الفاتورة الإلكترونية"),
	],
)
def test_a_draft_advance_is_checked_and_its_reason_is_in_the_readers_language(
	desk: Desk, log_in: LogIn, shoot: Shoot, user: str, language: str, check: str, nothing: str
) -> None:
	draft = desk.call("draft_advance", CUSTOMER)
	page = log_in(user)
	open_form(page, desk, "payment-entry", draft)
	page.locator("button:visible", has_text=check).first.click()
	expect(page.locator(".desk-alert").last).to_contain_text(nothing)
	page.evaluate("cur_frm.scroll_to_field('scb_advance_why', false)")
	why = page.locator('[data-fieldname="scb_advance_why"] .control-value:visible').first
	expect(why).to_contain_text(WHY[language])
	shoot(page, f"advance-draft-{language}")


def test_what_is_wrong_with_an_advance_stands_beside_its_party(
	desk: Desk, log_in: LogIn, shoot: Shoot
) -> None:
	desk.call("faulty_draft", "Gulf Factory", "31111111110003")
	draft = desk.call("draft_advance", "Gulf Factory")
	page = log_in(ACCOUNTANT)
	open_form(page, desk, "payment-entry", draft)
	finding = page.locator('.form-page [data-fieldname="party"] .scb-finding').first
	expect(finding).to_contain_text("31111111110003")
	shoot(page, "advance-findings-ar")


@pytest.mark.parametrize(("user", "language"), READERS)
@pytest.mark.parametrize(("size", "width", "height"), [("desk", 1400, 1000), ("phone", 390, 844)])
def test_a_cleared_advance_and_its_credit_note_read_well(
	desk: Desk, log_in: LogIn, shoot: Shoot, user: str, language: str, size: str, width: int, height: int
) -> None:
	note = desk.call("advance_credit_note", CUSTOMER)
	page = log_in(user, width, height)
	open_form(page, desk, "zatca-advance-credit-note", note)
	expect(page.locator(".scb-e-invoice-state .indicator-pill").first).to_be_visible()
	expect_nothing_beside_the_page(page)
	if size == "desk":
		expect(page.locator("button:visible", has_text=SEND[language]).first).to_be_visible()
	shoot(page, f"advance-credit-note-{language}-{size}")
	entry = page.evaluate("cur_frm.doc.scb_advance_refund_of")
	open_form(page, desk, "payment-entry", entry)
	expect_nothing_beside_the_page(page)
	shoot(page, f"advance-cleared-{language}-{size}")


def test_a_sale_at_the_till_shows_its_e_invoice(desk: Desk, log_in: LogIn, shoot: Shoot) -> None:
	sale = desk.call("sale_at_the_till")
	page = log_in(ACCOUNTANT)
	open_form(page, desk, "pos-invoice", sale)
	expect(page.locator(".scb-e-invoice-state .indicator-pill").first).to_have_text("مُبلَّغ عنها")
	expect(page.locator("button:visible", has_text=SEND["ar"]).first).to_be_visible()
	shoot(page, "pos-invoice-ar")


@pytest.mark.parametrize(("user", "language"), READERS)
def test_an_unknown_answer_is_named_in_form_and_lists_and_can_be_handed_over(
	desk: Desk, log_in: LogIn, shoot: Shoot, user: str, language: str
) -> None:
	desk.call("cleared_advance", CUSTOMER)
	invoice = desk.call("unanswered_invoice", CUSTOMER)
	document = desk.call("document_of", "Sales Invoice", invoice)
	page = log_in(user)
	page.goto(f"{desk.url}/app/sales-invoice?name={invoice}")
	pill = page.locator(f'.list-row [data-scb-document="{document}"]')
	expect(pill).to_have_text(UNKNOWN[language])
	expect(pill).to_have_attribute("title", UNKNOWN[language])
	shoot(page, f"list-unknown-{language}")

	page.goto(f"{desk.url}/app/zatca-document")
	cleared = page.locator(".list-row", has_text="ACC-PAY").first
	expect(cleared).to_be_visible()
	row = page.locator(".list-row", has_text=invoice)
	row.locator(".indicator-pill", has_text=UNKNOWN[language]).first.click()
	expect(page.locator(".list-row", has_text="ACC-PAY")).to_have_count(0)
	expect(row).to_be_visible()
	shoot(page, f"zatca-documents-unknown-{language}")

	open_form(page, desk, "sales-invoice", invoice)
	group = {"en": "E-Invoice", "ar": "الفاتورة الإلكترونية"}[language]
	page.locator(".inner-group-button:visible button", has_text=group).first.click()
	page.locator(".dropdown-item:visible", has_text=HAND_OVER[language]).click()
	with page.expect_download() as copy:
		page.locator(".modal.show .btn-primary:visible").last.click()
	assert copy.value.suggested_filename.endswith(".pdf")
	said = page.locator(f'.timeline-item .scb-said [lang="{language}"]:visible').first
	expect(said).to_contain_text(document)
	shoot(page, f"handed-over-uncleared-{language}")


def test_a_rejected_invoice_prints_as_none(desk: Desk, log_in: LogIn, shoot: Shoot) -> None:
	invoice = desk.call("rejected_invoice", CUSTOMER)
	page = log_in(ACCOUNTANT)
	page.goto(
		f"{desk.url}/printview?doctype=Sales%20Invoice&name={invoice}&format=Saudi%20Tax%20Invoice&no_letterhead=1"
	)
	banner = page.locator(".sti-draft")
	expect(banner).to_contain_text("Rejected by ZATCA: not a tax invoice")
	expect(banner).to_contain_text("ليس فاتورة ضريبية")
	expect(page.locator("img.sti-qr")).to_have_count(0)
	shoot(page, "print-rejected")


def test_hashes_of_a_document_keep_their_way_in_arabic(desk: Desk, log_in: LogIn, shoot: Shoot) -> None:
	entry = desk.call("cleared_advance", CUSTOMER)
	document = desk.call("document_of", "Payment Entry", entry)
	page = log_in(ACCOUNTANT)
	open_form(page, desk, "zatca-document", document)
	page.evaluate("cur_frm.scroll_to_field('invoice_hash', false)")
	for field in ("invoice_hash", "previous_hash", "uuid"):
		value = page.locator(f'[data-fieldname="{field}"] .control-value:visible').first
		expect(value).to_have_css("unicode-bidi", "plaintext")
	expect(page.locator('[data-fieldname="environment"] .control-value:visible')).to_have_text("بيئة تجريبية")
	shoot(page, "zatca-document-ar")


@pytest.mark.parametrize(("user", "language"), READERS)
def test_no_shortcut_of_the_workspace_is_cut_off(
	desk: Desk, log_in: LogIn, shoot: Shoot, user: str, language: str
) -> None:
	page = log_in(user)
	page.goto(f"{desk.url}/app/e-invoicing")
	page.wait_for_selector(".shortcut-widget-box .indicator-pill")
	page.wait_for_load_state("networkidle")
	wide = page.evaluate(
		"[...document.querySelectorAll('.shortcut-widget-box .widget-head')].filter(each => each.scrollWidth > each.clientWidth + 1)"
		".map(each => each.textContent.trim())"
	)
	assert wide == []
	shoot(page, f"workspace-e-invoicing-{language}")
