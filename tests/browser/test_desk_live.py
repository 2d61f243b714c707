"""A form that is open shows what a job changed: by itself where no socket server runs, at once where one does."""

from __future__ import annotations

import json
from collections.abc import Callable
from urllib.parse import urlparse
from urllib.request import Request, urlopen

from conftest import ACCOUNTANT_EN, Desk, LogIn
from playwright.sync_api import Locator, Page, expect

CUSTOMER = "Najd Furniture"
ASKS = "**/api/method/frappe.client.get_value?*scb_zatca_status*"
Shoot = Callable[[Page, str], None]


def submit(page: Page, desk: Desk, name: str) -> None:
	page.goto(f"{desk.url}/app/sales-invoice/{name}")
	page.wait_for_selector(".form-page .form-section:visible")
	page.wait_for_load_state("networkidle")
	page.locator("button.primary-action:visible", has_text="Submit").click()
	page.locator(".modal.show button.btn-primary:visible").first.click()


def fail_once(desk: Desk) -> None:
	"""The gateway answers the next clearance with a failure: the document waits, until somebody sends it again."""
	place = urlparse(desk.call("gateway_address"))
	body = json.dumps({"kind": "server-error", "endpoint": "clear"}).encode()
	urlopen(
		Request(f"http://{place.netloc}/sandbox/faults", body, {"Content-Type": "application/json"})
	).close()


def state(page: Page) -> Locator:
	return page.locator(".scb-e-invoice-state:visible")


def test_an_open_invoice_comes_to_show_its_clearance_without_a_socket_server(
	desk: Desk, log_in: LogIn, shoot: Shoot
) -> None:
	page = log_in(ACCOUNTANT_EN)
	name = desk.call("draft_invoice", CUSTOMER)
	fail_once(desk)
	submit(page, desk, name)
	loads: list[str] = []
	page.on("load", lambda loaded: loads.append(loaded.url))
	expect(state(page)).to_contain_text("http-5xx", timeout=60_000)
	expect(state(page)).to_contain_text("no answer yet")
	shoot(page, "sales-invoice-waiting-en")
	assert desk.call("send", name) == "Cleared"
	expect(state(page)).to_contain_text("Cleared", timeout=60_000)
	assert loads == [], "nobody reloaded the page"
	shoot(page, "sales-invoice-cleared-by-itself-en")

	asked: list[str] = []
	page.on("request", lambda request: asked.append(request.url))
	page.wait_for_timeout(8_000)
	assert [url for url in asked if "frappe.client.get_value" in url] == [], (
		"a final state is asked for no more"
	)


def test_an_open_invoice_is_told_of_its_clearance(told_desk: Desk, log_in: LogIn) -> None:
	page = log_in(ACCOUNTANT_EN, url=told_desk.url)
	page.route(ASKS, lambda route: route.abort())
	name = told_desk.call("draft_invoice", CUSTOMER)
	fail_once(told_desk)
	submit(page, told_desk, name)
	expect(state(page)).to_contain_text("http-5xx", timeout=60_000)
	assert page.evaluate("frappe.realtime.socket.connected")
	assert told_desk.call("send", name) == "Cleared"
	expect(state(page)).to_contain_text("Cleared", timeout=60_000)
