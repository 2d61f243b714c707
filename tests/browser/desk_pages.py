"""How the browser's tests open a form of the Desk, and whom they read it as."""

from __future__ import annotations

from urllib.parse import quote

from conftest import ACCOUNTANT, ACCOUNTANT_EN, Desk
from playwright.sync_api import Page

READERS = [(ACCOUNTANT_EN, "en"), (ACCOUNTANT, "ar")]


def open_form(page: Page, desk: Desk, route: str, name: str) -> None:
	page.goto(f"{desk.url}/app/{route}/{quote(name)}")
	page.wait_for_function(f"window.cur_frm && cur_frm.doc && cur_frm.doc.name === '{name}'")
	page.wait_for_load_state("networkidle")


def expect_nothing_beside_the_page(page: Page) -> None:
	assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth + 1")


def wait_for_still_dialog(page: Page) -> None:
	"""Bootstrap ignores a dialog's hiding while it is still being shown: a fast hand would leave it there for good."""
	page.wait_for_function(
		"() => $('.modal.show').toArray().every((shown) => !$(shown).data('bs.modal')?._isTransitioning)"
	)
