"""What names an instalment is shown in the reader's language, whoever saved the document."""

from __future__ import annotations

import re

import pytest
from conftest import SALES_AR, SALES_EN, Desk, LogIn
from playwright.sync_api import expect

CUSTOMER = "Najd Furniture"


@pytest.mark.parametrize(
	("reader", "term", "described"),
	[
		(SALES_AR, "القسط 1", r"^القسط 1 \(\d{4}-\d\d-\d\d هـ\)$"),
		(SALES_EN, "Instalment 1", r"^Instalment 1 \(.* AH\)$"),
	],
)
def test_the_schedules_rows_speak_the_readers_language(
	desk: Desk, log_in: LogIn, reader: str, term: str, described: str
) -> None:
	name = desk.call("submitted_quotation", CUSTOMER, SALES_EN)
	page = log_in(reader)
	page.goto(f"{desk.url}/app/quotation/{name}")
	page.wait_for_function("window.cur_frm && cur_frm.fields_dict.payment_schedule")
	page.evaluate("cur_frm.scroll_to_field('payment_schedule', false)")
	row = page.locator('[data-fieldname="payment_schedule"] .grid-body .grid-row:visible').first
	expect(row.locator('[data-fieldname="payment_term"] .static-area')).to_have_text(term)
	expect(row.locator('[data-fieldname="description"] .static-area')).to_have_text(re.compile(described))
	assert page.evaluate("cur_frm.doc.payment_schedule[0].payment_term") == "Instalment 001"
