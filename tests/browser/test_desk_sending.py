"""An accountant brings an invoice to its customer from the Desk, and sees in form and list whether it arrived."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Sink
from conftest import ACCOUNTANT, ACCOUNTANT_EN, Desk, LogIn, free_port
from playwright.sync_api import Page, expect

Shoot = Callable[[Page, str], None]
BUYER = "accounts@najd.example"


@pytest.fixture(scope="module", autouse=True)
def outgoing_account(desk: Desk) -> Iterator[None]:
	"""ERPNext asks the mail server before it takes an account; nothing is delivered here."""
	controller = Controller(Sink(), hostname="127.0.0.1", port=free_port())
	controller.start()
	desk.call("outgoing_account", str(controller.port))
	yield
	controller.stop()


def open_invoice(page: Page, desk: Desk, name: str) -> None:
	page.goto(f"{desk.url}/app/sales-invoice/{name}")
	page.wait_for_selector(".form-page .form-section:visible")
	page.wait_for_load_state("networkidle")


def test_send_to_customer_shows_queued_in_form_and_list(desk: Desk, log_in: LogIn, shoot: Shoot) -> None:
	invoice = desk.call("cleared_invoice", "Najd Furniture", BUYER)
	page = log_in(ACCOUNTANT_EN)
	open_invoice(page, desk, invoice)
	page.locator("button:visible", has_text="Send to Customer").first.click()
	expect(page.locator(".desk-alert").last).to_contain_text("on its way to the customer")
	page.wait_for_function("cur_frm.doc.scb_sent_state === 'Queued'")
	page.evaluate("cur_frm.scroll_to_field('scb_sent_state', false)")
	expect(page.locator('[data-fieldname="scb_sent_to"] .control-value:visible').first).to_have_text(BUYER)
	shoot(page, "invoice-sent-to-customer-en")
	page.goto(f"{desk.url}/app/sales-invoice/view/list?scb_sent_state=Queued")
	expect(page.locator(".list-row .indicator-pill", has_text="Queued").first).to_be_visible()
	shoot(page, "invoice-list-sent-to-customer-en")


def test_an_arabic_reader_is_refused_in_arabic(desk: Desk, log_in: LogIn, shoot: Shoot) -> None:
	invoice = desk.call("cleared_invoice", "Najd Furniture", "")
	page = log_in(ACCOUNTANT)
	open_invoice(page, desk, invoice)
	page.locator("button:visible", has_text="إرسال إلى العميل").first.click()
	refusal = page.locator(".modal.show .msgprint")
	expect(refusal).to_contain_text("ليس له عنوان بريد إلكتروني صحيح")
	expect(refusal.locator("a").first).to_be_visible()
	shoot(page, "invoice-send-refused-ar")
