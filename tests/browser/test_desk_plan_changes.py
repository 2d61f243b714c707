"""What changes a plan after its invoice was submitted, as people see it: begun from the invoice, in each language."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from conftest import ACCOUNTANT, ACCOUNTANT_EN, Desk, LogIn
from playwright.sync_api import Page, expect
from test_desk_instalments import CUSTOMER, READERS, expect_nothing_beside_the_page, open_form

Shoot = Callable[[Page, str], None]
CHANGES = {
	"Instalment Reschedule": ("instalment-reschedule", "new_rows"),
	"Settlement Quote": ("settlement-quote", "rows"),
	"Instalment Write-Off": ("instalment-write-off", "rows"),
}
QUOTE_ANEW = {"en": "Quote Anew", "ar": "عرض جديد"}
DRAFT = {"en": "Draft", "ar": "مسودة"}


@pytest.mark.parametrize(("user", "language"), READERS)
def test_a_reschedule_begins_at_the_invoice_and_shows_both_schedules(
	desk: Desk, log_in: LogIn, shoot: Shoot, user: str, language: str
) -> None:
	invoice = desk.call("open_plan", CUSTOMER)
	page = log_in(user, 1400, 1400)
	open_form(page, desk, "sales-invoice", invoice)
	page.evaluate("scb.instalments.changes.begin(cur_frm.doc.scb_instalment_plan, 'Instalment Reschedule')")
	page.wait_for_function("window.cur_frm && cur_frm.doctype === 'Instalment Reschedule'")
	page.evaluate(
		"""cur_frm.set_value({kind: 'New Number of Instalments', new_count: 8, reason: 'Change of Income'})
			.then(() => cur_frm.save())"""
	)
	new_rows = page.locator('[data-fieldname="new_rows"] .grid-body .grid-row')
	expect(new_rows).to_have_count(10)
	expect(page.locator('[data-fieldname="old_rows"] .grid-body .grid-row')).to_have_count(6)
	expect_nothing_beside_the_page(page)
	new_rows.first.scroll_into_view_if_needed()
	shoot(page, f"reschedule-{language}")


@pytest.mark.parametrize("doctype", CHANGES)
@pytest.mark.parametrize(("user", "language"), [(ACCOUNTANT_EN, "en"), (ACCOUNTANT, "ar")])
def test_each_draft_shows_its_figures(
	desk: Desk, log_in: LogIn, shoot: Shoot, user: str, language: str, doctype: str
) -> None:
	route, table = CHANGES[doctype]
	name = desk.call("drafted_change", doctype, desk.call("open_plan", CUSTOMER))
	page = log_in(user, 1400, 1700)
	open_form(page, desk, route, name)
	expect(page.locator(".page-head .indicator-pill").first).to_have_text(re.compile(DRAFT[language]))
	expect(page.locator(f'[data-fieldname="{table}"] .grid-body .grid-row').first).to_be_visible()
	expect_nothing_beside_the_page(page)
	shoot(page, f"{route}-{language}")
	if doctype == "Settlement Quote":
		expect_quoted_anew(page, desk, name, language)


def expect_quoted_anew(page: Page, desk: Desk, name: str, language: str) -> None:
	"""A quote that ended has a button for another of its plan."""
	plan = page.evaluate("cur_frm.doc.plan")
	button = page.get_by_role("button", name=QUOTE_ANEW[language])
	expect(button).to_have_count(0)
	desk.call("withdraw_quote", name)
	open_form(page, desk, "settlement-quote", name)
	button.click()
	page.wait_for_function("window.cur_frm && cur_frm.doctype === 'Settlement Quote' && cur_frm.is_new()")
	assert page.evaluate("cur_frm.doc.plan") == plan


@pytest.mark.parametrize(("user", "language"), [(ACCOUNTANT_EN, "en"), (ACCOUNTANT, "ar")])
def test_instalments_to_write_off_are_ticked_before_the_first_save(
	desk: Desk, log_in: LogIn, shoot: Shoot, user: str, language: str
) -> None:
	page = log_in(user, 1400, 1500)
	open_form(page, desk, "sales-invoice", desk.call("open_plan", CUSTOMER))
	page.evaluate("scb.instalments.changes.begin(cur_frm.doc.scb_instalment_plan, 'Instalment Write-Off')")
	page.wait_for_function("window.cur_frm && cur_frm.doctype === 'Instalment Write-Off'")
	page.evaluate("cur_frm.set_value({scope: 'Chosen Instalments', reason: 'Not Found'})")
	rows = page.locator('[data-fieldname="rows"] .grid-body .grid-row')
	expect(rows).to_have_count(5)
	chosen = rows.nth(1).locator('[data-fieldname="chosen"]')
	chosen.click()
	chosen.locator(".field-area input").check()
	page.evaluate("cur_frm.save()")
	page.wait_for_function("cur_frm.doc.amount > 0 && !cur_frm.is_new()")
	assert page.evaluate("cur_frm.doc.rows.map((row) => row.chosen)") == [0, 1, 0, 0, 0]
	expect_nothing_beside_the_page(page)
	rows.first.scroll_into_view_if_needed()
	shoot(page, f"write-off-chosen-{language}")


def test_what_was_ticked_goes_with_its_plan(desk: Desk, log_in: LogIn) -> None:
	one, other = (desk.call("open_plan", CUSTOMER) for _number in range(2))
	page = log_in(ACCOUNTANT_EN, 1400, 1500)
	open_form(page, desk, "sales-invoice", one)
	page.evaluate("scb.instalments.changes.begin(cur_frm.doc.scb_instalment_plan, 'Instalment Write-Off')")
	page.wait_for_function("window.cur_frm && cur_frm.doctype === 'Instalment Write-Off'")
	page.evaluate("cur_frm.set_value({scope: 'Chosen Instalments', reason: 'Not Found'})")
	page.wait_for_function("cur_frm.doc.rows?.length === 5")
	page.evaluate(
		"frappe.model.set_value(cur_frm.doc.rows[1].doctype, cur_frm.doc.rows[1].name, 'chosen', 1)"
	)
	page.evaluate(
		"""(invoice) => frappe.db.get_value("Sales Invoice", invoice, "scb_instalment_plan")
			.then(({ message }) => cur_frm.set_value("plan", message.scb_instalment_plan))""",
		other,
	)
	page.wait_for_function("cur_frm.doc.rows?.length === 5 && cur_frm.doc.rows.every((row) => !row.chosen)")


WRITTEN_OFF = {"en": "Written Off", "ar": "مشطوب"}


@pytest.mark.parametrize(("user", "language"), [(ACCOUNTANT_EN, "en"), (ACCOUNTANT, "ar")])
def test_the_panel_shows_what_was_written_off(
	desk: Desk, log_in: LogIn, shoot: Shoot, user: str, language: str
) -> None:
	page = log_in(user, 1400, 1700)
	open_form(page, desk, "sales-invoice", desk.call("written_off_plan", CUSTOMER))
	page.evaluate("cur_frm.scroll_to_field('scb_plan_preview', false)")
	panel = page.locator('[data-fieldname="scb_plan_preview"] .scb-panel')
	expect(panel.locator("tbody tr").nth(2).locator(".scb-state")).to_contain_text(WRITTEN_OFF[language])
	expect(panel.locator(".scb-event-gone")).to_have_count(1)
	expect_nothing_beside_the_page(page)
	shoot(page, f"written-off-panel-{language}")
