"""The page that `bin/demo` leaves behind, as a phone and a printer show it. Needs Chromium, and no bench."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

CUT = (
	"""[...document.querySelectorAll('.tablebox')].filter(box => box.scrollWidth > box.clientWidth).length"""
)
COLOURS = """[...document.querySelectorAll('.stack i')].filter(bar => bar.offsetHeight > 0)
	.filter(bar => getComputedStyle(bar).printColorAdjust !== 'exact').length"""
Shoot = Callable[[Page, str], None]


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> str:
	folder = tmp_path_factory.mktemp("demo")
	command = [sys.executable, "-m", "saudi_crm_billing.cli", "demo", "--out", str(folder)]
	subprocess.run(command, check=True, capture_output=True, timeout=120)
	return (folder / "index.html").as_uri()


@pytest.mark.parametrize("language", ["ar", "en"])
def test_a_phone_shows_every_table_whole(
	address: str, chromium: Browser, shoot: Shoot, language: str
) -> None:
	page = chromium.new_page(viewport={"width": 390, "height": 844})
	page.goto(address)
	if language == "en":
		page.click("header button")
	assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
	assert page.evaluate(CUT) == 0
	page.locator(".card table").nth(1).scroll_into_view_if_needed()
	shoot(page, f"demo-page-phone-{language}")
	page.close()


def test_print_keeps_the_colours_that_tell_something(
	address: str, chromium: Browser, shoot: Shoot, tmp_path: Path
) -> None:
	page = chromium.new_page(viewport={"width": 794, "height": 1123})
	page.goto(address)
	assert page.evaluate(COLOURS) > 0, "on the screen nothing asks for it"
	page.emulate_media(media="print")
	assert page.evaluate(COLOURS) == 0
	assert page.evaluate(CUT) == 0
	assert not page.locator("header button").is_visible()
	shoot(page, "demo-page-print")
	pdf = page.pdf(path=str(tmp_path / "page.pdf"), format="A4")
	assert 1 < pdf.count(b"/Type /Page\n") + pdf.count(b"/Type /Page ") <= 7
	page.close()
